"""Set-up and the everyday commands: each decision by itself, and the whole on a small project without dependencies."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dev
from i18n import catalogue
from i18n.catalogue import Entry

PROJECT = Path(__file__).resolve().parent.parent


# --- The small project ------------------------------------------------------------------------------------------------

#: Stands for the program: says what it was given, and ends or waits as it is told.
PROGRAM = """
import json, os, sys, time
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "prefix": sys.prefix}), flush=True)
if sys.argv[1:2] == ["wait"]:
    sys.stdin.read()
sys.exit(int(sys.argv[2]) if sys.argv[1:2] == ["end"] else 0)
"""


class Project:
    """A copy of dev.py with a tiny program and nothing to download."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "requirements").mkdir(parents=True)
        for name in ("run", "dev"):
            (folder / "requirements" / f"{name}.txt").write_text(f"# nothing for {name}\n")
        (folder / "readiness").mkdir()
        (folder / "readiness" / "__main__.py").write_text(PROGRAM)
        (folder / "i18n").mkdir()
        for name in ("__init__.py", "catalogue.py"):
            shutil.copy(PROJECT / "i18n" / name, folder / "i18n" / name)
        (folder / "i18n" / "es.po").write_text('msgid "Camera"\nmsgstr "Cámara"\n', encoding="utf-8")
        shutil.copy(PROJECT / "dev.py", folder / "dev.py")

    def start(self, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        # The Python outside of any virtual environment, as on a bare machine; no display, as on a server.
        environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.Popen(
            [dev.base_python(), str(self.folder / "dev.py"), *arguments],
            cwd=cwd or self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
        """Exit status, standard output, standard error (without what concerns system packages)."""
        with self.start(*arguments, cwd=cwd) as process:
            out, err = process.communicate(timeout=60)
        lines = [line for line in err.splitlines() if "system packages" not in line and "apt-get" not in line]
        return process.returncode, out, "\n".join(lines)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that is set up already. Tests leave it so."""
    project = Project(tmp_path_factory.mktemp("ready") / "project")
    status, _, said = project.run("run", "check")
    assert status == 0
    assert "setting up .venv" in said
    return project


def test_a_second_call_does_nothing_but_run_the_program(ready: Project) -> None:
    status, out, said = ready.run("run", "check", "--json")
    assert (status, said) == (0, "")
    assert json.loads(out)["arguments"] == ["check", "--json"]
    assert json.loads(out)["prefix"] == str(ready.folder / ".venv")


def test_the_callers_folder_is_kept_and_its_files_take_no_modules_place(ready: Project, tmp_path: Path) -> None:
    (tmp_path / "readiness.py").write_text("raise SystemExit('the wrong readiness')")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    status, out, _ = ready.run("run", "x", cwd=tmp_path)
    assert status == 0
    assert json.loads(out)["folder"] == str(tmp_path)


@pytest.mark.parametrize("status", [0, 1, 2, 3, 70])
def test_the_programs_exit_status_is_passed_on(ready: Project, status: int) -> None:
    assert ready.run("run", "end", str(status))[0] == status


def test_nothing_asked_for_and_no_display_runs_the_check_and_says_so(ready: Project) -> None:
    status, out, said = ready.run("run")
    assert status == 0
    assert json.loads(out)["arguments"] == ["check"]
    assert said == "dev.py: there is no display here, so the check runs in this terminal."


def test_the_spanish_words_are_compiled(ready: Project) -> None:
    compiled = ready.folder / "i18n" / "locale" / "es" / "LC_MESSAGES" / "readiness.mo"
    assert "Cámara".encode() in compiled.read_bytes()


def test_ctrl_c_ends_the_program_as_it_wishes(ready: Project) -> None:
    with ready.start("run", "wait") as process:
        assert process.stdout
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        # The stand-in does not catch it, so Python ends by the signal itself: what a shell calls 130.
        assert process.wait(10) in (130, -signal.SIGINT)


def test_set_up_survives_interruption_company_and_moving(tmp_path: Path) -> None:
    project = Project(tmp_path / "first")
    with project.start("run", "check") as process:
        assert process.stderr
        assert process.stderr.readline() == "dev.py: setting up .venv\n"
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(10) == 130
    assert said == "dev.py: stopped.\n"

    with project.start("run", "a") as one, project.start("run", "b") as other:
        assert [one.wait(60), other.wait(60)] == [0, 0]
    assert not project.run("run", "c")[2]

    project.folder = project.folder.rename(tmp_path / "second")
    status, out, said = project.run("run", "d")
    assert status == 0
    assert said.startswith("dev.py: setting up .venv")
    assert json.loads(out)["prefix"] == str(tmp_path / "second" / ".venv")

    status, _, said = project.run("clean")
    assert (status, said) == (0, "")
    left = {str(file.relative_to(project.folder)) for file in project.folder.rglob("*") if file.is_file()}
    assert left == {
        *("dev.py", "i18n/__init__.py", "i18n/catalogue.py", "i18n/es.po"),
        *("readiness/__main__.py", "requirements/dev.txt", "requirements/run.txt"),
    }


def test_a_package_that_cannot_be_had_is_one_sentence_and_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "LOG", tmp_path / "build" / "set-up.log")
    pins = tmp_path / "run.txt"
    pins.write_text("nobodys-thing @ file:///nowhere/thing-1.0-py3-none-any.whl --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(dev.Stop) as stopped:
        dev.install(pins)
    assert str(stopped.value).startswith("packages could not be installed: pip said: ERROR: ")
    assert str(stopped.value).endswith(f"(see {dev.LOG}).")
    assert "thing-1.0" in dev.LOG.read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 2, ""),
        (["--help"], 0, ""),
        (
            ["fly"],
            2,
            (
                "dev.py: there is no verb fly; there are: "
                "run, test, lint, bench, lab, i18n, lock, screenshots, wheels, build, clean."
            ),
        ),
        (["lint", "x"], 2, "dev.py: lint takes no arguments, but was given x."),
        (["clean", "all"], 2, "dev.py: clean takes no arguments, but was given all."),
        (["bench", "nonsense"], 2, "dev.py: there is no benchmark nonsense; there are: "),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == status
    said = capsys.readouterr()
    assert said.err.startswith(words)
    assert len(said.err.splitlines()) == (1 if words else 0)
    assert ("python3 dev.py run" in said.out) == (not words)


def test_a_fault_of_the_system_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(arguments: object) -> int:
        raise OSError(28, "No space left on device", "/x")

    monkeypatch.setattr(dev, "VERBS", {"run": full})
    assert dev.main(["run"]) == 2
    assert capsys.readouterr().err == "dev.py: No space left on device (/x).\n"


# --- Which Python -----------------------------------------------------------------------------------------------------


def program(folder: Path, name: str, script: str) -> Path:
    """A program made of shell."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    oldest, newest = dev.PYTHONS[-1], dev.PYTHONS[0]
    assert settings["project"]["requires-python"] == f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    assert settings["tool"]["ruff"]["target-version"] == f"py{oldest[0]}{oldest[1]}"


def test_a_fitting_python_on_the_path_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "python3.13", "exit 127")  # a name that leads nowhere, as pyenv's do
    script = 'if [ "$1" = -c ]; then echo "(3, 12)"; else echo "$@" > "$0.got"; exit 7; fi'
    program(tmp_path, "python3.12", script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["dev.py", "run", "x"])
    with pytest.raises(SystemExit) as ended:
        dev.start_in_fitting_python()
    assert ended.value.code == 7
    assert (tmp_path / "python3.12.got").read_text() == "dev.py run x\n"


def test_without_a_fitting_python_one_sentence_says_which_would_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    with pytest.raises(SystemExit) as ended:
        dev.start_in_fitting_python()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "dev.py: this is Python 3.9, and one of 3.11, 3.12, 3.13 is needed.\n"


def test_an_older_python_can_read_the_file_far_enough_to_say_so() -> None:
    ast.parse((PROJECT / "dev.py").read_text(), feature_version=(3, 6))


# --- System packages --------------------------------------------------------------------------------------------------


def test_every_system_package_is_listed_once_with_its_reason() -> None:
    names = [package.name for package in dev.PACKAGES]
    assert len(set(names)) == len(names)
    assert all(
        package.reason and package.needed_for in ("run", "window", "test", "build", "installers", "bench")
        for package in dev.PACKAGES
    )


def test_running_needs_little_and_testing_needs_all() -> None:
    assert {"libportaudio2", "libasound2-plugins"} <= {package.name for package in dev.packages_for("run")}
    assert "libegl1" not in {package.name for package in dev.packages_for("run")}
    assert "iperf3" not in {package.name for package in dev.packages_for("run", "window", "test")}
    assert dev.packages_for("run", "window", "test", "build", "installers", "bench") == dev.PACKAGES


def test_installed_packages_and_what_they_stand_in_for() -> None:
    answer = (
        "ii \tlibegl1\t\n"
        "ii \tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0), gvfs-like\n"
        "rc \tsox\t\n"
        "un \txvfb\t\n"
        "iU \tpulseaudio\tpulse\n"
        "ii \tg++-12\tc++-compiler\n"
    )
    assert dev.installed_packages(answer) == {
        *("libegl1", "libglib2.0-0t64", "libglib2.0-0", "gvfs-like", "g++-12", "c++-compiler"),
    }


SOX, SHELL = dev.Package("sox", "sound", "test", program="sox"), dev.Package("dash", "a shell", "test", program="sh")


class Debian:
    """Stand-ins for dpkg-query and apt-get; after a successful installation everything is there."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, apt_get: str) -> None:
        self.calls = folder / "calls"
        self.calls.touch()
        program(folder, "dpkg-query", "printf 'ii \\tdash\\t\\n'")
        program(folder, "apt-get", f'echo "$@" >> {self.calls}\n{apt_get}')
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setattr(dev, "LOG", folder / "build" / "set-up.log")

    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Debian]:
    return lambda apt_get: Debian(tmp_path, monkeypatch, apt_get=apt_get)


def as_root(monkeypatch: pytest.MonkeyPatch, root: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)


def test_nothing_is_said_or_done_when_everything_is_there(
    debian: Callable[[str], Debian], capsys: pytest.CaptureFixture[str]
) -> None:
    system = debian("exit 1")
    dev.provide_system_packages([SHELL], must=True, fresh=True)
    assert system.asked() == []
    assert capsys.readouterr().err == ""


def test_root_gets_what_is_missing_and_nothing_else(
    debian: Callable[[str], Debian], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_root(monkeypatch, True)
    system = debian("exit 0")
    dev.provide_system_packages([SHELL, SOX], must=True, fresh=False)
    assert system.asked() == ["update", "install --yes --no-install-recommends sox"]
    assert capsys.readouterr().err == "dev.py: installing 1 system packages: sox\n"


@pytest.mark.parametrize(("booted", "expected"), [(True, ["disable --now coturn"]), (False, [])])
def test_no_server_is_left_running(
    booted: bool,
    expected: list[str],
    debian: Callable[[str], Debian],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    as_root(monkeypatch, True)
    system = debian("exit 0")
    program(tmp_path, "systemctl", f'echo "$@" >> {system.calls}')
    monkeypatch.setattr(dev, "SYSTEMD", tmp_path if booted else tmp_path / "nowhere")
    dev.provide_system_packages([dev.Package("coturn", "calls", "test")], must=True, fresh=False)
    assert system.asked()[2:] == expected


COMMAND = "please type: sudo apt-get install --yes --no-install-recommends sox"


def test_others_are_told_the_command(
    debian: Callable[[str], Debian], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_root(monkeypatch, False)
    system = debian("exit 0")
    dev.provide_system_packages([SOX], must=False, fresh=False)
    assert capsys.readouterr().err == f"dev.py: {COMMAND}\n"
    with pytest.raises(dev.Stop) as stopped:
        dev.provide_system_packages([SOX], must=True, fresh=False)
    assert str(stopped.value) == COMMAND
    assert system.asked() == []


def test_a_failed_installation_stops_tests_but_not_the_program(
    debian: Callable[[str], Debian], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_root(monkeypatch, True)
    system = debian("echo 'E: Could not resolve host'; exit 100")
    dev.provide_system_packages([SOX], must=False, fresh=False)
    words = "system packages could not be installed: there is no connection to where packages come from (see "
    assert words in capsys.readouterr().err
    with pytest.raises(dev.Stop, match=re.escape(words)):
        dev.provide_system_packages([SOX], must=True, fresh=False)
    assert system.asked() == ["update", "update"]
    assert "E: Could not resolve host" in dev.LOG.read_text()


def test_another_linux_is_told_what_it_lacks_when_it_is_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path, "sh", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    lost = dev.Package("libx", "a library", "run", library="no-such-library")
    dev.provide_system_packages([lost, SOX, SHELL], must=False, fresh=False)
    assert capsys.readouterr().err == ""
    dev.provide_system_packages([lost, SOX, SHELL], must=False, fresh=True)
    assert capsys.readouterr().err == (
        "dev.py: this Linux seems to lack libno-such-library, sox: please install them with its own tools.\n"
    )


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_need_no_packages(
    system: str, debian: Callable[[str], Debian], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = debian("exit 1").asked
    monkeypatch.setattr(sys, "platform", system)
    dev.provide_system_packages([SOX], must=True, fresh=True)
    assert asked() == []


# --- The virtual environment ------------------------------------------------------------------------------------------

RUN = {"python": "3.11", "base": sys.executable, "folder": "/p/.venv", "run": "1"}
DEV = {**RUN, "dev": "1"}


@pytest.mark.parametrize(
    ("stamp", "wanted", "verdict"),
    [
        ({}, RUN, "make"),
        (RUN, RUN, "good"),
        (DEV, RUN, "good"),
        (RUN, DEV, "add"),
        (DEV, DEV, "good"),
        ({**DEV, "dev": "0"}, DEV, "make"),
        ({**DEV, "dev": "0"}, RUN, "good"),
        ({**RUN, "run": "0"}, RUN, "make"),
        ({**RUN, "run": "0"}, DEV, "make"),
        ({**RUN, "python": "3.12"}, RUN, "make"),
        ({**RUN, "folder": "/moved/.venv"}, RUN, "make"),
        ({**RUN, "folder": "/moved/.venv"}, DEV, "make"),
    ],
)
def test_when_the_environment_is_good_added_to_or_made_anew(
    stamp: dict[str, str], wanted: dict[str, str], verdict: str
) -> None:
    assert dev.verdict_on(stamp, wanted) == verdict


@pytest.mark.parametrize("content", ["", "{", "[]", "7", "{}", '{"base": 7}', None])
def test_a_broken_stamp_is_no_stamp(content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "set-up.json"
    if content is not None:
        stamp.write_text(content)
    monkeypatch.setattr(dev, "STAMP", stamp)
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    assert dev.read_stamp() == {}


def test_an_environment_without_its_python_is_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "set-up.json"
    stamp.write_text(json.dumps(RUN))
    monkeypatch.setattr(dev, "STAMP", stamp)
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    assert dev.read_stamp() == RUN
    stamp.write_text(json.dumps({**RUN, "base": str(tmp_path / "gone")}))
    assert dev.read_stamp() == {}
    stamp.write_text(json.dumps(RUN))
    monkeypatch.setattr(dev, "VENV_PYTHON", tmp_path / "gone")
    assert dev.read_stamp() == {}


def test_the_fingerprint_follows_the_pins() -> None:
    narrow, wide = dev.fingerprint("run"), dev.fingerprint("dev")
    assert set(wide) - set(narrow) == {"dev"}
    assert narrow["run"] == wide["run"] != wide["dev"]


def test_a_python_without_venv_on_another_linux_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(dev.Stop, match="cannot make virtual environments"):
        dev.provide_venv_module()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "a downloaded file is not the one that was pinned"),
        (
            "WARNING: Retrying … Failed to establish a new connection …\nERROR: No matching distribution found for cffi",
            "there is no connection to where packages come from",
        ),
        (
            "ERROR: Could not find a version … (from versions: none)\nERROR: No matching distribution found for cffi==2.1.1",
            "there is no ready-made package of cffi for this system",
        ),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "the network's certificate is not trusted"),
        ("E: Could not get lock /var/lib/dpkg/lock-frontend.", "another program is installing system packages"),
        ("E: Unable to locate package sox", "this system has no package called sox"),
        ("OSError: [Errno 13] Permission denied: '/x'", "a file may not be written"),
        ("ERROR: a thing that nobody foresaw\n\n", "pip said: ERROR: a thing that nobody foresaw"),
        ("", "pip said: nothing"),
    ],
)
def test_a_tools_complaint_is_told_in_a_few_words(words: str, said: str) -> None:
    assert dev.reason(words, "pip") == f"{said} (see {dev.LOG})."


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a+b") as one, (tmp_path / "lock").open("a+b") as other:
        assert dev.try_lock(one.fileno())
        assert not dev.try_lock(other.fileno())
        one.close()
        assert dev.try_lock(other.fileno())


# --- Running ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "variables", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_where_there_is_a_display(
    system: str, variables: dict[str, str], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert dev.has_display() == there


def test_what_was_asked_for_is_run_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.what_to_run(["join", "--on", "phone"]) == ["readiness", "join", "--on", "phone"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["window", "--lang", "es"], ["agent"], ["--kiosk"]])
def test_the_window_opens_where_there_is_a_display(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "has_display", lambda: True)
    assert dev.what_to_run(arguments) == ["ui", *arguments]


def test_without_a_display_the_terminal_checks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "has_display", lambda: False)
    assert dev.what_to_run([]) == ["readiness", "check"]
    assert "no display" in capsys.readouterr().err


@pytest.mark.parametrize(("script", "status"), [("exit 5", 5), ("kill -TERM $$", 143), ("kill -KILL $$", 137)])
def test_how_a_program_ended_is_told_as_a_shell_would(script: str, status: int) -> None:
    assert dev.run(["sh", "-c", script]) == status


class Tools:
    """Takes the place of the tools in `.venv`: remembers how they were called, and ends as it was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: str = "") -> None:
        self.calls: list[str] = []
        self.failing = failing
        monkeypatch.setattr(dev, "set_up", lambda scope: None)
        monkeypatch.setattr(dev, "tool", lambda *words: self._call(" ".join(words)))
        monkeypatch.setattr(dev, "run", lambda command, **options: self._call(" ".join(map(str, command))))

    def _call(self, words: str) -> int:
        self.calls.append(words)
        return 1 if self.failing and self.failing in words else 0


def test_some_tests_run_without_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Tools(monkeypatch)
    assert dev.main(["test", "-k", "camera"]) == 0
    assert tools.calls == ["pytest -k camera"]


def test_all_tests_demand_full_coverage_of_what_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Tools(monkeypatch, failing="--fail-under=100")
    assert dev.main(["test"]) == 1
    assert tools.calls[0].startswith("pytest --cov")
    assert "readiness/checks/*" in tools.calls[-1]


def test_failing_tests_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Tools(monkeypatch, failing="pytest")
    assert dev.main(["test"]) == 1
    assert len(tools.calls) == 1


def test_what_must_be_covered_is_there() -> None:
    missing = [name for name in dev.COVERED if not list(PROJECT.glob(name))]
    assert missing == []


@pytest.mark.parametrize("failing", ["ruff format", "ruff check", "mypy", "lint-imports"])
def test_one_failing_look_fails_lint_and_the_others_are_still_had(
    failing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = Tools(monkeypatch, failing)
    monkeypatch.setattr(dev, "check_words", lambda: 0)
    assert dev.main(["lint"]) == 1
    assert "lint failed: " in capsys.readouterr().err
    assert [part in " ".join(tools.calls) for part in ("ruff format", "ruff check", "mypy", "lint-imports")] == [
        True
    ] * 4


def test_lint_passes_when_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    Tools(monkeypatch)
    monkeypatch.setattr(dev, "check_words", lambda: 0)
    assert dev.main(["lint"]) == 0


def test_benchmarks_are_found_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "benchmarks").mkdir()
    for name in ("start", "check", "_shared"):
        (tmp_path / "benchmarks" / f"{name}.py").touch()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    tools = Tools(monkeypatch, failing="start")
    assert dev.main(["bench", "check"]) == 0
    assert dev.main(["bench"]) == 1
    assert [call.rpartition(" ")[2] for call in tools.calls] == [
        *("benchmarks.check", "benchmarks.check", "benchmarks.start"),
    ]


@pytest.fixture
def network_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """A project whose one benchmark is a folder, and root on Linux; npm installs what it is told, and says so."""
    (tmp_path / "benchmarks" / "network").mkdir(parents=True)
    for name in ("__main__.py", "package.json", "package-lock.json"):
        (tmp_path / "benchmarks" / "network" / name).write_text("{}")
    (tmp_path / "programs").mkdir()
    installed = 'mkdir -p "${6}/node_modules"; echo "$@" >> "${6}/calls"'
    program(tmp_path / "programs", "npm", f"PATH=/usr/bin:/bin; {installed}")
    for name in ("iperf3", "chromium"):
        program(tmp_path / "programs", name, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "LOG", tmp_path / "build" / "set-up.log")
    monkeypatch.setattr(dev, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(dev, "is_root", lambda: True)
    return Tools(monkeypatch)


def test_a_benchmark_gets_its_options_and_its_peers_once(network_bench: Tools) -> None:
    folder = dev.ROOT / "build" / "bench-network"
    for _ in range(2):
        assert dev.main(["bench", "network", "--quick", "--runs", "2"]) == 0
    assert [call.partition(" -m ")[2] for call in network_bench.calls] == ["benchmarks.network --quick --runs 2"] * 2
    assert (folder / "calls").read_text().splitlines() == [
        f"ci --ignore-scripts --no-audit --no-fund --prefix {folder}"
    ]
    (dev.ROOT / "benchmarks" / "network" / "package-lock.json").write_text('{"other": "pins"}')
    assert dev.main(["bench", "network"]) == 0
    assert len((folder / "calls").read_text().splitlines()) == 2


def test_a_benchmark_whose_peers_cannot_be_had_is_not_begun(
    network_bench: Tools, capsys: pytest.CaptureFixture[str]
) -> None:
    program(dev.ROOT / "programs", "npm", "echo 'npm ERR! getaddrinfo failed'; exit 1")
    assert dev.main(["bench", "network"]) == 2
    assert "there is no connection to where packages come from" in capsys.readouterr().err
    assert network_bench.calls == []


@pytest.mark.parametrize(
    ("platform", "root", "arguments", "said"),
    [
        ("darwin", True, ["network"], "it needs Linux."),
        ("linux", False, ["network", "--quick"], "please run it as root."),
        ("linux", True, ["--quick"], "--quick belongs to one benchmark: name it before."),
        ("linux", True, ["network", "network", "--quick"], "--quick belongs to one benchmark: name it before."),
        ("linux", True, ["nothing"], "there is no benchmark nothing; there are: network."),
    ],
)
def test_a_benchmark_that_cannot_be_run_is_one_sentence(
    network_bench: Tools,
    platform: str,
    root: bool,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(dev, "is_root", lambda: root)
    assert dev.main(["bench", *arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(said)
    assert network_bench.calls == []


@pytest.fixture
def build_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Tools]:
    """The tools of a build; the system lacks nothing."""
    monkeypatch.setattr(dev, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(dev, "provide_system_packages", lambda wanted, **how: None)
    monkeypatch.setattr(dev, "DIST", tmp_path / "dist")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "readiness-0.0.1-linux-x86_64.tar.xz").touch()
    for name in ("PYINSTALLER_CONFIG_DIR", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, "")
    return lambda failing: Tools(monkeypatch, failing)


BUILD_STEPS = ("PyInstaller", "licences.py", "sbom.py", "smoke_test.py", "archive.py", "checksums.py")


@pytest.mark.parametrize(
    ("failing", "done"),
    [
        ("", 6),
        ("PyInstaller", 1),
        ("licences.py", 2),
        ("sbom.py", 3),
        ("smoke_test.py", 4),
        ("archive.py", 5),
        ("checksums.py", 6),
    ],
)
def test_what_was_frozen_is_packed_only_when_it_is_known_and_works(
    failing: str, done: int, build_tools: Callable[[str], Tools], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = build_tools(failing)
    assert dev.main(["build"]) == (1 if failing else 0)
    called = [next(name for name in BUILD_STEPS if name in call) for call in tools.calls]
    assert called == list(BUILD_STEPS[:done])
    assert not list((tmp_path / "dist").glob("*")), "what an older build left would be summed up with ours"
    assert ("build failed: " in capsys.readouterr().err) == bool(failing)


def test_an_app_is_what_was_frozen_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dev, "DIST", tmp_path)
    (tmp_path / "readiness").mkdir()
    assert dev.frozen() == tmp_path / "readiness"
    (tmp_path / "A.app").mkdir()
    assert dev.frozen() == tmp_path / "A.app"


def test_what_the_build_calls_is_there() -> None:
    for name in ("readiness.spec", *BUILD_STEPS[1:]):
        assert (PROJECT / "packaging" / name).is_file()


@pytest.mark.parametrize(("prefix", "is_debians"), [("/usr", True), ("/root/.pyenv/versions/3.11.7", False)])
def test_debians_python_is_frozen_with_its_library(prefix: str, is_debians: bool) -> None:
    names = [package.name for package in dev.packages_for_build(prefix)]
    assert "binutils" in names
    assert any(name.startswith("libpython3.") for name in names) == is_debians


def test_the_lab_needs_linux(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dev.main(["lab", "--camera", "dark"]) == 2
    assert capsys.readouterr().err.endswith("it needs Linux.\n")


# --- Words and pins ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "translation", "difference"),
    [
        (["a", "b"], ["b", "a"], ""),
        (["a", "b"], ["a"], 'it lacks "b".'),
        (["a", "b", "c"], ["a"], 'it lacks "b" and 1 more.'),
        (["a"], ["a", "old"], 'it still holds "old".'),
        (["a", "new"], ["a", "old"], 'it lacks "new". it still holds "old".'),
    ],
)
def test_how_a_translation_differs_from_the_sources(
    sources: list[str], translation: list[str], difference: str
) -> None:
    ours, theirs = ([Entry(sentence=word) for word in words] for words in (sources, translation))
    assert dev.words_out_of_date(ours, theirs) == difference


@contextlib.contextmanager
def words_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spanish: str) -> Iterator[Path]:
    """A project with one sentence in its sources, and some Spanish."""
    (tmp_path / "i18n").mkdir()
    shutil.copy(PROJECT / "i18n" / "babel.cfg", tmp_path / "i18n")
    (tmp_path / "readiness").mkdir()
    (tmp_path / "readiness" / "a.py").write_text('from t import N_\nX = N_("Your camera works.")\n')
    file = tmp_path / "i18n" / "es.po"
    file.write_text(spanish, encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "SPANISH", file)
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "set_up", lambda scope: None)
    yield file


HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_new_sentences_are_noticed_collected_and_kept_apart_from_old_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old = 'msgid "Your camera worked."\nmsgstr "Su cámara funcionaba."\n'
    with words_of(monkeypatch, tmp_path, HEADER + old) as file:
        assert dev.check_words() == 1
        assert 'es.po is not up to date: it lacks "Your camera works."' in capfd.readouterr().err
        assert dev.main(["i18n"]) == 0
        assert "1 sentences wait for their Spanish in es.po." in capfd.readouterr().err
        assert dev.check_words() == 0
        entries = {entry.sentence: entry for entry in catalogue.read(file.read_text(encoding="utf-8"))}
        assert set(entries) == {"", "Your camera works."}
        assert not entries["Your camera works."].translated


def test_a_language_can_begin_with_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with words_of(monkeypatch, tmp_path, "") as file:
        file.unlink()
        assert dev.main(["i18n"]) == 0
        assert dev.check_words() == 0


def test_a_broken_translation_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with words_of(monkeypatch, tmp_path, "nonsense"):
        monkeypatch.setattr(dev, "VERBS", {"words": lambda arguments: dev.check_words()})
        assert dev.main(["words"]) == 2
        assert "es.po cannot be read: line 1 is not part of a translation" in capsys.readouterr().err


def pins(name: str) -> dict[str, str]:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"(?m)^([a-z0-9-]+)(?:\[[a-z-]+\])?==(\S+)", text))


def test_pins_carry_hashes_and_nothing_of_a_machine() -> None:
    for name in ("run", "dev"):
        text = (PROJECT / "requirements" / f"{name}.txt").read_text()
        assert text.splitlines()[1] == "#    python3 dev.py lock"
        entries = re.findall(r"(?m)^[a-z0-9-]+(?:\[[a-z-]+\])?==(?:[^\n]*\\\n)*[^\n]*", text)
        assert len(entries) == len(pins(name))
        assert all("--hash=sha256:" in entry for entry in entries)
        assert not re.search(r"https?:|file:|--index|--find-links|(?m:^-)", text)


def test_development_runs_on_what_the_program_runs_on() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_every_wish_has_its_reason() -> None:
    for name in ("run", "dev"):
        blocks = (PROJECT / "requirements" / f"{name}.in").read_text().split("\n\n")
        assert all(block.startswith("#") for block in blocks)
