"""Puts an implementation behind flowspec's protocol: one JSON object a line on standard input and output."""

import json
import sys


def accepted(step, *outputs):
    """What was sent was taken."""
    return {"accepted": True, "step": step, "outputs": list(outputs)}


def refused(step, *reasons):
    """What was sent was not taken, and why."""
    return {"accepted": False, "reasons": list(reasons), "step": step, "outputs": []}


def answer(hello, app, request):
    """The reply to one request, without its number."""
    at = request.get("at", 0)
    match request["do"]:
        case "hello":
            return hello
        case "reset":
            app.reset(request.get("rows", {}))
            return {}
        case "open":
            return app.open(request["session"], at, request.get("given", {}))
        case "apply":
            who, fields = request.get("by", "user"), request.get("fields", {})
            fields = {name: value for name, value in fields.items() if value is not None}
            return app.apply(request["session"], at, request["event"], who, fields, request.get("answers", {}))
        case "advance":
            return {"sessions": app.advance(request["to"])}
        case "may" if hasattr(app, "may"):
            return app.may(request["capability"], request.get("row"), at)
        case "close":
            app.close(request["session"])
            return {}
        case "run":
            return {"replies": [reply(hello, app, each) for each in request["requests"]]}
        case "bye":
            return {}
        case other:
            return {"unsupported": other}


def reply(hello, app, request):
    """The reply to one request, with its number."""
    return {"id": request["id"], **answer(hello, app, request)}


def serve(name, app, **can):
    """Answers until told to leave, or until nobody asks any more."""
    hello = {"implementation": name, "clock": "virtual", "world": "told", "shows_step": True, "sessions": 8}
    hello |= {"batch": True} | can
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(reply(hello, app, request)), flush=True)
        if request["do"] == "bye":
            return
