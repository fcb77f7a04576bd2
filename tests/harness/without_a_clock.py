"""Cannot move its clock without an event."""

from right import Door, Fake


class Clockless(Door):
    advance = None


class Unsupported(Fake):
    door = Clockless


Unsupported().serve()
