"""Signs an app for macOS from the inside to the outside, verifies it, and reads back what it may do.

    python packaging/macos/sign.py APP

Every program and library is found by its first bytes and signed by itself, the deepest first, then frameworks, then the
app; never with ``--deep``, which passes over what lies where it does not look, and gives the app's rights to everything.
Only executables get rights (entitlements.plist: camera and microphone). With a certificate, each signature has a time
stamp and the hardened runtime, as notarizing demands.

Where no certificate is told (see keychain.py), one line says so, and the app is signed by nobody ("ad hoc"): it runs
where it was made, and everybody else is warned. Apple's processors start nothing without any signature.
Exit status: 0 signed and verified; 1 a tool refused, or something reads back otherwise; 2 a wrong argument or setting.
"""

from __future__ import annotations

import os
import plistlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from macos import keychain, macho
from macos.bundle import EXECUTABLE
from macos.keychain import Identity
from macos.tools import Failed, Refused, run, run_patiently

ENTITLEMENTS: Final = Path(__file__).resolve().with_name("entitlements.plist")


def signing(path: Path, who: Identity, *, is_code: bool = True, has_rights: bool = False) -> list[str]:
    """The command that signs one program, library, framework, app or (no code) disk image."""
    words = ["codesign", "--force", "--sign", who.fingerprint]
    if who.is_somebody:
        words += ["--keychain", who.keychain, "--timestamp"]
        # Signed by nobody, a hardened program would refuse its own libraries: they are of no team.
        words += ["--options", "runtime"] if is_code else []
    else:
        words += ["--timestamp=none"]
    words += ["--entitlements", str(ENTITLEMENTS)] if has_rights else []
    return [*words, str(path)]


def verifying(path: Path) -> list[str]:
    """The command that verifies a signature and everything inside it. (Here ``--deep`` looks more closely.)"""
    return ["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(path)]


def reading_rights(path: Path) -> list[str]:
    """The command that tells what a program may do, as a property list."""
    return ["codesign", "--display", "--entitlements", "-", "--xml", str(path)]


def reading_signature(path: Path) -> list[str]:
    """The command that tells who has signed, when and how."""
    return ["codesign", "--display", "--verbose=4", str(path)]


def rights(told: str) -> dict[str, Any]:
    """What a program may do, as ``codesign`` has told it; nothing where it says nothing. Raises Failed."""
    if not told.strip():
        return {}
    try:
        read: dict[str, Any] = plistlib.loads(told.encode())
    except (plistlib.InvalidFileException, ValueError, SyntaxError) as error:
        raise Failed(f"codesign told rights that are no property list: {error}") from None
    return read


def faults_of_signature(told: str, who: Identity) -> Iterator[str]:
    """What is wrong with a signature of ours, by what ``codesign`` tells of it."""
    if not who.is_somebody:
        if "\nSignature=adhoc\n" not in told:
            yield "it is signed by somebody"
        return
    # The first is the one who has signed; the rest vouch for it.
    authority = re.search(r"^Authority=(.*)$", told, re.MULTILINE)
    if not authority or authority[1] != who.name:
        yield f"it is signed by {authority[1] if authority else 'nobody'}, not by {who.name}"
    if "\nTimestamp=" not in told:
        yield "it has no time stamp"
    if not re.search(r"flags=0x[0-9a-f]+\([^)]*\bruntime\b", told):
        yield "it has no hardened runtime"


def sign(app: Path, who: Identity) -> int:
    """Sign everything in an app and verify it; tells how many signatures there are. Raises Failed."""
    order = macho.in_signing_order(app)
    for path in order:
        run_patiently(signing(path, who, has_rights=is_executable(path, app)))
    run(verifying(app))
    read_back(app, order, who)
    return len(order)


def is_executable(path: Path, app: Path) -> bool:
    """Whether something is started by itself, and is no library: the app is, by its main program."""
    return path == app or (path.is_file() and macho.kind(path) is macho.Kind.EXECUTABLE)


def read_back(app: Path, order: Sequence[Path], who: Identity) -> None:
    """Compare what each signature says with what was meant: signing anew can lose rights. Raises Failed."""
    meant = plistlib.loads(ENTITLEMENTS.read_bytes())
    for path in order:
        told = run(reading_signature(path))
        faults = list(faults_of_signature(f"{told.out}\n{told.err}", who))
        wanted = meant if is_executable(path, app) else {}
        if rights(run(reading_rights(path)).out) != wanted:
            faults.append("it may do something else than entitlements.plist says")
        if faults:
            raise Failed(f"{path}: {', '.join(faults)}.")


def checked(app: Path) -> Path:
    """The same app. Raises Refused when it is none that the freeze has made."""
    if app.suffix != ".app" or not (app / EXECUTABLE).is_file():
        raise Refused(f"{app}: there is no {EXECUTABLE} in it; give the .app that the freeze on macOS has made.")
    return app


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Sign the app. Returns the exit status."""
    if len(arguments) != 1:
        print("usage: sign.py APP", file=sys.stderr)
        return 2
    try:
        app = checked(Path(arguments[0]))
        with keychain.identity(keychain.APPLICATION, environment) as who:
            if not who.is_somebody:
                print("No certificate is given (READINESS_MAC_P12 and others): signed by nobody, macOS will warn.")
            count = sign(app, who)
    except (Refused, Failed) as error:
        print(f"sign: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    print(f"Signed and verified: {count}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
