"""Where the certificate for signing comes from: a keychain that lives for one run, or one that is there already.

The environment tells it, never an argument of ours:

    READINESS_MAC_P12            a .p12 file with certificates and keys, with READINESS_MAC_PASSWORD_FILE beside it: put
                                 into a throw-away keychain, which is deleted in the end
    READINESS_MAC_KEYCHAIN       instead of it: a keychain that is open already, such as login.keychain-db

An app and a disk image are signed as "Developer ID Application", a package as "Developer ID Installer": two certificates
of one team. `security` takes passwords as arguments only, which other users of a computer can read: use a computer
that has no others, as those of a workflow.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from macos.tools import Refused, run

APPLICATION: Final = "Developer ID Application"
INSTALLER: Final = "Developer ID Installer"

#: How long the throw-away keychain stays open: longer than any signing takes.
_OPEN_S: Final = 6 * 3600

#: The tools that may use the keys without asking anybody.
_USERS: Final = ("/usr/bin/codesign", "/usr/bin/productbuild", "/usr/bin/productsign")

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "READINESS_MAC_P12": ("READINESS_MAC_PASSWORD_FILE",),
    "READINESS_MAC_KEYCHAIN": (),
}

#: ``  1) 0A1B… "Developer ID Application: Somebody (TEAM123456)"``
_IDENTITY: Final = re.compile(r'^ *\d+\) ([0-9A-Fa-f]{40}) "([^"]*)"', re.MULTILINE)


@dataclass(frozen=True)
class Identity:
    """Who signs."""

    fingerprint: str
    """Of the certificate, so that two of one name cannot be taken for each other; ``-`` for nobody (ad hoc)."""
    name: str = ""
    keychain: str = ""

    @property
    def is_somebody(self) -> bool:
        return self.fingerprint != "-"


NOBODY: Final = Identity("-")


def is_possible(environment: Mapping[str, str]) -> bool:
    """Whether the environment tells a certificate. Raises Refused when it tells half of what is needed, or too much."""
    told = [name for name in _NEEDS if environment.get(name)]
    if len(told) > 1:
        raise Refused(f"{told[0]} and {told[1]} are both set; set one of them.")
    for name in told:
        for needed in _NEEDS[name]:
            if not environment.get(needed):
                raise Refused(f"{name} is set, but {needed} is not; set it, too.")
    return bool(told)


def identities(told: str, kind: str) -> list[Identity]:
    """Those of one kind, out of what ``security find-identity -v`` says. The same certificate may be named twice."""
    found = {mark: name for mark, name in _IDENTITY.findall(told) if name.startswith(f"{kind}:")}
    return [Identity(mark, name) for mark, name in found.items()]


def searched(told: str) -> list[str]:
    """The keychains that macOS looks into, out of what ``security list-keychains`` says: one in quotes a line."""
    return [line.strip().strip('"') for line in told.splitlines() if line.strip()]


def making(keychain: str, password: str, certificates: str, their_password: str) -> list[list[str]]:
    """The commands that make a keychain with these certificates, for the tools that sign, without anybody at the screen."""
    allowed = [word for user in _USERS for word in ("-T", user)]
    return [
        ["security", "create-keychain", "-p", password, keychain],
        ["security", "set-keychain-settings", "-l", "-u", "-t", str(_OPEN_S), keychain],
        ["security", "unlock-keychain", "-p", password, keychain],
        ["security", "import", certificates, "-f", "pkcs12", "-P", their_password, *allowed, "-k", keychain],
        # Without it, macOS asks at the screen whether codesign may use the key, and waits for ever.
        ["security", "set-key-partition-list", "-S", "apple-tool:,apple:", "-s", "-k", password, keychain],
    ]


def looking_for(keychain: str, kind: str) -> list[str]:
    """The command that lists whose certificates are valid. An installer's are for no code, and listed among all."""
    return ["security", "find-identity", "-v", "-p", "codesigning" if kind == APPLICATION else "basic", keychain]


@contextlib.contextmanager
def identity(kind: str, environment: Mapping[str, str]) -> Iterator[Identity]:
    """Who signs, while the ``with`` lasts: NOBODY where no certificate is told. Raises Refused and Failed."""
    if not is_possible(environment):
        yield NOBODY
    elif certificates := environment.get("READINESS_MAC_P12"):
        with _throw_away(certificates, environment["READINESS_MAC_PASSWORD_FILE"]) as keychain:
            yield _of(kind, keychain)
    else:
        yield _of(kind, environment["READINESS_MAC_KEYCHAIN"])


def _of(kind: str, keychain: str) -> Identity:
    found = identities(run(looking_for(keychain, kind)).out, kind)
    if len(found) != 1:
        names = ", ".join(f"{one.name} ({one.fingerprint[:8]})" for one in found) or "none"
        raise Refused(f"{keychain} has to hold one valid certificate “{kind}”, but has {names}.")
    return Identity(found[0].fingerprint, found[0].name, keychain)


@contextlib.contextmanager
def _throw_away(certificates: str, password_file: str) -> Iterator[str]:
    for file in (certificates, password_file):
        if not Path(file).is_file():
            raise Refused(f"{file}: there is no such file.")
    their_password = Path(password_file).read_text(encoding="utf-8").rstrip("\r\n")
    before = searched(run(["security", "list-keychains", "-d", "user"]).out)
    with tempfile.TemporaryDirectory(prefix="readiness-keychain-") as place:
        keychain = str(Path(place, "signing.keychain-db"))
        try:
            for command in making(keychain, secrets.token_hex(16), certificates, their_password):
                run(command, secret=their_password)
            # codesign finds the certificates between ours and Apple's root only in keychains that are searched.
            run(["security", "list-keychains", "-d", "user", "-s", keychain, *before])
            yield keychain
        finally:
            run(["security", "list-keychains", "-d", "user", "-s", *before])
            if Path(keychain).exists():
                run(["security", "delete-keychain", keychain])
