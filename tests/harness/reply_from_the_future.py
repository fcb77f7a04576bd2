"""Replies to a request that was not made yet."""

from right import Fake


class Prophet(Fake):
    def send(self, request, reply):
        super().send({"id": request["id"] + 1} if self.misbehaves(request) else request, reply)


Prophet().serve()
