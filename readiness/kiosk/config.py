"""How one kiosk is set up: read from a TOML file and checked as strictly as a profile.

A file that is signed ends with a line ``# signature: …``, made by ``readiness kiosk sign``: one file, so that settings
and signature can only change together.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from readiness import shape, toml_file
from readiness.exits import DEFAULT_PROFILE
from readiness.fleet.config import FleetConfig
from readiness.shape import Flaw, Section, ShapeError
from readiness.text import LANGUAGES, N_, Refusal, os_reason

SCHEMA_VERSION: Final = 1

#: A file of settings has a few kilobytes; more is not ours.
MAX_BYTES: Final = 1 << 18

_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_NOT_A_CLOCK: Final = N_("{file}: {field} is {value}, but it must be a time of day such as “07:00”.")
_NOT_A_PIN: Final = N_("{file}: {field} is not the line that “readiness kiosk pin” prints.")
_NO_PAIR: Final = N_("{file}: {field} is set; set {other}, too.")
_TWICE: Final = N_("{file}: {field} names {value} twice.")
_NO_LANGUAGE: Final = N_("{file}: {field} is empty; name at least one language.")
_TOO_LARGE: Final = N_("{file} is no file of settings: it is larger than {most} bytes.")
_UNREADABLE: Final = N_("{file} cannot be read: {reason}.")
_NEWER: Final = N_("{file} is for a newer version of this program. Please update the program.")

Language = Literal["en", "es"]
Clock = Annotated[str, msgspec.Meta(pattern=_CLOCK, extra={"refusal": _NOT_A_CLOCK})]
ScryptLine = Annotated[
    str,
    msgspec.Meta(pattern=r"^scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$", extra={"refusal": _NOT_A_PIN}),
]


class ConfigError(Refusal):
    """Settings that cannot be used."""


class Screen(Section, frozen=True, kw_only=True):
    """``[screen]``: where the window stands."""

    monitor: str = ""
    """The name that the system gives it, or its number from 1 on; empty for the first one."""


class Patience(Section, frozen=True, kw_only=True):
    """``[session]``: how long a visitor who does nothing is waited for."""

    idle_s: int = 60
    """Until the question whether somebody is still there."""
    countdown_s: int = 30
    """From the question until the kiosk starts over."""
    done_s: int = 30
    """On the last page."""

    def flaw(self) -> Flaw | None:
        return self.outside(idle_s=(30, 300), countdown_s=(20, 120), done_s=(10, 120))


class Place(Section, frozen=True, kw_only=True):
    """``[place]``: what the pages say of where they are."""

    front_desk: dict[Language, str] = {}
    """Where to ask, in the clinic's own words, by language; empty for ours."""
    phone: str = ""
    """The front desk's number; empty for none."""


class Equipment(Section, frozen=True, kw_only=True):
    """``[equipment]``: which camera, microphone and speaker, by the names that the system gives them."""

    camera: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    volume_pct: int | None = 60
    """With which each visitor begins; the speaker's volume is left alone where it is missing in the system."""

    def flaw(self) -> Flaw | None:
        return self.outside(volume_pct=(0, 100))


class Printing(Section, frozen=True, kw_only=True):
    """``[printing]``: there only where visitors may print."""

    printer: str = ""
    """Empty for the system's own."""


class Hours(Section, frozen=True, kw_only=True):
    """``[hours]``: what happens by the clock on the wall, as "07:00"."""

    dim_from: Clock | None = None
    dim_to: Clock | None = None
    """Between these times the screen is darker; both or none."""
    self_test_at: Clock | None = "06:30"

    def flaw(self) -> Flaw | None:
        for field, other in (("dim_from", "dim_to"), ("dim_to", "dim_from")):
            if getattr(self, field) and not getattr(self, other):
                return Flaw(field, _NO_PAIR, {"other": other})
        return None


class Staff(Section, frozen=True, kw_only=True):
    """``[staff]``: who may do more than visitors."""

    pin: ScryptLine | None = None
    """What ``readiness kiosk pin`` prints. Without it nobody gets to staff's screen."""
    rearm_s: int = 600
    """How long the desktop is free after staff has left the kiosk; 0: the program ends with status 0 instead."""

    def flaw(self) -> Flaw | None:
        return self.outside(rearm_s=(0, 3600))


class KioskConfig(Section, frozen=True, kw_only=True):
    """One kiosk's settings. Everything has a default but the version."""

    schema_version: int
    version: int
    """Rises with every change: a file with a lower one than was used before is refused."""
    profile: str = DEFAULT_PROFILE
    """The provider's profile: a shipped one by its id, or a file."""
    languages: tuple[Language, ...] = LANGUAGES
    """Those that visitors may choose; the first one is also staff's."""
    voice: bool = True
    """Whether visitors may have the screen read aloud."""
    screen: Screen = Screen()
    session: Patience = Patience()
    place: Place = Place()
    equipment: Equipment = Equipment()
    printing: Printing | None = None
    hours: Hours = Hours()
    staff: Staff = Staff()
    fleet: FleetConfig | None = None
    """Where to report to; nothing is reported without it."""

    def flaw(self) -> Flaw | None:
        if not self.languages:
            return Flaw("languages", _NO_LANGUAGE)
        for language in self.languages:
            if self.languages.count(language) > 1:
                return Flaw("languages", _TWICE, {"value": language})
        return None


#: How a kiosk is that nobody has set up: it works, but nobody gets to staff's screen.
DEFAULT: Final = KioskConfig(schema_version=SCHEMA_VERSION, version=0)


def clock(text: str | None) -> time | None:
    """A time such as "07:00"; None for none."""
    return time.fromisoformat(text) if text else None


def read(path: Path) -> bytes:
    """The bytes of a file of settings. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(_UNREADABLE, file=shape.plain(path.name), reason=os_reason(error)) from None
    if len(content) > MAX_BYTES:
        raise ConfigError(_TOO_LARGE, file=shape.plain(path.name), most=MAX_BYTES)
    return content


def parse(content: bytes, name: str) -> KioskConfig:
    """Settings from a file's bytes; ``name`` is how the file is called in a sentence. Raises `ConfigError`."""
    name = shape.plain(name)
    try:
        raw = toml_file.parse(content)
        found = raw.get("schema_version")
        if type(found) is int and found > SCHEMA_VERSION:
            raise ConfigError(_NEWER, file=name)
        shape.check(raw, KioskConfig)
    except ShapeError as wrong:
        raise ConfigError(wrong.sentence, file=name, **wrong.params) from None
    return msgspec.convert(raw, KioskConfig)
