"""What of Qt, OpenCV and PortAudio goes into the frozen program. Pure: names in, a decision out; see readiness.spec.

PyInstaller's hooks collect every plugin of the Qt modules in use, and with each plugin the libraries that it asks for:
the on-screen keyboard alone brings Quick and Qml. Here plugins are chosen by name, and a library stays when something
that stays asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

#: Qt's plugins that stay, by folder, without "lib", "q" and what follows a dot: for all three systems.
PLUGINS: Final[Mapping[str, frozenset[str]]] = {
    "platforms": frozenset({"xcb", "wayland-generic", "offscreen", "windows", "cocoa"}),
    "imageformats": frozenset({"svg"}),
    "iconengines": frozenset({"svgicon"}),
    # How people type accents: dead keys, and input methods.
    "platforminputcontexts": frozenset({"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"}),
    "platformthemes": frozenset({"xdgdesktopportal"}),
    "printsupport": frozenset({"cupsprintersupport", "windowsprintersupport", "cocoaprintersupport"}),
    "wayland-shell-integration": frozenset({"xdg-shell"}),
    "wayland-decoration-client": frozenset({"bradient"}),
}

#: Qt's own words that we show: those of its dialogs, in the languages that we speak.
TRANSLATIONS: Final = frozenset({"qtbase_es.qm"})

#: Faces are found with one of OpenCV's seventeen cascades.
CASCADE: Final = "haarcascade_frontalface_alt2.xml"

#: Of all the time zones UTC alone: calendar files are written in it, and Windows has none in Python's way.
TIME_ZONE: Final = "tzdata/zoneinfo/UTC"

#: Never asked for: OpenCV's film files on Windows, a drawing of OpenGL without a graphics card, PortAudio for other
#: processors and with ASIO, and numpy's compiler of Fortran.
_UNWANTED: Final = re.compile(
    r"opencv_videoio_ffmpeg|opengl32sw|d3dcompiler|libportaudio(32bit|arm64|.*-asio)|numpy/f2py/|/tests/"
)

#: Modules that other packages import if they are there, and that we never reach.
EXCLUDED_MODULES: Final = (
    *("tkinter", "unittest", "pydoc", "doctest", "lib2to3", "distutils", "setuptools", "pkg_resources", "pip"),
    *("babel", "cryptography", "hypothesis", "IPython", "matplotlib", "mypy", "pytest", "trio", "h2", "httpx"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.random", "cv2.gapi", "importlib_metadata"),
    *("pygments", "markdown_it", "mdurl"),  # rich colours programs and sets Markdown with them; we do neither
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),
)

#: Libraries of the system that we do not bring along, nor what only they ask for: without CUPS there is no printer.
_OF_THE_SYSTEM: Final = re.compile(r"^libcups\.so")

#: The interpreter is loaded by the program's first lines, not asked for by a library.
_ALWAYS: Final = re.compile(r"^(libpython|python3|Python$|Python3$)")


def is_wanted(destination: str) -> bool:
    """Whether a file belongs into the program, by its place there (with either kind of slash)."""
    path = PurePosixPath(destination.replace("\\", "/"))
    if _UNWANTED.search(path.as_posix()):
        return False
    parts = path.parts
    if parts[:1] == ("tzdata",):
        return path.as_posix() == TIME_ZONE
    if parts[:2] == ("cv2", "data") and path.suffix == ".xml":
        return path.name == CASCADE
    if not parts or parts[0] != "PySide6":
        return True
    if "plugins" in parts[:-1]:
        folder = parts[parts.index("plugins") + 1]
        return plugin_name(path.name) in PLUGINS.get(folder, frozenset())
    if "translations" in parts[:-1]:
        return path.name in TRANSLATIONS
    return "qml" not in parts


def plugin_name(file_name: str) -> str:
    """``libqxcb.so``, ``qwindows.dll`` and ``libqcocoa.dylib`` are called xcb, windows and cocoa."""
    return re.sub(r"^(lib)?q?|\..*$", "", file_name)


def is_library(destination: str) -> bool:
    """Whether a binary is there only for others that ask for it: Qt's libraries, and those of the system."""
    path = PurePosixPath(destination.replace("\\", "/"))
    if _ALWAYS.match(path.name) or re.search(r"\.(pyd|abi3\.so|cpython-[^/]*\.so)$", path.name):
        return False
    if path.parts[0] != "PySide6":
        return len(path.parts) == 1
    return "plugins" not in path.parts


def asked_for(binaries: Mapping[str, str], asks: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """The destinations of ``binaries`` (destination to source) that are no mere libraries, and all that those ask for.

    ``asks`` tells the file names of the libraries that a source file is linked with.
    """
    by_name: dict[str, list[str]] = {}
    for destination in binaries:
        by_name.setdefault(PurePosixPath(destination.replace("\\", "/")).name.lower(), []).append(destination)
    waiting = [destination for destination in binaries if not is_library(destination)]
    kept = set(waiting)
    while waiting:
        for name in asks(binaries[waiting.pop()]):
            if _OF_THE_SYSTEM.match(name):
                continue
            new = set(by_name.get(name.lower(), ())) - kept
            kept |= new
            waiting.extend(new)
    return frozenset(kept)


def strangers(modules: Mapping[str, Iterable[str]], pinned: Iterable[str]) -> tuple[str, ...]:
    """The modules of packages that are not pinned for the program: working on it brings them, others find them.

    ``modules`` names the packages that have each top module. truststore looks for requests, for example, and uses it
    when it is there: on a developer's computer it is.
    """
    ours = {re.sub(r"[-_.]+", "-", name).lower() for name in pinned}
    return tuple(
        module
        for module, packages in sorted(modules.items())
        if not ours & {re.sub(r"[-_.]+", "-", name).lower() for name in packages}
    )
