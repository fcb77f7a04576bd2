"""Replies with a number that no request had."""

from right import Fake


class WrongId(Fake):
    def send(self, request, reply):
        super().send({"id": 0} if self.misbehaves(request) else request, reply)


WrongId().serve()
