"""Replies twice."""

from right import Fake


class Stutterer(Fake):
    def send(self, request, reply):
        super().send(request, reply)
        if self.misbehaves(request):
            super().send(request, reply)


Stutterer().serve()
