"""Is right by a clock of its own, on which twenty milliseconds pass in one."""

import time

from right import ABOUT, Door, Fake

SCALE = 20


class Ticking(Door):
    def __init__(self):
        super().__init__()
        self.began = time.monotonic()

    def pump(self, _):
        super().pump(int((time.monotonic() - self.began) * 1_000 * SCALE))


class RealClock(Fake):
    about = ABOUT | {"clock": "real", "scale": SCALE}
    door = Ticking


RealClock().serve()
