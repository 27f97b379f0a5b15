"""``python -m readiness``: the terminal face, or one probe as a child process (``--probe NAME``)."""

from __future__ import annotations

import sys


def main() -> int:
    # A probe starts often and must start fast: it never loads the terminal face.
    if sys.argv[1:2] == ["--probe"] and len(sys.argv) == 3:
        from readiness.machine import serve_probe

        return serve_probe(sys.argv[2])
    try:
        from readiness.cli import main as terminal

        return terminal(sys.argv[1:])
    except KeyboardInterrupt:  # in the first moment, before the terminal face is there to answer
        return 130


if __name__ == "__main__":
    sys.exit(main())
