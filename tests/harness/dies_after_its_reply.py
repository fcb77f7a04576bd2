"""Replies as it should, and is dead by the time of the verdict."""

import os

from right import Fake


class LastWords(Fake):
    def send(self, request, reply):
        super().send(request, reply)
        if self.misbehaves(request):
            os._exit(0)


LastWords().serve()
