"""Our measurement of the line beside other people's: ``python3 dev.py bench network``."""

from __future__ import annotations

import sys

from benchmarks.network.terminal import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
