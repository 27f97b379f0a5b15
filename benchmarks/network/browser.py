"""Other people's measurements that run in a browser: their real clients from npm, in Chromium without a window.

The browser is taken to be open already: seconds, processor time and bytes count from when its page begins to measure.
Its memory is that of all its processes, because a person who measures so needs them all.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.network.cost import Broke, Tree
from benchmarks.network.outcome import Outcome
from benchmarks.network.records import version_of
from benchmarks.network.stand import PACKAGES, Stand

CHROMIUM: Final = "chromium"

#: It runs as root, in a namespace without the internet, and must not spend the line on anything but the page.
_QUIETLY: Final = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
)

#: Until the page begins, and until it is done: the slowest takes more than a minute on the slowest line.
_START_S: Final = 60.0
_DEADLINE_S: Final = 240.0


class InBrowser:
    """Among the tools of the table."""

    def __init__(self, package: str, page: str) -> None:
        self.name = package
        self._page = page

    @property
    def version(self) -> str:
        told = json.loads((PACKAGES / self.name / "package.json").read_text(encoding="utf-8"))
        return f"{told['version']} in Chromium {version_of([CHROMIUM, '--version'])}"

    def measure(self, stand: Stand) -> Outcome:
        stand.forget_events()
        with tempfile.TemporaryDirectory(prefix="readiness-bench-") as folder:
            command = [
                CHROMIUM,
                *_QUIETLY,
                f"--user-data-dir={folder}/profile",
                f"http://{stand.host}/pages/{self._page}",
            ]
            with Tree(stand.inside, command, Path(folder, "log")) as browser:
                stand.event("begun", _START_S)
                before, cpu_s = stand.moved(), browser.cpu_s
                done = stand.event("done", _DEADLINE_S)
                after, peak_mib, cpu_s = stand.moved(), browser.peak_mib, browser.cpu_s - cpu_s
        if done["down_mbps"] is None or done["up_mbps"] is None:
            raise Broke(f"{self.name} came to no result: {done}")
        return Outcome(
            down_mbps=float(done["down_mbps"]),
            up_mbps=float(done["up_mbps"]),
            seconds=float(done["seconds"]),
            cpu_s=cpu_s,
            peak_mib=peak_mib,
            wire_down_bytes=after[0] - before[0],
            wire_up_bytes=after[1] - before[1],
        )
