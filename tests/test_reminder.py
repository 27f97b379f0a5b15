"""Reminders: the calendar's file, what each system's scheduler is told, the quiet test, and that all of it goes away."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from readiness import cli, quiet_test, reminder_plan, reminder_verbs
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.model import Failure
from readiness.readings import ConnectionReading, DevicesReading, OperatingSystemReading, OsFamily, Reached
from readiness.reminder import NoSuchVisit, calendar_file, days_ahead, evening_before, must_be_ahead, visit_time
from readiness.reminder_plan import Reminders, reminders_here
from readiness.reminder_ports import (
    NAME,
    Launchd,
    NotPlanned,
    Systemd,
    TaskScheduler,
    own_command,
    run_quietly,
    scheduler_here,
)
from readiness.testing import FakeMachine
from ui.demo import scenario

NOW = datetime(2026, 11, 25, 20, 0)  # noqa: DTZ001 - a clock on the wall
VISIT = datetime(2026, 12, 1, 14, 0)  # noqa: DTZ001
COMMAND = ("/opt/a b/readiness", "remind", "--test-now", '50% "$x" \\')
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


# --- Times


def test_a_time_is_read_as_it_is_typed() -> None:
    assert visit_time("2026-12-01T14:00") == VISIT
    assert visit_time("2026-12-01 14:00:59") == VISIT
    for text in ("tomorrow", "2026-12-01", "2026-13-01T14:00", "2026-12-01T14:00+01:00", ""):
        with pytest.raises(NoSuchVisit, match=r"is no day and time\. Type it like 2026-12-01T14:00"):
            visit_time(text)


def test_a_visit_is_ahead_and_within_a_year() -> None:
    must_be_ahead(VISIT, NOW)
    with pytest.raises(NoSuchVisit, match="is over"):
        must_be_ahead(NOW, NOW)
    with pytest.raises(NoSuchVisit, match="more than a year"):
        must_be_ahead(NOW + timedelta(days=367), NOW)


def test_the_evening_before_and_the_days_ahead() -> None:
    assert evening_before(VISIT) == datetime(2026, 11, 30, 18, 0)  # noqa: DTZ001
    assert evening_before(datetime(2027, 1, 1, 0, 5)).isoformat() == "2026-12-31T18:00:00"  # noqa: DTZ001
    assert days_ahead(date(2026, 12, 31), 2) == (date(2026, 12, 31), date(2027, 1, 1))


# --- The calendar's file


def entries(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


@pytest.mark.parametrize(
    ("language", "summaries"),
    [
        ("en", ["Test your computer for the video visit", "Video visit"]),
        ("es", ["Haga la prueba para la consulta por video", "Consulta por video"]),
    ],
)
def test_a_calendar_gets_two_entries_in_utc(language: str, summaries: list[str]) -> None:
    test, visit = entries(calendar_file(VISIT, NOW, language, LOS_ANGELES))
    assert [str(test["summary"]), str(visit["summary"])] == summaries
    assert test["dtstart"].dt == datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    assert visit["dtstart"].dt == datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
    assert visit["dtend"].dt - visit["dtstart"].dt == timedelta(minutes=30)
    assert visit["dtstamp"].dt == datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    alarms = [event.walk("VALARM")[0] for event in (test, visit)]
    assert [alarm["trigger"].dt for alarm in alarms] == [timedelta(), timedelta(minutes=-15)]
    assert not {"LOCATION", "ATTENDEE", "ORGANIZER"} & {name for event in (test, visit) for name in event}


def test_summer_time_begins_in_the_night_before() -> None:
    visit = datetime(2027, 3, 14, 9, 0)  # noqa: DTZ001 - clocks were put forward at two
    test, entry = entries(calendar_file(visit, NOW, "en", LOS_ANGELES))
    assert test["dtstart"].dt == datetime(2027, 3, 14, 2, 0, tzinfo=UTC)  # 18:00, 8 hours behind
    assert entry["dtstart"].dt == datetime(2027, 3, 14, 16, 0, tzinfo=UTC)  # 9:00, 7 hours behind


def test_the_same_visit_is_the_same_entry_whenever_and_however_it_is_saved() -> None:
    def ids(content: bytes) -> list[str]:
        return [str(event["uid"]) for event in entries(content)]

    first = ids(calendar_file(VISIT, NOW, "en", UTC))
    assert first == ids(calendar_file(VISIT, NOW + timedelta(days=2), "es", UTC))
    assert len(set(first)) == 2
    assert not set(first) & set(ids(calendar_file(VISIT + timedelta(hours=1), NOW, "en", UTC)))


def test_an_evening_that_is_over_is_no_entry_and_lines_end_as_they_must() -> None:
    content = calendar_file(NOW + timedelta(hours=2), NOW, "es")
    assert len(entries(content)) == 1
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75


# --- Schedulers


class Told:
    """Writes down which commands would have been run."""

    def __init__(self, *statuses: int) -> None:
        self.commands: list[list[str]] = []
        self._statuses = list(statuses)

    def __call__(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        return self._statuses.pop(0) if self._statuses else 0


def test_systemd_gets_a_timer_and_loses_it_again(tmp_path: Path) -> None:
    told = Told()
    systemd = Systemd(tmp_path / "user", told)
    systemd.remove()
    assert told.commands == []
    systemd.plan(evening_before(VISIT), COMMAND, Path("/opt/a%b"))
    timer = (tmp_path / "user" / f"{NAME}.timer").read_text()
    assert "\nOnCalendar=2026-11-30 18:00:00\n" in timer
    service = (tmp_path / "user" / f"{NAME}.service").read_text()
    assert '\nExecStart="/opt/a b/readiness" "remind" "--test-now" "50%% \\"$$x\\" \\\\"\n' in service
    assert "\nWorkingDirectory=/opt/a%%b\n" in service
    assert told.commands == [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", f"{NAME}.timer"],
    ]
    systemd.plan(evening_before(VISIT), COMMAND, Path("/"))
    systemd.remove()
    assert list((tmp_path / "user").iterdir()) == []
    assert told.commands[-2:] == [
        ["systemctl", "--user", "disable", "--now", f"{NAME}.timer"],
        ["systemctl", "--user", "daemon-reload"],
    ]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_itself_understands_what_is_written(tmp_path: Path) -> None:
    Systemd(tmp_path, Told()).plan(evening_before(VISIT), (sys.executable, *COMMAND[1:]), tmp_path)
    files = [str(tmp_path / f"{NAME}.{kind}") for kind in ("timer", "service")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *files],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert not [line for line in done.stderr.splitlines() if NAME in line], done.stderr
    when = subprocess.run(
        ["systemd-analyze", "calendar", "2026-11-30 18:00:00"], capture_output=True, text=True, check=True
    )
    assert "Normalized form: 2026-11-30 18:00:00" in when.stdout


@pytest.mark.parametrize(
    ("make", "statuses"),
    [
        (Systemd, (0, 1)),
        (TaskScheduler, (1,)),
        (Launchd, (5,)),
    ],
    ids=["systemd", "windows", "macos"],
)
def test_a_scheduler_that_refuses_leaves_nothing_behind(
    make: Callable[[Path, Told], Systemd | TaskScheduler | Launchd], statuses: tuple[int, ...], tmp_path: Path
) -> None:
    with pytest.raises(NotPlanned, match="did not take the reminder"):
        make(tmp_path / "folder", Told(*statuses)).plan(VISIT, COMMAND, tmp_path)
    assert list((tmp_path / "folder").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(NotPlanned, match="so nothing is planned"):
        make(tmp_path / "file", Told()).plan(VISIT, COMMAND, tmp_path)


def test_windows_gets_a_task_in_xml_that_deletes_itself(tmp_path: Path) -> None:
    seen: list[str] = []

    def run(command: Sequence[str]) -> int:
        if "/Create" in command:
            seen.append(Path(command[-1]).read_text("utf-16"))
        return 0

    tasks = TaskScheduler(tmp_path, run)
    tasks.plan(evening_before(VISIT), COMMAND, Path("/opt/a & b"))
    tasks.remove()
    assert list(tmp_path.iterdir()) == []
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ElementTree.fromstring(seen[0].encode("utf-16"))

    def text(*path: str) -> str | None:
        return task.findtext("/".join(space + part for part in path))

    assert text("Triggers", "TimeTrigger", "StartBoundary") == "2026-11-30T18:00:00"
    assert text("Triggers", "TimeTrigger", "EndBoundary") == "2026-12-01T18:00:00"
    assert text("Settings", "DeleteExpiredTaskAfter") == "PT0S"
    assert text("Settings", "StartWhenAvailable") == "true"
    assert text("Principals", "Principal", "RunLevel") == "LeastPrivilege"
    assert text("Actions", "Exec", "Command") == "/opt/a b/readiness"
    assert text("Actions", "Exec", "Arguments") == subprocess.list2cmdline(COMMAND[1:])
    assert text("Actions", "Exec", "WorkingDirectory") == "/opt/a & b"


def test_macos_gets_a_property_list(tmp_path: Path) -> None:
    told = Told()
    launchd = Launchd(tmp_path / "LaunchAgents", told)
    launchd.remove()
    launchd.plan(evening_before(VISIT), COMMAND, Path("/Applications"))
    file = tmp_path / "LaunchAgents" / f"{NAME}.plist"
    job = plistlib.loads(file.read_bytes())
    assert job["StartCalendarInterval"] == {"Month": 11, "Day": 30, "Hour": 18, "Minute": 0}
    assert tuple(job["ProgramArguments"]) == COMMAND
    assert (job["Label"], job["WorkingDirectory"]) == (NAME, "/Applications")
    launchd.remove()
    assert not file.exists()
    domain = f"gui/{os.getuid()}"
    assert told.commands == [
        ["launchctl", "bootstrap", domain, str(file)],
        ["launchctl", "bootout", f"{domain}/{NAME}"],
    ]


def test_each_system_has_its_own_scheduler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    windows, mac = scheduler_here(tmp_path, platform="win32"), scheduler_here(tmp_path, platform="darwin")
    assert isinstance(windows, TaskScheduler)
    assert isinstance(mac, Launchd)
    assert windows.is_there
    assert mac.is_there
    linux = scheduler_here(tmp_path, platform="linux")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert not linux.is_there
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not linux.is_there
    (tmp_path / "systemd").mkdir()
    (tmp_path / "systemd" / "private").write_text("")
    assert linux.is_there
    linux.remove()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    (home := tmp_path / ".config" / "systemd" / "user").mkdir(parents=True)
    (home / f"{NAME}.timer").write_text("")
    told = Told()
    scheduler_here(tmp_path, told, "linux").remove()
    assert told.commands
    assert list(home.iterdir()) == []


def test_programs_of_the_system_are_run_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_quietly([sys.executable, "-c", "print(1); raise SystemExit(3)"]) == 3
    assert run_quietly(["/no/such/program"]) == 127
    assert capfd.readouterr() == ("", "")


def test_the_program_knows_how_it_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command, folder = own_command()
    assert command == (sys.executable, "-m", "ui")
    assert (folder / "ui" / "__main__.py").exists()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "readiness.exe"))
    assert own_command() == ((sys.executable,), tmp_path)
    (tmp_path / "readiness-window.exe").write_text("")
    assert own_command() == ((str(tmp_path / "readiness-window.exe"),), tmp_path)


# --- The plan


class Schedule:
    """A scheduler that remembers; it may be missing, or refuse."""

    def __init__(self, *, is_there: bool = True, refuses: bool = False) -> None:
        self.is_there = is_there
        self._refuses = refuses
        self.task: tuple[datetime, tuple[str, ...]] | None = None

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        if self._refuses:
            raise NotPlanned("No.")
        self.task = at, tuple(command)

    def remove(self) -> None:
        self.task = None


def test_one_visit_is_planned_and_taken_back(tmp_path: Path) -> None:
    schedule = Schedule()
    reminders = Reminders(schedule, tmp_path / "data" / "visit")
    assert reminders.planned is None
    assert reminders.plan(VISIT, NOW) == evening_before(VISIT)
    assert schedule.task == (evening_before(VISIT), (sys.executable, "-m", "ui", "remind", "--test-now"))
    assert reminders.planned == VISIT
    reminders.plan(VISIT, NOW, "ohsu_mychart")
    assert schedule.task
    assert schedule.task[1][-2:] == ("--profile", "ohsu_mychart")
    reminders.off()
    reminders.off()
    assert reminders.planned is None
    assert not schedule.task


def test_what_cannot_be_planned_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    path = tmp_path / "visit"
    with pytest.raises(NoSuchVisit, match="That time is over"):
        Reminders(Schedule(), path).plan(NOW, NOW)
    with pytest.raises(NoSuchVisit, match="The evening before is over"):
        Reminders(Schedule(), path).plan(NOW + timedelta(hours=9), NOW)
    with pytest.raises(NotPlanned, match="no scheduler that we know"):
        Reminders(Schedule(is_there=False), path).plan(VISIT, NOW)
    with pytest.raises(NotPlanned, match="No"):
        Reminders(Schedule(refuses=True), path).plan(VISIT, NOW)
    assert not path.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(NotPlanned, match="so nothing is planned"):
        Reminders(Schedule(), tmp_path / "file" / "visit").plan(VISIT, NOW)
    Reminders(Schedule(), tmp_path / "file" / "visit").off()
    path.write_bytes(b"\xff")
    assert Reminders(Schedule(), path).planned is None


def test_the_plan_of_this_person_is_in_their_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / "readiness").mkdir()
    (tmp_path / "readiness" / "visit_time.txt").write_text("2026-12-01T14:00\n")
    assert reminders_here().planned == VISIT


# --- The quiet test

GOOD = (
    ConnectionReading(reached=Reached.PROVIDER),
    OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 11", version="11.26100"),
)
DEVICES = DevicesReading(cameras=("C270",), microphones=("C270",), speakers=("C270",))


def wrong_on(machine: FakeMachine) -> list[str]:
    profile = profiles.load("kaiser_permanente", {check.id: check.requires for check in CHECKS})
    return [result.check for result in quiet_test.what_is_wrong(CHECKS, machine, profile, NOW.date())]


def test_only_what_is_wrong_speaks_up_and_no_camera_lights_up() -> None:
    machine = FakeMachine(*GOOD, DEVICES)
    assert "connection" not in wrong_on(machine)
    asked = {kind.__name__ for kind, _ in machine.asked}
    assert "ConnectionReading" in asked
    assert not asked & {"CameraReading", "MicrophoneReading", "SpeakerReading", "ComputerReading"}
    offline = FakeMachine(ConnectionReading(reached=Reached.NOTHING), DEVICES)
    assert "connection" in wrong_on(offline)


def test_where_data_is_paid_for_none_is_used_up() -> None:
    paid = FakeMachine(ConnectionReading(reached=Reached.PROVIDER, metered=True), DEVICES)
    free = FakeMachine(ConnectionReading(reached=Reached.PROVIDER, metered=None), DEVICES)
    for machine in (paid, free):
        wrong_on(machine)
    costly = {"BandwidthReading", "CallQualityReading"}
    assert not {kind.__name__ for kind, _ in paid.asked} & costly
    assert {kind.__name__ for kind, _ in free.asked} >= costly


def test_a_camera_that_is_gone_is_noticed_and_a_list_that_could_not_be_had_is_not() -> None:
    gone = DevicesReading(cameras=(), microphones=("C270",), speakers=("C270",))
    assert [check for check in wrong_on(FakeMachine(*GOOD, gone)) if check in quiet_test.NOT_TESTED] == ["camera"]
    unknown = DevicesReading(failure=Failure.NOT_ANSWERING)
    assert not set(wrong_on(FakeMachine(*GOOD, unknown))) & set(quiet_test.NOT_TESTED)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The windows that were opened, by what is wrong."""
    windows: list[list[str]] = []
    monkeypatch.setattr(reminder_verbs, "open_window", windows.append)
    return windows


def planned(tmp_path: Path) -> tuple[Reminders, Schedule]:
    schedule = Schedule()
    reminders = Reminders(schedule, tmp_path / "visit")
    reminders.plan(VISIT, NOW)
    return reminders, schedule


@pytest.mark.parametrize("is_wrong", [True, False])
def test_a_window_opens_only_when_something_is_wrong_and_the_plan_is_over(
    is_wrong: bool,
    tmp_path: Path,
    opened: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(reminder_verbs, "ThisMachine", lambda: scenario("offline" if is_wrong else "good"))
    reminders, schedule = planned(tmp_path)
    status = reminder_verbs.look_quietly(reminders, evening_before(VISIT), "en")
    assert status == (1 if is_wrong else 0)
    assert bool(opened) is is_wrong
    assert ("This does not work yet: " in capsys.readouterr().out) is is_wrong
    assert (reminders.planned, schedule.task) == (None, None)


def test_after_the_visit_and_after_it_was_taken_back_nothing_is_tested(tmp_path: Path, opened: list[list[str]]) -> None:
    reminders, schedule = planned(tmp_path)
    assert reminder_verbs.look_quietly(reminders, VISIT, "en") == 0
    assert (reminders.planned, schedule.task, opened) == (None, None, [])
    assert reminder_verbs.look_quietly(reminders, NOW, "en") == 0


def test_a_fault_on_the_way_ends_the_plan_too(tmp_path: Path, opened: list[list[str]]) -> None:
    reminders, schedule = planned(tmp_path)
    with pytest.raises(profiles.ProfileError):
        reminder_verbs.look_quietly(reminders, NOW, "en", "no_such_profile")
    assert (reminders.planned, schedule.task) == (None, None)


def test_the_window_is_started_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$@" > "$0.said.new"\nmv "$0.said.new" "$0.said"\n')
    program.chmod(0o755)
    monkeypatch.setattr(reminder_verbs, "own_command", lambda: ((str(program),), tmp_path))
    started: list[Any] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    reminder_verbs.open_window(["camera", "connection"])
    assert started[0].wait(10) == 0
    assert (tmp_path / "program.said").read_text() == "window --reminded camera,connection\n"


# --- In the terminal


def test_the_terminal_plans_tells_and_takes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reminders = Reminders(schedule := Schedule(), tmp_path / "visit")
    monkeypatch.setattr(reminder_verbs, "reminders_here", lambda: reminders)
    monkeypatch.setattr(reminder_verbs, "_now", lambda: NOW)

    def typed(*words: str, lang: str = "en") -> tuple[int, str, str]:
        status = cli.main(["remind", *words, "--lang", lang])
        return status, *capsys.readouterr()

    assert typed() == (0, "No reminder is planned.\n", "")
    assert typed("--at", "2026-12-01T14:00")[1] == (
        "On November 30, 2026, 6:00 p.m., this computer tests itself. Keep it on.\n"
    )
    assert schedule.task
    assert typed(lang="es")[1].startswith("El 1 de diciembre de 2026, 2:00 p. m. es su consulta.")
    assert typed("--off") == (0, "Nothing is planned any more.\n", "")
    assert schedule.task is None
    status, _, errors = typed("--at", "soon")
    assert (status, errors.count("\n")) == (2, 1)
    file = tmp_path / "visit.ics"
    assert typed("--at", "2026-12-01T14:00", "--calendar", str(file))[0] == 0
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert schedule.task is None
    assert "it is a folder" in typed("--at", "2026-12-01T14:00", "--calendar", str(tmp_path))[2]
    assert typed("--test-now")[0] == 0


def test_the_clock_is_the_one_on_the_wall() -> None:
    assert reminder_verbs._now().tzinfo is None
    assert reminder_plan.TEST_NOW[0] == "remind"
