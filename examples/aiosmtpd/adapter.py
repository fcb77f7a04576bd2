"""Drives a server of aiosmtpd over its socket through flowspec's protocol: an event is a command, a reply code its verdict."""

import json
import socket
import sys

from aiosmtpd.controller import Controller

HELLO = {"implementation": "aiosmtpd", "clock": "virtual", "world": "told", "shows_step": False, "sessions": 8}
COMMANDS = {
    "ehlo": ("EHLO {}", "domain"), "helo": ("HELO {}", "domain"), "mail": ("MAIL FROM:<{}>", "from"),
    "rcpt": ("RCPT TO:<{}>", "to"), "vrfy": ("VRFY {}", "asked"), "data": ("DATA", None), "rset": ("RSET", None),
    "noop": ("NOOP", None), "quit": ("QUIT", None), "end_of_data": (".", None),
}
REASONS = {"500": "bad_sequence", "502": "cannot_verify", "503": "bad_sequence", "550": "no_such_user", "452": "too_many", "554": "not_taken"}


class Mailboxes:
    known = True  # what the harness says of the next recipient

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not self.known:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


class Session:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.replies = self.socket.makefile("rb")
        self.receiving = False
        self.reply()

    def reply(self):
        while (line := self.replies.readline())[3:4] == b"-": pass
        return line[:3].decode()

    def apply(self, event, by, fields):
        if event not in COMMANDS or by != "user":
            return {"accepted": False, "reasons": ["bad_sequence"], "outputs": []}
        command, name = COMMANDS[event]
        value = fields.get(name)
        if self.receiving and event != "end_of_data":
            return {"unsupported": "what is sent now is text, and text has no reply"}
        if value is not None and not isinstance(value, str):
            return {"unsupported": "a value that is no text cannot be put in a command"}
        code = self.command(command, name, value)
        self.receiving = code == "354"
        if code[0] in "23":
            return {"accepted": True, "outputs": []}
        reason = f"missing:{name}" if code == "501" else REASONS[code]
        return {"accepted": False, "reasons": [reason], "outputs": []}

    def command(self, command, name, value):
        # Any text stands for a name of its own, written with letters and digits.
        word = "x" + (value or "").encode().hex()[:40] + ("" if name == "domain" else "@a.example")
        line = command.split("<")[0].split("{")[0] if name and value is None else command.format(word)
        try:
            self.socket.sendall(line.encode() + b"\r\n")
            return self.reply() or "503"
        except OSError:
            return "503"


def answer(server, sessions, request):
    match request["do"]:
        case "hello":
            return HELLO
        case "reset":
            sessions.clear()
            return {}
        case "open":
            sessions[request["session"]] = Session(server.port)
            return {"accepted": True, "outputs": []}
        case "apply":
            server.handler.known = request.get("answers", {}).get("mailboxes", {}).get("answer") != "unknown"
            return sessions[request["session"]].apply(request["event"], request.get("by", "user"), request.get("fields", {}))
        case "close":
            del sessions[request["session"]]
            return {}
        case "bye":
            return {}
        case other:
            return {"unsupported": other}


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
server, sessions = Controller(Mailboxes(), hostname="127.0.0.1", port=port), {}
server.start()
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **answer(server, sessions, request)}), flush=True)
    if request["do"] == "bye":
        break
server.stop()
