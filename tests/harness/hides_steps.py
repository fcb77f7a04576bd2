"""Is right, does not show where it is, and has one session."""

from right import ABOUT, Fake


class Hidden(Fake):
    about = ABOUT | {"shows_step": False, "sessions": 1}

    def send(self, request, reply):
        reply.pop("step", None)
        super().send(request, reply)


Hidden().serve()
