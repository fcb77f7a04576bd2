"""Is right, until chance has it fail in one of many ways; each failure is written to the file named first."""

import os
import random
import signal
import sys
import time

from right import Fake

LOG, SEED, RATE = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
CHANCE = random.Random(f"{SEED} {os.getpid()}")


class Random(Fake):
    def send(self, request, reply):
        if request["do"] == "hello" or CHANCE.random() > RATE:
            return super().send(request, reply)
        fault = CHANCE.choice(["exit", "killed", "hang", "garbage", "half", "closed", "id", "utf8"])
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(fault + "\n")
        if fault == "exit":
            os._exit(CHANCE.randrange(3))
        if fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "garbage":
            return self.write("Traceback (most recent call last):\n")
        if fault == "id":
            return super().send({"id": request["id"] + 7}, reply)
        if fault == "utf8":
            sys.stdout.buffer.write(b"\xff\n")
            return sys.stdout.buffer.flush()
        if fault == "half":
            self.write('{"id":')
        if fault == "closed":
            os.close(1)
        time.sleep(3_600)


Random().serve()
