"""Says in plain numbers what a program in the lab really gets: the lab's own tests believe nobody else.

Run inside a lab: ``python witness.py look|listen|echo SECONDS``. It says "begun" at the first picture or sound, if there
is any, and at the end one JSON object. It always ends in time, whatever the drivers do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RATE_HZ = 48_000
SETTLE_S = 0.6


def look(facts: dict[str, Any], seconds: float, begun: Callable[[], None]) -> None:
    """Read pictures from the first camera."""
    import cv2

    facts["opened"] = False
    capture = cv2.VideoCapture(0, cv2.CAP_V4L2)
    facts["opened"] = bool(capture.isOpened())
    at_s: list[float] = []
    lumas: list[float] = []
    changes: list[float] = []
    grey_before = None
    started_at = time.monotonic()
    while time.monotonic() - started_at < seconds:
        there, picture = capture.read()
        if not there:
            break
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        at_s.append(time.monotonic())
        lumas.append(float(grey.mean()))
        if grey_before is None:
            begun()
        else:
            changes.append(float(cv2.absdiff(grey, grey_before).mean()))
        grey_before = grey
        facts.update(_passed(at_s, lumas, changes))
    if grey_before is not None:
        facts.update(_seen(grey_before))


def _passed(at_s: list[float], lumas: list[float], changes: list[float]) -> dict[str, Any]:
    """What the pictures so far have in common; their rate is that after the first half second, as a camera settles."""
    settled_s = [at for at in at_s if at > at_s[0] + SETTLE_S]
    return {
        "pictures": len(at_s),
        "fps": (len(settled_s) - 1) / (settled_s[-1] - settled_s[0]) if len(settled_s) > 1 else None,
        "longest_gap_s": max(np.diff(at_s), default=0.0),
        "luma": float(np.mean(lumas)),
        "least_change": min(changes, default=0.0),
        "first_change": changes[0] if changes else None,
        "last_change": max(changes[-20:], default=0.0),
    }


def _seen(grey: Any) -> dict[str, Any]:
    import cv2

    high, wide = grey.shape
    smooth = cv2.GaussianBlur(grey, (0, 0), wide / 320)
    clean = cv2.medianBlur(cv2.resize(grey, (320, 320 * high // wide), interpolation=cv2.INTER_AREA), 3)
    finder = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    faces = finder.detectMultiScale(grey, 1.1, 5, minSize=(high // 8, high // 8))
    return {
        "size_px": [wide, high],
        "structure": float(smooth.std()),
        "edges": float(cv2.Laplacian(clean, cv2.CV_32F).var()),
        "grain": float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        "centre": float(grey[high * 2 // 5 : high * 3 // 5, wide * 2 // 5 : wide * 3 // 5].mean()),
        "sides": float(np.concatenate([grey[: high // 2, : wide // 6], grey[: high // 2, -(wide // 6) :]]).mean()),
        "faces_at": [[(x + w / 2) / wide, (y + h / 2) / high] for x, y, w, h in faces],
    }


def listen(facts: dict[str, Any], seconds: float, begun: Callable[[], None]) -> None:
    """Record from the default microphone."""
    facts["sources"] = _sources()
    heard, first_s = _record(facts, seconds, begun)
    facts["sources_after"] = _sources()
    if heard is not None:
        facts.update(_heard(heard), first_sound_s=first_s)


def _sources() -> list[str]:
    """What the sound system has that is not the sound of a speaker."""
    listed = subprocess.run(["pactl", "list", "short", "sources"], capture_output=True, text=True, check=False)
    names = [line.split("\t")[1] for line in listed.stdout.splitlines()]
    return [name for name in names if not name.endswith(".monitor")]


def echo(facts: dict[str, Any], seconds: float, begun: Callable[[], None]) -> None:
    """Play a rising tone on the default speaker, and look for it in what the microphone hears."""
    import sounddevice

    facts["outputs"] = sum(device["max_output_channels"] > 0 for device in sounddevice.query_devices())
    at_s = np.arange(RATE_HZ // 2) / RATE_HZ
    tone = 0.5 * np.sin(2 * np.pi * (500 * at_s + 2900 * np.square(at_s))).astype(np.float32)
    played = threading.Event()

    def play() -> None:
        with sounddevice.OutputStream(samplerate=RATE_HZ, channels=1, latency=0.2) as speaker:
            speaker.write(np.concatenate([tone, np.zeros(RATE_HZ, np.float32)])[:, None])
        played.set()

    threading.Timer(0.3, play).start()
    heard, _ = _record(facts, seconds, begun)
    facts["played"] = played.is_set()
    if heard is None:
        return
    length = 1 << (len(heard) + len(tone)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(heard, length) * np.conj(np.fft.rfft(tone, length)), length)[: len(heard)]
    place = int(np.argmax(likeness))
    energy = float(np.sum(np.square(heard[place : place + len(tone)])) * np.sum(np.square(tone)))
    facts["correlation"] = float(likeness[place] / np.sqrt(energy)) if energy else 0.0
    facts["attenuation_db"] = _db(float(np.square(heard[place : place + len(tone)]).mean() / np.square(tone).mean()))


def _record(facts: dict[str, Any], seconds: float, begun: Callable[[], None]) -> tuple[Any, float]:
    import sounddevice

    facts["inputs"] = sum(device["max_input_channels"] > 0 for device in sounddevice.query_devices())
    blocks: list[Any] = []
    first = threading.Event()

    def hear(block: Any, count: int, clock: Any, status: Any) -> None:
        blocks.append(block[:, 0].astype(np.float64))
        first.set()

    started_at = time.monotonic()
    # The shortest buffer there is: it shows best whether sound flows as it does from a real card.
    with sounddevice.InputStream(samplerate=RATE_HZ, channels=1, latency="low", callback=hear):
        if not first.wait(seconds):
            return None, 0.0
        first_s = time.monotonic() - started_at
        begun()
        threading.Event().wait(seconds - first_s)
        facts["recorded_s"] = sum(len(block) for block in blocks) / RATE_HZ
    return np.concatenate(blocks), first_s


def _heard(sound: Any) -> dict[str, Any]:
    pieces = np.sort(np.square(sound[: len(sound) // 960 * 960]).reshape(-1, 960).mean(axis=1))
    full = np.concatenate([[0], np.abs(sound) > 0.999, [0]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(full))
    return {
        "peak": float(np.abs(sound).max()),
        "floor_dbfs": _db(float(pieces[: len(pieces) // 10].mean())),
        "level_dbfs": _db(float(pieces.mean())),
        "spoken_dbfs": _db(float(pieces[pieces > pieces[-1] / 1000].mean())) if pieces[-1] else None,
        "longest_clip": int((edges[1::2] - edges[::2]).max(initial=0)),
    }


def _db(power: float) -> float:
    return 10 * float(np.log10(power + 1e-20))


def main() -> None:
    what, seconds = sys.argv[1], float(sys.argv[2])
    facts: dict[str, Any] = {"nodes": [path.name for path in sorted(Path("/dev").glob("video*"))]}
    subject = {"look": look, "listen": listen, "echo": echo}[what]

    def watch() -> None:
        try:
            subject(facts, seconds, lambda: print("begun", flush=True))
        except Exception as error:  # noqa: BLE001 - whatever a driver makes of it is the answer
            facts["error"] = f"{type(error).__name__}: {error}"

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    watcher.join(seconds + 1.0)
    facts["ended"] = not watcher.is_alive()
    facts["nodes_after"] = [path.name for path in sorted(Path("/dev").glob("video*"))]
    print(json.dumps(dict(facts)), flush=True)
    os._exit(0)  # a driver that hangs holds its thread for ever


if __name__ == "__main__":
    main()
