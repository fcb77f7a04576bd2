"""Writes a line that does not end."""

from right import Fake


class Oversized(Fake):
    def before(self, request):
        while self.misbehaves(request):
            self.write("a" * 1_000_000)


Oversized().serve()
