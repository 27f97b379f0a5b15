#!/usr/bin/env python3
"""Set up and do the everyday work, from a bare Python on Linux, macOS or Windows.

    python3 dev.py run [ARGS]           set up what the program needs, then run `readiness ARGS`; without ARGS: the window
    python3 dev.py screenshots FOLDER   every screen, in both languages, all colours and two text sizes, as PNG files
    python3 dev.py test [PYTEST ARGS]   set up what the tests need, then run them; all of them with coverage
    python3 dev.py lint                 format, style, types, who imports whom, and whether es.po is up to date
    python3 dev.py bench [NAME ...]     measure: all of benchmarks/, or some; what begins with - goes to the benchmark
    python3 dev.py lab [LAB ARGS] -- [READINESS ARGS]   run `readiness` on cameras and sounds that we make (Linux)
    python3 dev.py i18n                 collect new sentences into i18n/es.po
    python3 dev.py lock                 choose the newest versions and write them to requirements/*.txt
    python3 dev.py wheels [ARGS]        read from the pinned wheels whether old systems can run them
    python3 dev.py build                freeze the program to dist/, list what is inside, try it out, and pack it
    python3 dev.py clean                remove whatever this program and the tools have made

Standard library only. Packages go to `.venv`, exactly as pinned in requirements/; on Debian and its kin root gets the
system packages with apt-get, everybody else is told the command. Set-up speaks on standard error alone: standard output
belongs to what is run. Exit status: that of what is run; 2 when it does not come to that; 130 after Ctrl-C.
"""

import os
import subprocess
import sys

#: The newest first. numpy 2.2.6 and PySide6 6.9.3 have ready-made packages for these.
PYTHONS = ((3, 13), (3, 12), (3, 11))


# Down to the next imports this file is written for any Python 3, so that each can say what it lacks.


def start_in_fitting_python() -> None:
    """Go on in a Python that fits, if there is one on the PATH; else say which would do. Does not return."""
    for version in PYTHONS:
        name = "{}.{}".format(*version)
        command = ["py", "-" + name] if os.name == "nt" else ["python" + name]
        if is_python(command, version):
            sys.exit(subprocess.call([*command, *sys.argv]))
    spoken = ", ".join("{}.{}".format(*version) for version in reversed(PYTHONS))
    here = "{}.{}".format(*sys.version_info[:2])
    sys.stderr.write(f"dev.py: this is Python {here}, and one of {spoken} is needed.\n")
    sys.exit(2)


def is_python(command: "list[str]", version: "tuple[int, int]") -> bool:
    """Whether a command really is that Python: a name on the PATH may lead nowhere."""
    asked = [*command, "-c", "import sys; print(tuple(sys.version_info[:2]))"]
    try:
        answer = subprocess.check_output(asked, stderr=subprocess.DEVNULL, universal_newlines=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.strip() == str(version)


if __name__ == "__main__" and sys.version_info[:2] not in PYTHONS:
    start_in_fitting_python()


import contextlib
import ctypes.util
import hashlib
import importlib.util
import itertools
import json
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple, NoReturn

from i18n import catalogue

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT: Final = Path(__file__).resolve().parent
VENV: Final = ROOT / ".venv"
VENV_PYTHON: Final = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP: Final = VENV / "set-up.json"
LOCK: Final = ROOT / ".venv.lock"
LOG: Final = ROOT / "build" / "set-up.log"
WORKFLOWS: Final = ROOT / ".github" / "workflows"
SPANISH: Final = ROOT / "i18n" / "es.po"
SPANISH_COMPILED: Final = ROOT / "i18n" / "locale" / "es" / "LC_MESSAGES" / "readiness.mo"

#: Where the program is frozen to, and what is handed over.
DIST: Final = ROOT / "dist"

#: There while systemd runs this system (sd_booted(3)).
SYSTEMD: Final = Path("/run/systemd/system")

#: What `dev.py clean` removes, beside `.venv` and every __pycache__ of ours.
MADE: Final = (
    *(".venv.lock", "build", "dist", "i18n/locale", "i18n/readiness.pot", "htmlcov", ".coverage"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"),
)


class Stop(Exception):
    """What was asked for cannot be done. The text is one sentence for a person; the exit status is 2."""


# --- System packages (Linux) ------------------------------------------------------------------------------------------


class Package(NamedTuple):
    """A Debian package, who needs it, and how to tell on another Linux that it is there."""

    name: str
    reason: str
    needed_for: str
    """``run``, ``window`` (Qt), ``test``, ``build``, ``installers`` (of Windows, made on Linux), or ``bench`` (the peers that are measured beside ours)."""
    library: str | None = None
    program: str | None = None


PACKAGES: Final = (
    Package("libportaudio2", "sounddevice speaks to the sound system through it", "run", "portaudio"),
    Package("libasound2-plugins", "leads PortAudio from ALSA to PulseAudio and PipeWire", "run"),
    Package("ca-certificates", "the authorities that truststore trusts", "run"),
    Package("libglib2.0-0", "QtCore is linked with it", "window", "glib-2.0"),
    Package("libegl1", "QtGui is linked with it", "window", "EGL"),
    Package("libgl1", "QtGui is linked with it", "window", "GL"),
    Package("libxkbcommon0", "QtGui: keyboard layouts", "window", "xkbcommon"),
    Package("libdbus-1-3", "QtGui: the desktop's services, a screen reader among them", "window", "dbus-1"),
    Package("libfontconfig1", "QtGui: finds fonts", "window", "fontconfig"),
    Package("libxcb-cursor0", "Qt on X11", "window", "xcb-cursor"),
    Package("libxcb-icccm4", "Qt on X11", "window", "xcb-icccm"),
    Package("libxcb-image0", "Qt on X11", "window", "xcb-image"),
    Package("libxcb-keysyms1", "Qt on X11", "window", "xcb-keysyms"),
    Package("libxcb-randr0", "Qt on X11", "window", "xcb-randr"),
    Package("libxcb-render-util0", "Qt on X11", "window", "xcb-render-util"),
    Package("libxcb-shape0", "Qt on X11", "window", "xcb-shape"),
    Package("libxcb-xkb1", "Qt on X11", "window", "xcb-xkb"),
    Package("libxkbcommon-x11-0", "Qt on X11: keyboard layouts", "window", "xkbcommon-x11"),
    Package("pipewire", "the lab's cameras", "test", program="pipewire"),
    Package("pipewire-v4l2", "shows the lab's cameras to OpenCV", "test", program="pw-v4l2"),
    Package("wireplumber", "connects the lab's cameras with who opens them", "test", program="wireplumber"),
    Package("gstreamer1.0-tools", "plays pictures into the lab's cameras", "test", program="gst-launch-1.0"),
    Package("gstreamer1.0-pipewire", "plays pictures into the lab's cameras", "test"),
    Package("gstreamer1.0-plugins-base", "tells PipeWire what the pictures look like", "test"),
    Package("dbus", "the bus of the lab's NetworkManager", "test", program="dbus-daemon"),
    Package("pulseaudio", "the lab's microphones and speakers", "test", program="pulseaudio"),
    Package("pulseaudio-utils", "makes and feeds the lab's microphones", "test", program="pactl"),
    Package("xvfb", "a screen for the window", "test", program="Xvfb"),
    Package("espeak-ng", "speaks into the lab's microphones", "test", program="espeak-ng"),
    Package("iproute2", "the lab's networks", "test", program="ip"),
    Package("nftables", "the lab's firewalls", "test", program="nft"),
    Package("gcc", "compiles the program that carries the lab's lines", "test", program="gcc"),
    Package("libc6-dev", "the lab's lines are compiled against it", "test"),
    Package("coturn", "relays the lab's calls", "test", program="turnserver"),
    Package("python3-dbusmock", "the lab's NetworkManager", "test"),
    Package(
        "libglib2.0-bin",
        "asks for the settings of the lab's desktops, and tells its NetworkManager",
        "test",
        program="gsettings",
    ),
    Package("gsettings-desktop-schemas", "the settings of the lab's desktops", "test"),
    Package("systemd", "busctl, which asks NetworkManager", "test", program="busctl"),
    Package("mosquitto", "the broker that kiosks report to", "test", program="mosquitto"),
    Package("procps", "sysctl, which sets up the lab's networks", "test", program="sysctl"),
    Package(
        "binutils", "tells what libraries ask for, and takes away what only debuggers read", "build", program="objdump"
    ),
    Package("nsis", "makes the set-up for Windows", "installers", program="makensis"),
    Package("wixl", "makes the MSI for Windows", "installers", program="wixl"),
    Package("msitools", "reads the MSI for Windows back", "installers", program="msiinfo"),
    Package("osslsigncode", "signs what is for Windows, and verifies it", "installers", program="osslsigncode"),
    Package("iperf3", "measures beside ours", "bench", program="iperf3"),
    Package("chromium", "runs the measurements that live in web pages", "bench", program="chromium"),
    Package("npm", "fetches the measurements that live in web pages", "bench", program="npm"),
)


def packages_for(*needs: str) -> tuple[Package, ...]:
    return tuple(package for package in PACKAGES if package.needed_for in needs)


def installed_packages(dpkg_answer: str) -> set[str]:
    """Names of the Debian packages that are installed, and of what they stand in for (``libx-t64`` for ``libx``)."""
    names: set[str] = set()
    for line in dpkg_answer.splitlines():
        state, _, rest = line.partition("\t")
        if state.startswith("ii"):
            name, _, provided = rest.partition("\t")
            names.add(name)
            names.update(re.findall(r"([a-z0-9][a-z0-9.+-]*)(?:\s*\([^)]*\))?(?:,|$)", provided))
    return names


def missing_on_debian(wanted: Iterable[Package]) -> list[Package]:
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}\t${Package}\t${Provides}\n"],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = installed_packages(answer.stdout)
    return [package for package in wanted if package.name not in installed]


def missing_elsewhere(wanted: Iterable[Package]) -> list[str]:
    """Libraries and programs that a Linux without dpkg lacks, as far as can be told without knowing its packages."""
    libraries = [p.library for p in wanted if p.library and not ctypes.util.find_library(p.library)]
    programs = [p.program for p in wanted if p.program and not shutil.which(p.program)]
    return [*(f"lib{name}" for name in libraries), *programs]


def provide_system_packages(wanted: Sequence[Package], *, must: bool, fresh: bool) -> None:
    """Install what is missing, or say how. ``must``: stop when that fails; ``fresh``: something was set up just now.

    Raises Stop.
    """
    if not sys.platform.startswith("linux"):
        return
    if not shutil.which("dpkg-query"):
        missing = missing_elsewhere(wanted) if fresh or must else []
        if missing:
            objection(
                f"this Linux seems to lack {', '.join(missing)}: please install them with its own tools.", must=must
            )
        return
    lacking = missing_on_debian(wanted)
    if not lacking:
        return
    names = [package.name for package in lacking]
    if not is_root():
        objection(f"please type: sudo apt-get install --yes --no-install-recommends {' '.join(names)}", must=must)
        return
    say(f"installing {len(names)} system packages: {' '.join(names)}")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        logged(["apt-get", "update"], env=quietly)
        logged(["apt-get", "install", "--yes", "--no-install-recommends", *names], env=quietly)
        # Debian starts these as services at once. The tests start their own; nobody asked for ones that serve all day.
        for service in {"coturn", "mosquitto"}.intersection(names) if SYSTEMD.is_dir() else ():
            logged(["systemctl", "disable", "--now", service], env=quietly)
    except Failed as failed:
        objection(f"system packages could not be installed: {reason(failed.words, failed.program)}", must=must)


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def objection(sentence: str, *, must: bool) -> None:
    if must:
        raise Stop(sentence)
    say(sentence)


# --- The virtual environment ------------------------------------------------------------------------------------------


def fingerprint(scope: str) -> dict[str, str]:
    """What `.venv` must have been made from: for ``run``, or for ``dev``, which is more."""
    names = ("run", "dev") if scope == "dev" else ("run",)
    pins = {name: (ROOT / "requirements" / f"{name}.txt").read_bytes() for name in names}
    return {
        "python": "{}.{}".format(*sys.version_info[:2]),
        "folder": str(VENV),
        **{name: hashlib.sha256(text).hexdigest() for name, text in pins.items()},
    }


def base_python() -> str:
    """The Python to make `.venv` with: not the one inside it, which goes away when it is made anew."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def read_stamp() -> dict[str, str]:
    """What `.venv` was made from; empty when its making was interrupted, or the Python that it stands on is gone."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        whole = VENV_PYTHON.exists() and Path(stamp["base"]).exists()
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return stamp if whole else {}


def verdict_on(stamp: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """``good`` as it is; ``add`` when only packages of a wider scope are missing; else ``make`` anew."""
    differing = {key for key in wanted if stamp.get(key) != wanted[key]}
    if not differing:
        return "good"
    return "add" if differing == {"dev"} and "dev" not in stamp else "make"


def provide_venv(scope: str) -> bool:
    """Make `.venv` what ``scope`` needs it to be. Returns whether there was anything to do. Raises Stop."""
    wanted = fingerprint(scope)
    verdict = verdict_on(read_stamp(), wanted)
    if verdict == "good":
        return False
    if verdict == "make":
        make_venv()
    STAMP.unlink(missing_ok=True)  # from here on it is half-made
    install(ROOT / "requirements" / f"{scope}.txt")
    STAMP.write_text(json.dumps({**wanted, "base": base_python()}, indent=1), encoding="utf-8")
    return True


def make_venv() -> None:
    say("setting up .venv")
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
    except OSError as error:
        raise Stop(f".venv is out of date and could not be removed ({error}): is a program from it running?") from None
    if not importlib.util.find_spec("ensurepip"):
        provide_venv_module()
    try:
        logged([base_python(), "-m", "venv", str(VENV)])
    except Failed as failed:
        raise Stop(f"the virtual environment could not be made: {reason(failed.words, failed.program)}") from None


def provide_venv_module() -> None:
    """Debian keeps what makes a virtual environment in a package of its own. Raises Stop."""
    if not shutil.which("dpkg-query"):
        raise Stop("this Python cannot make virtual environments: please install its module venv (and ensurepip).")
    name = "python{}.{}-venv".format(*sys.version_info[:2])
    provide_system_packages([Package(name, "makes virtual environments", "run")], must=True, fresh=True)
    importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise Stop(f"{base_python()} cannot make virtual environments although {name} is installed.")


def install(pins: Path) -> None:
    """Install exactly what a file pins, ready-made packages only: patients' computers have no compiler."""
    count = len(re.findall(r"(?m)^[A-Za-z0-9]", pins.read_text(encoding="utf-8")))
    say(f"installing up to {count} packages (about 200 MB the first time)")
    words = ["install", "--require-hashes", "--only-binary", ":all:", "--no-input", "--progress-bar", "off"]
    pip = [str(VENV_PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", *words, "--requirement", str(pins)]
    try:
        logged(pip)
    except Failed as failed:
        raise Stop(f"packages could not be installed: {reason(failed.words, failed.program)}") from None


NO_CONNECTION: Final = (
    r"Failed to establish|Temporary failure|Could not resolve|getaddrinfo failed|Network is unreachable"
    r"|Read timed out|ConnectTimeout|Connection refused|Connection reset|Failed to fetch"
)

#: What a tool's complaint means for the person. The first that fits is told; the log holds the rest.
COMPLAINTS: Final = (
    (r"No space left on device|Errno 28\b|enough free (?:disk )?space|WinError 112\b", "the disk is full"),
    (r"DO NOT MATCH THE HASHES", "a downloaded file is not the one that was pinned"),
    (r"CERTIFICATE_VERIFY_FAILED", "the network's certificate is not trusted"),
    (NO_CONNECTION, "there is no connection to where packages come from"),
    (r"No matching distribution found for ([^\s=]+)", "there is no ready-made package of {0} for this system"),
    (r"Permission denied|Access is denied|WinError 5\b", "a file may not be written"),
    (r"Could not get lock|dpkg frontend lock", "another program is installing system packages"),
    (r"Unable to locate package (\S+)", "this system has no package called {0}"),
)


def reason(words: str, program: str) -> str:
    """Why a tool failed, in a few words, and where to read more."""
    for pattern, meaning in COMPLAINTS:
        found = re.search(pattern, words)
        if found:
            return f"{meaning.format(*found.groups())} (see {LOG})."
    last = next((line.strip() for line in reversed(words.splitlines()) if line.strip()), "nothing")
    return f"{program} said: {last[:200]} (see {LOG})."


class Failed(Exception):
    """A tool ended with an error; ``words`` is all it said."""

    def __init__(self, program: str, words: str) -> None:
        super().__init__(program)
        self.program = program
        self.words = words


def logged(words: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Run a tool of the set-up, all it says going to the log. Raises Failed or Stop."""
    program = "pip" if "pip" in words else Path(words[0]).name
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a+b") as log:
            log.write(f"\n$ {' '.join(words)}\n".encode())
            log.flush()
            begin = log.tell()
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, check=False)
            log.seek(begin)
            said = log.read().decode(errors="replace")
    except OSError as error:
        raise Stop(f"{program} could not be run: {error}") from None
    if done.returncode:
        raise Failed(program, said)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Of two set-ups at a time let one wait. The system gives the lock back if we are killed."""
    with LOCK.open("a+b") as file:
        if not try_lock(file.fileno()):
            say("waiting for another dev.py to finish its set-up")
            while not try_lock(file.fileno()):
                time.sleep(0.1)
        yield


def try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def provide_words() -> None:
    """Compile the Spanish words if they changed. Raises Stop."""
    try:
        if SPANISH.exists():
            catalogue.compile_file(SPANISH, SPANISH_COMPILED)
    except (OSError, ValueError) as error:
        raise Stop(f"the Spanish words could not be compiled: {error}") from None


def set_up(scope: str) -> None:
    """Everything that the program (``run``), its window, or working on it (``dev``) needs. Raises Stop."""
    with locked():
        fresh = provide_venv("dev" if scope == "dev" else "run")
        if scope == "dev":
            provide_system_packages(packages_for("run", "window", "test", "installers"), must=True, fresh=fresh)
        else:
            # Without its sound library the program still runs, and says what it could not check.
            needed = packages_for("run", "window") if scope == "window" else packages_for("run")
            provide_system_packages(needed, must=False, fresh=fresh)
        provide_words()


# --- Running things ---------------------------------------------------------------------------------------------------


def project_environment() -> dict[str, str]:
    """Our packages are found wherever we are called from, and no file in that folder takes a module's place."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}


def become(words: Sequence[str]) -> NoReturn:
    """Run our Python with ``words`` in the caller's folder, in place of this program."""
    command = [str(VENV_PYTHON), *words]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # exec on Windows returns to the shell at once
        sys.exit(run(command, env=project_environment()))
    os.execve(command[0], command, project_environment())  # noqa: S606 - a list, and no shell is wanted


def run(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a program that speaks to the person directly; returns its exit status as a shell would tell it.

    Ctrl-C reaches it by itself and it may take its time to clean up; being terminated is passed on to it.
    """

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.terminate()

    child = subprocess.Popen(command, cwd=cwd, env=env)
    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                status = child.wait()
            except KeyboardInterrupt:
                continue
            return status if status >= 0 else 128 - status
    finally:
        signal.signal(signal.SIGTERM, before)


def tool(*words: str) -> int:
    """Run a tool of `.venv` on the project."""
    return run([str(VENV_PYTHON), "-m", *words], cwd=ROOT)


# --- Verbs ------------------------------------------------------------------------------------------------------------


def run_program(arguments: Sequence[str]) -> int:
    program = what_to_run(arguments)
    set_up("window" if program[0] == "ui" else "run")
    become(["-m", *program])


def what_to_run(arguments: Sequence[str]) -> list[str]:
    """What ``dev.py run`` runs: the window if nothing else was asked for, in the terminal where there is no display."""
    if arguments and not arguments[0].startswith(("window", "agent", "--demo", "--kiosk")):
        return ["readiness", *arguments]
    if arguments or has_display():
        return ["ui", *arguments]
    say("there is no display here, so the check runs in this terminal.")
    return ["readiness", "check"]


def has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


#: What must be covered whole, every branch of it: what judges, and the arithmetic that it rests on.
COVERED: Final = (
    *("readiness/model.py", "readiness/runner.py", "readiness/profile.py", "readiness/check.py"),
    *("readiness/questions.py", "readiness/joining.py", "readiness/report_file.py", "readiness/checks/*"),
    *("readiness/outlook.py", "readiness/figures.py", "readiness/probes/steadiness.py"),
    *("readiness/probes/call_packets.py", "readiness/probes/voice_estimate.py"),
    *("readiness/support_code.py", "readiness/support_tables.py", "readiness/agent/*", "readiness/privacy.py"),
    *("readiness/shape.py", "readiness/toml_file.py", "readiness/policy.py"),
    *(f"readiness/kiosk/{name}.py" for name in ("config", "store", "signing", "restarts", "pin", "health")),
    *(f"readiness/fleet/{name}.py" for name in ("config", "messages", "table", "backoff")),
)


def run_tests(arguments: Sequence[str]) -> int:
    set_up("dev")
    if arguments:
        return tool("pytest", *arguments)
    status = tool("pytest", "--cov", "--cov-report=")
    if status:
        return status
    print("\nWhat judges must be covered whole:", flush=True)
    return tool("coverage", "report", f"--include={','.join(COVERED)}", "--fail-under=100")


def lint(arguments: Sequence[str]) -> int:
    nothing_more("lint", arguments)
    set_up("dev")
    steps: dict[str, Callable[[], int]] = {
        "format": lambda: tool("ruff", "format", "--check", "--output-format=concise"),
        "style": lambda: tool("ruff", "check", "--output-format=concise"),
        "types": lambda: tool("mypy"),
        "types on Windows": lambda: types_on("win32"),
        "types on macOS": lambda: types_on("darwin"),
        "imports": lambda: run([str(VENV_PYTHON.with_name("lint-imports")), "--no-logo"], cwd=ROOT),
        "words": check_words,
        "workflows": check_workflows,
    }
    failed = []
    for name, step in steps.items():
        say(name)
        if step():
            failed.append(name)
    if failed:
        say(f"lint failed: {', '.join(failed)}.")
    return 1 if failed else 0


def check_workflows() -> int:
    """Faults that let strangers in, and keys that nobody knows. Without the internet."""
    zizmor = ["--offline", "--pedantic", "--no-progress", "--quiet", "--color", "never", str(WORKFLOWS.parent)]
    schema = ["--quiet", "--builtin-schema", "vendor.github-workflows", *map(str, sorted(WORKFLOWS.glob("*.yml")))]
    dependabot = ["--quiet", "--builtin-schema", "vendor.dependabot", str(WORKFLOWS.parent / "dependabot.yml")]
    return (
        run([str(VENV_PYTHON.with_name("zizmor")), *zizmor], cwd=ROOT)
        or tool("check_jsonschema", *schema)
        or tool("check_jsonschema", *dependabot)
    )


def types_on(platform: str) -> int:
    """Check the program's types as on another system: the next best thing to running it there."""
    return tool("mypy", f"--platform={platform}", f"--cache-dir=.mypy_cache/{platform}", "readiness", "ui", "dev.py")


def screenshots(arguments: Sequence[str]) -> int:
    """Draw every screen, also where there is no display."""
    set_up("dev")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return tool("ui.screenshots", *arguments)


def bench(arguments: Sequence[str]) -> int:
    known = benchmarks()
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))
    options = arguments[len(names) :]
    for name in names:
        if name not in known:
            raise Stop(f"there is no benchmark {name}; there are: {', '.join(known)}.")
    if options and len(names) != 1:
        raise Stop(f"{options[0]} belongs to one benchmark: name it before.")
    wanted = names or known
    for name in wanted:
        demand_for_bench(name)
    set_up("dev")
    for name in wanted:
        provide_for_bench(name)
    command = [str(VENV_PYTHON), "-m"]
    return max((run([*command, f"benchmarks.{n}", *options], env=project_environment()) for n in wanted), default=0)


def benchmarks() -> list[str]:
    """Their names: files, and folders that can be run."""
    folder = ROOT / "benchmarks"
    runnable = {path.parent.name for path in folder.glob("[!_]*/__main__.py")}
    return sorted(runnable | {path.stem for path in folder.glob("[!_]*.py")})


def demand_for_bench(name: str) -> None:
    """What cannot be provided must be there. Raises Stop."""
    if name != "network":
        return
    if not sys.platform.startswith("linux"):
        raise Stop("bench network makes its lines of network namespaces: it needs Linux.")
    if not is_root():
        raise Stop("bench network makes network namespaces: please run it as root.")


def provide_for_bench(name: str) -> None:
    """What a benchmark needs beyond what the tests need: the programs that are measured beside ours. Raises Stop."""
    if name != "network":
        return
    # By their programs, not by Debian's names: npm and browsers often come from elsewhere.
    lacking = [package for package in packages_for("bench") if not (package.program and shutil.which(package.program))]
    with locked():
        provide_system_packages(lacking, must=True, fresh=True)
        provide_clients(ROOT / "benchmarks" / "network", ROOT / "build" / "bench-network")


def provide_clients(pins: Path, folder: Path) -> None:
    """The clients from npm, exactly as pinned, with nothing of theirs run. Raises Stop."""
    stamp = folder / "node_modules" / "pinned.json"
    wanted = (pins / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == wanted:
        return
    say("installing the measurements that live in web pages")
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(pins / file, folder / file)
    try:
        logged(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
    except Failed as failed:
        raise Stop(f"they could not be installed: {reason(failed.words, failed.program)}") from None
    stamp.write_bytes(wanted)


def lab(arguments: Sequence[str]) -> int:
    if not sys.platform.startswith("linux"):
        raise Stop("the lab makes its devices with PipeWire and PulseAudio: it needs Linux.")
    set_up("dev")
    become(["-m", "tests.lab", *arguments])


def extract_words(target: Path) -> None:
    words = ["--quiet", "extract", "--mapping-file=i18n/babel.cfg", "--keyword=N_", "--add-comments=translators:"]
    words += ["--add-location=file", "--sort-by-file", "--project=Video Visit Readiness", "--width=120"]
    if tool("babel.messages.frontend", *words, f"--output-file={target}", "."):
        raise Stop("the sentences could not be collected.")


def update_words(arguments: Sequence[str]) -> int:
    nothing_more("i18n", arguments)
    set_up("dev")
    template = ROOT / "i18n" / "readiness.pot"
    extract_words(template)
    what = ["--quiet", "update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
    if not SPANISH.exists():
        what = ["--quiet", "init"]
    words = ["--locale=es", "--width=120", f"--input-file={template}", f"--output-file={SPANISH}"]
    status = tool("babel.messages.frontend", *what, *words)
    if status == 0:
        left = [entry.sentence for entry in read_words(SPANISH) if not entry.translated or entry.fuzzy]
        say(
            f"{len(left)} sentences wait for their Spanish in {SPANISH.name}."
            if left
            else "every sentence has its Spanish."
        )
    return status


def check_words() -> int:
    """Whether es.po holds just the sentences that the sources hold: 0 if so, or else 1 and a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "readiness.pot"
        extract_words(template)
        difference = words_out_of_date(read_words(template), read_words(SPANISH))
    if difference:
        say(f"i18n/es.po is not up to date: {difference} Please run: python3 dev.py i18n")
    return 1 if difference else 0


def read_words(file: Path) -> list[catalogue.Entry]:
    try:
        return catalogue.read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Stop(f"{file} cannot be read: {error}") from None


def words_out_of_date(sources: Sequence[catalogue.Entry], translation: Sequence[catalogue.Entry]) -> str:
    """What differs between the sentences of the sources and of a translation; empty if nothing does."""
    ours, theirs = ({entry.key for entry in entries} for entries in (sources, translation))
    parts = []
    for differing, verb in ((ours - theirs, "lacks"), (theirs - ours, "still holds")):
        if differing:
            more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
            parts.append(f'it {verb} "{min(differing)}"{more}.')
    return " ".join(parts)


def lock(arguments: Sequence[str]) -> int:
    nothing_more("lock", arguments)
    set_up("dev")
    # The header names this command, not a machine; no address of an index, nothing from this machine's settings.
    plain = [
        "--no-config",
        "--no-strip-extras",
        "--no-emit-index-url",
        "--custom-compile-command",
        "python3 dev.py lock",
        "--quiet",
    ]
    wide = ["--universal", "--generate-hashes", "--upgrade", "--python-version", "{}.{}".format(*PYTHONS[-1])]
    for name in ("run", "dev"):
        files = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
        status = tool("uv", "pip", "compile", *plain, *wide, *files)
        if status:
            return status
    say("pinned. Do old systems still run them? python3 dev.py wheels")
    return 0


def wheels(arguments: Sequence[str]) -> int:
    set_up("dev")
    become([str(ROOT / "packaging" / "check_wheels.py"), *arguments])


def build(arguments: Sequence[str]) -> int:
    """Translate (a part of the set-up), freeze, list what is inside, try it, pack it. A step that fails is the last."""
    nothing_more("build", arguments)
    set_up("dev")
    remove(DIST)  # what is handed over is of one build, and so are its checksums
    with locked():
        provide_system_packages(packages_for_build(sys.base_prefix), must=True, fresh=True)
    # Its cache lies with what `clean` removes; a fixed seed leaves sets in the same order each time.
    os.environ.update(PYINSTALLER_CONFIG_DIR=str(ROOT / "build" / "pyinstaller"), PYTHONHASHSEED="1")
    freeze = [
        "--noconfirm",
        "--log-level=ERROR",
        "--distpath=dist",
        "--workpath=build/freeze",
        "packaging/readiness.spec",
    ]
    steps: dict[str, Callable[[], int]] = {
        "freeze": lambda: tool("PyInstaller", *freeze),
        "licences": lambda: packaging_script("licences.py", frozen()),
        "list of contents": lambda: packaging_script("sbom.py", frozen()),
        "smoke test": lambda: packaging_script("smoke_test.py", frozen()),
        "package": lambda: packaging_script("archive.py", frozen()),
        "checksums": lambda: packaging_script("checksums.py", DIST),
    }
    for name, step in steps.items():
        say(name)
        status = step()
        if status:
            say(f"build failed: {name}.")
            return status
    return 0


def frozen() -> Path:
    """What was frozen: a folder, or an app on macOS."""
    return next(DIST.glob("*.app"), DIST / "readiness")


def packages_for_build(prefix: str) -> list[Package]:
    """Debian keeps its Python as a library, which the frozen program begins with, in a package of its own."""
    name = "libpython{}.{}".format(*sys.version_info[:2])
    own = [Package(name, "the frozen program begins with it", "build")] if prefix == "/usr" else []
    return [*packages_for("build"), *own]


def packaging_script(name: str, folder: Path) -> int:
    return run([str(VENV_PYTHON), str(ROOT / "packaging" / name), str(folder)], cwd=ROOT)


def clean(arguments: Sequence[str]) -> int:
    nothing_more("clean", arguments)
    with locked():
        remove(VENV)
    for name in MADE:
        remove(ROOT / name)
    for folder in ("benchmarks", "i18n", "packaging", "readiness", "tests", "ui"):
        for cache in (ROOT / folder).rglob("__pycache__"):
            remove(cache)
    remove(ROOT / "__pycache__")
    return 0


def remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise Stop(f"{path} could not be removed: {error}") from None


def nothing_more(verb: str, arguments: Sequence[str]) -> None:
    if arguments:
        raise Stop(f"{verb} takes no arguments, but was given {arguments[0]}.")


VERBS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    "run": run_program,
    "test": run_tests,
    "lint": lint,
    "bench": bench,
    "lab": lab,
    "i18n": update_words,
    "lock": lock,
    "screenshots": screenshots,
    "wheels": wheels,
    "build": build,
    "clean": clean,
}


# --- Start ------------------------------------------------------------------------------------------------------------


def say(sentence: str) -> None:
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__, end="")
        return 0 if arguments else 2
    verb = VERBS.get(arguments[0])
    try:
        if not verb:
            raise Stop(f"there is no verb {arguments[0]}; there are: {', '.join(VERBS)}.")
        return verb(arguments[1:])
    except Stop as stop:
        say(str(stop))
        return 2
    except KeyboardInterrupt:
        say("stopped.")
        return 130
    except OSError as error:
        say(f"{error.strerror or error} ({error.filename})." if error.filename else f"{error}.")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
