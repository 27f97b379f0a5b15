"""The benchmark of the line: its arithmetic, what it reads of other people's programs, its server, and a first look."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.network import calls, iperf, limits, lines, ndt7, ours, records, server, speedtest_cli, terminal, trials
from benchmarks.network.cost import Broke, Ran, Tree, high_water_kib, run
from benchmarks.network.lines import LINES, Line
from benchmarks.network.outcome import Outcome, error_pct, errors, quantile, spread
from benchmarks.network.records import Call, Machine, Row, Run, Trial
from benchmarks.network.table import figures, is_accurate, report
from readiness.checks.bandwidth import BandwidthRequirement
from readiness.model import Status
from readiness.readings import BandwidthReading, Stop
from tests.lab.link import Counters
from tests.lab.link_options import direction

HERE = Machine("2026-11-21", "A processor", 2, 8.0, "A system", "6.1", "3.11.9")


def outcome(down_mbps: float | None = 9.6, up_mbps: float | None = 2.9, **more: Any) -> Outcome:
    usual = {"seconds": 2.0, "cpu_s": 0.4, "peak_mib": 30.0, "wire_down_bytes": 1_000_000, "wire_up_bytes": 500_000}
    return Outcome(down_mbps=down_mbps, up_mbps=up_mbps, **{**usual, **more})


def line(line_id: str) -> Line:
    return lines.chosen([line_id])[0]


# --- Arithmetic -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "true", "error"), [(10.0, 10.0, 0.0), (9.0, 10.0, -10.0), (11.0, 10.0, 10.0), (None, 10.0, -100.0)]
)
def test_how_far_a_reading_is_off(measured: float | None, true: float, error: float) -> None:
    assert error_pct(measured, true) == pytest.approx(error)


def test_errors_are_held_against_what_tcp_can_carry() -> None:
    down, up = errors([outcome(9.653333, 2.896)], line("10/3"))
    assert down == pytest.approx([0.0], abs=1e-4)
    assert up == pytest.approx([0.0], abs=1e-4)
    assert line("swings").best_down_mbps == pytest.approx(7.5 * 1448 / 1500)
    assert line("mtu").best_up_mbps == pytest.approx(3 * 1228 / 1280)


def test_the_median_and_the_worst_keep_their_signs() -> None:
    found = spread([-0.5, 1.0, -3.0])
    assert (found.median, found.worst) == (-0.5, -3.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.95, 4.0), (0.75, 3.0), (0.01, 1.0)])
def test_quantiles_are_values_that_were_measured(share: float, value: float) -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0.123, "0.12"), (9.994, "9.99"), (9.996, "10.0"), (99.96, "100"), (1867.7, "1868")]
)
def test_figures_mean_something(value: float, text: str) -> None:
    assert figures(value) == text


def test_lines_are_such_as_the_emulator_knows_and_have_names_of_their_own() -> None:
    assert len({each.id for each in LINES}) == len(LINES)
    for each in LINES:
        direction({**each.both, **each.down})
        direction({**each.both, **each.up})
    assert {lines.chosen([name])[0].id for name in (*lines.QUICK, *lines.QUICK_OURS, *limits.BYTES_MB)}
    with pytest.raises(LookupError, match=r"there is no line 7/7; there are: 0\.5, "):
        lines.chosen(["10/3", "7/7"])


def test_two_ways_lose_more_than_one() -> None:
    assert calls.lost_pct((1000, 10), (990, 99)) == pytest.approx(100 * (1 - 0.99 * 0.9))
    assert calls.lost_pct((0, 0)) == 0.0
    before = Counters(5, 0, 5, 0, 1, 2, 0)
    after = Counters(105, 0, 95, 0, 3, 8, 0)
    assert calls.difference(before, after) == (100, 8)


def test_an_even_line_has_its_delay_and_no_jitter() -> None:
    found = calls.expected(Line(id="x", down_mbps=10, up_mbps=5, delay_ms=20), 6.4)
    on_the_wire_ms = 1232 * 8 / 5000 + 1232 * 8 / 10000
    assert found.delay_ms == pytest.approx(20 + on_the_wire_ms / 2)
    assert found.jitter_ms == pytest.approx(0.0, abs=1e-9)


def test_jitter_follows_from_what_the_line_is_told() -> None:
    """Two waits evenly distributed up to 5 ms, that never let packets catch up: 7/15 of that by arithmetic."""
    found = calls.expected(Line(id="x", down_mbps=1000, up_mbps=1000, both={"jitter_ms": 5.0}), 6.4)
    assert found.jitter_ms == pytest.approx(5 * 7 / 15, rel=0.02)
    assert found.delay_ms == pytest.approx(15 + 2.5, abs=0.1)
    one_way = calls.expected(Line(id="x", down_mbps=1000, up_mbps=1000, down={"jitter_ms": 5.0}), 6.4)
    assert one_way.jitter_ms == pytest.approx(5 / 3, rel=0.02)


# --- What others say --------------------------------------------------------------------------------------------------


def ran(said: object) -> Ran:
    return Ran(json.dumps(said).encode(), 10.0, 0.1, 4.0)


def test_what_iperf3_received_counts() -> None:
    told = {"end": {"sum_sent": {"bits_per_second": 9.9e6}, "sum_received": {"bits_per_second": 9.5e6}}}
    assert iperf.received_mbps(ran(told)) == pytest.approx(9.5)


@pytest.mark.parametrize("said", [{"error": "unable to connect"}, {"end": {}}, [], {"end": None}])
def test_iperf3_without_a_result_is_no_result(said: object) -> None:
    with pytest.raises(Broke, match="iperf3"):
        iperf.received_mbps(ran(said))


def test_speedtest_cli_tells_bits() -> None:
    assert speedtest_cli.rates_mbps(b'{"download": 9500000.5, "upload": 2e6}') == pytest.approx((9.5, 2.0), abs=1e-6)
    for said in (b"", b"{}", b"[]", b"Cannot retrieve speedtest configuration"):
        with pytest.raises(Broke, match="speedtest-cli"):
            speedtest_cli.rates_mbps(said)


def test_what_the_kernel_says_of_memory_and_processor() -> None:
    assert high_water_kib("Name:\tx\nVmPeak:\t  9000 kB\nVmHWM:\t   4321 kB\nVmRSS:\t 1 kB\n") == 4321
    assert high_water_kib("Name:\tx\nState:\tZ (zombie)\n") == 0
    assert records.processor_in("processor\t: 0\nmodel name\t: A B (C) 1 GHz\nmodel name\t: other\n") == "A B (C) 1 GHz"
    assert records.processor_in("")


@pytest.mark.parametrize(
    ("command", "version"),
    [
        (["sh", "-c", "echo iperf 3.12 '(cJSON 1.7.15)'"], "3.12"),
        (["sh", "-c", "echo Chromium 156.0.8078.79 >&2"], "156.0.8078.79"),
        (["sh", "-c", "echo none"], "unknown"),
        (["/no/such/program"], "unknown"),
    ],
)
def test_versions(command: list[str], version: str) -> None:
    assert records.version_of(command) == version


# --- Costs ------------------------------------------------------------------------------------------------------------


def test_what_a_program_costs() -> None:
    work = "import sys\nx = bytearray(48 << 20)\nprint(sys.stdin.read())\n" + "n = 0\nwhile n < 3_000_000: n += 1\n"
    found = run([sys.executable, "-c", work], deadline_s=30, task=b"a task")
    assert found.output == b"a task\n"
    assert found.seconds >= found.cpu_s > 0.05
    assert 48 < found.peak_mib < 120


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo no luck >&2; exit 3", "ended with 3; it said: no luck"), ("exec sleep 60", r"ended with -9 \(its time")],
)
def test_a_program_that_fails_or_hangs_is_one_sentence(script: str, said: str) -> None:
    with pytest.raises(Broke, match=said):
        run(["sh", "-c", script], deadline_s=0.5)


def test_nothing_of_a_tree_is_left(tmp_path: Path) -> None:
    """Even what has left its session and its parents ends with it (the test's surroundings look for what is left)."""
    script = f"setsid sh -c 'echo begun > {tmp_path}/begun; exec sleep 60' & wait"
    with Tree([], ["sh", "-c", script], tmp_path / "log") as tree:
        poll_until((tmp_path / "begun").exists)
        assert tree.cpu_s >= 0


def poll_until(true: Any) -> None:
    for _ in range(500):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come about")


# --- Numbers to reach -------------------------------------------------------------------------------------------------


def demand(found: Run, name: str) -> limits.Demand:
    return next(each for each in limits.demands(found) if each.name.startswith(name))


def measured(line_id: str, *outcomes: Outcome, **more: Any) -> Run:
    idle = ours.Idle(seconds=0.2, cpu_s=0.2, peak_mib=26.0)
    return Run(machine=HERE, command="x", idle=idle, rows=[row(line_id, *outcomes)], **more)


def row(line_id: str, *outcomes: Outcome, tool: str = ours.NAME, broke: tuple[str, ...] = ()) -> Row:
    return Row(line=line_id, tool=tool, outcomes=outcomes, broke=broke)


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    found = limits.demands(Run(machine=HERE, command="x"))
    assert {each.met for each in found if each.name != "every measurement comes to a result"} == {None}


@pytest.mark.parametrize(
    ("rates", "met"),
    [
        ((9.6533, 9.6533, 9.6533), True),
        ((9.6533, 9.6533, 9.4), True),
        ((9.6533, 9.6533, 9.3), False),
        ((9.5, 9.5, 9.6533), False),
        ((9.6533, 9.6533, 10.0), False),
        ((9.6533, 9.6533, None), False),
    ],
)
def test_download_errors(rates: tuple[float | None, ...], met: bool) -> None:
    assert demand(measured("10/3", *(outcome(rate) for rate in rates)), "download error").met is met


@pytest.mark.parametrize(
    ("line_id", "name", "off_pct", "met"),
    [
        ("0.5", "error at 0.5", (0, 0, 9.9), True),
        ("0.5", "error at 0.5", (0, 0, -10.1), False),
        ("0.5", "error at 0.5", (0, 4.1, 4.1), False),
        ("far", "error at a round trip", (0, -1.9, -11.9), True),
        ("lossy", "error at a round trip", (0, 2.1, 2.1), False),
        ("lossy", "error at a round trip", (0, 0, 12.1), False),
        ("swings", "download error", (50, 50, 50), None),
    ],
)
def test_some_lines_have_limits_of_their_own(
    line_id: str, name: str, off_pct: tuple[float, ...], met: bool | None
) -> None:
    true = line(line_id)
    ups = [outcome(true.best_down_mbps, true.best_up_mbps * (1 + off / 100)) for off in off_pct]
    downs = [outcome(true.best_down_mbps * (1 + off / 100), true.best_up_mbps) for off in off_pct]
    assert demand(measured(line_id, *ups), name).met is met
    assert demand(measured(line_id, *downs), name).met is met


@pytest.mark.parametrize(
    ("name", "more", "met"),
    [
        ("time", {"seconds": 2.5}, True),
        ("time", {"seconds": 2.6}, False),
        ("bytes, down and up together, at 10/3", {"wire_down_bytes": 2_000_000}, True),
        ("bytes, down and up together, at 10/3", {"wire_down_bytes": 2_100_000}, False),
        ("bytes told", {"told_down_bytes": 1_040_000, "told_up_bytes": 490_000}, True),
        ("bytes told", {"told_down_bytes": 1_000_000, "told_up_bytes": 470_000}, False),
        ("bytes told", {}, None),
        ("processor time", {"cpu_s": 0.79}, True),
        ("processor time", {"cpu_s": 0.82}, False),
        ("memory", {"peak_mib": 45.0}, True),
        ("memory", {"peak_mib": 45.1}, False),
        ("every measurement", {}, True),
        ("every measurement", {"failure": "server_unreachable"}, False),
        ("every measurement", {"up_mbps": None}, False),
    ],
)
def test_costs(name: str, more: dict[str, Any], met: bool | None) -> None:
    assert demand(measured("10/3", outcome(**more)), name).met is met


def test_one_slow_measurement_in_twenty_is_forgiven_and_two_are_not() -> None:
    for slow, met in ((1, True), (2, False)):
        seconds = [2.0] * (20 - slow) + [9.0] * slow
        assert demand(measured("10/3", *(outcome(seconds=each) for each in seconds)), "time").met is met


def test_a_measurement_that_broke_is_told() -> None:
    found = Run(machine=HERE, command="x", rows=[row("10/3", outcome(), broke=("the child fell over",))])
    assert demand(found, "every measurement").found == "1 did not: 10/3: the child fell over"


def call(**more: Any) -> Call:
    usual = {
        "packets": 1500,
        "loss_pct": 1.0,
        "true_loss_pct": 1.0,
        "delay_ms": 15.0,
        "true_delay_ms": 15.0,
        "jitter_ms": 2.0,
        "true_jitter_ms": 2.0,
        "cpu_pct": 6.0,
    }
    return Call(name="clean", **{**usual, **more})


@pytest.mark.parametrize(
    ("name", "more", "met"),
    [
        ("loss", {"loss_pct": 0.75}, True),
        ("loss", {"loss_pct": 1.35}, False),
        ("delay", {"delay_ms": 13.5}, True),
        ("delay", {"delay_ms": 17.5}, False),
        ("jitter", {"jitter_ms": 2.4}, True),
        ("jitter", {"jitter_ms": 1.4}, False),
        ("jitter", {"jitter_ms": 0.2, "true_jitter_ms": 0.0}, None),
        ("processor of the call", {}, True),
        ("processor of the call", {"cpu_pct": 10.1}, False),
        ("packets", {}, True),
        ("packets", {"packets": 1499}, False),
    ],
)
def test_calls(name: str, more: dict[str, Any], met: bool | None) -> None:
    found = Run(machine=HERE, command="x", calls=[call(**more)])
    assert demand(found, name).met is met


# --- Verdicts ---------------------------------------------------------------------------------------------------------


def case(expected: Status, *, busy: bool = False) -> trials.Case:
    return trials.Case("x", line("10/3"), expected, busy)


def test_verdicts_are_sought_on_both_sides_of_both_limits_and_on_a_busy_computer() -> None:
    found = trials.cases(ours.shipped("generic"))
    assert [(round(each.line.best_up_mbps, 2), each.expected, each.busy) for each in found] == [
        (2.25, Status.PASS, False),
        (1.44, Status.WARN, False),
        (0.75, Status.WARN, False),
        (0.48, Status.FAIL, False),
        (2.9, Status.PASS, True),
    ]


@pytest.mark.parametrize(
    ("down", "up", "said"),
    [
        (2.3, 2.3, (Status.PASS, Status.PASS)),
        (2.3, 1.4, (Status.PASS, Status.WARN)),
        (0.5, 2.3, (Status.FAIL, Status.PASS)),
        (0.5, 0.05, (Status.FAIL, Status.FAIL)),
        (2.3, None, (Status.UNKNOWN, Status.UNKNOWN)),
    ],
)
def test_what_is_said_of_each_direction(down: float, up: float | None, said: tuple[Status, Status]) -> None:
    needs = ours.shipped("generic").requirement("bandwidth", BandwidthRequirement)
    # The slow round trip is another matter.
    reading = BandwidthReading(down_mbps=down, up_mbps=up, rtt_ms=250.0)
    assert trials.directions(trials.judge(reading, needs)) == said


def test_a_line_that_broke_off_has_failed() -> None:
    needs = ours.shipped("generic").requirement("bandwidth", BandwidthRequirement)
    reading = BandwidthReading(down_mbps=5.0, up_mbps=5.0, stopped_because=Stop.LOST)
    assert trials.directions(trials.judge(reading, needs)) == (Status.FAIL, Status.FAIL)


@pytest.mark.parametrize(
    ("judged", "expected", "busy", "wrong"),
    [
        ((Status.PASS, Status.PASS), Status.PASS, False, False),
        ((Status.PASS, Status.WARN), Status.PASS, False, True),
        ((Status.PASS, Status.WARN), Status.WARN, False, True),
        ((Status.UNKNOWN, Status.UNKNOWN), Status.PASS, False, True),
        ((Status.UNKNOWN, Status.PASS), Status.PASS, True, False),
        ((Status.UNKNOWN, Status.FAIL), Status.PASS, True, True),
    ],
)
def test_which_verdicts_are_wrong(judged: tuple[Status, Status], expected: Status, busy: bool, wrong: bool) -> None:
    assert trials.is_wrong(judged, case(expected, busy=busy)) is wrong


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_everybody_and_names_what_was_missed() -> None:
    found = measured(
        "10/3",
        outcome(9.65, 2.7),
        versions={"readiness": "1", "other": "2"},
        trials=[Trial(name="1.25 × 1.8 Mbit/s", expected="pass", verdicts=("pass pass", "unknown pass"), wrong=1)],
        calls=[call()],
        call_broke=["clean: coturn is not ready"],
    )
    found.rows += [
        row("10/3", outcome(9.4, 2.8, seconds=22.0, wire_down_bytes=15_000_000), tool="other"),
        row("10/3", outcome(5.0, 2.8, seconds=1.0), tool="wrong by half"),
        row("10/3", tool="absent", broke=("it fell over",)),
    ]
    page = report(found, limits.demands(found))
    assert (
        "| upload error, the same | median ≤ 2 %, worst ≤ 4 % | median ≤ 6.77 % (10/3), worst 6.77 % (10/3) | **missed** |"
        in page
    )
    assert "| verdict at 1.25 × 1.8 Mbit/s: pass | 0 of 2 wrong | 1 of 2 wrong, 1 undecided | **missed** |" in page
    assert (
        "| 10/3 | **readiness** | -0.0 % (-0.0) | -6.8 % (-6.8) | 2.00 (2.00) | 1.50 (1.50) | 0.40 (0.40) | 30 |"
        in page
    )
    assert "|  | absent | failed: it fell over |  |  |  |  |  |" in page
    assert "| 10/3 | 2.00 s | 22.0 s (other), 11 times as much | 1.50 MB | 15.5 MB (other), 10 times as much |" in page
    assert "| clean, 10/3 | 1500 | 1.00 % (1.00) | 15.0 ms (15.0) | 2.00 ms (2.00) | 6.0 |" in page
    assert "| failed: clean: coturn is not ready |" in page
    assert not is_accurate(found.rows[2], line("10/3"))
    # Every table has as many cells in each row as in its head.
    for text in page.split("\n\n"):
        rows = [each for each in text.splitlines() if each.startswith("|")]
        assert len({each.count(" | ") for each in rows}) <= 1


# --- The command line -------------------------------------------------------------------------------------------------


def test_what_is_measured_when_nothing_is_said() -> None:
    options = terminal.options_of([])
    assert [each.id for each in options.ours_on] == [each.id for each in LINES]
    assert options.peers_on == {"1.5/0.75", "10/3", "50/10", "1000/500"}
    assert (options.runs, options.peer_runs, options.parts) == (5, 5, ("lines", "verdicts", "calls"))


def test_what_is_measured_of_what_is_asked_for() -> None:
    quick = terminal.options_of(["--quick"])
    assert (quick.runs, quick.peer_runs, quick.peers_on) == (2, 1, {"10/3"})
    some = terminal.options_of(["--links", "deep,10/3", "--runs", "3", "--only-ours"])
    assert ([each.id for each in some.ours_on], some.peers_on, some.parts) == (["10/3", "deep"], set(), ("lines",))
    assert terminal.options_of(["--links", "deep"]).peers_on == {"deep"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--links", "7/7"], "there is no line 7/7"),
        (["--parts", "lines,dishes"], "there is no part dishes"),
        (["--runs", "0"], "0 is not a number of runs."),
        (["--runs", "many"], "many is not a number of runs."),
    ],
)
def test_bad_arguments_are_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        terminal.options_of(arguments)
    assert left.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_a_profile_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.main(["--profile", "nobody"]) == 2
    assert capsys.readouterr().err.startswith("bench network: ")


# --- The others' server -----------------------------------------------------------------------------------------------


@pytest.fixture
def others(tmp_path: Path) -> Iterator[tuple[server.Server, list[bytes]]]:
    """The server on this computer, and what pages have told it."""
    told: list[bytes] = []
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "client.js").write_text("1")
    (tmp_path / "secret").write_text("x")
    with server.Server("127.0.0.1", 0, tmp_path / "packages", told.append) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made, told
        made.shutdown()
        thread.join()


def ask(made: server.Server, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", made.server_address[1], timeout=10)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


def test_cloudflares_pages(others: tuple[server.Server, list[bytes]]) -> None:
    status, headers, body = ask(others[0], "GET", "/__down?bytes=17000000")
    assert (status, len(body), len(set(body[:4096]))) == (200, 17_000_000, 256)
    assert headers["Timing-Allow-Origin"] == "*"
    assert 0 <= float(headers["Server-Timing"].removeprefix("cfRequestDuration;dur=")) < 1000
    assert ask(others[0], "GET", "/__down?bytes=0")[2] == b""
    for size in (0, 1, 100_000, 3_000_000):
        assert ask(others[0], "POST", "/__up", bytes(size))[0] == 200


def test_speedtest_nets_pages(others: tuple[server.Server, list[bytes]]) -> None:
    assert b"<server-config" in ask(others[0], "GET", "/speedtest-config.php?x=1.0")[2]
    listed = ask(others[0], "GET", "/speedtest-servers-static.php?threads=8")[2]
    assert f'host="127.0.0.1:{others[0].server_address[1]}"'.encode() in listed
    assert ask(others[0], "GET", "/speedtest/latency.txt")[2] == b"test=test\n"
    assert len(ask(others[0], "GET", "/speedtest/random350x350.jpg?x=1")[2]) == server.PICTURE_BYTES[350]
    assert ask(others[0], "POST", "/speedtest/upload.php", b"content1=" + bytes(1000))[2] == b"size=1009"


def test_pages_packages_and_what_is_neither(others: tuple[server.Server, list[bytes]]) -> None:
    made, told = others
    for page in ("cloudflare.html", "ndt7.html", "told.js"):
        assert ask(made, "GET", f"/pages/{page}")[2] == (server.PAGES / page).read_bytes()
    assert ask(made, "GET", "/packages/client.js")[2] == b"1"
    for path in ("/packages/../secret", "/packages/", "/secret", "/", "/pages/nothing.html"):
        assert ask(made, "GET", path)[0] == 404
    ask(made, "POST", "/event", b'{"event": "begun"}')
    assert told == [b'{"event": "begun"}']


class Socket:
    """The client's side of a WebSocket, as far as the tests need one."""

    def __init__(self, made: server.Server, path: str) -> None:
        key = base64.b64encode(bytes(16)).decode()
        self.line = socket.create_connection(("127.0.0.1", made.server_address[1]), timeout=10)
        self.line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {ndt7.PROTOCOL}\r\n\r\n".encode()
        )
        self.file = self.line.makefile("rb")
        self.head = b"".join(iter(self.file.readline, b"\r\n")).decode()

    def close(self) -> None:
        self.file.close()
        self.line.close()

    def frame(self) -> tuple[int, bytes]:
        first, length = self.file.read(2)
        if length == 126:
            length = struct.unpack("!H", self.file.read(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self.file.read(8))[0]
        return first & 0x0F, self.file.read(length)

    def send(self, first: int, payload: bytes) -> None:
        head = ndt7.header(first, len(payload))
        self.line.sendall(head[:1] + bytes([head[1] | 0x80]) + head[2:] + bytes(4) + payload)


def test_the_key_of_the_standard() -> None:
    """RFC 6455, section 1.3."""
    assert ndt7.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_ndt7_downloads_and_tells(others: tuple[server.Server, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndt7, "_LASTS_S", 0.3)
    monkeypatch.setattr(ndt7, "_TELL_EVERY_S", 0.1)
    with contextlib.closing(Socket(others[0], "/ndt/v7/download")) as client:
        assert client.head.startswith("HTTP/1.1 101 ")
        assert f"Sec-WebSocket-Protocol: {ndt7.PROTOCOL}" in client.head
        frames = [client.frame()]
        while frames[-1][0] != 8:
            frames.append(client.frame())
    binary = [len(payload) for kind, payload in frames if kind == 2]
    assert binary[0] == 1 << 13
    assert max(binary) == 1 << 20
    told = [json.loads(payload) for kind, payload in frames if kind == 1]
    assert told
    assert told[-1]["Test"] == "download"
    assert 0 < told[-1]["AppInfo"]["NumBytes"] <= sum(binary)
    assert told[-1]["TCPInfo"]["BytesAcked"] > 0


def test_ndt7_counts_uploads_and_answers_the_close(others: tuple[server.Server, list[bytes]]) -> None:
    sizes = (10, 200, 70_000, 2_000_000)
    with contextlib.closing(Socket(others[0], "/ndt/v7/upload")) as client:
        for size in sizes:
            client.send(0x82, bytes(size))
        client.send(0x88, b"\x03\xe8")
        frames = [client.frame()]
        while frames[-1][0] != 8:
            frames.append(client.frame())
    last = json.loads(frames[-2][1])
    assert last["AppInfo"]["NumBytes"] == sum(sizes)
    assert last["TCPInfo"]["BytesReceived"] >= sum(sizes)
    assert frames[-1][1] == b"\x03\xe8"


def test_an_upload_that_does_not_end_is_ended(
    others: tuple[server.Server, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndt7, "_UPLOAD_LASTS_S", 0.0)
    with contextlib.closing(Socket(others[0], "/ndt/v7/upload")) as client:
        client.send(0x82, bytes(1_000_000))
        assert client.frame()[0] == 1


# --- A first look -----------------------------------------------------------------------------------------------------


def test_one_measurement_of_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "BUILD", tmp_path)
    assert terminal.main(["--links", "50/10", "--runs", "1", "--only-ours"]) == 0
    page = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == page
    found = json.loads((tmp_path / "results.json").read_bytes())
    (only,) = found["rows"]
    (seen,) = only["outcomes"]
    assert not only["broke"]
    # A busy machine may measure badly, but what it measures is the line that was asked for.
    assert 10 < seen["down_mbps"] < 60
    assert 2 < seen["up_mbps"] < 12
    assert seen["wire_down_bytes"] > 100_000
    assert found["idle"]["peak_mib"] < seen["peak_mib"] + 5
