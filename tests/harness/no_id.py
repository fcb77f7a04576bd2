"""Replies without saying to what."""

import json

from right import Fake


class NoId(Fake):
    def send(self, request, reply):
        if self.misbehaves(request):
            self.write(json.dumps(reply) + "\n")
        else:
            super().send(request, reply)


NoId().serve()
