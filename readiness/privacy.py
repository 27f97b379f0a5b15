"""What never goes into a file: addresses, serial numbers, and the names of people and of this computer.

A device may be called after its owner ("Maria's iPhone Camera"), a server after its place in a home, a program after the
folder of the person who runs it: only what it is remains. Every file that is written goes through `without_people`.
"""

from __future__ import annotations

import getpass
import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from readiness.model import Finding, Reading

R = TypeVar("R", bound=Reading)

#: Facts and values of findings that name a place in a network.
_HOSTS: Final = frozenset(
    {"server", "servers_tried", "portal_url", "url", "host", "hosts", "hosts_unreachable", "proxy_script"}
)

#: Those that people give names to themselves, or that stand in their folders.
_CALLED_BY_PEOPLE: Final = frozenset({"name", "available", "programs", "held_by", "video_programs"})

#: Endings of names that mean something in one home or office alone: the machine behind it may bear a person's name.
_LOCAL_ENDINGS: Final = (".local", ".lan", ".home", ".internal", ".intranet", ".corp", ".home.arpa", ".localdomain")

#: Names of users and machines that say nothing about anybody, but may well be a part of a device's name.
_NOBODY: Final = frozenset(
    {
        "root",
        "user",
        "admin",
        "administrator",
        "guest",
        "owner",
        "home",
        "localhost",
        "laptop",
        "desktop",
        "computer",
        "camera",
        "webcam",
        "microphone",
        "audio",
        "usb",
        "default",
        "windows",
        "mac",
        "macbook",
        "linux",
        "debian",
        "ubuntu",
    }
)


def without_people(reading: R) -> R:
    """The reading without anything that tells whose computer it is, or where it stands."""
    fields: dict[str, Any] = msgspec.structs.asdict(reading)
    return msgspec.structs.replace(reading, **{name: _clean(name, value) for name, value in fields.items()})


def finding_without_people(finding: Finding) -> Finding:
    """The finding with the same done to the values that its words quote."""
    return msgspec.structs.replace(
        finding, params={name: _clean(name, value) for name, value in finding.params.items()}
    )


def _clean(name: str, value: Any) -> Any:
    match value:
        case Enum() | None | bool() | int() | float():
            return value
        case str():
            if name in _HOSTS:
                return site_of(value)
            return without_marks(without_owner(value) if name in _CALLED_BY_PEOPLE else value)
        case tuple():
            return tuple(_clean(name, item) for item in value)
        case Mapping():
            return {key: _clean(name, item) for key, item in value.items()}
        case msgspec.Struct():
            inside: dict[str, Any] = msgspec.structs.asdict(value)
            return msgspec.structs.replace(value, **{key: _clean(key, item) for key, item in inside.items()})
    raise TypeError(f"nobody has thought of how a {type(value).__name__} is made private")


# --- Owners

#: "Maria's iPhone Camera", "Headset (Maria’s AirPods)".
_OWNER_BEFORE: Final = re.compile(r"(?:(?<=\()|^)[^()]*?['’]s?[\s_-]+(?=\S)")

#: "Cámara de iPhone de María", "AirPods Pro de José Luis": after "de", names begin with capitals; so do makes and
#: models, of which the usual ones are listed.
_OWNER_AFTER: Final = re.compile(
    r"\s+de\s+(?!i[PM]|Mac|FaceTime|AirPods|USB|HD|Logitech|Realtek|Intel|Windows|Surface|Microsoft|Bluetooth)"
    r"[A-ZÁÉÍÓÚÑÜ][\w.-]*(?:\s+[A-ZÁÉÍÓÚÑÜ][\w.-]*)*(?=\)|$)"
)

#: What people carry about with their name on it: whoever stands after it is its owner, with or without capitals.
_OWNER_OF: Final = re.compile(
    r"\b(i(?:Phone|Pad|Mac)|AirPods(?: Pro| Max)?|MacBook(?: Air| Pro)?|Galaxy|Buds)\s+de\s+[^()]+"
)


def without_owner(name: str) -> str:
    """A device's name without the name of its owner."""
    return _OWNER_AFTER.sub("", _OWNER_OF.sub(r"\1", _OWNER_BEFORE.sub("", name)))


# --- Places in a network


_PUBLIC: Final = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]+")


def site_of(url: str) -> str:
    """The site of a web address, without path and query: they may carry the computer's address.

    "" for a bare IP address, for a name that only one's own network knows, and for what is no web address.
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    is_public = _PUBLIC.fullmatch(host) and not host.endswith(_LOCAL_ENDINGS)
    begins = url.lower().find(host)
    as_written = url[begins : begins + len(host)]  # a serial number is known by its capitals
    return host if is_public and without_marks(as_written) == as_written else ""


# --- Marks inside any text

_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_MAC: Final = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}[:_-]){5}[0-9a-f]{2}(?![0-9a-f])", re.IGNORECASE)
_IPV6: Final = re.compile(r"(?<![^\W_])(?<!:)[0-9a-f:]*:[0-9a-f:]*:[0-9a-f.:]*(?:%\w+)?", re.IGNORECASE)
_IPV4: Final = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?!\.?\d)")

#: A full path: what stands in it names folders, and those people. Spaces belong to it.
_FOLDERS: Final = re.compile(r"(?:\b[a-z]:[\\/]|\\\\|(?<![\w.])~?/(?=[^/]+/))(?:[^\\/]*[\\/])*", re.IGNORECASE)
_HOMES: Final = re.compile(r"[\\/](?:home|users|usuarios)[\\/]$", re.IGNORECASE)

#: Eight and more capitals and digits, three digits among them, and long rows of digits or of hexadecimal ones.
_SERIAL: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?=(?:[A-Z]*\d){3})(?=\d*[A-Z])[A-Z0-9]{8,}|\d{7,}|(?=[0-9a-f]*\d)[0-9a-f]{12,})(?![A-Za-z0-9])"
)


def without_marks(text: str) -> str:
    """A text without addresses, folders, serial numbers, and the names of this computer and of who uses it.

    What looks like an address may be a version ("10.0.0.4"): its first three numbers stay.
    """
    before = text
    text = _URL.sub(lambda found: site_of(found[0]), text)
    text = _MAIL.sub("", text)
    text = _MAC.sub("", text)
    text = _IPV6.sub(lambda found: "" if _is_address(found[0]) else found[0], text)
    text = _IPV4.sub(lambda found: found[1] if _is_address(found[0]) else found[0], text)
    text = _without_folders(text)
    text = _SERIAL.sub("", text)
    text = without_names(text, names_here())
    return text if text == before else re.sub(r"\(\s*\)|(?<=\s)\s+", "", text).strip(" -_,;:")


def without_names(text: str, names: Iterable[str]) -> str:
    """A text in which none of these names stands as a word of its own, whatever joins its parts."""
    for name in names:
        parts = [re.escape(part) for part in re.split(r"[\W_]+", name) if part]
        text = re.sub(r"(?<![^\W_])" + r"[\W_]+".join(parts) + r"(?![^\W_])", "", text, flags=re.IGNORECASE)
    return text


@cache
def names_here() -> tuple[str, ...]:
    """What this computer and its user are called, as far as that tells who they are; the longest first."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        user = ""
    machine = socket.gethostname()
    found = {
        name for name in (user, machine, machine.partition(".")[0]) if len(name) > 2 and re.search(r"[^\W_]", name)
    }
    return tuple(sorted((name for name in found if name.lower() not in _NOBODY), key=len, reverse=True))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _without_folders(text: str) -> str:
    """A program's path as its last part; nothing of a home folder itself, which is called after a person."""
    found = _FOLDERS.search(text)
    if not found:
        return text
    return text[: found.start()] + ("" if _HOMES.search(found[0]) else text[found.end() :])
