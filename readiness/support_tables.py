"""What a spoken code can say, version by version. **Every version is frozen for ever**: codes of old programs are read by it.

The order of the values is their number in the code. Whoever adds a finding, a profile or a system writes a new version
below (`VERSION_1` stays as it is), adds it to `TABLES`, and records codes of it in ``tests/recorded_codes.toml``.

Causes that an agent treats alike share one value: `Value.causes` then names them all, and one of them it was.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from readiness.joining import Way
from readiness.model import OsFamily, Status


class Age(StrEnum):
    """How old a browser is by the current versions of its table, which are as old as the table."""

    CURRENT = "current"
    RECENT = "recent"
    """One or two major versions behind."""
    OLD = "old"
    UNKNOWN = "unknown"


class Value(msgspec.Struct, frozen=True):
    """What one check came to: its status, and the causes that this value stands for."""

    status: Status
    causes: tuple[str, ...] = ()
    """Finding ids without the name of the check; none for a check that was left out."""


class System(msgspec.Struct, frozen=True):
    """The operating system as far as a code tells it."""

    family: OsFamily = OsFamily.OTHER
    version: str = ""
    """The major version, or "older"; empty when it is not told: unknown, or newer than the table."""


class Browser(msgspec.Struct, frozen=True):
    """The browser for the visit as far as a code tells it."""

    id: str = ""
    """As in a reading; "other" for a rare one, empty for none that is known."""
    age: Age = Age.UNKNOWN


S = TypeVar("S", System, Browser)


class Edition(msgspec.Struct, frozen=True):
    """The profile that judged, by its id, and its edition; empty for one that the table does not know."""

    profile: str = ""
    edition: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One version of what the numbers mean."""

    version: int
    checks: tuple[tuple[str, tuple[Value, ...]], ...]
    """Values of the checks that stand for themselves."""
    systems: tuple[tuple[Value, System], ...]
    """Values of operating_system, each with the systems that it can come with."""
    browsers: tuple[tuple[Value, Browser], ...]
    """Values of browser, each with the browsers that it can come with."""
    editions: tuple[Edition, ...]
    languages: tuple[str, ...]
    ways: tuple[Way, ...]
    current: tuple[tuple[str, int], ...]
    """Current major versions of browsers on the day of the table."""


def _values(**by_status: str) -> tuple[Value, ...]:
    """Left out, then the values of each status: words apart are values of their own, with "|" between they share one."""
    values = [Value(Status.SKIPPED)]
    for status, words in by_status.items():
        values += [Value(Status(status), tuple(word.split("|"))) for word in words.split()]
    return tuple(values)


def _with(values: tuple[Value, ...], subjects: tuple[S, ...], names: str) -> list[tuple[Value, S]]:
    """Those values that one of ``names`` is a cause of, each with each subject."""
    chosen = [value for value in values if set(value.causes) & set(names.split())]
    return [(value, subject) for value in chosen for subject in subjects]


_SYSTEMS_1: Final = (
    *(System(OsFamily.WINDOWS, version) for version in ("10", "11", "older", "")),
    *(System(OsFamily.MACOS, version) for version in ("12", "13", "14", "15", "26", "older", "")),
    System(OsFamily.LINUX),
    System(),
)
_FAMILIES_1: Final = tuple(system for system in _SYSTEMS_1 if not system.version)
_SYSTEM_VALUES_1: Final = _values(
    **{"pass": "ok", "warn": "outdated", "fail": "unsupported", "unknown": "not_checked unknown"}
)

_BROWSERS_1: Final = (
    *(Browser(id_, age) for id_ in ("chrome", "msedge", "firefox", "chromium") for age in Age),
    Browser("safari"),
    Browser("other"),
    Browser(),
)
_BROWSER_VALUES_1: Final = _values(
    **{
        "pass": "ok",
        "warn": "outdated not_recommended not_default",
        "fail": "none unsupported internet_explorer",
        "unknown": "not_checked",
    }
)

VERSION_1: Final = Table(
    version=1,
    checks=(
        (
            "camera",
            _values(
                **{
                    "pass": "ok",
                    "warn": "dark backlit blurred slow small no_face virtual",
                    "fail": "no_such|none blocked busy not_answering unplugged covered frozen slow|small not_seen",
                    "unknown": "not_checked",
                }
            ),
        ),
        (
            "microphone",
            _values(
                **{
                    "pass": "ok",
                    "warn": "quiet clipping|noisy",
                    "fail": "no_such|none blocked busy not_answering unplugged silent quiet",
                    "unknown": "not_checked no_speech",
                }
            ),
        ),
        (
            "speaker",
            _values(
                **{
                    "pass": "ok",
                    "warn": "low",
                    "fail": "no_such|none muted not_heard not_answering",
                    "unknown": "not_checked not_confirmed",
                }
            ),
        ),
        (
            "connection",
            _values(
                **{
                    "pass": "ok|online",
                    "warn": "slow proxy_script|socks_proxy provider_unreachable weak_wifi vpn line_in_use metered",
                    "fail": "no_link no_address|no_gateway no_dns|no_internet captive_portal proxy_login "
                    "tls_intercepted wrong_clock proxy_down provider_unreachable",
                    "unknown": "not_checked slow proxy_script|socks_proxy",
                }
            ),
        ),
        (
            "bandwidth",
            _values(
                **{
                    "pass": "ok",
                    "warn": "slow_down slow_up slow_reply|jitter|slow_when_busy unsteady disturbed|unfinished",
                    "fail": "too_slow_down too_slow_up sound_only broke_off",
                    "unknown": "not_checked|not_measured server_unreachable disturbed|unfinished",
                }
            ),
        ),
        (
            "call_quality",
            _values(
                **{
                    "pass": "ok",
                    "warn": "loss delay|jitter low_rate udp_blocked|tls_only",
                    "fail": "too_much_loss too_much_delay|too_much_jitter",
                    "unknown": "not_measured not_checked|credentials_refused|server_unreachable|disturbed",
                }
            ),
        ),
        (
            "computer",
            _values(**{"pass": "ok", "warn": "busy low_memory low_battery video_programs", "unknown": "not_checked"}),
        ),
    ),
    systems=(
        *((_SYSTEM_VALUES_1[0], family) for family in _FAMILIES_1),
        *_with(_SYSTEM_VALUES_1, _FAMILIES_1, "not_checked"),
        *_with(_SYSTEM_VALUES_1, _SYSTEMS_1, "ok outdated unsupported unknown"),
    ),
    browsers=(
        (_BROWSER_VALUES_1[0], Browser()),
        *_with(_BROWSER_VALUES_1, (Browser(),), "none unsupported internet_explorer not_checked"),
        *_with(_BROWSER_VALUES_1, _BROWSERS_1, "ok outdated not_recommended not_default"),
    ),
    editions=(
        *(Edition("generic", edition) for edition in ("2026-11", "")),
        *(Edition("healthdirect_au", edition) for edition in ("2026-11 (help pages)", "")),
        *(Edition("kaiser_permanente", edition) for edition in ("later flyer", "")),
        *(Edition("ohsu_mychart", edition) for edition in ("2026-11 (web page)", "")),
        *(Edition("uva_health", edition) for edition in ("2026-11 (handout)", "")),
        Edition(),
    ),
    languages=("en", "es"),
    ways=(Way.COMPUTER, Way.PHONE),
    current=(("chrome", 156), ("msedge", 156), ("firefox", 153), ("chromium", 156)),
)

#: Every version there ever was; the newest is the last, and makes the codes.
TABLES: Final = (VERSION_1,)
