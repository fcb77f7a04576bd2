"""Ends before it was greeted."""

import sys

print("no database", file=sys.stderr)
sys.exit(3)
