from __future__ import annotations

from pathlib import Path

import pytest

from readiness.kiosk.pin import FREE_TRIES, BadPin, PinGuard, fits, scrypt_line

LINE = scrypt_line("2468")


class Clock:
    now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def guard(tmp_path: Path, clock: Clock, line: str | None = LINE) -> PinGuard:
    return PinGuard(line, tmp_path / "pin.json", clock)


def wrong(door: PinGuard, times: int) -> None:
    for _ in range(times):
        assert not door.admits("1111")


def test_a_line_fits_its_own_pin_alone_and_is_never_the_same_twice() -> None:
    assert fits("2468", LINE)
    assert not fits("2469", LINE)
    assert scrypt_line("2468") != LINE


@pytest.mark.parametrize("pin", ["123", "1" * 13, "12a4", "", "１２３４"])
def test_what_is_no_pin_gets_no_line(pin: str) -> None:
    with pytest.raises(BadPin):
        scrypt_line(pin)


@pytest.mark.parametrize(
    "line",
    [
        "scrypt$1048576$8$1$AAAA$AAAA",
        "scrypt$16384$8$99$AAAA$AAAA",
        "scrypt$0$8$1$AAAA$AAAA",
        "scrypt$1000$8$1$AAAA$AAAA",
        "scrypt$16384$8$1$A$AAAA",
    ],
    ids=["memory", "time", "nothing", "no power of two", "no base64"],
)
def test_a_line_that_asks_for_too_much_or_is_torn_fits_nothing(line: str) -> None:
    assert not fits("2468", line)


def test_without_a_pin_nobody_comes_in(tmp_path: Path, clock: Clock) -> None:
    assert not guard(tmp_path, clock, None).admits("2468")


def test_five_tries_are_free_and_then_waits_double_to_fifteen_minutes(tmp_path: Path, clock: Clock) -> None:
    door = guard(tmp_path, clock)
    wrong(door, FREE_TRIES - 1)
    assert door.wait_s() == 0
    waits = []
    for _ in range(8):
        wrong(door, 1)
        waits.append(door.wait_s())
        assert not door.admits("2468"), "while there is a wait, even the right one is not looked at"
        clock.now_s += door.wait_s()
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert door.admits("2468")
    assert door.wait_s() == 0


def test_each_wait_is_told_once(tmp_path: Path, clock: Clock) -> None:
    told: list[float] = []
    door = PinGuard(LINE, tmp_path / "pin.json", clock, tell_wait=lambda: told.append(clock.now_s))
    wrong(door, FREE_TRIES + 3)
    assert len(told) == 1
    clock.now_s += 30
    wrong(door, 1)
    assert len(told) == 2


def test_a_restart_forgets_nothing(tmp_path: Path, clock: Clock) -> None:
    wrong(guard(tmp_path, clock), FREE_TRIES)
    clock.now_s += 10
    assert guard(tmp_path, clock).wait_s() == 20


def test_a_clock_that_was_set_back_shuts_nobody_out_for_longer(tmp_path: Path, clock: Clock) -> None:
    door = guard(tmp_path, clock)
    wrong(door, FREE_TRIES)
    clock.now_s -= 86_400
    assert door.wait_s() == 30


def test_a_right_pin_at_once_writes_nothing(tmp_path: Path, clock: Clock) -> None:
    assert guard(tmp_path, clock).admits("2468")
    assert not (tmp_path / "pin.json").exists()


def test_a_disk_that_cannot_be_written_opens_no_door(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    door = PinGuard(LINE, tmp_path / "file" / "pin.json", clock)
    wrong(door, FREE_TRIES)
    assert door.wait_s() == 30


def test_a_torn_file_is_no_try(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "pin.json").write_bytes(b'{"wrong": 9')
    assert guard(tmp_path, clock).wait_s() == 0
