"""Takes several requests at once, and ends at one of them."""

import os

from right import ABOUT, Fake


class Batch(Fake):
    about = ABOUT | {"batch": True}

    def reply(self, request):
        if self.misbehaves(request):
            os._exit(7)
        return super().reply(request)


Batch().serve()
