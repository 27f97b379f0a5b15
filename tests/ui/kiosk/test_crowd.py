"""Nothing is left of many strangers: not in the window, not on the disk, not in what the program says, not in memory.

``READINESS_VISITORS`` says how many come; each takes about a tenth of a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.kiosk.crowd import CANARY

ROOT = Path(__file__).resolve().parents[3]

VISITORS = int(os.environ.get("READINESS_VISITORS", "60"))

#: The pages that some of them must have seen for the rest to prove anything.
SEEN = {"welcome", "privacy", "camera", "microphone", "help"}


@pytest.mark.timeout(VISITORS * 0.5 + 60)
def test_as_if_nobody_had_been(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    folders |= {name: tmp_path / name for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "cwd")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment |= {name: str(folder) for name, folder in folders.items()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.kiosk.crowd", str(VISITORS)],
        cwd=folders["cwd"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    assert seen["visitors"] == VISITORS
    assert set(seen["pages"]) >= SEEN
    assert seen["different"] == []
    assert seen["core_limit"] == 0
    assert len(set(seen["threads"])) == 1
    assert set(seen["children"]) == {0}
    assert max(seen["open_files"]) <= seen["open_files"][0] + 2
    assert seen["objects"][-1] <= 1.02 * seen["objects"][0]
    assert CANARY not in done.stdout + done.stderr
    for file in tmp_path.rglob("*"):
        assert CANARY not in file.name
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


def test_a_canary_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "left").write_bytes(b"\x00" + CANARY.encode())
    assert any(CANARY.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
