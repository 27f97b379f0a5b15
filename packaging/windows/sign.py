"""Signs programs, libraries and installers for Windows, with a time stamp, and verifies every signature.

    python packaging/windows/sign.py FILE|FOLDER …

In a folder, every program and library (.exe, .dll, .pyd) that nobody has signed yet is signed; a file that is named is
signed in any case. The order of a release: the frozen folder → imports.py and smoke test → installers.py → both
installers. Where no certificate is given, one line says so and nothing is changed: a build without one goes on unsigned.

The certificate is told by the environment, never by arguments, which other users of a computer can read:

    READINESS_SIGN_PFX           a .pfx file (PKCS #12), with READINESS_SIGN_PASSWORD_FILE beside it
    READINESS_SIGN_PKCS11        a PKCS #11 module of a token or a cloud's key store, with READINESS_SIGN_KEY (a pkcs11:
                                 address), READINESS_SIGN_CERTIFICATES (a .pem file) and READINESS_SIGN_PASSWORD_FILE
    READINESS_SIGN_THUMBPRINT    on Windows: a certificate in the store, for signtool
    READINESS_SIGN_TIMESTAMP     addresses of time-stamp servers, apart by spaces; "none" for none, in a rehearsal
    READINESS_SIGN_CA            a .pem file of the roots to verify by, where the system's do not do

Exit status: 0 signed and verified, or no certificate is given; 1 a tool refused; 2 a wrong argument or setting.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

NAME: Final = "Video Visit Readiness"

#: Of three authorities: a time stamp is worth the same whoever gives it, and each has bad hours.
TIMESTAMPS: Final = (
    "http://timestamp.digicert.com",
    "http://timestamp.sectigo.com",
    "http://timestamp.globalsign.com/tsa/r6advanced1",
)
_PROGRAMS: Final = (".exe", ".dll", ".pyd")

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "READINESS_SIGN_PFX": ("READINESS_SIGN_PASSWORD_FILE",),
    "READINESS_SIGN_PKCS11": ("READINESS_SIGN_KEY", "READINESS_SIGN_CERTIFICATES", "READINESS_SIGN_PASSWORD_FILE"),
    "READINESS_SIGN_THUMBPRINT": (),
}
_TELLS: Final = "READINESS_SIGN_TIMESTAMP"
_STAMPED: Final = "Timestamp Server Signature verification: ok"


class Refused(Exception):
    """A wrong argument or setting: one sentence."""


class Failed(Exception):
    """A tool said no: one sentence."""


def is_possible(environment: Mapping[str, str]) -> bool:
    """Whether the environment tells a certificate."""
    return any(environment.get(name) for name in _NEEDS)


def must_be_whole(environment: Mapping[str, str]) -> None:
    """Raise Refused when the environment tells half of what is needed, or more than one certificate."""
    told = [name for name in _NEEDS if environment.get(name)]
    if len(told) > 1:
        raise Refused(f"{told[0]} and {told[1]} are both set; set one of them.")
    for name in _NEEDS[told[0]]:
        if not environment.get(name):
            raise Refused(f"{told[0]} is set, but {name} is not; set it, too.")


def time_stamp_servers(environment: Mapping[str, str]) -> list[str]:
    """Whom to ask for the time, one after the other."""
    given = environment.get(_TELLS) or " ".join(TIMESTAMPS)
    return [] if given == "none" else given.split()


def signing(environment: Mapping[str, str], file: Path, signed: Path) -> list[str]:
    """The command that signs ``file``; signtool signs it in its place, osslsigncode makes ``signed``."""
    servers = time_stamp_servers(environment)
    if thumbprint := environment.get("READINESS_SIGN_THUMBPRINT"):
        stamp = ["/tr", servers[0], "/td", "sha256"] if servers else []
        return ["signtool", "sign", "/sha1", thumbprint, "/fd", "sha256", *stamp, "/d", NAME, str(file)]
    if pfx := environment.get("READINESS_SIGN_PFX"):
        key = ["-pkcs12", pfx]
    else:
        key = ["-pkcs11module", environment["READINESS_SIGN_PKCS11"], "-key", environment["READINESS_SIGN_KEY"]]
        key += ["-certs", environment["READINESS_SIGN_CERTIFICATES"]]
    key += ["-readpass", environment["READINESS_SIGN_PASSWORD_FILE"]]
    stamps = [word for server in servers for word in ("-ts", server)]
    return ["osslsigncode", "sign", *key, "-h", "sha256", "-n", NAME, *stamps, "-in", str(file), "-out", str(signed)]


def verifying(environment: Mapping[str, str], file: Path) -> list[str]:
    """The command that verifies a signature and its time stamp."""
    if environment.get("READINESS_SIGN_THUMBPRINT"):
        return ["signtool", "verify", "/pa", "/tw", str(file)]
    roots = environment.get("READINESS_SIGN_CA")
    own = ["-CAfile", roots, "-TSA-CAfile", roots] if roots else []
    return ["osslsigncode", "verify", *own, "-in", str(file)]


def is_signed(program: bytes) -> bool:
    """Whether a Windows program carries a signature, by the fifth table of its optional header."""
    try:
        (at,) = struct.unpack_from("<I", program, 60)
        (magic,) = struct.unpack_from("<H", program, at + 24)
        _, size = struct.unpack_from("<II", program, at + 24 + (112 if magic == 0x20B else 96) + 8 * 4)
    except struct.error:
        return False
    return bool(size)


def to_sign(places: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and of folders what has no signature yet. Raises Refused."""
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            for path in sorted(place.rglob("*")):
                if path.suffix.lower() in _PROGRAMS and path.is_file() and not is_signed(path.read_bytes()):
                    yield path
        else:
            raise Refused(f"{place}: there is no such file or folder.")


def run(words: Sequence[str]) -> str:
    """One tool, quietly; gives what it said. Raises Failed."""
    if not shutil.which(words[0]):
        raise Refused(f"{words[0]} is missing; install it.")
    done = subprocess.run(list(words), capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        last = " / ".join([*done.stdout.strip().splitlines(), *done.stderr.strip().splitlines()][-4:])
        raise Failed(f"{words[0]} {words[1]} {words[-1]} failed ({done.returncode}): {last}")
    return done.stdout


Run = Callable[[Sequence[str]], str]


def verify(file: Path, environment: Mapping[str, str], run: Run = run) -> None:
    """Verify signature and time stamp. Raises Failed."""
    said = run(verifying(environment, file))
    # For osslsigncode a time stamp that cannot be verified is none, and all is well: without one, a signature ends with
    # its certificate. signtool refuses by itself.
    is_told = not environment.get("READINESS_SIGN_THUMBPRINT")
    if is_told and time_stamp_servers(environment) and _STAMPED not in said:
        raise Failed(f"{file}: its time stamp cannot be verified; does READINESS_SIGN_CA name the authority's root?")


def sign(file: Path, environment: Mapping[str, str], run: Run = run) -> None:
    """Sign one file and verify it; what is there before stays when that fails. Raises Failed."""
    signed = file.with_name(f"{file.name}.signed")
    try:
        run(signing(environment, file, signed))
        if signed.exists():
            verify(signed, environment, run)
            shutil.copymode(file, signed)
            signed.replace(file)
        else:
            verify(file, environment, run)
    finally:
        signed.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Sign everything that is named. Returns the exit status."""
    if not arguments:
        print("usage: sign.py FILE|FOLDER …", file=sys.stderr)
        return 2
    try:
        if not is_possible(os.environ):
            print("No certificate is given (READINESS_SIGN_PFX and others): nothing is signed.")
            return 0
        must_be_whole(os.environ)
        count = 0
        for count, file in enumerate(to_sign([Path(word) for word in arguments]), 1):  # noqa: B007 - told below
            sign(file, os.environ)
    except (Refused, Failed) as error:
        print(f"sign: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    print(f"Signed and verified: {count}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
