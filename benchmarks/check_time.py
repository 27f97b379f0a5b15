"""How long a whole check takes, beside the same checks run one after another: ``python3 dev.py bench check_time``.

Every run is a fresh process against lab devices (a camera, a voice, a speaker that the microphone hears) or against a
machine that has none. The line is left out: it takes what the line needs. Prints a table and writes it beside this file.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readiness.checks import CHECKS
from tests.lab import Lab

RUNS = 3
LINE = "bandwidth"
LABS: dict[str, dict[str, str]] = {
    "lab devices": {"camera": "good", "microphone": "speech", "speaker": "heard"},
    "nobody speaks": {"camera": "good", "microphone": "room", "speaker": "heard"},
    "no devices": {},
    "a camera that hangs": {"camera": "hung", "microphone": "speech", "speaker": "heard"},
}


def timed_check(lab: Lab, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Wall seconds of one ``readiness check`` process, and its report."""
    begun = time.monotonic()
    done = lab.run(["check", "--json", "--no-input", *arguments])
    return time.monotonic() - begun, json.loads(done.stdout)


def measure(devices: dict[str, str]) -> str:
    """One row: side by side, one after another, their ratio, and what took longest inside."""
    together: list[float] = []
    singly: list[float] = []
    durations_ms: dict[str, list[int]] = {}
    with Lab(**devices) as lab:
        for _ in range(RUNS):
            seconds, report = timed_check(lab, "--skip", LINE)
            together.append(seconds)
            for check in report["checks"]:
                durations_ms.setdefault(check["id"], []).append(check["duration_ms"])
            singly.append(sum(timed_check(lab, "--only", check.id)[0] for check in CHECKS if check.id != LINE))
    medians = {check: statistics.median(values) / 1000 for check, values in durations_ms.items()}
    longest = sorted(medians, key=lambda check: -medians[check])[:3]
    inside = ", ".join(f"{check} {medians[check]:.1f}" for check in longest)
    own, peer = statistics.median(together), statistics.median(singly)
    return f"{own:.2f} | {max(together):.2f} | {peer:.2f} | {own / peer:.2f} | {inside}"


def main() -> int:
    cores = os.cpu_count()
    lines = [
        "# How long a check takes",
        "",
        f"`python3 dev.py bench check_time`, {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()},",
        f"{cores} cores, Python {platform.python_version()}; {RUNS} runs, all times in seconds of wall clock, start of",
        "the program included, everything but the line (`--skip bandwidth`).",
        "",
        "| devices | median | worst | the same checks one after another | ratio | longest inside (median) |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(lines))
    for name, devices in LABS.items():
        row = f"| {name} | {measure(devices)} |"
        print(row, flush=True)
        lines.append(row)
    lines += [
        "",
        "What dominates: microphone and speaker run one after another, because a microphone hears what a speaker plays;",
        "with a voice to hear, the microphone stops as soon as it has heard enough of it, without one it listens on. A",
        "camera needs its first second to set its exposure, then two seconds are looked at; one that hangs costs its",
        "deadline of 8 s, and everything else still answers.",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
