"""Ends in the midst of a test."""

import os

from right import Fake


class Exit(Fake):
    def before(self, request):
        if self.misbehaves(request):
            os._exit(7)


Exit().serve()
