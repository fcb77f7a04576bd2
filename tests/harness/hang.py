"""Does not answer one kind of request."""

import os
import pathlib
import time

from right import Fake


class Hang(Fake):
    def before(self, request):
        if self.misbehaves(request):
            if "FLOWSPEC_TEST_MARK" in os.environ:
                pathlib.Path(os.environ["FLOWSPEC_TEST_MARK"] + ".hangs").touch()
            time.sleep(3_600)


Hang().serve()
