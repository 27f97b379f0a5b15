"""The runner on invented machines: order, questions, cancelling, and what happens when one part breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from readiness import runner
from readiness.check import AnyCheck, Check
from readiness.live import Live, Picture
from readiness.machine import Choices
from readiness.model import Failure, Finding, Reading, Report, Status, Verdict
from readiness.profile import Join, JoinWay, Localized, Profile, Requirement
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import CameraReading, ComputerReading, MicrophoneReading, SpeakerReading
from readiness.runner import Event, Finished, Progress, Started
from readiness.testing import FakeMachine


class BatteryCheck(Check[ComputerReading, Requirement]):
    """A toy: the whole of a new check, judged from facts that a probe reads already."""

    id = "battery"
    reads = ComputerReading
    requires = Requirement

    def judge(self, reading: ComputerReading, requirement: Requirement, today: date) -> tuple[Finding, ...]:
        if reading.failure:
            return (self.not_checked(reading.failure),)
        if reading.battery_pct is None:
            return (self.not_checked(Failure.UNSUPPORTED),)
        return self.found([self.finding("empty", Status.FAIL)] if reading.battery_pct < 10 else [])


class TonesCheck(Check[SpeakerReading, Requirement]):
    id = "tones"
    reads = SpeakerReading
    requires = Requirement

    def judge(self, reading: SpeakerReading, requirement: Requirement, today: date) -> tuple[Finding, ...]:
        return self.found([] if reading.tones_heard else [self.not_checked(Failure.CANCELLED)])

    def question(self, reading: SpeakerReading) -> Question | None:
        return Question("tones.count", (0, 1, 2)) if reading.tones_heard is None else None

    def answered(self, reading: SpeakerReading, question: Question, answer: Answer) -> SpeakerReading:
        return reading if isinstance(answer, NoAnswer) else SpeakerReading(tones_heard=answer)


class BrokenCheck(BatteryCheck):
    id = "broken"

    def judge(self, reading: ComputerReading, requirement: Requirement, today: date) -> tuple[Finding, ...]:
        raise RuntimeError("a wrong judge")


class MicCheck(Check[MicrophoneReading, Requirement]):
    id = "mic"
    reads = MicrophoneReading
    requires = Requirement

    def judge(self, reading: MicrophoneReading, requirement: Requirement, today: date) -> tuple[Finding, ...]:
        return self.found([])


class MirrorCheck(Check[CameraReading, Requirement]):
    id = "mirror"
    reads = CameraReading
    requires = Requirement

    def judge(self, reading: CameraReading, requirement: Requirement, today: date) -> tuple[Finding, ...]:
        return self.found([])

    def shown(self, reading: CameraReading) -> CameraReading:
        return CameraReading(shown=True)


def profile(*required: str) -> Profile:
    words = Localized(en="a", es="b")
    way = JoinWay(title=words, steps=(words,))
    return Profile(
        id="toy",
        edition="1",
        name=words,
        join=Join(early_min=5, when=words, computer=way, phone=way),
        requirements={check: {"required": True} for check in required},
    )


def test_a_toy_check_needs_nothing_but_itself() -> None:
    report = runner.run([BatteryCheck()], FakeMachine(ComputerReading(battery_pct=5.0)), profile("battery"))
    assert report.verdict is Verdict.NOT_READY
    assert [finding.id for finding in report.results[0].findings] == ["battery.empty"]
    assert (report.profile_id, report.profile_edition) == ("toy", "1")
    good = runner.run([BatteryCheck()], FakeMachine(ComputerReading(battery_pct=50.0)), profile("battery"))
    assert good.verdict is Verdict.READY
    assert good.results[0].findings == (Finding("battery.ok", Status.PASS),)


def test_events_come_in_the_callers_thread_started_first_finished_last() -> None:
    events: list[Event] = []
    threads: set[int] = set()

    def notify(event: Event) -> None:
        events.append(event)
        threads.add(threading.get_ident())

    partial = [ComputerReading(), ComputerReading(cpu_busy_pct=3.0)]
    machine = FakeMachine(ComputerReading(battery_pct=50.0), partial=partial)
    report = runner.run([BatteryCheck()], machine, profile(), notify=notify)
    assert [type(event) for event in events] == [Started, Progress, Progress, Finished]
    assert [event.reading for event in events if isinstance(event, Progress)] == partial
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.result == report.results[0]
    assert threads == {threading.get_ident()}


def test_skipped_checks_are_reported_and_never_measured() -> None:
    machine = FakeMachine(ComputerReading(battery_pct=50.0))
    events: list[Event] = []
    report = runner.run(
        [BatteryCheck(), MicCheck()], machine, profile("battery", "mic"), skip=["mic"], notify=events.append
    )
    assert report.results[1].status is Status.SKIPPED
    assert report.results[1].reading is None
    assert report.verdict is Verdict.PARTLY_CHECKED
    assert [kind for kind, _ in machine.asked] == [ComputerReading]
    assert [event.check.id for event in events if isinstance(event, Finished)] == ["mic", "battery"]


def test_everything_skipped_is_partly_checked() -> None:
    report = runner.run([BatteryCheck()], FakeMachine(), profile("battery"), skip=["battery"])
    assert report.verdict is Verdict.PARTLY_CHECKED


def test_choices_reach_the_machine() -> None:
    machine = FakeMachine()
    runner.run([MicCheck()], machine, profile(), choices=Choices(microphone="Headset"))
    assert machine.asked == [(MicrophoneReading, Choices(microphone="Headset"))]


def test_readings_that_share_a_thing_are_taken_one_by_one_in_order() -> None:
    running: list[str] = []

    def alone(kind: type[Reading], cancelled: Callable[[], bool]) -> None:
        assert not running
        running.append(kind.__name__)
        threading.Event().wait(0.05)
        running.clear()

    machine = FakeMachine(shares={MicrophoneReading: "sound", SpeakerReading: "sound"}, during=alone)
    runner.run([MicCheck(), TonesCheck()], machine, profile())
    assert [kind for kind, _ in machine.asked] == [MicrophoneReading, SpeakerReading]


@pytest.mark.parametrize(
    ("answers", "asked", "status"),
    [
        ([2], 1, Status.PASS),
        ([NoAnswer.SKIP], 1, Status.UNKNOWN),
        ([NoAnswer.TIMEOUT], 1, Status.UNKNOWN),
        ([NoAnswer.CANNOT_TELL], 1, Status.UNKNOWN),
    ],
)
def test_a_person_is_asked_once_and_the_answer_is_in_the_reading(
    answers: list[Answer], asked: int, status: Status
) -> None:
    questions: list[Question] = []

    def ask(question: Question) -> Answer:
        questions.append(question)
        return answers[0]

    report = runner.run([TonesCheck()], FakeMachine(SpeakerReading()), profile(), ask=ask)
    assert len(questions) == asked
    assert questions[0].check == "tones"
    assert report.results[0].status is status


def test_without_a_person_nothing_is_asked() -> None:
    report = runner.run([TonesCheck()], FakeMachine(SpeakerReading()), profile())
    assert report.results[0].status is Status.UNKNOWN


@pytest.mark.may_log("could not judge its reading")
def test_a_wrong_judge_costs_its_own_check_only(caplog: pytest.LogCaptureFixture) -> None:
    machine = FakeMachine(ComputerReading(battery_pct=50.0))
    report = runner.run([BrokenCheck(), BatteryCheck()], machine, profile("broken", "battery"))
    assert report.results[0].findings == (Finding("broken.not_checked", Status.UNKNOWN, {"reason": "crashed"}),)
    assert report.results[1].status is Status.PASS
    assert report.verdict is Verdict.PARTLY_CHECKED
    assert "a wrong judge" in caplog.text


@pytest.mark.may_log("could not be measured")
def test_a_machine_that_raises_costs_its_own_check_only() -> None:
    def fail(kind: type[Reading], cancelled: Callable[[], bool]) -> None:
        if issubclass(kind, ComputerReading):
            raise RuntimeError("a wrong machine")

    machine = FakeMachine(MicrophoneReading(), during=fail)
    report = runner.run([BatteryCheck(), MicCheck()], machine, profile())
    assert [result.status for result in report.results] == [Status.UNKNOWN, Status.PASS]


def test_a_cancelled_run_says_so() -> None:
    machine = FakeMachine(ComputerReading(battery_pct=50.0))
    report = runner.run([BatteryCheck()], machine, profile("battery"), cancelled=lambda: True)
    assert report.results[0].findings[0].params == {"reason": "cancelled"}
    assert report.verdict is Verdict.PARTLY_CHECKED


def until_cancelled(kind: type[Reading], cancelled: Callable[[], bool]) -> None:
    while not cancelled():
        threading.Event().wait(0.01)


def test_an_exception_out_of_a_face_stops_the_workers_and_is_raised_again() -> None:
    def interrupted(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run([BatteryCheck(), MicCheck()], FakeMachine(during=until_cancelled), profile(), notify=interrupted)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("check ")]


def test_an_exception_while_a_person_is_asked_stops_the_worker_that_waits_for_the_answer() -> None:
    def ask(question: Question) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run([TonesCheck()], FakeMachine(SpeakerReading()), profile(), ask=ask)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("check ")]


def test_saved_readings_are_judged_like_fresh_ones() -> None:
    checks: list[AnyCheck] = [BatteryCheck(), MicCheck()]
    reading = ComputerReading(battery_pct=5.0)
    fresh = runner.run(checks, FakeMachine(reading), profile("battery"), skip=["mic"])
    again: Report = runner.judge(
        checks, profile("battery"), {"battery": reading}, measured_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    assert [result.findings for result in again.results] == [result.findings for result in fresh.results]
    assert again.verdict is fresh.verdict
    assert again.started_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_watched_run_goes_on_until_the_person_is_done_and_shows_pictures_beside_the_caller() -> None:
    picture = Picture(1, 1, b"rgb")
    shown: list[tuple[Picture, str]] = []
    machine = FakeMachine(CameraReading(), ComputerReading(), pictures=[picture])
    live = Live(show=lambda it: shown.append((it, threading.current_thread().name)), done=lambda: len(shown) >= 3)
    report = runner.run([MirrorCheck(), BatteryCheck()], machine, profile(), live=live)
    assert shown == [(picture, "check mirror")] * 3
    assert report.results[0].reading == CameraReading(shown=True)
    assert report.results[1].reading == ComputerReading()


def test_a_person_who_was_shown_nothing_has_seen_nothing() -> None:
    live = Live(show=lambda picture: None, done=lambda: True)
    report = runner.run([MirrorCheck(), MicCheck()], FakeMachine(CameraReading()), profile(), live=live)
    assert report.results[0].reading == CameraReading(shown=False)
