"""Writes half a line and ends."""

import os

from right import Fake


class HalfLine(Fake):
    def before(self, request):
        if self.misbehaves(request):
            self.write('{"id":')
            os._exit(0)


HalfLine().serve()
