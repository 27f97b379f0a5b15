"""A kiosk's window as its supervisor sees it: beats, and does what its first word says.

python fake_window.py WHAT [--mode MODE] [--config FILE] [--fault CODE]
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

BEAT_S = 0.05


def say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> int:
    what, arguments = sys.argv[1], sys.argv[2:]
    mode = arguments[arguments.index("--mode") + 1]
    note = os.environ.get("FAKE_NOTES")
    if note:
        with Path(note).open("a") as file:
            file.write(json.dumps(arguments) + "\n")
    if what == "crash" or (what == "crash-unless-resting" and mode != "resting"):
        say(beat="starting")
        return 7
    if what == "silent":
        signal.pause()
    if what == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say(beat="visit")
        subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
        signal.pause()
    if what.isdigit():
        say(beat="staff")
        return int(what)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ended.set())
    sys.stdout.write("something that is no word of ours\n")
    say(fault="K06")
    say(fault="K99")
    say(visit_ended=True)
    say(self_test={"at_s": 5.0, "statuses": {"camera": "fail" if what == "broken" else "pass"}})
    while True:
        say(beat="visit" if what == "visit" else "resting" if mode == "resting" else "attract")
        if ended.wait(BEAT_S):
            return 143


if __name__ == "__main__":
    sys.exit(main())
