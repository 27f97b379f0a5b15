"""The lab from a terminal: ``python -m tests.lab --camera dark --microphone speech -- check --json --no-input``."""

from __future__ import annotations

import sys

from tests.lab.terminal import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
