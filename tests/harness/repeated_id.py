"""Replies with the number of the request before."""

from right import Fake


class RepeatedId(Fake):
    def send(self, request, reply):
        super().send({"id": request["id"] - 1} if self.misbehaves(request) else request, reply)


RepeatedId().serve()
