"""What the frozen folder is made of: which component each of its files belongs to, and under which licence that stands.

Nothing is taken from a list of wishes: the files are those that are there, the modules are read out of the executable,
names and versions come from the packages they were frozen from, and hashes from the pins. Four kinds of components:
our own program, packages of Python (by their records), parts that those bring along (bundled.toml), Python itself, and
on Linux libraries of the system (by Debian's records). A file or a module that belongs to none of them is a fault.
"""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, cast

import archive
import check_wheels

ROOT: Final = Path(__file__).resolve().parent.parent
KEPT_TEXTS: Final = ROOT / "packaging" / "licences"

#: Packages that come without a text of their licence.
KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("pyside6-essentials", "shiboken6"), ("LGPL-3.txt", "GPL-3.txt")),
    **dict.fromkeys((f"pyobjc-{name}" for name in ("core", "framework-avfoundation")), ("pyobjc.txt",)),
    **dict.fromkeys((f"pyobjc-framework-{name}" for name in ("coreaudio", "coremedia")), ("pyobjc.txt",)),
    "pybrowsers": ("pybrowsers.txt",),
}

#: Where licence texts go in the frozen folder: beside the programs, where a person finds them.
LICENCES: Final = "licences"

_OURS: Final = re.compile(
    r"^(readiness|ui|i18n|docs|licences)/|^(LICENSE|NOTICE)$|^readiness(-window)?(\.exe)?$|(^|/)InfoPlist\.strings$"
    r"|^(Info\.plist|PkgInfo|icon\.icns)$|^_CodeSignature/"
)
_PYTHON: Final = re.compile(
    r"^(base_library\.zip|python3\.\d+/|lib-dynload/|libpython3|python3\d*\.dll|Python(\.framework/|$)|Python3$"
    r"|\w+\.pyd$)"
)
_FONT: Final = re.compile(r"^ui/fonts/")

#: The first lines of the program, before any Python.
_PYINSTALLER: Final = re.compile(r"^(pyimod\d|pyi_|pyiboot|_pyi_)")
_OUR_MODULES: Final = frozenset({"readiness", "ui", "i18n", "entry"})


@dataclass(frozen=True)
class Text:
    """A licence's text, and the name of the file that it is shipped as."""

    name: str
    words: str


@dataclass(frozen=True)
class Component:
    """Something with a name, a licence and usually files."""

    name: str
    version: str = ""
    licence: str = ""
    """An SPDX expression; Debian's own short name where `purl` says that it is Debian's."""
    texts: tuple[Text, ...] = ()
    source: str = ""
    """Where its source is: an address, or in words."""
    purl: str = ""
    hashes: tuple[str, ...] = ()
    """Of the packages that the pins allow, as ``sha256:…``."""
    files: tuple[str, ...] = ()
    """Places in the frozen folder, with slashes."""
    part_of: str = ""
    """The component that it lies inside, without files of its own."""
    note: str = ""


@dataclass
class Contents:
    """Everything that is in a frozen folder, and what is wrong with it."""

    components: list[Component]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A line of bundled.toml: see there."""

    name: str
    of: str
    licence: str
    texts: tuple[str, ...]
    source: str
    files: str = ""
    inside: str = ""
    sign: str = ""
    version: str = ""
    of_version: str = ""
    note: str = ""


# --- The folder -------------------------------------------------------------------------------------------------------


def internals(folder: Path) -> tuple[Path, ...]:
    """Where libraries and data lie: one folder, in an .app of macOS two."""
    contents = folder / "Contents"
    if contents.is_dir():
        return contents / "Frameworks", contents / "Resources"
    return (folder / "_internal",)


def licences_folder(folder: Path) -> Path:
    """Where the licence texts belong: inside an .app nothing but its Contents may lie."""
    return (folder / "Contents" / "Resources" if (folder / "Contents").is_dir() else folder) / LICENCES


def executable(folder: Path) -> Path:
    """The program for terminals, which all modules are in; in a peer of a benchmark the only one there is."""
    places = (folder / "readiness", folder / "readiness.exe", folder / "Contents" / "MacOS" / "readiness")
    found = next((place for place in (*places, *sorted(folder.iterdir())) if place.is_file()), None)
    if not found:
        raise FileNotFoundError(errno.ENOENT, "there is no program in it", str(folder))
    return found


def files_in(folder: Path) -> dict[str, Path]:
    """Every file, by the place that a package's record would give it. Links are no files of their own."""
    roots = (*internals(folder), folder / "Contents" / "MacOS", folder / "Contents", folder)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            root = next(root for root in roots if path.is_relative_to(root))
            # PyInstaller calls folders in an .app so, because a dot there would make them look like bundles.
            found[path.relative_to(root).as_posix().replace("__dot__", ".")] = path
    return found


def modules_in(program: Path) -> frozenset[str]:
    """The top names of the modules that PyInstaller has put into an executable."""
    from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

    reader = CArchiveReader(str(program))
    names = [name for name, entry in reader.toc.items() if entry[-1] in "msM"]
    for name in reader.toc:
        if name.endswith(".pyz"):
            names.extend(reader.open_embedded_archive(name).toc)
    return frozenset(name.partition(".")[0] for name in names)


# --- Packages of Python -----------------------------------------------------------------------------------------------


def canonical(name: str) -> str:
    """A package's name as pins write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def record(name: str) -> frozenset[str]:
    """The places of a package's files."""
    return frozenset(file.as_posix() for file in metadata.files(name) or ())


def owners_of_files(names: Iterable[str], files: Iterable[str]) -> dict[str, str]:
    """Which package a file belongs to: by its record, else the only one that has a folder of that name."""
    tops: dict[str, set[str]] = {}
    by_file = {}
    for name in names:
        for place in record(name):
            by_file[place] = name
            tops.setdefault(place.partition("/")[0], set()).add(name)
    owners = {}
    for file in files:
        above = tops.get(file.partition("/")[0], set()) if "/" in file else set()
        if file in by_file:
            owners[file] = by_file[file]
        elif len(above) == 1:
            (owners[file],) = above
    return owners


def facts(name: str) -> Message:
    """What a package says of itself, as the mail header that it really is."""
    return cast("Message", metadata.metadata(name))


def licence_of(name: str) -> str:
    """What a package says of its licence, as an SPDX expression where it can be one."""
    told = facts(name)
    expression = told.get("License-Expression")
    if expression:
        return str(expression)
    words = str(told.get("License") or "").strip()
    known = {"apache 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "bsd": "BSD-3-Clause"}
    if words and "\n" not in words and len(words) < 60:
        return known.get(words.lower(), words)
    for line in told.get_all("Classifier") or ():
        if line.startswith("License ::"):
            return {"BSD License": "BSD-3-Clause", "MIT License": "MIT"}.get(line.rpartition(" :: ")[2], "")
    return ""


def texts_of(
    name: str, wanted: str = r"(?i)(^|/)(licen[cs]es?|copying|notice|authors|edl|epl)[^/]*$"
) -> tuple[Text, ...]:
    """The licence texts that lie in a package's own folder of facts; else what is kept for it here."""
    version = metadata.version(name)
    found = []
    for file in metadata.files(name) or ():
        place = file.as_posix()
        if ".dist-info/" in place and (re.search(wanted, place) or "/licenses/" in place):
            words = Path(str(file.locate())).read_text(encoding="utf-8", errors="replace")
            found.append(Text(f"{canonical(name)}-{version}-{suffixed(file.name)}", words))
    if not found:
        found = [text(kept) for kept in KEPT.get(canonical(name), ())]
    return tuple(sorted(found, key=lambda one: one.name))


def suffixed(name: str) -> str:
    """A file name that opens with a double click everywhere."""
    return name if name.endswith((".txt", ".md", ".rst")) else f"{name}.txt"


@cache
def text(name: str) -> Text:
    return Text(name, (KEPT_TEXTS / name).read_text(encoding="utf-8"))


def address_of(name: str) -> str:
    """Where a package says that it lives."""
    told = facts(name)
    addresses = dict(line.split(", ", 1) for line in told.get_all("Project-URL") or ())
    lowered = {label.lower(): address for label, address in addresses.items()}
    for label in ("source", "source code", "repository", "github", "homepage"):
        if label in lowered:
            return str(lowered[label])
    return str(told.get("Home-page") or next(iter(addresses.values()), ""))


def package(name: str, pins: Mapping[str, check_wheels.Pin]) -> Component:
    """A package of Python that is installed and pinned. Raises LookupError for one that is not pinned."""
    version = metadata.version(name)
    pin = pins[canonical(name)]
    return Component(
        name=canonical(name),
        version=version,
        licence=licence_of(name),
        texts=texts_of(name),
        source=address_of(name),
        purl=f"pkg:pypi/{canonical(name)}@{version}",
        hashes=pin.hashes,
    )


# --- Parts that packages bring along ----------------------------------------------------------------------------------


def read_parts(file: Path = ROOT / "packaging" / "bundled.toml") -> list[Part]:
    return [Part(**{**line, "texts": tuple(line["texts"])}) for line in tomllib.loads(file.read_text("utf-8"))["part"]]


def outdated(parts: Iterable[Part], pins: Mapping[str, check_wheels.Pin]) -> Iterator[str]:
    """Parts that were looked up in another version than the one that is pinned now."""
    told = {(part.of, part.of_version) for part in parts if part.of_version}
    for name, version in sorted(told):
        if pins[name].version != version:
            yield f"bundled.toml tells what {name} {version} brings along, but {pins[name].version} is pinned: look again"


def part_texts(part: Part) -> tuple[Text, ...]:
    found: list[Text] = []
    for name in part.texts:
        if name.startswith("wheel:"):
            owner, _, file = name.removeprefix("wheel:").rpartition(":")
            found.extend(texts_of(owner or part.of, re.escape(file) + "$"))
        else:
            found.append(text(name))
    return tuple(found)


def version_in(pattern: str, files: Sequence[Path]) -> str:
    """What a pattern's groups find in one of the files, or else in their names, with dots between; empty for nothing."""
    if not pattern:
        return ""
    for words in (*(file.read_bytes() for file in files), *(file.name.encode() for file in files)):
        found = re.search(pattern.encode(), words)
        if found:
            return ".".join(group.decode() for group in found.groups() if group)
    return ""


def is_inside(part: Part, places: Mapping[str, Path]) -> tuple[bool, str]:
    """Whether a part without files is there, and its version: its sign is found in the file that it lies in."""
    for place, path in places.items():
        if re.search(part.inside, place):
            found = re.search(part.sign.encode(), path.read_bytes())
            if found:
                return True, found[1].decode() if found.groups() else ""
    return False, ""


def made_of(part: Part, version: str, files: Iterable[str] = (), part_of: str = "") -> Component:
    return Component(
        name=part.name,
        version=version,
        licence=part.licence,
        texts=part_texts(part),
        source=part.source,
        files=tuple(files),
        part_of=part_of,
        note=part.note,
    )


# --- Python, PyInstaller, ourselves -----------------------------------------------------------------------------------


def python_text() -> tuple[Text, ...]:
    version = "{}.{}".format(*sys.version_info[:2])
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path(f"/usr/share/doc/python{version}/copyright"),
    )
    found = next((place for place in places if place.is_file()), None)
    return (Text("python.txt", found.read_text(encoding="utf-8")),) if found else ()


def python(files: Iterable[str]) -> Component:
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return Component(
        name="Python",
        version=version,
        licence="PSF-2.0",
        texts=python_text(),
        source=f"https://www.python.org/downloads/release/python-{version.replace('.', '')}/",
        purl=f"pkg:generic/python@{version}",
        files=tuple(files),
    )


def pyinstaller() -> Component:
    return Component(
        name="PyInstaller bootloader",
        version=metadata.version("pyinstaller"),
        licence="GPL-2.0-or-later WITH Bootloader-exception",
        texts=texts_of("pyinstaller"),
        source="https://github.com/pyinstaller/pyinstaller",
        part_of="video-visit-readiness",
        note="The first lines of the program. Its exception lets programs of any licence begin with it.",
    )


def ourselves(files: Iterable[str]) -> Component:
    version = archive.version_in((ROOT / "readiness" / "__init__.py").read_text(encoding="utf-8"))
    own = tuple(
        Text(f"video-visit-readiness-{name}.txt", (ROOT / name).read_text("utf-8")) for name in ("LICENSE", "NOTICE")
    )
    return Component(name="video-visit-readiness", version=version, licence="Apache-2.0", texts=own, files=tuple(files))


def font(files: Iterable[str]) -> Component:
    words = (ROOT / "ui" / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    return Component(
        name="Atkinson Hyperlegible Next",
        licence="OFL-1.1",
        texts=(Text("atkinson-hyperlegible-next-OFL.txt", words),),
        source="https://github.com/googlefonts/atkinson-hyperlegible-next",
        files=tuple(files),
    )


# --- Libraries of the system (Linux) ----------------------------------------------------------------------------------


@cache
def loadable() -> Mapping[str, str]:
    """The libraries that this system loads by their names, and where they lie."""
    program = shutil.which("ldconfig") or "/sbin/ldconfig"
    told = subprocess.run([program, "-p"], capture_output=True, text=True, check=True).stdout
    # The first line of a name is the one that is loaded.
    return dict(reversed(re.findall(r"^\s+(\S+) \([^)]*\) => (\S+)$", told, re.MULTILINE)))


def debian_package(library: str) -> str:
    """The Debian package that a library of the system belongs to. Raises LookupError."""
    place = Path(loadable()[library])
    real = place.resolve()
    # /lib leads to /usr/lib, and packages know their files by either name.
    names = {str(path) for one in (place, real) for path in (one, Path("/usr") / one.relative_to("/"))}
    names |= {name.removeprefix("/usr") for name in names if name.startswith("/usr/")}
    for name in sorted(names, reverse=True):
        told = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False).stdout
        if told:
            return told.partition(": ")[0]
    raise LookupError(library)


def debian_component(binary: str, files: Iterable[str]) -> Component:
    """A source package of Debian, by one of its binary packages."""
    form = "${source:Package}\t${source:Version}\t${Architecture}"
    told = subprocess.run(
        ["dpkg-query", "--show", "--showformat", form, binary], capture_output=True, text=True, check=True
    )
    name, version, processor = told.stdout.split("\t")
    copyright_file = Path("/usr/share/doc") / binary.partition(":")[0] / "copyright"
    words = copyright_file.read_text(encoding="utf-8", errors="replace") if copyright_file.is_file() else ""
    texts = [Text(f"debian-{name}.txt", words)] if words else []
    referred = sorted(set(re.findall(r"/common-licenses/([A-Z][A-Za-z0-9.-]*\d)", words)))
    texts += [text(f"{one}.txt") for one in referred if (KEPT_TEXTS / f"{one}.txt").is_file()]
    return Component(
        name=name,
        version=version,
        licence=debian_licence(words),
        texts=tuple(texts),
        source=f"Debian's source package: apt-get source {name}={version}",
        purl=f"pkg:deb/debian/{name}@{version}?arch={processor}&distro=debian",
        files=tuple(files),
    )


def debian_licence(words: str) -> str:
    """The short name that a Debian copyright file gives to all files; empty for one that is plain prose."""
    found = re.search(r"^Files: *\*$(?:\n.+)*?\nLicense: *(.+)$", words, re.MULTILINE)
    return found[1].strip() if found else ""


# --- All of it --------------------------------------------------------------------------------------------------------


def contents(folder: Path, pins: Sequence[check_wheels.Pin], parts: Sequence[Part]) -> Contents:
    """Sort every file and module of a frozen folder. Faults are told, not raised: one look shows them all."""
    by_name = {pin.name: pin for pin in pins}
    places = files_in(folder)
    result = Contents([], list(outdated(parts, by_name)))
    waiting = dict(places)
    sorted_files: dict[str, list[str]] = {"ours": [], "python": [], "font": []}
    bundled: dict[Part, list[str]] = {}
    for place in places:
        kind = kind_of(place)
        part = next((part for part in parts if part.files and re.search(part.files, place)), None)
        if part and kind != "ours":
            bundled.setdefault(part, []).append(place)
        elif kind:
            sorted_files[kind].append(place)
        else:
            continue
        del waiting[place]

    modules = modules_in(executable(folder))
    names, unknown = packages_with(modules)
    result.faults += [f"the module {name} is in the program, and no package that is known has it" for name in unknown]
    installed = {canonical(one.metadata["Name"]) for one in metadata.distributions()} & by_name.keys()
    owners = owners_of_files(installed, waiting)
    owned: dict[str, list[str]] = {name: [] for name in names}
    for place, owner in owners.items():
        owned.setdefault(owner, []).append(place)
    on_system = [place for place in waiting if place not in owners]

    result.components = [
        ourselves(sorted_files["ours"]),
        pyinstaller(),
        font(sorted_files["font"]),
        python(sorted_files["python"]),
    ]
    for name, files in sorted(owned.items()):
        if name not in by_name:
            result.faults.append(f"{name} is in the program, and not pinned in requirements/run.txt")
            continue
        result.components.append(replace(package(name, by_name), files=tuple(files)))
    for part, files in bundled.items():
        version = version_in(part.version, [places[file] for file in files])
        result.components.append(made_of(part, version, files))
    for part in parts:
        is_there, version = is_inside(part, places) if part.inside else (False, "")
        if is_there:
            result.components.append(made_of(part, version, part_of=part.of))
    system(on_system, result)
    result.faults += faults_of(result.components)
    return result


def kind_of(place: str) -> str:
    """``ours``, ``python`` or ``font``; empty for what a package or the system has to claim."""
    if _FONT.search(place):
        return "font"
    if _OURS.search(place):
        return "ours"
    return "python" if _PYTHON.search(place) else ""


def packages_with(modules: Iterable[str]) -> tuple[set[str], list[str]]:
    """The packages that modules are from, and the modules that nobody has."""
    known = metadata.packages_distributions()
    names, unknown = set(), []
    for module in sorted(modules):
        if module in _OUR_MODULES or _PYINSTALLER.match(module) or module.startswith("_sysconfigdata"):
            continue
        if module in known:
            names.add(canonical(known[module][0]))
        elif module not in sys.stdlib_module_names:
            unknown.append(module)
    return names, unknown


def system(places: Iterable[str], result: Contents) -> None:
    """Add the system's own libraries to the components; tell which files are nobody's."""
    by_package: dict[str, list[str]] = {}
    for place in places:
        try:
            if not sys.platform.startswith("linux") or "/" in place:
                raise LookupError(place)
            by_package.setdefault(debian_package(place), []).append(place)
        except (LookupError, OSError):
            result.faults.append(f"{place} belongs to nothing that is known: add it to packaging/bundled.toml")
    found: dict[str, Component] = {}
    for binary, files in sorted(by_package.items()):
        one = debian_component(binary, files)
        before = found.get(one.purl)
        found[one.purl] = replace(one, files=before.files + one.files) if before else one
    result.components += found.values()


def faults_of(components: Iterable[Component]) -> Iterator[str]:
    """Components that nobody may pass on as they are: without a text, or without a word on their licence."""
    for one in components:
        if not one.texts or not all(text.words.strip() for text in one.texts):
            yield f"{one.name} {one.version} has no licence text: keep it in packaging/licences/"
        if not one.licence and not one.purl.startswith("pkg:deb/"):
            yield f"{one.name} {one.version} does not say what its licence is"


def of_folder(folder: Path) -> Contents:
    """What is in a frozen folder of this checkout."""
    pins = check_wheels.read_pins((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    return contents(folder, pins, read_parts())
