"""Forgets to forget: whoever left once is never let in again by the same process."""

from right import Door, Fake


class Grudge(Door):
    left = False

    def apply(self, request):
        if request["event"] == "knock" and Grudge.left:
            session = self.sessions[request["session"]]
            return self.shown(session, ["unexpected"])
        reply = super().apply(request)
        if request["event"] == "leave" and reply["accepted"]:
            Grudge.left = True
        return reply


class Spoiled(Fake):
    door = Grudge


Spoiled().serve()
