"""Refuses without saying why."""

from right import Fake


class Mute(Fake):
    def send(self, request, reply):
        reply.pop("reasons", None) if self.misbehaves(request) else None
        super().send(request, reply)


Mute().serve()
