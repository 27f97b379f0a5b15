"""An app as the freeze on macOS lays it out, of headers without programs, and Apple's tools as scripts that only tell."""

from __future__ import annotations

import os
import plistlib
import struct
import sys
from pathlib import Path
from typing import Final

import pytest
from macos.macho import Kind
from macos.sign import ENTITLEMENTS

TOOLS: Final = ("codesign", "security", "xcrun", "ditto", "hdiutil", "pkgbuild", "productbuild", "pkgutil", "spctl")
NAME: Final = "Developer ID Application: Nobody, for a test (TEAM123456)"
INSTALLER: Final = "Developer ID Installer: Nobody, for a test (TEAM123456)"
FINGERPRINT: Final = "0123456789ABCDEF0123456789ABCDEF01234567"

needs_scripts = pytest.mark.skipif(sys.platform == "win32", reason="the tools are scripts for a shell")


def thin(kind: int, order: str = "<") -> bytes:
    """The first bytes of a program for one processor (Apple's), of 64 bits."""
    return struct.pack(f"{order}IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, kind, 0, 0, 0, 0)


def fat(kind: int) -> bytes:
    """The first bytes of a program for two processors."""
    entries = struct.pack(">IIIII", 0x01000007, 3, 4096, 32, 12) + struct.pack(">IIIII", 0x0100000C, 0, 8192, 32, 14)
    return (struct.pack(">II", 0xCAFEBABE, 2) + entries).ljust(4096, b"\0") + thin(kind).ljust(4096, b"\0") + thin(kind)


LIBRARIES: Final = {
    "Frameworks/cv2/cv2.abi3.so": thin(Kind.PLUGIN),
    "Frameworks/cv2/__dot__dylibs/libx265.215.dylib": thin(Kind.LIBRARY),
    "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": fat(Kind.LIBRARY),
    "Frameworks/Python.framework/Versions/3.11/Python": fat(Kind.LIBRARY),
    "Frameworks/Python.framework/Versions/3.11/Resources/helper": thin(Kind.EXECUTABLE),
    "Frameworks/a name/without ending": thin(Kind.LIBRARY),
}
OTHERS: Final = {
    "Info.plist": b"<plist/>",
    "Resources/ui/style.qss": b"QLabel {}",
    "Resources/empty": b"",
    "Resources/short": b"\xcf\xfa\xed\xfe",
    "Resources/cut.short": b"\xca\xfe\xba\xbe",
    "Resources/Java.class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(100),
    "Resources/an object of a linker": thin(1),
}


def make(folder: Path) -> Path:
    """The app in ``folder``."""
    app = folder / "Video Visit Readiness.app"
    for place, content in {"MacOS/readiness": thin(Kind.EXECUTABLE), **LIBRARIES, **OTHERS}.items():
        file = app / "Contents" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    lib = app / "Contents/Frameworks/PySide6/Qt/lib/QtCore.framework"
    (lib / "QtCore").symlink_to("Versions/A/QtCore")
    (lib / "Versions/Current").symlink_to("A")
    (app / "Contents/Resources/cv2").symlink_to("../Frameworks/cv2")
    return app


#: Signed as by a Developer ID: the form is that of real answers; names and numbers are invented.
SIGNED: Final = f"""\
Executable=/A.app/Contents/MacOS/readiness
Identifier=org.videovisitreadiness.readiness
Format=app bundle with Mach-O thin (arm64)
CodeDirectory v=20500 size=39809 flags=0x10000(runtime) hashes=1233+7 location=embedded
Signature size=9056
Authority={NAME}
Authority=Developer ID Certification Authority
Authority=Apple Root CA
Timestamp=Nov 25, 2026 at 12:00:00 PM
Info.plist entries=50
TeamIdentifier=TEAM123456
Runtime Version=26.2.0
Sealed Resources version=2 rules=13 files=536
Internal requirements count=1 size=184
"""

#: Signed by nobody.
AD_HOC: Final = """\
Executable=/A.app/Contents/MacOS/readiness
Identifier=org.videovisitreadiness.readiness
Format=app bundle with Mach-O thin (arm64)
CodeDirectory v=20400 size=1234 flags=0x2(adhoc) hashes=31+3 location=embedded
Signature=adhoc
Info.plist entries=20
TeamIdentifier=not set
Sealed Resources version=2 rules=13 files=536
Internal requirements count=0 size=12
"""

_FOUND: Final = f"""\
  1) {FINGERPRINT} "{NAME}"
  2) {FINGERPRINT[::-1]} "{INSTALLER}"
     2 valid identities found
"""

#: What each tool does when all goes well; a test can write another script over it.
USUAL: Final = {
    "codesign": """\
for last; do :; done
case "$*" in
  "--display --entitlements"*) case "$last" in *.app|*/helper) cat "$TOLD/entitlements";; esac;;
  "--display"*) cat "$TOLD/signature" >&2;;
esac""",
    "security": """\
case "$1" in
  list-keychains) [ "$4" = -s ] || echo '    "/Users/runner/Library/Keychains/login.keychain-db"';;
  create-keychain) : > "$4";;
  delete-keychain) rm "$2";;
  find-identity) cat "$TOLD/identities";;
esac""",
    "ditto": """\
for last; do :; done
case "$1" in -c) : > "$last";; *) cp -R "$1" "$2";; esac""",
    "hdiutil": 'for last; do :; done\n[ "$1" = verify ] || echo image > "$last"',
    "pkgbuild": 'for last; do :; done\ncp "$4" "$TOLD/how.plist"; ls "$2" > "$TOLD/root"; echo package > "$last"',
    "productbuild": 'for last; do :; done\ncp "$3" "$TOLD/distribution.xml"; echo package > "$last"',
}


class Tools:
    """Apple's tools on this computer's PATH: they note how they were called, and answer what a test says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "bin").mkdir(parents=True)
        (folder / "calls").touch()
        for name in TOOLS:
            self.answer(name, USUAL.get(name, ":"))
        self.tell("signature", AD_HOC)
        self.tell("identities", _FOUND)
        self.tell("entitlements", ENTITLEMENTS.read_text(encoding="utf-8"))
        monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("TOLD", str(folder))

    def answer(self, tool: str, script: str) -> None:
        """Let a tool do something else than usual. NUMBER is how often it was called with this first word before."""
        note = 'NUMBER=$(grep -c "^$(basename "$0")	$1" "$TOLD/calls" )\n'
        note += '(printf "%s" "$(basename "$0")"; printf "\\t%s" "$@"; echo) >> "$TOLD/calls"\n'
        file = self.folder / "bin" / tool
        file.write_text(f"#!/bin/sh\n{note}{script}\n", encoding="utf-8")
        file.chmod(0o755)

    def tell(self, name: str, text: str) -> None:
        """What the usual tools say, by name."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def told(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    @property
    def calls(self) -> list[list[str]]:
        """Every call, in order."""
        return [line.split("\t") for line in (self.folder / "calls").read_text(encoding="utf-8").splitlines()]

    def named(self, *words: str) -> list[list[str]]:
        """The calls that begin so."""
        return [call for call in self.calls if call[: len(words)] == list(words)]


def certificate(folder: Path) -> dict[str, str]:
    """The settings for a certificate that is none."""
    (folder / "c.p12").write_bytes(b"certificates")
    (folder / "word").write_text("a secret word\n", encoding="utf-8")
    return {"READINESS_MAC_P12": str(folder / "c.p12"), "READINESS_MAC_PASSWORD_FILE": str(folder / "word")}


def entitled(**changes: bool) -> str:
    """Rights as codesign tells them, with changes."""
    return plistlib.dumps(plistlib.loads(ENTITLEMENTS.read_bytes()) | changes).decode()
