"""Drives wsproto's `Connection` through flowspec's protocol; the other end writes frames of its own."""

import json
import sys

from wsproto import ConnectionType
from wsproto.connection import Connection, ConnectionState
from wsproto.events import CloseConnection, TextMessage
from wsproto.frame_protocol import FrameProtocol, Opcode
from wsproto.utilities import LocalProtocolError

HELLO = {"implementation": "wsproto", "clock": "virtual", "world": "told", "shows_step": False, "sessions": 8, "batch": True}
FIELDS = {"send_text": ("text", str), "close": ("code", int), "text_arrives": ("text", str), "close_arrives": ("code", int)}


class Session:
    def __init__(self):
        self.end = Connection(ConnectionType.SERVER)
        self.peer = FrameProtocol(client=True, extensions=[])

    def apply(self, event, by, fields):
        if event not in FIELDS or by != ("peer" if event.endswith("_arrives") else "user"):
            return self.refused("not_open")
        name, kind = FIELDS[event]
        value = fields.get(name)
        if value is None or type(value) is not kind or (kind is int and not 3000 <= value <= 4999):
            closed = self.end.state is ConnectionState.CLOSED
            return self.refused("not_open" if closed else f"missing:{name}" if value is None else f"invalid:{name}")
        try:
            outputs = getattr(self, event)(value)
        except LocalProtocolError:
            return self.refused("not_open")
        return {"accepted": True, "outputs": outputs}

    def refused(self, reason):
        return {"accepted": False, "reasons": [reason], "outputs": []}

    def send_text(self, text):
        return self.on_the_wire(self.end.send(TextMessage(data=text)))

    def close(self, code):
        return self.on_the_wire(self.end.send(CloseConnection(code=code)))

    def text_arrives(self, text):
        return self.arrives(self.peer.send_data(text, fin=True))

    def close_arrives(self, code):
        return self.arrives(self.peer.close(code))

    def arrives(self, data):
        self.end.receive_data(data)
        events = [each for each in self.end.events() if isinstance(each, TextMessage)]
        return [{"output": "handed_over", "text": each.data} for each in events]

    def on_the_wire(self, data):
        self.peer.receive_bytes(data)
        outputs = []
        for frame in self.peer.received_frames():
            if frame.opcode is Opcode.CLOSE:
                outputs.append({"output": "close_frame", "code": int(frame.payload[0])})
            elif frame.opcode is Opcode.TEXT:
                outputs.append({"output": "data_frame", "text": frame.payload})
        return outputs


def answer(sessions, request):
    match request["do"]:
        case "hello":
            return HELLO
        case "reset":
            sessions.clear()
            return {}
        case "open":
            sessions[request["session"]] = Session()
            return {"accepted": True, "outputs": []}
        case "apply":
            session = sessions[request["session"]]
            return session.apply(request["event"], request.get("by", "user"), request.get("fields", {}))
        case "advance":
            return {"sessions": {name: {"outputs": []} for name in sessions}}
        case "close":
            del sessions[request["session"]]
            return {}
        case "run":
            return {"replies": [{"id": each["id"], **answer(sessions, each)} for each in request["requests"]]}
        case "bye":
            return {}
        case other:
            return {"unsupported": other}


sessions = {}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **answer(sessions, request)}), flush=True)
    if request["do"] == "bye":
        break
