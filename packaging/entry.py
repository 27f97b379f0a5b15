"""Where the frozen program begins, with the window or in a terminal: see ui/__main__.py."""

import os
import sys
from collections.abc import MutableMapping


def give_back_library_path(environment: MutableMapping[str, str]) -> None:
    """Let other people's programs (a browser, the desktop's opener) find their own libraries, not ours.

    PyInstaller's first lines have put ours in front, and kept what was there before. We have been loaded already, and
    for our own child processes those lines do it again.
    """
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if before:
        environment["LD_LIBRARY_PATH"] = before
    else:
        environment.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    if sys.platform.startswith("linux"):
        give_back_library_path(os.environ)
    # Each of our child processes is a start of its own, not a part of this one.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

    from ui.__main__ import main

    sys.exit(main())
