"""Microphones, speakers, volume and mute as Linux's sound server knows them (PulseAudio, or PipeWire in its place).

PortAudio sees a server as one device without a name; the server's own tool ``pactl`` knows the devices behind it. Its
plain listing is read, which all versions have, in the C locale. Without it PipeWire's ``wpctl`` tells the volume at least.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
from pathlib import Path
from typing import Final, Literal

import msgspec

log = logging.getLogger(__name__)

#: A sound server answers within milliseconds or hangs.
_ANSWER_S: Final = 2.0

#: What a server offers so that programs have something to play to where no speaker is: "Dummy Output".
_DUMMY: Final = "auto_null"

#: Not the kernel's name for a device, but one that says that it is the sound of a speaker, not of a microphone.
_NO_MONITOR: Final = "n/a"


class Volume(msgspec.Struct, frozen=True):
    """How loud a speaker is set. None where the system does not tell."""

    volume_pct: float | None = None
    muted: bool | None = None


class ServedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One microphone or speaker of the sound server."""

    name: str
    """What the server calls it."""
    description: str
    """What a person would call it."""
    is_default: bool
    volume: Volume


def served_devices(kind: Literal["sinks", "sources"]) -> tuple[ServedDevice, ...] | None:
    """The server's speakers or microphones, without dummies and monitors; None when no server can be asked."""
    listing = _said(["pactl", "list", kind])
    info = _said(["pactl", "info"]) if listing is not None else None
    if listing is None or info is None:
        return None
    return parse_devices(listing, parse_default(info, kind))


def cards() -> str | None:
    """What the kernel says of its sound cards and their ends; None where there is no such list."""
    try:
        return Path("/proc/asound/pcm").read_text("utf-8", errors="replace")
    except OSError:
        return None


def default_volume() -> Volume:
    """Volume and mute of the default speaker by PipeWire's own tool, for where ``pactl`` is not."""
    told = _said(["wpctl", "get-volume", "@DEFAULT_AUDIO_SINK@"])
    return Volume() if told is None else parse_wpctl(told)


def aim(server_name: str, *, is_input: bool) -> None:
    """Have the next stream that is opened through ALSA's plug-in reach that device of the server."""
    os.environ["PULSE_SOURCE" if is_input else "PULSE_SINK"] = server_name
    os.environ["PIPEWIRE_NODE"] = server_name


def parse_default(info: str, kind: Literal["sinks", "sources"]) -> str | None:
    """The default's name in what ``pactl info`` says."""
    label = "Default Sink" if kind == "sinks" else "Default Source"
    found = re.search(rf"^{label}: (.+)$", info, re.MULTILINE)
    return found[1] if found else None


def parse_devices(listing: str, default: str | None) -> tuple[ServedDevice, ...]:
    """The devices in what ``pactl list sinks`` or ``pactl list sources`` says."""
    devices = []
    for block in re.split(r"^(?:Sink|Source) #\d+$", listing, flags=re.MULTILINE)[1:]:
        facts = dict(re.findall(r"^\t([A-Z][\w ]*): ?(.*)$", block, re.MULTILINE))
        name = facts.get("Name", "")
        if not name or name == _DUMMY or facts.get("Monitor of Sink", _NO_MONITOR) != _NO_MONITOR:
            continue
        devices.append(
            ServedDevice(
                name=name,
                description=facts.get("Description") or name,
                is_default=name == default,
                volume=Volume(_loudest_pct(facts.get("Volume", "")), _yes(facts.get("Mute", ""))),
            )
        )
    return tuple(devices)


def parse_wpctl(told: str) -> Volume:
    """The volume in what ``wpctl get-volume`` says: ``Volume: 0.40 [MUTED]``."""
    found = re.search(r"^Volume: (\d+(?:\.\d+)?)( \[MUTED\])?$", told, re.MULTILINE)
    return Volume(float(found[1]) * 100, found[2] is not None) if found else Volume()


def _loudest_pct(volume: str) -> float | None:
    """The loudest channel of ``front-left: 26214 /  40% / -23.88 dB,  front-right: …``: what can be heard counts."""
    channels = [float(pct) for pct in re.findall(r"/ +(\d+)%", volume)]
    return max(channels, default=None)


def _yes(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)


def _said(command: list[str]) -> str | None:
    """What a tool says, or None when it is not there, fails or does not answer."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=True,
            timeout=_ANSWER_S,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.info("%s: %s", command[0], error)
        return None
    return done.stdout.decode("utf-8", errors="replace")
