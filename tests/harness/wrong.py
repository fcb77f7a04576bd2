"""Lets one kick three times."""

from right import Door, Fake


class Patient(Door):
    def apply(self, request):
        session = self.sessions[request["session"]]
        if request["event"] == "kick" and session["kicks"] == 2:
            session["kicks"] = 1
        return super().apply(request)


class Wrong(Fake):
    door = Patient


Wrong().serve()
