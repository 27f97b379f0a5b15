"""``python -m ui``: the command ``readiness`` as a person gets it, with the window when nothing else is asked for."""

from __future__ import annotations

import sys


def main() -> int:
    """The window for no words, ``window`` or ``--demo``; the console for ``agent``; a kiosk; else the terminal or a probe."""
    words = sys.argv[1:]
    if words[:1] == ["--self-test"]:
        from ui.self_test import main as self_test

        return self_test(words[1:])
    if words[:1] == ["--first-window"]:
        from ui.first_window import main as first_window

        return first_window(words[1:])
    if words[:1] == ["agent"]:
        from ui.agent.app import main as agent

        return agent(words[1:])
    if words[:1] == ["--kiosk"]:
        from readiness.kiosk.start import main as kiosk

        return kiosk(words[1:])
    if words[:1] == ["--kiosk-screen"]:
        from ui.kiosk.app import main as kiosk_screen

        return kiosk_screen(words[1:])
    if words and words[0] != "window" and not words[0].startswith("--demo"):
        from readiness.__main__ import main as core

        return core()
    arguments = words[1:] if words[:1] == ["window"] else words
    try:
        from ui import shell

        # Without arguments there is nothing to complain of: the frame is there before the rest is loaded.
        frame = shell.show_at_once() if not arguments and shell.has_screen() else None
        from ui.app import main as window

        return window(arguments, frame)
    except KeyboardInterrupt:  # in the first moment, before the window is there to answer
        return 130


if __name__ == "__main__":
    sys.exit(main())
