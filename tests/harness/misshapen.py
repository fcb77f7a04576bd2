"""Replies with JSON that is not what the protocol says."""

from right import Fake


class Misshapen(Fake):
    def send(self, request, reply):
        if self.misbehaves(request):
            reply = {"ok": True}
        super().send(request, reply)


Misshapen().serve()
