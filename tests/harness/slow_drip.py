"""Replies a character at a time, slowly."""

import json
import time

from right import Fake


class SlowDrip(Fake):
    def send(self, request, reply):
        if not self.misbehaves(request):
            return super().send(request, reply)
        for sign in json.dumps({"id": request["id"], **reply}) + "\n":
            self.write(sign)
            time.sleep(0.05)


SlowDrip().serve()
