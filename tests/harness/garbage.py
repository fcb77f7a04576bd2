"""Writes something to standard output that is not for the protocol."""

from right import Fake


class Garbage(Fake):
    def before(self, request):
        if self.misbehaves(request):
            self.write("Debug: somebody kicks\n")


Garbage().serve()
