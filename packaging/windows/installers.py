"""Makes both Windows installers of a frozen program, on Linux or Windows: a set-up for a person, a package for IT.

    python packaging/windows/installers.py STAGED_FOLDER OUT_FOLDER

STAGED_FOLDER is what the freeze on Windows has made (with readiness.exe in it). OUT_FOLDER gets
readiness-VERSION-setup.exe (makensis), for one person and without an administrator, and readiness-VERSION-x64.msi
(wixl and msibuild, Linux only), for a whole computer. The same folder and the same tools give the same bytes, whenever and wherever.

Sign the executables before, and both results afterwards: see sign.py. The uninstaller that the set-up writes cannot be
reached from outside; it is signed here, where there is a certificate.
Exit status: 0 both are there, 1 a tool failed, 2 the folder is no frozen program or a tool is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid5

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import archive
import icons
from windows import summary, wix
from windows.resources import four_numbers
from windows.sign import is_possible
from windows.staged import EPOCH_S, NAMESPACE, Refused, StagedFile, stage, tools_environment

ROOT: Final = Path(__file__).resolve().parents[2]
SCRIPT: Final = Path(__file__).resolve().with_name("setup.nsi")

#: Each tool, and the package of Debian that has it.
_TOOLS: Final = {"makensis": "nsis", "wixl": "wixl", "msibuild": "msitools"}


class Failed(Exception):
    """A tool said no: its name, and the last it said."""


def nsis_files(files: Iterable[StagedFile]) -> str:
    """The files of the set-up as lines of NSIS; copies are looked for in the folder of this text."""
    lines, before = [], None
    for file in files:
        if file.place.parent != before:
            before = file.place.parent
            below = "" if before.name == "" else "\\" + nsis_text(str(before).replace("/", "\\"))
            lines.append(f'SetOutPath "$INSTDIR{below}"')
        lines.append(f'File "/oname={nsis_text(file.place.name)}" "${{WORK}}/{file.copy}"')
    return "\n".join(lines) + "\n"


def nsis_text(text: str) -> str:
    """A text in which NSIS sees neither a variable nor an end of quotes. (No other way keeps it from reading ``${…}``.)"""
    return text.replace("$", "$$").replace("{", "${U+7B}").replace('"', '$\\"').replace("`", "$\\`")


def run(*words: str | Path, folder: Path) -> None:
    """One tool, quietly. Raises Failed."""
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env=tools_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    # wixl warns of what it leaves out, and ends well all the same.
    if done.returncode or "WARNING" in done.stdout or "CRITICAL" in done.stdout:
        raise Failed(f"{words[0]} failed ({done.returncode}): {' / '.join(done.stdout.strip().splitlines()[-5:])}")


def make_setup(files: Sequence[StagedFile], work: Path, version: str, out: Path) -> None:
    """The set-up for a person."""
    (work / "files.nsh").write_text(nsis_files(files), encoding="utf-8-sig")
    given = {
        "VERSION": version,
        "NUMBERS": ".".join(map(str, four_numbers(version))),
        "SIZE_KB": str(sum(file.size for file in files) // 1024),
        "ICON": str(work / "readiness.ico"),
        "WORK": str(work),
        "OUT": str(out),
    }
    if is_possible(os.environ):
        given["SIGN"] = f"{sys.executable} {Path(__file__).resolve().with_name('sign.py')}"
    defined = [f"-D{name}={value}" for name, value in given.items()]
    run("makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defined, SCRIPT, folder=work)


def make_package(files: Sequence[StagedFile], work: Path, version: str, out: Path) -> None:
    """The package for a whole computer."""
    content = wix.text(files, version)
    (work / "readiness.wxs").write_text(content, encoding="utf-8")
    run("wixl", "-a", "x64", "-o", out, "readiness.wxs", folder=work)
    for change in wix.CHANGES:
        run("msibuild", out, "-q", change, folder=work)
    time_s = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH_S))
    out.write_bytes(summary.impersonal(out.read_bytes(), package_code(files, work, content), time_s))


def package_code(files: Iterable[StagedFile], work: Path, content: str) -> str:
    """The id of one package: another one as soon as its text or a file in it is."""
    inside = hashlib.sha256(content.encode())
    for file in files:
        inside.update(hashlib.sha256((work / file.copy).read_bytes()).digest())
    return "{" + str(uuid5(NAMESPACE, f"package {inside.hexdigest()}")).upper() + "}"


def make(folder: Path, out: Path) -> tuple[Path, Path]:
    """Both installers of the frozen program in ``folder``. Raises Refused and Failed."""
    for tool, origin in _TOOLS.items():
        if not shutil.which(tool):
            raise Refused(f"{tool} is missing; install {origin}.")
    version = archive.version_in((ROOT / "readiness" / "__init__.py").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    setup, package = out.resolve() / f"readiness-{version}-setup.exe", out.resolve() / f"readiness-{version}-x64.msi"
    with tempfile.TemporaryDirectory(prefix="readiness-installers-") as place:
        work = Path(place)
        files = stage(folder, work)
        icons.write(work / "readiness.ico")
        make_setup(files, work, version, setup)
        make_package(files, work, version, package)
    return setup, package


def main(arguments: Sequence[str]) -> int:
    """Make both, a line for each. Returns the exit status."""
    if len(arguments) != 2:
        print("usage: installers.py STAGED_FOLDER OUT_FOLDER", file=sys.stderr)
        return 2
    try:
        made = make(Path(arguments[0]), Path(arguments[1]))
    except (Refused, Failed) as error:
        print(f"installers: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    for file in made:
        print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
