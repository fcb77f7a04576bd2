"""Answers that it could not, where it should have."""

from right import Fake


class Error(Fake):
    def reply(self, request):
        return {"error": "no such table: kicks"} if self.misbehaves(request) else super().reply(request)


Error().serve()
