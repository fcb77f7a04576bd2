"""Is right, and writes every line of the conversation to the file named first."""

import json
import sys

from right import ABOUT, Fake

LOG = open(sys.argv[1], "a", encoding="utf-8")


class Recorder(Fake):
    about = ABOUT | {"batch": True}

    def before(self, request):
        LOG.write(json.dumps(request) + "\n")
        LOG.flush()

    @staticmethod
    def write(text):
        LOG.write(text)
        LOG.flush()
        Fake.write(text)


Recorder().serve()
