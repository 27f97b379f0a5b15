"""Puts a signed app into a disk image for a person: it shows the app, and the folder into which to draw it.

    python packaging/macos/dmg.py APP OUT_FOLDER

Makes OUT_FOLDER/readiness-VERSION-macos-PROCESSOR.dmg, signs it where a certificate is told (see keychain.py), and
verifies it. Sign and notarize the app before, and notarize the image afterwards: its answer covers what is inside, but
the app has to keep its own when it is drawn out. Exit status as for sign.py.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import archive
from macos import keychain, sign
from macos.bundle import NAME
from macos.tools import Failed, Refused, run, run_patiently


def copying(app: Path, target: Path) -> list[str]:
    """The command that copies an app with everything that belongs to it."""
    return ["ditto", str(app), str(target)]


def making(folder: Path, image: Path) -> list[str]:
    """The command that makes an image of a folder: compressed, and in a form that every macOS reads."""
    words = ["hdiutil", "create", "-volname", NAME, "-srcfolder", str(folder), "-fs", "HFS+", "-format", "UDZO"]
    return [*words, "-ov", str(image)]


def verifying(image: Path) -> list[str]:
    """The command that compares an image with its checksum."""
    return ["hdiutil", "verify", str(image)]


def make(app: Path, out: Path, environment: Mapping[str, str]) -> Path:
    """The image of an app. Raises Refused and Failed."""
    out.mkdir(parents=True, exist_ok=True)
    image = out.resolve() / f"{archive.release_name()}.dmg"
    with tempfile.TemporaryDirectory(prefix="readiness-dmg-") as place:
        run(copying(app, Path(place, app.name)))
        Path(place, "Applications").symlink_to("/Applications")
        # Where something looks at the new volume, to find words or viruses, the tool cannot let go of it.
        run_patiently(making(Path(place), image))
    with keychain.identity(keychain.APPLICATION, environment) as who:
        if who.is_somebody:
            run_patiently(sign.signing(image, who, is_code=False))
            run(["codesign", "--verify", "--strict", "--verbose=2", str(image)])
        else:
            print("No certificate is given (READINESS_MAC_P12 and others): the image is not signed.")
    run(verifying(image))
    return image


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Make the image. Returns the exit status."""
    if len(arguments) != 2:
        print("usage: dmg.py APP OUT_FOLDER", file=sys.stderr)
        return 2
    try:
        image = make(sign.checked(Path(arguments[0])), Path(arguments[1]), environment)
    except (Refused, Failed) as error:
        print(f"dmg: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    print(f"{image.name}: {image.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
