"""The facts each probe reads from the machine, one class a subject.

Units are in the names: ``_ms _px _pct _dbfs _mbps``. None means "could not be had". Nothing here says good or bad, and
nothing here is a picture or a sound.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from readiness.model import OsFamily as OsFamily  # noqa: PLC0414 - it belongs to these facts, too
from readiness.model import Reading


class FacePlace(StrEnum):
    """Where a face was found in the picture."""

    CENTRE = "centre"
    EDGE = "edge"
    NONE = "none"


class Medium(StrEnum):
    """What carries the line out of this computer."""

    WIRED = "wired"
    WIFI = "wifi"
    MOBILE = "mobile"


class Reached(StrEnum):
    """How far out of this computer a connection got: the first layer that did not answer ends the list."""

    NOTHING = "nothing"
    """No network adapter is connected."""
    LINK = "link"
    """An adapter is connected but has no address."""
    ADDRESS = "address"
    """There is an address, but no way out of the home network."""
    GATEWAY = "gateway"
    """The router answers (or a route exists), but names are not resolved."""
    NAMES = "names"
    """Names are resolved, but no host answered."""
    PROXY_DOWN = "proxy_down"
    """The proxy of the system's settings does not answer, or lets nothing through."""
    LATE = "late"
    """Answers come, but so late that none was complete in our time."""
    PORTAL = "portal"
    """A sign-in page answers in place of the internet."""
    PROXY_LOGIN = "proxy_login"
    """A proxy wants a name and a password first."""
    INTERCEPTED = "intercepted"
    """Somebody between here and the provider opens the encryption."""
    INTERNET = "internet"
    """The internet answers, the provider's hosts do not."""
    PROVIDER = "provider"
    """The provider's hosts answer over TLS with a trusted certificate."""


class Stop(StrEnum):
    """Why the measuring of a direction ended."""

    STEADY = "steady"
    """The rate did not change any more."""
    ENOUGH = "enough"
    """It was clear that the rate is well above or well below what is needed."""
    TIME = "time"
    BYTES = "bytes"
    """The line is at least as fast as told."""
    LOST = "lost"
    """Nothing came any more."""


class Counted(StrEnum):
    """Who counted what arrived at the other end."""

    SERVER = "server"
    SYSTEM = "system"
    """This computer's own system, by what the other end has acknowledged."""
    ESTIMATE = "estimate"
    """Nobody: taken from what the server has answered for."""


class Transport(StrEnum):
    """What carries packets to a TURN server."""

    UDP = "udp"
    """What calls use wherever they can."""
    TCP = "tcp"
    TLS = "tls"
    """TCP on port 443, encrypted: it looks like any web page."""


class CameraReading(Reading, frozen=True, kw_only=True):
    """About two seconds of pictures, looked at in memory and forgotten. The first second does not count."""

    name: str | None = None
    available: tuple[str, ...] = ()
    """Names of all cameras, in the system's order."""
    width_px: int | None = None
    height_px: int | None = None
    fps: float | None = None
    """Measured pictures a second: what came, not what the driver promises."""
    first_frame_ms: float | None = None
    """From the call that opens the camera to the first picture."""
    frames: int | None = None
    """How many pictures the facts below were taken from."""
    mean_luma: float | None = None
    """0.21 R + 0.72 G + 0.07 B over all pixels and pictures, 0 (black) to 255 (white)."""
    luma_std: float | None = None
    """Standard deviation of luma inside a picture, the median over pictures: a covered lens is even all over."""
    gradient: float | None = None
    """Mean absolute difference of neighbouring pixels after smoothing: what is left is edges, not noise."""
    dark_pct: float | None = None
    """Share of pictures with a mean luma under 20 of 255."""
    centre_luma: float | None = None
    """Mean luma of the middle, where a face would be."""
    border_luma: float | None = None
    """Mean luma of the upper corners and sides, where a window behind the person would be."""
    identical_pct: float | None = None
    """Share of pictures equal to the one before, bit for bit: a live sensor always has noise."""
    still_pct: float | None = None
    """Share of new pictures with a structural similarity over 0.985 to the one before."""
    sharpness: float | None = None
    """Variance of the Laplacian after removing noise, in per cent of that of the picture at half the size: about 50 and
    more is sharp, under 16 blurred. None where nothing in the picture has an edge. Only ever a hint."""
    face: FacePlace | None = None
    virtual: bool | None = None
    """Whether the camera is a program (OBS, Snap Camera, …) and not a lens."""
    held_by: tuple[str, ...] = ()
    """Programs that hold the camera now, as far as the system tells."""
    shown: bool = False
    """Whether a person was shown the pictures."""
    seen: bool | None = None
    """A person's answer: whether they see themselves in them; None when nobody answered."""
    cannot_tell: bool = False
    """Whether a person said that they cannot tell."""


class MicrophoneReading(Reading, frozen=True, kw_only=True):
    """A few seconds of sound, measured in memory and forgotten. dBFS: 0 is a full-scale square wave."""

    name: str | None = None
    available: tuple[str, ...] = ()
    duration_s: float | None = None
    """How much sound the facts below were taken from."""
    rms_dbfs: float | None = None
    """Level over everything that was heard."""
    peak_dbfs: float | None = None
    level_dbfs: float | None = None
    """Level of the last tenth of a second: for meters, nothing to judge by."""
    floor_dbfs: float | None = None
    """Level of the quietest tenth of the 20 ms pieces: the room."""
    speech_dbfs: float | None = None
    """Level over the pieces in which speech was heard; None when none was."""
    speech_heard: bool | None = None
    clipped_runs: int | None = None
    """Runs of more than 6 samples in a row at full scale."""
    held_by: tuple[str, ...] = ()


class SpeakerReading(Reading, frozen=True, kw_only=True):
    """What the system says of the speaker, and what was heard of the sounds we played."""

    name: str | None = None
    available: tuple[str, ...] = ()
    volume_pct: float | None = None
    """0 to 100, None where the system does not tell."""
    muted: bool | None = None
    loop_correlation: float | None = None
    """Normalised correlation, 0 to 1, of the chirp we played with what the microphone heard: the weaker of two."""
    loop_delay_ms: float | None = None
    """From playing to hearing; None unless both chirps came back with the same delay, 10 ms apart at most."""
    tones_played: int | None = None
    tones_heard: int | None = None
    """A person's answer; None when nobody answered."""
    cannot_tell: bool = False
    """Whether a person said that they could not hear or tell."""


class OperatingSystemReading(Reading, frozen=True, kw_only=True):
    family: OsFamily | None = None
    name: str | None = None
    """What the system calls itself: "Windows 11", "macOS 15.1", "Debian GNU/Linux 12"."""
    version: str | None = None
    """Windows: marketing release, a dot and the build ("11.26100"); macOS: "15.1"; Linux: VERSION_ID."""


class InstalledBrowser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    """chrome, msedge, firefox, safari, chromium, brave, opera, msie, …: the names of the package pybrowsers."""
    name: str
    version: str | None
    is_default: bool


class BrowserReading(Reading, frozen=True, kw_only=True):
    family: OsFamily | None = None
    installed: tuple[InstalledBrowser, ...] | None = None


class ComputerReading(Reading, frozen=True, kw_only=True):
    cpu_busy_pct: float | None = None
    """Over all cores, without our own processes, for about a second."""
    memory_free_mib: float | None = None
    """What programs can get without swapping."""
    on_battery: bool | None = None
    """None where the machine has no battery or does not tell."""
    battery_pct: float | None = None
    video_programs: tuple[str, ...] = ()
    """Running programs that are known to use a camera, by their usual names."""


class ConnectionReading(Reading, frozen=True, kw_only=True):
    reached: Reached | None = None
    medium: Medium | None = None
    signal_bars: int | None = None
    """Wi-Fi only: 1 to 4 (Android's table: -55, -66, -77 dBm), 0 under -88 dBm."""
    vpn: bool | None = None
    proxy: bool | None = None
    """Whether the system's settings send web traffic through a proxy that we can speak to."""
    proxy_script: str | None = None
    """The host (of a file, its name) of the script by which browsers here choose a proxy; "" for one that the network
    is asked for (WPAD). We do not run it."""
    socks: bool | None = None
    """Whether the system's settings name a SOCKS proxy. We do not use it."""
    metered: bool | None = None
    """Whether the system counts this line as one that is paid by use."""
    others_down_mbps: float | None = None
    """What came over the adapter in use while we were quiet: other programs on this computer. Mbit/s (10^6)."""
    others_up_mbps: float | None = None
    answer_s: float | None = None
    """How long the quickest of the hosts that count took, name and encryption included."""
    hosts_unreachable: tuple[str, ...] = ()
    """Provider hosts that did not answer while others did."""
    certificate_issuer: str | None = None
    """Who signed the provider's certificate, when this computer does not trust it."""
    portal_url: str | None = None
    """Where the sign-in page is, when there is one."""
    clock_off_h: float | None = None
    """How far this computer's clock is ahead of a web server's; asked only when a certificate's dates did not fit."""


class BandwidthReading(Reading, frozen=True, kw_only=True):
    """Rates of payload that arrived, in Mbit/s (10^6)."""

    down_mbps: float | None = None
    up_mbps: float | None = None
    down_at_least: bool = False
    """The line carries this or more: measuring ended at its limit of bytes, or round trips beside it took no longer than
    without load, so that the line was not what held it up (the server was, most likely)."""
    up_at_least: bool = False
    down_spread_pct: float | None = None
    """How far the rate moved while it was measured, in per cent of it: a line at rest has 5 or less."""
    up_spread_pct: float | None = None
    up_counted_by: Counted | None = None
    """Who counted what arrived of the upload."""
    rtt_ms: float | None = None
    """Round trip with nothing else on the line, the median."""
    jitter_ms: float | None = None
    """Interarrival jitter of those round trips (RFC 3550, section 6.4.1), the two largest differences of many left out:
    a packet that was lost and sent again makes two that are none of jitter."""
    loaded_rtt_ms: float | None = None
    """Round trip while the line is full, the median over the direction where it is longer."""
    bytes_down: int = 0
    """Everything that the measurement brought over the line, headers and losses included, as its adapter counts."""
    bytes_up: int = 0
    own_pause_ms: float | None = None
    """The longest while in which this computer did not let the measurement run: too busy, or asleep."""
    server: str | None = None
    """Host name of the server that was measured against."""
    server_kind: str | None = None
    """librespeed, speedtest_net or cloudflare."""
    stopped_because: Stop | None = None
    """Why the measuring of the slower direction ended; LOST where the line died under either."""
    servers_tried: tuple[str, ...] = ()
    """Host names that were tried and did not do, in order."""


class CallQualityReading(Reading, frozen=True, kw_only=True):
    """Packets as a video call sends them, to a TURN server and back to this computer: there and back is the loop."""

    transport: Transport | None = None
    """What carried the packets: the first of UDP, TCP and TLS that the server answered over."""
    rate_mbps: float | None = None
    """How much the packets carried, in Mbit/s (10^6), each way: everything below was measured at this rate."""
    higher_rate_mbps: float | None = None
    """The rate that was tried before and did not fit through the line, so that a call would have stepped down."""
    higher_rate_loss_pct: float | None = None
    """What was lost at that rate."""
    duration_s: float | None = None
    """How long packets were sent at `rate_mbps`."""
    packets_sent: int | None = None
    packets_counted: int | None = None
    """Of those sent, the ones that this computer did not disturb itself: only they are judged."""
    loss_pct: float | None = None
    """Counted packets that did not come back: lost on the way there or on the way back. Over TCP and TLS nothing is
    lost for good, so it says little there."""
    loop_ms: float | None = None
    """There and back, the median."""
    loop_p95_ms: float | None = None
    """95 of 100 packets came back within this time."""
    delay_ms: float | None = None
    """One way: half of `loop_ms`, as nobody at the other end compares clocks with us."""
    jitter_ms: float | None = None
    """Interarrival jitter (RFC 3550, section 6.4.1) of the loop, over all counted packets."""
    reordered: int | None = None
    """Packets that came after one that was sent later."""
    longest_loss: int | None = None
    """The most packets in a row that were lost."""
    longest_gap_ms: float | None = None
    """The longest while in which packets were under way and none came."""
    mos: float | None = None
    """What a listener would say of the sound, 1 (bad) to 4.5 (best): an estimate after ITU-T G.107, for voice only."""
    own_pause_ms: float | None = None
    """The longest while in which this computer did not let the measurement run: too busy, or asleep."""
    bytes_down: int = 0
    """Everything that the packets brought over the line, headers included, whatever rate they were sent at."""
    bytes_up: int = 0
    credentials_refused: bool = False
    """Whether a server did not take the name and password of the profile."""
    server: str | None = None
    """Host name of the server that was measured against."""
    servers_tried: tuple[str, ...] = ()
    """Host names that were tried and did not do, in order."""


class DevicesReading(Reading, frozen=True, kw_only=True):
    """Everything that could be chosen, by name, the system's default first. None where the list could not be had."""

    cameras: tuple[str, ...] | None = None
    microphones: tuple[str, ...] | None = None
    speakers: tuple[str, ...] | None = None
