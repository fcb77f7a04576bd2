"""Writes bytes that are no characters."""

import sys

from right import Fake


class NotUtf8(Fake):
    def before(self, request):
        if self.misbehaves(request):
            sys.stdout.buffer.write(b'{"id":1,"step":"\xff\xfe"}\n')
            sys.stdout.buffer.flush()


NotUtf8().serve()
