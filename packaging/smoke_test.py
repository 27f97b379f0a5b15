"""Does the frozen program work? Started as people start it, from the places where people have it.

    python packaging/smoke_test.py [FOLDER] [--quick]

Trimming and freezing break programs in ways that only show when they run: a module that is found by name, a file that
was left behind, a library that was stripped. So every probe runs as a child of the frozen program and has to find the
same as from source, the window walks over its screens, and nothing may be said or written that nobody asked for.

FOLDER is what PyInstaller made (dist/readiness, or the .app on macOS). ``--quick`` leaves out what takes long: the
second run of each probe from source, and the lab. Run it with the Python of `.venv`. Exit status: 0 all is well, 1 not
(a line for each fault).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402 - after the path

from readiness import __version__  # noqa: E402
from readiness import profile as profiles  # noqa: E402
from readiness.checks import CHECKS  # noqa: E402
from readiness.exits import DEFAULT_PROFILE, Exit  # noqa: E402
from readiness.machine import NO_CHOICE, PORTS  # noqa: E402
from readiness.text import LANGUAGES  # noqa: E402

#: How long anything may take before it counts as hanging.
DEADLINE_S: Final = 120

#: How long a face that stays open is watched.
STAYS_S: Final = 4

#: A screen with fewer words or colours than this is an empty one.
LEAST_WORDS: Final = 5
LEAST_COLOURS: Final = 30

#: What Qt says where there is no desktop, and no fault of ours.
ALLOWED_OF_QT: Final = re.compile(r"^This plugin does not support (propagateSizeHints|raise)\(\)$")

#: What no line for a person ever looks like.
STRAY: Final = re.compile(
    r"Traceback|Warning|^[A-Z]\w*Error\b|^qt\.|^QObject|^ALSA lib|\[ ?(WARN|ERROR)|PyInstaller|\[PYI-|cannot open shared"
)

#: Where the person's own settings, log, and what their desktop's libraries remember may lie, below their home.
OWN_FOLDERS: Final = (
    *(".config/readiness", ".local/state/readiness", ".cache/readiness", ".cache/fontconfig", ".cache/dconf"),
    *("Library/Preferences", "Library/Logs/readiness", "Library/Caches/readiness"),
    *("AppData/Roaming/readiness", "AppData/Local/readiness"),
)

#: Where the program's own words, pictures, fonts and profiles lie.
DATA: Final = ("readiness", "ui", "i18n/locale")

NOBODY: Final = 65534


@dataclass(frozen=True)
class Said:
    """How a start of the program ended."""

    status: int
    out: str
    err: str

    def faults(self, *statuses: int, is_quiet: bool = False) -> Iterator[str]:
        """What is wrong with it, whatever it was asked: its status, and what nobody wanted to hear."""
        if self.status not in statuses:
            last = (self.err.strip().splitlines() or ["nothing"])[-1]
            yield f"it ended with {self.status}, saying {last!r}"
        yield from (f"it said {line!r}" for line in stray_lines(self.err))
        if is_quiet and self.err and not stray_lines(self.err):
            yield f"it said {self.err.splitlines()[0]!r}"


@dataclass
class Program:
    """The frozen program in some folder, started in an environment of its own."""

    folder: Path
    home: Path
    without_home: bool = False
    user: int | None = None
    """Whom to start it as, by number."""
    changed: Mapping[str, str] = field(default_factory=dict)

    @property
    def terminal(self) -> str:
        return str(programs_in(self.folder)[0])

    @property
    def window(self) -> str:
        return str(programs_in(self.folder)[1])

    def environment(self) -> dict[str, str]:
        """The person's, without what belongs to Python, to a screen, and to where they keep their things."""
        kept = {name: value for name, value in os.environ.items() if not re.match(r"PYTHON|XDG_|QT_|LANG|LC_", name)}
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "DISPLAY", "WAYLAND_DISPLAY"):
            kept.pop(name, None)
        if not self.without_home:
            kept |= {"HOME": str(self.home), "USERPROFILE": str(self.home)}
            kept |= {"APPDATA": str(self.home / "AppData/Roaming"), "LOCALAPPDATA": str(self.home / "AppData/Local")}
        return {
            **kept,
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            "TMPDIR": str(self.home / "tmp"),
            **self.changed,
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        (self.home / "tmp").mkdir(exist_ok=True)
        if sys.platform != "win32" and self.user is not None:
            for folder in (self.home, self.home / "tmp"):
                os.chown(folder, self.user, self.user)
        return subprocess.Popen(
            words,
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            user=self.user,
            extra_groups=() if self.user is not None else None,
        )

    def run(self, *words: str, told: str = "") -> Said:
        return heard(self.start(*words), told)


def heard(process: subprocess.Popen[str], told: str = "") -> Said:
    with process:
        try:
            out, err = process.communicate(told, DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return Said(-1, out, f"{err}\nit did not end within {DEADLINE_S} s")
    return Said(process.returncode, out, err)


def programs_in(folder: Path) -> tuple[Path, Path]:
    """The program for terminals, and that for windows; in an .app of macOS one is both."""
    if folder.suffix == ".app":
        only = folder / "Contents" / "MacOS" / "readiness"
        return only, only
    suffix = ".exe" if os.name == "nt" else ""
    return folder / f"readiness{suffix}", folder / f"readiness-window{suffix}"


def data_in(folder: Path) -> Path:
    """Where what the program reads beside its modules lies."""
    return folder / "Contents" / "Resources" if folder.suffix == ".app" else folder / "_internal"


# --- What is right and what is wrong: facts in, faults out ------------------------------------------------------------


def stray_lines(text: str) -> list[str]:
    """Lines that are not for a person."""
    return [line for line in text.splitlines() if STRAY.search(line) and not ALLOWED_OF_QT.match(line)]


def faults_of_check(text: str, status: int) -> Iterator[str]:
    """What is wrong with the JSON of a whole check."""
    try:
        report = json.loads(text)
    except ValueError as error:
        yield f"standard output is not JSON: {error}"
        return
    missing = {check.id for check in CHECKS} - {check["id"] for check in report["checks"]}
    yield from (f"the check {name} is missing" for name in sorted(missing))
    wanted = {"ready": 0, "ready_with_limits": 0, "not_ready": 1, "partly_checked": 3}[report["verdict"]]
    if status != wanted:
        yield f"the verdict is {report['verdict']}, but the exit status {status}"
    for check in report["checks"]:
        if (check.get("reading") or {}).get("failure") == "crashed":
            yield f"the probe of {check['id']} crashed"


def faults_of_lines(lines: str, kind: type[msgspec.Struct]) -> Iterator[str]:
    """What is wrong with what a probe said to its parent: it ends with one reading of its kind."""
    try:
        last = json.loads(lines.splitlines()[-1])["final"]
        msgspec.convert(last, kind)
    except (ValueError, LookupError) as error:
        yield f"it gave no reading: {error}"


def failure_told(lines: str) -> str | None:
    """Why a probe has measured nothing."""
    with contextlib.suppress(ValueError, LookupError):
        failure: str | None = json.loads(lines.splitlines()[-1])["final"]["failure"]
        return failure
    return "crashed"


def faults_of_self_test(seen: Mapping[str, Any], shots: Iterable[str]) -> Iterator[str]:
    """What is wrong with what the window saw of itself: see ui/self_test.py."""
    wanted: dict[str, object] = {"version": __version__, "frozen": True, "has_font": True, "pdf": "%PDF-"}
    wanted |= {"qt_words": "Cancelar", "library_path": None}
    for name, value in wanted.items():
        if seen.get(name) != value:
            yield f"{name} is {seen.get(name)!r}, not {value!r}"
    if "svg" not in seen["image_formats"]:
        yield "Qt cannot read SVG"
    yield from (f"Qt said {line!r}" for line in seen["said"] if not ALLOWED_OF_QT.match(line))
    screens = {(screen["name"], screen["language"]): screen for screen in seen["screens"]}
    for name in shots:
        here = [screens.get((name, language)) for language in LANGUAGES]
        if None in here:
            yield f"the screen {name} was not shown in every language"
        elif len({screen["first_words"] for screen in here if screen}) != len(LANGUAGES):
            yield f"the screen {name} says the same in every language"
    for (name, language), screen in screens.items():
        if screen["words"] < LEAST_WORDS or screen["colours"] < LEAST_COLOURS:
            yield f"the screen {name} ({language}) shows {screen['words']} words in {screen['colours']} colours"


def different_files(source: Path, frozen: Path) -> list[str]:
    """What the program reads beside its modules, and that is not the same in the frozen one."""
    wanted = [
        path.relative_to(source)
        for folder in DATA
        for path in (source / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    return [
        path.as_posix()
        for path in sorted(wanted)
        if not (frozen / path).is_file() or (frozen / path).read_bytes() != (source / path).read_bytes()
    ]


def not_their_own(written: Iterable[str]) -> list[str]:
    """Which of these files, named from the person's home, lie in none of the folders that are theirs for us."""
    return sorted(name for name in written if not name.startswith(tuple(f"{folder}/" for folder in OWN_FOLDERS)))


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file, to see later that nothing was written."""
    facts = {}
    for path in folder.rglob("*"):
        if not path.is_dir():
            told = path.lstat()
            facts[path.relative_to(folder).as_posix()] = (told.st_size, told.st_mtime_ns)
    return facts


# --- The steps --------------------------------------------------------------------------------------------------------


def version(program: Program) -> Iterator[str]:
    for path in (program.terminal, program.window):
        said = program.run(path, "--version")
        yield from said.faults(0, is_quiet=True)
        if said.out != f"readiness {__version__}\n":
            yield f"it said {said.out!r}"


def dead_links(program: Program) -> Iterator[str]:
    for path in program.folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            yield f"{path.name} leads nowhere"


def files(program: Program) -> Iterator[str]:
    for name in different_files(ROOT, data_in(program.folder)):
        yield f"{name} is missing, or another one"


def licences(program: Program) -> Iterator[str]:
    said = program.run(program.terminal, "licences")
    yield from said.faults(0, is_quiet=True)
    if "Qt 6" not in said.out:
        yield "its list of licences does not tell of Qt"


def calendar(program: Program) -> Iterator[str]:
    """A file for a calendar needs what UTC is, which Windows does not know in Python's way: so as if on Windows."""
    file = program.home / "visit.ics"
    nowhere = dataclasses.replace(program, changed={**program.changed, "PYTHONTZPATH": ""})
    a_month_ahead = datetime.now(UTC) + timedelta(days=30)
    words = ("remind", "--at", f"{a_month_ahead:%Y-%m-%dT%H:%M}", "--calendar", str(file))
    yield from nowhere.run(program.terminal, *words).faults(0)
    if not file.is_file() or b"BEGIN:VEVENT" not in file.read_bytes():
        yield "there is no visit in the file"
    file.unlink(missing_ok=True)


def signatures(program: Program) -> Iterator[str]:
    """Settings of a kiosk are signed with libsodium, which lies inside a package."""
    with tempfile.TemporaryDirectory(dir=program.home) as keys:
        key = Path(keys) / "key"
        yield from program.run(program.terminal, "kiosk", "keygen", str(key)).faults(0)
        if not key.is_file():
            yield "there is no key"


def devices(program: Program) -> Iterator[str]:
    said = program.run(program.terminal, "devices", "--json")
    yield from said.faults(0, 1, is_quiet=True)
    try:
        json.loads(said.out)
    except ValueError as error:
        yield f"standard output is not JSON: {error}"


def whole_check(program: Program) -> Iterator[str]:
    said = program.run(program.terminal, "check", "--json", "--no-input")
    yield from said.faults(Exit.READY, Exit.NOT_READY, Exit.PARTLY_CHECKED)
    yield from faults_of_check(said.out, said.status)


def both_languages(program: Program) -> Iterator[str]:
    for language, words in {"en": "This computer", "es": "Esta computadora"}.items():
        said = program.run(program.terminal, "check", "--only", "computer", "--no-input", "--lang", language)
        yield from said.faults(Exit.READY, Exit.NOT_READY, Exit.PARTLY_CHECKED)
        if words.lower() not in (said.out + said.err).lower():
            yield f"{words!r} is nowhere in what it says in {language}"


def probes(program: Program, *, like_source: bool) -> Iterator[str]:
    profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    for kind, port in PORTS.items():
        told = msgspec.json.encode(port.task(profile, NO_CHOICE)).decode() + "\n"
        said = program.run(program.terminal, "--probe", port.probe, told=told)
        faults = [*said.faults(0), *faults_of_lines(said.out, kind)]
        if like_source and not faults:
            source = from_source(program, port.probe, told)
            if failure_told(source.out) != failure_told(said.out):
                faults = [f"it found {failure_told(said.out)}, but from source {failure_told(source.out)}"]
        yield from (f"{port.probe}: {fault}" for fault in faults)


def from_source(program: Program, probe: str, told: str) -> Said:
    environment = {**program.environment(), "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "readiness", "--probe", probe],
        cwd=program.home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    return heard(child, told)


def screens(program: Program) -> Iterator[str]:
    from ui.screenshots import SHOTS

    file = program.home / "tmp" / "seen.json"
    said = program.run(program.window, "--self-test", str(file))
    yield from said.faults(0)
    try:
        seen = json.loads(file.read_text(encoding="utf-8"))
        file.unlink()
    except (OSError, ValueError) as error:
        yield f"the window wrote nothing of what it saw: {error}"
        return
    yield from faults_of_self_test(seen, [shot.name for shot in SHOTS])


def opened(program: Program, *, times: int = 1) -> Iterator[str]:
    """The window as a person opens it, so many times at once."""
    files = [program.home / "tmp" / f"opened-{number}.json" for number in range(times)]
    started = [program.start(program.window, "--first-window", str(file)) for file in files]
    for process, file in zip(started, files, strict=True):
        said = heard(process)
        yield from said.faults(0)
        try:
            seen = json.loads(file.read_text(encoding="utf-8"))
            file.unlink()
        except (OSError, ValueError) as error:
            yield f"the window was not painted: {error}"
            continue
        if seen["heavy"]:
            yield f"the window has loaded {', '.join(seen['heavy'])}, which belong to probes"


def stays_open(program: Program, *words: str) -> Iterator[str]:
    """A face that does not end by itself: it is there for a while without a word of complaint, and ends when told to."""
    process = program.start(program.terminal, *words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STAYS_S)
        yield "it ended by itself"
    process.terminate()
    yield from (f"it said {line!r}" for line in stray_lines(heard(process).err))


def twice_at_once(program: Program) -> Iterator[str]:
    yield from opened(program, times=2)
    running = [program.start(program.terminal, "devices", "--json") for _ in range(2)]
    for process in running:
        yield from heard(process).faults(0, 1, is_quiet=True)


def elsewhere(program: Program) -> Iterator[str]:
    """A short look in another place: a command, a child, the window."""
    yield from version(program)
    yield from devices(program)
    yield from opened(program)


def on_a_screen(program: Program) -> Iterator[str]:
    """The screens once more on X, where another plugin of Qt's with libraries of its own draws them."""
    reader, writer = os.pipe()
    screen = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(screen, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()  # nothing when there can be no screen
        try:
            # Without a bus of the desktop's own, none is started for us.
            no_bus = {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
            program.changed = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}", **no_bus}
            yield from screens(program)
            yield from opened(program)
        finally:
            server.terminate()


def in_the_lab(program: Program) -> Iterator[str]:
    """On a camera, a microphone and a speaker that work, the frozen program has to find that they do."""
    lab = [sys.executable, "-m", "tests.lab", "--camera", "good", "--microphone", "speech", "--speaker", "heard"]
    asked = [*lab, "--exec", program.terminal, "check", "--json", "--no-input"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=DEADLINE_S, check=False)
    said = Said(done.returncode, done.stdout, done.stderr)
    yield from said.faults(Exit.READY, Exit.NOT_READY, Exit.PARTLY_CHECKED)
    try:
        found = {check["id"]: check for check in json.loads(said.out)["checks"]}
    except ValueError as error:
        yield f"standard output is not JSON: {error}"
        return
    for name in ("camera", "microphone", "speaker"):
        if found[name]["status"] != "pass":
            yield f"{name}: {found[name]['status']}, {[finding['id'] for finding in found[name]['findings']]}"
    if found["camera"]["reading"]["face"] is None:
        yield "camera: the face was not looked for"


def copied(folder: Path, target: Path) -> Path:
    """The same files in another place, without a second copy on the disk where that can be."""
    try:
        return Path(shutil.copytree(folder, target, symlinks=True, copy_function=os.link))
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(folder, target, symlinks=True))


def steps(folder: Path, around: Path, *, is_quick: bool) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
    """What is looked at, one by one."""
    homes = (around / f"home {number}" for number in range(100))

    def program(where: Path = folder, **how: Any) -> Program:
        home = next(homes)
        home.mkdir()
        return Program(where, home, **how)

    usual = program()
    before = snapshot(folder)
    yield "links", lambda: dead_links(usual)
    yield "files", lambda: files(usual)
    yield "version", lambda: version(usual)
    yield "licences", lambda: licences(usual)
    yield "calendar", lambda: calendar(usual)
    yield "signatures", lambda: signatures(usual)
    yield "devices", lambda: devices(usual)
    yield "probes", lambda: probes(usual, like_source=not is_quick)
    yield "check", lambda: whole_check(usual)
    yield "languages", lambda: both_languages(usual)
    yield "screens", lambda: screens(usual)
    yield "window", lambda: opened(usual)
    yield "console", lambda: stays_open(usual, "agent")
    yield "kiosk", lambda: stays_open(usual, "--kiosk")
    if sys.platform.startswith("linux") and shutil.which("Xvfb"):
        yield "screens on X", lambda: on_a_screen(program())
    yield "twice at once", lambda: twice_at_once(usual)
    for name in ("a path with spaces", "Íñigo Muñoz 日本"):
        there = program(copied(folder, around / name / folder.name))
        yield name, lambda there=there: elsewhere(there)  # type: ignore[misc]
    locked = copied(folder, around / "locked" / folder.name)  # without its ending an .app would be none
    for place in (locked, *locked.rglob("*")):
        if place.is_dir() and not place.is_symlink():
            place.chmod(0o555)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    yield "a folder that cannot be written", lambda: elsewhere(program(locked, user=NOBODY if is_root else None))
    yield "without a home", lambda: elsewhere(program(without_home=True))
    if not is_quick and sys.platform.startswith("linux") and shutil.which("pw-v4l2"):
        yield "in the lab", lambda: in_the_lab(usual)
    yield "nothing written beside the program", lambda: written_beside(before, snapshot(folder))
    yield "nothing written but what is theirs", lambda: written_at_home(around)


def written_beside(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{name} was written, or is gone"


def written_at_home(around: Path) -> Iterator[str]:
    for home in around.glob("home *"):
        yield from (f"{name} was written" for name in not_their_own(snapshot(home)))


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """A place for homes and copies, which other people may enter, too; gone in the end."""
    place = Path(tempfile.mkdtemp(prefix="readiness-smoke-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        for folder in place.rglob("*"):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o755)
        shutil.rmtree(place)


def main(arguments: Sequence[str]) -> int:
    """Look at everything; a line for each step. Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist" / "readiness")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    faults = 0
    with room() as around:
        for name, look in steps(options.folder.resolve(), around, is_quick=options.quick):
            began = time.monotonic()
            found = list(look())
            faults += len(found)
            print(f"{'FAULT' if found else 'ok':5} {name} ({time.monotonic() - began:.1f} s)", flush=True)
            for fault in found:
                print(f"      {fault}", flush=True)
    print(f"smoke test: {f'{faults} faults' if faults else 'all is well'}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
