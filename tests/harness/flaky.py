"""Is wrong every second time that somebody kicks for the third time, whichever process it is."""

import os
import pathlib
import tempfile

from right import Door, Fake

# Whoever starts it has a count of its own.
COUNT = pathlib.Path(tempfile.gettempdir()) / f"flowspec-flaky-{os.getppid()}"


class Moody(Door):
    def apply(self, request):
        session = self.sessions[request["session"]]
        if request["event"] == "kick" and session["step"] == "closed" and session["kicks"] == 2:
            thirds = len(COUNT.read_text()) if COUNT.exists() else 0
            COUNT.write_text("k" * (thirds + 1))
            if thirds % 2 == 0:
                return self.shown(session)
        return super().apply(request)


class Flaky(Fake):
    door = Moody


Flaky().serve()
