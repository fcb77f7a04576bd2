"""A right implementation of door.flow; every fake is this one and misbehaves in a single way."""

import json
import sys

ABOUT = {"implementation": "door 1.0", "clock": "virtual", "world": "told", "shows_step": True, "sessions": 4}


class Door:
    """One universe."""

    def __init__(self):
        self.now = 0
        self.sessions = {}

    def pump(self, now):
        self.now = now
        for session in self.sessions.values():
            if session["step"] == "open" and session["due"] <= now:
                session["step"] = "gone"

    def open(self, request):
        self.pump(request["at"])
        session = {"step": "closed", "due": None, "kicks": 0}
        self.sessions[request["session"]] = session
        return self.shown(session)

    def apply(self, request):
        self.pump(request["at"])
        session = self.sessions[request["session"]]
        event = (session["step"], request["event"], request.get("by", "user"))
        if event == ("closed", "knock", "user"):
            session["step"] = "open"
            session["due"] = self.now + 10_000
        elif event == ("closed", "kick", "user"):
            if session["kicks"] >= 2:
                return self.shown(session, ["tired"])
            session["kicks"] += 1
        elif event == ("open", "leave", "user"):
            session["step"] = "gone"
        else:
            return self.shown(session, ["unexpected"])
        return self.shown(session)

    def advance(self, request):
        self.pump(request["to"])
        return {"sessions": {name: {"step": it["step"], "outputs": []} for name, it in self.sessions.items()}}

    def close(self, request):
        del self.sessions[request["session"]]
        return {}

    @staticmethod
    def shown(session, reasons=None):
        reply = {"accepted": reasons is None, "step": session["step"], "outputs": []}
        return reply | ({"reasons": reasons} if reasons else {})


class Fake:
    """The loop of the protocol; a fake overrides what it does differently."""

    about = ABOUT
    door = Door

    def __init__(self):
        self.universe = self.door()
        self.asked = 0

    def reply(self, request):
        do = request["do"]
        if do == "hello":
            return dict(self.about)
        if do == "reset":
            self.universe = self.door()
            return {}
        if do == "run":
            return {"replies": [{"id": it["id"], **self.reply(it)} for it in request["requests"]]}
        act = getattr(self.universe, do, None)
        return act(request) if act else {"unsupported": do}

    def send(self, request, reply):
        self.write(json.dumps({"id": request["id"], **reply}) + "\n")

    @staticmethod
    def write(text):
        sys.stdout.write(text)
        sys.stdout.flush()

    def before(self, request):
        """Called with each request before it is answered."""

    def misbehaves(self, request):
        """Whether this is where the fake shows what it is: when somebody kicks for the third time in its life."""
        if request["do"] == "apply" and request["event"] == "kick":
            self.asked += 1
            return self.asked >= 3
        return False

    def serve(self):
        for line in sys.stdin:
            request = json.loads(line)
            self.before(request)
            if request["do"] == "bye":
                return
            self.send(request, self.reply(request))


if __name__ == "__main__":
    Fake().serve()
