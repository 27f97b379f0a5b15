"""The kiosk with the lab's camera, microphone and speaker behind the real probes."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.lab import Lab


def test_a_visitor_is_noticed_and_the_devices_are_free_again() -> None:
    with Lab(camera="good", microphone="speech", speaker="heard") as lab:
        done = subprocess.run(
            [*lab.prefix, sys.executable, "-m", "tests.ui.kiosk.lab_visitor"],
            env={**lab.environment, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["statuses"] == {"camera": "pass", "microphone": "pass", "speaker": "pass"}
    assert seen["noticed"] == {"camera": 3, "microphone": 3}
    assert seen["free_s"] < 1
    assert seen["children"] == 0
