"""What a line will carry: row by row, and for numbers nobody thought of. Nothing unmeasured looks good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readiness import profile as profiles
from readiness import runner
from readiness.advice.outlook import (
    BROKE_OFF,
    EVERY_OUTLOOK,
    FAST_ENOUGH,
    GOOD,
    HELPS,
    LATE,
    MAY_FREEZE,
    NOT_ENOUGH,
    OFFLINE,
    SOUND_ONLY,
    UNKNOWN,
    OutlookWords,
    words_for_outlook,
)
from readiness.checks import CHECKS
from readiness.model import Failure, Reading, Report, Status
from readiness.outlook import Figures, Forecast, Help, Outlook, forecast
from readiness.readings import (
    BandwidthReading,
    CallQualityReading,
    ConnectionReading,
    Counted,
    Medium,
    Reached,
    Stop,
    Transport,
)
from readiness.telling import tell_outlook

WHEN: Final = datetime(2026, 11, 21, tzinfo=UTC)
PROFILE: Final = profiles.load("generic", {check.id: check.requires for check in CHECKS})

CONNECTION: Final = ConnectionReading(reached=Reached.INTERNET, medium=Medium.WIRED, vpn=False)
LINE: Final = BandwidthReading(
    down_mbps=9.63,
    up_mbps=2.94,
    rtt_ms=31.2,
    loaded_rtt_ms=80.0,
    bytes_down=800_000,
    bytes_up=300_000,
    up_counted_by=Counted.SERVER,
    stopped_because=Stop.STEADY,
)
CALL: Final = CallQualityReading(
    transport=Transport.UDP,
    rate_mbps=1.5,
    packets_sent=1400,
    packets_counted=1400,
    loss_pct=0.1,
    delay_ms=20.0,
    jitter_ms=3.0,
)
NO_CALL: Final = CallQualityReading(failure=Failure.NO_SERVER)
WEAK_WIFI: Final = replace(CONNECTION, medium=Medium.WIFI, signal_bars=2)
STRONG_WIFI: Final = replace(CONNECTION, medium=Medium.WIFI, signal_bars=4)


def report(*readings: Reading, profile: profiles.Profile = PROFILE) -> Report:
    kinds = {type(reading): reading for reading in readings}
    taken = {check.id: kinds[check.reads] for check in CHECKS if check.reads in kinds}
    return runner.judge(CHECKS, profile, taken, measured_at=WHEN)


def line(*readings: Reading, profile: profiles.Profile = PROFILE) -> Forecast:
    return forecast(report(*readings, profile=profile), profile)


def rates(down_mbps: float | None, up_mbps: float | None, **more: Any) -> BandwidthReading:
    return replace(LINE, down_mbps=down_mbps, up_mbps=up_mbps, **more)


def call(**changed: Any) -> CallQualityReading:
    return replace(CALL, **changed)


# --- The table -------------------------------------------------------------------------------------------------------

LOST: Final = {"stopped_because": Stop.LOST}


@pytest.mark.parametrize(
    ("speed", "packets", "outlook", "because"),
    [
        # good
        (rates(9.6, 2.9), CALL, Outlook.GOOD, ()),
        (rates(1.8, 1.8), CALL, Outlook.GOOD, ()),
        (rates(940.0, 412.0, down_at_least=True), CALL, Outlook.GOOD, ()),
        # Few profiles have a server for calls: without one the rates decide, and no more is said than that.
        (rates(9.6, 2.9), NO_CALL, Outlook.GOOD, ()),
        (rates(9.6, 2.9), None, Outlook.GOOD, ()),
        (rates(9.6, 2.9), call(own_pause_ms=4000.0, loss_pct=40.0), Outlook.GOOD, ()),
        # Told in words of their own, and no reason for a frozen picture.
        (rates(9.6, 2.9, rtt_ms=400.0), CALL, Outlook.GOOD, ()),
        (rates(9.6, 2.9, loaded_rtt_ms=900.0), CALL, Outlook.GOOD, ()),
        (rates(9.6, 2.9), call(delay_ms=100.0), Outlook.GOOD, ()),
        (rates(9.6, 2.9, own_pause_ms=4000.0), CALL, Outlook.GOOD, ()),
        # may freeze
        (rates(1.79, 2.9), CALL, Outlook.MAY_FREEZE, ("bandwidth.slow_down",)),
        (rates(9.6, 0.6), CALL, Outlook.MAY_FREEZE, ("bandwidth.slow_up",)),
        (rates(0.6, 0.6), CALL, Outlook.MAY_FREEZE, ("bandwidth.slow_down", "bandwidth.slow_up")),
        (rates(9.6, 2.9, up_spread_pct=60.0), CALL, Outlook.MAY_FREEZE, ("bandwidth.unsteady",)),
        (rates(9.6, 2.9, jitter_ms=120.0), CALL, Outlook.MAY_FREEZE, ("bandwidth.jitter",)),
        (rates(1.0, 2.9, down_at_least=True), CALL, Outlook.MAY_FREEZE, ("bandwidth.unfinished",)),
        (rates(1.0, 2.9, own_pause_ms=4000.0), CALL, Outlook.MAY_FREEZE, ("bandwidth.disturbed",)),
        (rates(9.6, 2.9), call(loss_pct=2.1), Outlook.MAY_FREEZE, ("call_quality.loss",)),
        (rates(9.6, 2.9), call(loss_pct=5.0), Outlook.MAY_FREEZE, ("call_quality.loss",)),
        (rates(9.6, 2.9), call(jitter_ms=41.0), Outlook.MAY_FREEZE, ("call_quality.jitter",)),
        (rates(9.6, 2.9), call(rate_mbps=0.5), Outlook.MAY_FREEZE, ("call_quality.low_rate",)),
        (rates(9.6, 2.9), call(transport=Transport.TCP), Outlook.MAY_FREEZE, ("call_quality.udp_blocked",)),
        (rates(9.6, 2.9), call(transport=Transport.TLS), Outlook.MAY_FREEZE, ("call_quality.tls_only",)),
        (rates(9.6, 2.9), call(delay_ms=200.0), Outlook.MAY_FREEZE, ("call_quality.too_much_delay",)),
        (
            rates(1.0, 2.9),
            call(delay_ms=200.0),
            Outlook.MAY_FREEZE,
            ("call_quality.too_much_delay", "bandwidth.slow_down"),
        ),
        # sound only
        (rates(0.59, 2.9), CALL, Outlook.SOUND_ONLY, ("bandwidth.sound_only", "bandwidth.too_slow_down")),
        (rates(9.6, 0.1), NO_CALL, Outlook.SOUND_ONLY, ("bandwidth.sound_only", "bandwidth.too_slow_up")),
        (rates(9.6, 0.3), call(loss_pct=4.99), Outlook.SOUND_ONLY, ("bandwidth.sound_only", "bandwidth.too_slow_up")),
        (rates(9.6, 2.9), call(jitter_ms=101.0), Outlook.SOUND_ONLY, ("call_quality.too_much_jitter",)),
        (
            rates(0.3, 0.3, down_at_least=True),
            CALL,
            Outlook.SOUND_ONLY,
            ("bandwidth.sound_only", "bandwidth.too_slow_up"),
        ),
        # not enough
        (rates(9.6, 0.09), CALL, Outlook.NOT_ENOUGH, ("bandwidth.too_slow_up",)),
        (rates(0.05, 9.6), NO_CALL, Outlook.NOT_ENOUGH, ("bandwidth.too_slow_down",)),
        (rates(None, 0.05), NO_CALL, Outlook.NOT_ENOUGH, ("bandwidth.too_slow_up",)),
        (rates(9.6, 0.3), call(loss_pct=5.0), Outlook.NOT_ENOUGH, ("bandwidth.sound_only", "bandwidth.too_slow_up")),
        (rates(9.6, 2.9), call(loss_pct=8.0), Outlook.NOT_ENOUGH, ("call_quality.too_much_loss",)),
        (rates(None, None), call(loss_pct=8.0), Outlook.NOT_ENOUGH, ("call_quality.too_much_loss",)),
        (rates(9.6, 2.9, **LOST), CALL, Outlook.NOT_ENOUGH, ("bandwidth.broke_off",)),
        (
            rates(4.0, None, failure=Failure.NO_CONNECTION, **LOST),
            NO_CALL,
            Outlook.NOT_ENOUGH,
            ("bandwidth.broke_off",),
        ),
        # unknown
        (None, None, Outlook.UNKNOWN, ()),
        (None, CALL, Outlook.UNKNOWN, ()),
        (rates(None, None), CALL, Outlook.UNKNOWN, ("bandwidth.not_measured",)),
        (rates(50.0, None), CALL, Outlook.UNKNOWN, ("bandwidth.not_measured",)),
        (rates(None, 50.0), CALL, Outlook.UNKNOWN, ("bandwidth.not_measured",)),
        (rates(None, 1.0), CALL, Outlook.UNKNOWN, ("bandwidth.not_measured",)),
        # No picture, that is sure; whether a voice, nobody knows.
        (rates(None, 0.3), CALL, Outlook.UNKNOWN, ("bandwidth.not_measured", "bandwidth.too_slow_up")),
        (
            rates(0.05, 0.3, down_at_least=True),
            CALL,
            Outlook.UNKNOWN,
            ("bandwidth.unfinished", "bandwidth.too_slow_up"),
        ),
        (
            rates(None, None),
            call(jitter_ms=101.0),
            Outlook.UNKNOWN,
            ("bandwidth.not_measured", "call_quality.too_much_jitter"),
        ),
        (rates(0.3, 9.6, down_at_least=True), CALL, Outlook.UNKNOWN, ("bandwidth.unfinished",)),
        (rates(9.6, 0.05, own_pause_ms=4000.0), CALL, Outlook.UNKNOWN, ("bandwidth.disturbed",)),
        (rates(9.6, None, own_pause_ms=9e4, **LOST), CALL, Outlook.UNKNOWN, ("bandwidth.disturbed",)),
        (rates(50.0, 50.0, failure=Failure.CRASHED), CALL, Outlook.UNKNOWN, ("bandwidth.not_checked",)),
        (
            BandwidthReading(failure=Failure.SERVER_UNREACHABLE),
            CALL,
            Outlook.UNKNOWN,
            ("bandwidth.server_unreachable",),
        ),
    ],
)
def test_every_row_of_the_table(
    speed: BandwidthReading | None, packets: CallQualityReading | None, outlook: Outlook, because: tuple[str, ...]
) -> None:
    got = line(*filter(None, (CONNECTION, speed, packets)))
    assert (got.outlook, got.because) == (outlook, because)


@pytest.mark.parametrize("reached", list(Reached))
@pytest.mark.parametrize("speed", [LINE, rates(9.6, 0.3), rates(1.0, 1.0), rates(None, None)])
def test_a_connection_that_has_to_be_mended_first_is_no_good_line(reached: Reached, speed: BandwidthReading) -> None:
    got = report(replace(CONNECTION, reached=reached), speed, CALL)
    connection = next(result for result in got.results if result.check == "connection")
    seen = forecast(got, PROFILE)
    if connection.status is Status.FAIL:
        assert seen.outlook is Outlook.UNKNOWN
        assert seen.offline
        assert seen.because == tuple(finding.id for finding in connection.findings if finding.status is Status.FAIL)
    else:
        assert not seen.offline
        assert seen.because == () or not seen.because[0].startswith("connection.")


@pytest.mark.parametrize(
    ("speed", "packets"), [(rates(9.6, 0.05), CALL), (LINE, call(loss_pct=8.0)), (rates(9.6, None, **LOST), CALL)]
)
def test_a_line_that_is_known_to_be_bad_stays_bad_whatever_else_is_broken(
    speed: BandwidthReading, packets: CallQualityReading
) -> None:
    got = line(replace(CONNECTION, reached=Reached.PORTAL), speed, packets)
    assert (got.outlook, got.offline) == (Outlook.NOT_ENOUGH, False)


def without_need(name: str) -> profiles.Profile:
    needs = {key: value for key, value in PROFILE.requirements["bandwidth"].items() if key != name}
    return replace(PROFILE, requirements={**PROFILE.requirements, "bandwidth": needs})


@pytest.mark.parametrize("name", ["down_mbps", "up_mbps"])
def test_a_profile_that_names_no_need_cannot_call_a_line_good(name: str) -> None:
    assert line(CONNECTION, LINE, CALL, profile=without_need(name)).outlook is Outlook.UNKNOWN


def test_without_a_limit_for_sound_no_sound_is_promised() -> None:
    got = line(CONNECTION, rates(9.6, 0.3), CALL, profile=without_need("sound_only_mbps"))
    assert (got.outlook, got.because) == (Outlook.NOT_ENOUGH, ("bandwidth.too_slow_up",))


def test_a_profile_that_sets_no_limit_to_loss_judges_by_the_rates() -> None:
    lenient = replace(PROFILE, requirements={**PROFILE.requirements, "call_quality": {}})
    assert line(CONNECTION, rates(9.6, 0.3), call(loss_pct=8.0), profile=lenient).outlook is Outlook.SOUND_ONLY
    only_a_hint = {"loss_pct": {"warn_above": 2, "source": "packet_loss"}}
    hinting = replace(PROFILE, requirements={**PROFILE.requirements, "call_quality": only_a_hint})
    assert line(CONNECTION, LINE, call(loss_pct=8.0), profile=hinting).outlook is Outlook.MAY_FREEZE


def test_the_limits_are_the_profiles() -> None:
    ohsu = profiles.load("ohsu_mychart", {check.id: check.requires for check in CHECKS})
    assert line(CONNECTION, rates(9.6, 2.9), CALL, profile=PROFILE).outlook is Outlook.GOOD
    assert line(CONNECTION, rates(9.6, 2.9), CALL, profile=ohsu).outlook is Outlook.SOUND_ONLY


# --- What would help -------------------------------------------------------------------------------------------------

SLOW_DOWN: Final = rates(1.0, 2.9)
SLOW_UP: Final = rates(9.6, 1.0)


@pytest.mark.parametrize(
    ("connection", "speed", "packets", "helps"),
    [
        # Nothing to mend on a good line, and nothing to promise on one that nobody knows.
        (WEAK_WIFI, LINE, CALL, ()),
        (WEAK_WIFI, rates(None, None), CALL, ()),
        (WEAK_WIFI, rates(9.6, None, **LOST), CALL, ()),
        # Good as long as nobody else fills it.
        (CONNECTION, rates(9.6, 2.9, loaded_rtt_ms=900.0), CALL, (Help.OTHERS_PAUSE,)),
        # On a cable there is no nearer and no cable.
        (CONNECTION, SLOW_DOWN, CALL, (Help.OTHERS_PAUSE,)),
        (CONNECTION, SLOW_UP, CALL, (Help.PAUSE_SENDING,)),
        (CONNECTION, rates(1.0, 1.0), CALL, (Help.PAUSE_SENDING, Help.OTHERS_PAUSE)),
        (None, SLOW_DOWN, CALL, (Help.OTHERS_PAUSE,)),
        (STRONG_WIFI, SLOW_DOWN, CALL, (Help.CABLE, Help.OTHERS_PAUSE)),
        (WEAK_WIFI, SLOW_DOWN, CALL, (Help.NEARER, Help.CABLE, Help.OTHERS_PAUSE)),
        (replace(CONNECTION, signal_bars=1), SLOW_DOWN, CALL, (Help.OTHERS_PAUSE,)),
        (WEAK_WIFI, LINE, call(loss_pct=3.0), (Help.NEARER, Help.CABLE, Help.OTHERS_PAUSE)),
        (replace(CONNECTION, vpn=True), SLOW_UP, CALL, (Help.VPN_OFF, Help.PAUSE_SENDING)),
        (replace(CONNECTION, others_down_mbps=5.0), SLOW_DOWN, CALL, (Help.CLOSE_PROGRAMS, Help.OTHERS_PAUSE)),
        (
            replace(WEAK_WIFI, others_down_mbps=5.0, vpn=True),
            SLOW_DOWN,
            CALL,
            (Help.NEARER, Help.CLOSE_PROGRAMS, Help.CABLE),
        ),
        # The visit by phone is always among the three where no picture will come.
        (CONNECTION, rates(9.6, 0.3), CALL, (Help.PAUSE_SENDING, Help.PHONE_VISIT)),
        (WEAK_WIFI, rates(9.6, 0.3), CALL, (Help.NEARER, Help.CABLE, Help.PHONE_VISIT)),
        (CONNECTION, LINE, call(loss_pct=8.0), (Help.OTHERS_PAUSE, Help.PHONE_VISIT)),
        # A network that blocks calls is not mended by a cable.
        (WEAK_WIFI, LINE, call(transport=Transport.TLS), ()),
        (replace(WEAK_WIFI, vpn=True), LINE, call(transport=Transport.TCP), (Help.VPN_OFF,)),
        (STRONG_WIFI, LINE, call(transport=Transport.TCP, jitter_ms=60.0), (Help.CABLE, Help.OTHERS_PAUSE)),
    ],
)
def test_only_what_would_help_on_this_line_is_offered(
    connection: ConnectionReading | None,
    speed: BandwidthReading,
    packets: CallQualityReading,
    helps: tuple[Help, ...],
) -> None:
    assert line(*filter(None, (connection, speed, packets))).helps == helps


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_the_figures_are_those_that_were_measured() -> None:
    assert line(CONNECTION, LINE, CALL).figures == Figures(
        down_mbps=9.63, up_mbps=2.94, rtt_ms=31.2, loss_pct=0.1, used_mb=1.1
    )
    bounded = line(CONNECTION, replace(LINE, down_at_least=True, up_counted_by=Counted.ESTIMATE), NO_CALL).figures
    assert (bounded.down_at_least, bounded.up_at_least, bounded.up_estimated) == (True, False, True)
    assert bounded.loss_pct is None
    paused = line(CONNECTION, replace(LINE, own_pause_ms=4000.0)).figures
    assert (paused.down_at_least, paused.up_at_least) == (True, True)
    nothing = line(CONNECTION, rates(None, None, up_counted_by=Counted.ESTIMATE, down_at_least=True, bytes_down=0))
    assert nothing.figures == Figures(rtt_ms=31.2, used_mb=0.3)


def test_what_a_call_used_is_used_too() -> None:
    assert line(CONNECTION, LINE, call(bytes_down=1_900_000, bytes_up=2_000_000)).figures.used_mb == pytest.approx(5.0)
    assert line(CONNECTION, call(bytes_down=1_900_000, bytes_up=2_000_000)).figures.used_mb == pytest.approx(3.9)


@pytest.mark.parametrize(
    "speed",
    [replace(LINE, failure=Failure.CANCELLED), replace(LINE, failure=Failure.CRASHED), replace(LINE, **LOST)],
)
def test_numbers_of_a_test_that_was_cut_off_are_no_figures_but_its_bytes_were_used(speed: BandwidthReading) -> None:
    assert line(CONNECTION, speed, NO_CALL).figures == Figures(used_mb=1.1)


@pytest.mark.parametrize(
    "packets",
    [
        call(transport=Transport.TCP, loss_pct=0.0),
        call(own_pause_ms=4000.0, loss_pct=40.0),
        call(failure=Failure.CANCELLED),
        NO_CALL,
        None,
    ],
)
def test_loss_is_told_only_where_it_was_seen(packets: CallQualityReading | None) -> None:
    assert line(*filter(None, (CONNECTION, LINE, packets))).figures.loss_pct is None


def test_no_line_check_at_all_is_unknown() -> None:
    assert line() == Forecast(outlook=Outlook.UNKNOWN)


# --- Numbers nobody thought of ---------------------------------------------------------------------------------------

RANK: Final = {Outlook.NOT_ENOUGH: 0, Outlook.SOUND_ONLY: 1, Outlook.MAY_FREEZE: 2, Outlook.GOOD: 3}

#: Both sides of every limit, the limits themselves, and anything between.
MBPS: Final = st.sampled_from((0.0, 0.05, 0.1, 0.3, 0.6, 1.0, 1.8, 5.0)) | st.floats(0, 1000)
PCT: Final = st.sampled_from((0.0, 2.0, 3.0, 5.0, 8.0, 100.0)) | st.floats(0, 100)
SPREAD_PCT: Final = st.sampled_from((0.0, 5.0, 30.0, 60.0, 150.0)) | st.floats(0, 300)
MS: Final = st.sampled_from((0.0, 40.0, 75.0, 100.0, 150.0, 300.0, 500.0)) | st.floats(0, 10_000)


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


SPEEDS: Final = st.builds(
    BandwidthReading,
    failure=st.sampled_from((None, None, None, *Failure)),
    down_mbps=some(MBPS),
    up_mbps=some(MBPS),
    down_at_least=st.booleans(),
    up_at_least=st.booleans(),
    down_spread_pct=some(SPREAD_PCT),
    up_spread_pct=some(SPREAD_PCT),
    rtt_ms=some(MS),
    jitter_ms=some(MS),
    loaded_rtt_ms=some(MS),
    own_pause_ms=some(MS),
    up_counted_by=some(st.sampled_from(Counted)),
    stopped_because=some(st.sampled_from(Stop)),
)
CALLS: Final = st.builds(
    CallQualityReading,
    failure=st.sampled_from((None, None, None, *Failure)),
    transport=some(st.sampled_from(Transport)),
    rate_mbps=some(MBPS),
    packets_sent=some(st.integers(0, 2000)),
    packets_counted=some(st.integers(0, 2000)),
    loss_pct=some(PCT),
    delay_ms=some(MS),
    jitter_ms=some(MS),
    own_pause_ms=some(MS),
)
CONNECTIONS: Final = st.builds(
    ConnectionReading,
    failure=st.sampled_from((None, None, None, *Failure)),
    reached=some(st.sampled_from(Reached)),
    medium=some(st.sampled_from(Medium)),
    signal_bars=some(st.integers(0, 4)),
    vpn=some(st.booleans()),
    metered=some(st.booleans()),
)


def readings_of(*readings: Reading | None) -> Iterable[Reading]:
    return (reading for reading in readings if reading is not None)


@settings(max_examples=400, deadline=None)
@given(connection=some(CONNECTIONS), speed=some(SPEEDS), packets=some(CALLS))
def test_nothing_unmeasured_ever_looks_good(
    connection: ConnectionReading | None, speed: BandwidthReading | None, packets: CallQualityReading | None
) -> None:
    got = line(*readings_of(connection, speed, packets))
    whole = {None, Failure.SERVER_UNREACHABLE, Failure.NO_CONNECTION, Failure.NO_SERVER}
    if speed is None or speed.down_mbps is None or speed.up_mbps is None or speed.failure not in whole:
        assert got.outlook not in {Outlook.GOOD, Outlook.MAY_FREEZE, Outlook.SOUND_ONLY}
    if got.outlook is Outlook.GOOD:
        assert speed
        assert min(speed.down_mbps or 0.0, speed.up_mbps or 0.0) >= 1.8
        assert not got.because
    if words_for_outlook(got) is GOOD:
        assert packets
        assert packets.loss_pct is not None
        assert packets.loss_pct <= 2
    assert (got.outlook in {Outlook.SOUND_ONLY, Outlook.NOT_ENOUGH}) is bool(
        Help.PHONE_VISIT in got.helps or "bandwidth.broke_off" in got.because
    )
    assert len(got.helps) <= 3
    for language in ("en", "es"):
        told = tell_outlook(got, language)
        assert told.text
        assert len(told.helps) == len(got.helps)


#: Of these, less is worse; of the others, more.
LESS_IS_WORSE: Final = {"down_mbps", "up_mbps", "rate_mbps"}
NUMBERS: Final = {
    "down_mbps": MBPS,
    "up_mbps": MBPS,
    "down_spread_pct": SPREAD_PCT,
    "up_spread_pct": SPREAD_PCT,
    "rtt_ms": MS,
    "jitter_ms": MS,
    "loaded_rtt_ms": MS,
    "rate_mbps": MBPS,
    "loss_pct": PCT,
    "delay_ms": MS,
}


@st.composite
def a_reading_and_a_worse_one(draw: st.DrawFn, readings: st.SearchStrategy[Any]) -> tuple[Any, Any]:
    """A reading, and another in which some numbers are worse. What is missing is missing in both."""
    reading = draw(readings)
    changes = {}
    for name, values in NUMBERS.items():
        value = getattr(reading, name, None)
        if value is not None and draw(st.booleans()):
            other = draw(values)
            changes[name] = min(value, other) if name in LESS_IS_WORSE else max(value, other)
    return reading, replace(reading, **changes)


@settings(max_examples=600, deadline=None)
@given(connection=CONNECTIONS, speeds=a_reading_and_a_worse_one(SPEEDS), calls=a_reading_and_a_worse_one(CALLS))
def test_worse_numbers_never_give_a_better_outlook(
    connection: ConnectionReading,
    speeds: tuple[BandwidthReading, BandwidthReading],
    calls: tuple[CallQualityReading, CallQualityReading],
) -> None:
    better = line(connection, speeds[0], calls[0]).outlook
    worse = line(connection, speeds[1], calls[1]).outlook
    if better is Outlook.UNKNOWN:
        assert worse not in {Outlook.GOOD, Outlook.MAY_FREEZE}
    elif worse is not Outlook.UNKNOWN:
        assert RANK[worse] <= RANK[better]


# --- Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ((CONNECTION, LINE, CALL), GOOD),
        ((CONNECTION, LINE, NO_CALL), FAST_ENOUGH),
        ((CONNECTION, LINE), FAST_ENOUGH),
        ((CONNECTION, SLOW_UP, CALL), MAY_FREEZE),
        ((CONNECTION, LINE, call(delay_ms=200.0)), LATE),
        ((CONNECTION, SLOW_UP, call(delay_ms=200.0)), MAY_FREEZE),
        ((CONNECTION, rates(9.6, 0.3), CALL), SOUND_ONLY),
        ((CONNECTION, rates(9.6, 0.3), call(delay_ms=200.0)), SOUND_ONLY),
        ((CONNECTION, rates(9.6, 0.05), CALL), NOT_ENOUGH),
        ((CONNECTION, rates(9.6, None, **LOST), CALL), BROKE_OFF),
        ((CONNECTION, rates(None, None), CALL), UNKNOWN),
        ((replace(CONNECTION, reached=Reached.PORTAL), rates(None, None), CALL), OFFLINE),
    ],
)
def test_the_headline_says_what_was_found(readings: tuple[Reading, ...], words: OutlookWords) -> None:
    got = line(*readings)
    assert words_for_outlook(got) is words
    told = tell_outlook(got, "en")
    assert (told.text, told.agent) == (words.text, words.agent)


def test_every_headline_and_every_help_is_there_once() -> None:
    assert len({words.text for words in EVERY_OUTLOOK}) == len(EVERY_OUTLOOK)
    assert set(HELPS) == set(Help)


@pytest.mark.parametrize(
    ("figures", "english", "spanish"),
    [
        (Figures(), (), ()),
        (Figures(rtt_ms=31.0, used_mb=1.0), (), ()),
        (
            Figures(down_mbps=9.63, up_mbps=2.94, rtt_ms=31.2, loss_pct=0.0, used_mb=1.04),
            ("Gets 9.6, sends 2.9 Mbit/s", "answers after 31 ms", "loses 0.0 %", "used 1.1 MB"),
            ("Recibe 9.6, manda 2.9 Mbit/s", "responde en 31 ms", "pierde 0.0 %", "usó 1.1 MB"),
        ),
        (
            Figures(down_mbps=941.7, up_mbps=412.0, down_at_least=True, up_estimated=True, used_mb=45.2),
            ("Gets at least 941, sends about 412 Mbit/s", "used 46 MB"),
            ("Recibe 941 o más, manda cerca de 412 Mbit/s", "usó 46 MB"),
        ),
        (
            Figures(down_mbps=0.599, up_mbps=0.0599, up_at_least=True, up_estimated=True, rtt_ms=0.04, used_mb=0.01),
            ("Gets 0.59, sends at least 0.05 Mbit/s", "answers after 1 ms", "used 0.1 MB"),
            ("Recibe 0.59, manda 0.05 o más Mbit/s", "responde en 1 ms", "usó 0.1 MB"),
        ),
        (
            Figures(down_mbps=4.0),
            ("Gets 4 Mbit/s, sending was not measured",),
            ("Recibe 4 Mbit/s, no se midió lo que manda",),
        ),
        (
            Figures(up_mbps=4.0, up_estimated=True),
            ("Sends about 4 Mbit/s, getting was not measured",),
            ("Manda cerca de 4 Mbit/s, no se midió lo que recibe",),
        ),
    ],
)
def test_figures_are_told_as_a_person_would_say_them(
    figures: Figures, english: tuple[str, ...], spanish: tuple[str, ...]
) -> None:
    got = Forecast(outlook=Outlook.UNKNOWN, figures=figures)
    assert tell_outlook(got, "en").figures == english
    assert tell_outlook(got, "es").figures == spanish


def test_a_line_that_is_paid_by_use_is_told_what_the_test_has_cost_and_only_once() -> None:
    told = tell_outlook(line(replace(CONNECTION, metered=True), LINE), "en")
    assert "1.1 MB" in told.cost
    assert not any("MB" in figure for figure in told.figures)
    assert tell_outlook(line(CONNECTION, LINE), "en").cost == ""
    unused = replace(LINE, bytes_down=0, bytes_up=0)
    assert tell_outlook(line(replace(CONNECTION, metered=True), unused), "en").cost == ""
