"""Programs that use a camera when they are in a call, by the names under which they run.

Only the programs' main processes are named. Some of them (Teams, Discord) run all day and use the camera only in a call,
so the finding is a hint: they *may* hold it. From general knowledge of these programs; a name that is missing only costs a hint.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_WINDOWS: Final = {
    "bluejeans": "BlueJeans",
    "ciscocollabhost": "Webex",
    "discord": "Discord",
    "g2mcomm": "GoTo Meeting",
    "goto": "GoTo Meeting",
    "lync": "Skype for Business",
    "manycam": "ManyCam",
    "ms-teams": "Microsoft Teams",
    "msteams": "Microsoft Teams",
    "obs32": "OBS Studio",
    "obs64": "OBS Studio",
    "ringcentral": "RingCentral",
    "skype": "Skype",
    "skypeapp": "Skype",
    "snap camera": "Snap Camera",
    "teams": "Microsoft Teams",
    "webex": "Webex",
    "windowscamera": "Windows Camera",
    "xsplit.vcam": "XSplit VCam",
    "zoom": "Zoom",
}

_MACOS: Final = {
    "bluejeans": "BlueJeans",
    "cisco webex meetings": "Webex",
    "discord": "Discord",
    "facetime": "FaceTime",
    "goto": "GoTo Meeting",
    "gotomeeting": "GoTo Meeting",
    "manycam": "ManyCam",
    "meeting center": "Webex",
    "microsoft teams": "Microsoft Teams",
    "msteams": "Microsoft Teams",
    "obs": "OBS Studio",
    "photo booth": "Photo Booth",
    "ringcentral": "RingCentral",
    "skype": "Skype",
    "skype for business": "Skype for Business",
    "snap camera": "Snap Camera",
    "teams": "Microsoft Teams",
    "webex": "Webex",
    "zoom.us": "Zoom",
}

_LINUX: Final = {
    "cheese": "Cheese",
    "ciscocollabhost": "Webex",
    "discord": "Discord",
    "guvcview": "guvcview",
    "jami": "Jami",
    "kamoso": "Kamoso",
    "linphone": "Linphone",
    "obs": "OBS Studio",
    "skypeforlinux": "Skype",
    "snapshot": "GNOME Camera",
    "teams": "Microsoft Teams",
    "teams-for-linux": "Microsoft Teams",
    "webcamoid": "Webcamoid",
    "webex": "Webex",
    "zoom": "Zoom",
    "zoom.real": "Zoom",
}

_TABLES: Final = {"win32": _WINDOWS, "darwin": _MACOS, "linux": _LINUX}


def names_of(processes: Iterable[str], platform: str) -> tuple[str, ...]:
    """The usual names, sorted, of those ``processes`` (executables) that are video programs on ``platform``."""
    table = _TABLES.get(platform, {})
    running = {process.lower().removesuffix(".exe") for process in processes}
    return tuple(sorted({name for process, name in table.items() if process in running}))
