"""Makes the package for IT departments: the app for everybody on a computer, installed without a question.

    python packaging/macos/pkg.py APP OUT_FOLDER

Makes OUT_FOLDER/readiness-VERSION-macos-PROCESSOR.pkg, signed where a certificate is told (see keychain.py), and looks
at its signature. It puts the app into /Applications and runs no script. Sign and notarize the app before, and notarize
the package afterwards. Exit status as for sign.py.
"""

from __future__ import annotations

import os
import platform
import plistlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import archive
from macos import keychain, sign
from macos.bundle import ID, NAME, OLDEST_SYSTEM, numbers
from macos.dmg import copying
from macos.keychain import Identity
from macos.tools import Failed, Refused, run, run_patiently

#: macOS remembers by it what was installed: ``pkgutil --pkgs``. It never changes.
PACKAGE_ID: Final = f"{ID}.pkg"
_INNER: Final = "readiness.pkg"


def component(app_name: str) -> bytes:
    """How the app is installed, as a property list.

    Never where an older copy of it lies, as macOS otherwise does: a copy on somebody's desktop would be replaced, and
    nothing be in /Applications.
    """
    how = {
        "RootRelativeBundlePath": app_name,
        "BundleIsRelocatable": False,
        "BundleIsVersionChecked": True,
        "BundleHasStrictIdentifier": True,
        "BundleOverwriteAction": "upgrade",
    }
    return plistlib.dumps([how])


def distribution(version: str, processor: str) -> str:
    """What the installer asks and demands: nothing but the system, the processor, and an administrator."""
    package = quoteattr(PACKAGE_ID)
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
  <title>{NAME}</title>
  <options customize="never" require-scripts="false" hostArchitectures={quoteattr(processor)}/>
  <domains enable_anywhere="false" enable_currentUserHome="false" enable_localSystem="true"/>
  <volume-check>
    <allowed-os-versions><os-version min={quoteattr(OLDEST_SYSTEM)}/></allowed-os-versions>
  </volume-check>
  <choices-outline><line choice={package}/></choices-outline>
  <choice id={package} visible="false"><pkg-ref id={package}/></choice>
  <pkg-ref id={package} version={quoteattr(version)}>{_INNER}</pkg-ref>
</installer-gui-script>
"""


def packing(root: Path, how: Path, version: str, target: Path) -> list[str]:
    """The command that packs what lies in ``root`` for /Applications, owned by the system."""
    words = ["pkgbuild", "--root", str(root), "--component-plist", str(how), "--install-location", "/Applications"]
    return [*words, "--identifier", PACKAGE_ID, "--version", version, "--ownership", "recommended", str(target)]


def finishing(text: Path, packages: Path, who: Identity, target: Path) -> list[str]:
    """The command that makes of it what the installer opens, and signs that."""
    signed = ["--sign", who.fingerprint, "--keychain", who.keychain, "--timestamp"] if who.is_somebody else []
    return ["productbuild", "--distribution", str(text), "--package-path", str(packages), *signed, str(target)]


def checking(package: Path) -> list[str]:
    """The command that tells who has signed a package, and fails when nobody has."""
    return ["pkgutil", "--check-signature", str(package)]


def make(app: Path, out: Path, environment: Mapping[str, str]) -> Path:
    """The package of an app. Raises Refused and Failed."""
    out.mkdir(parents=True, exist_ok=True)
    package = out.resolve() / f"{archive.release_name()}.pkg"
    version = numbers(archive.version_in((archive.ROOT / "readiness" / "__init__.py").read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory(prefix="readiness-pkg-") as place:
        work = Path(place)
        (work / "root").mkdir()
        (work / "packages").mkdir()
        (work / "how.plist").write_bytes(component(app.name))
        (work / "distribution.xml").write_text(distribution(version, platform.machine()), encoding="utf-8")
        run(copying(app, work / "root" / app.name))
        run(packing(work / "root", work / "how.plist", version, work / "packages" / _INNER))
        with keychain.identity(keychain.INSTALLER, environment) as who:
            run_patiently(finishing(work / "distribution.xml", work / "packages", who, package))
    if who.is_somebody:
        run(checking(package))
    else:
        print("No certificate is given (READINESS_MAC_P12 and others): the package is not signed.")
    return package


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Make the package. Returns the exit status."""
    if len(arguments) != 2:
        print("usage: pkg.py APP OUT_FOLDER", file=sys.stderr)
        return 2
    try:
        package = make(sign.checked(Path(arguments[0])), Path(arguments[1]), environment)
    except (Refused, Failed) as error:
        print(f"pkg: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
