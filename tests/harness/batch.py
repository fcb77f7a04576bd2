"""Is right, and takes several requests at once."""

from right import ABOUT, Fake


class Batch(Fake):
    about = ABOUT | {"batch": True}


Batch().serve()
