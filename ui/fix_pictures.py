"""Which drawing goes with which finding that a person can mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: What each of `ui.pictures` helps to mend: the first step, or the one that helps most often.
_MENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "lamp-in-front": (
        "camera.dark",
        "camera.slow",
    ),
    "face-the-window": ("camera.backlit",),
    "open-the-cover": (
        "camera.covered",
        "camera.not_seen",
        "camera.none",
    ),
    "wipe-the-camera": ("camera.blurred",),
    "sit-in-front": ("camera.no_face",),
    "privacy-switch": ("camera.blocked",),
    "close-programs": (
        "camera.busy",
        "camera.frozen",
        "camera.virtual",
        "microphone.busy",
        "speaker.not_answering",
        "bandwidth.disturbed",
        "call_quality.disturbed",
        "computer.busy",
        "computer.low_memory",
        "computer.video_programs",
        "computer.not_checked",
        "connection.line_in_use",
        "connection.slow",
        "bandwidth.slow_up",
        "bandwidth.slow_when_busy",
    ),
    "plug-in": (
        "camera.not_answering",
        "camera.unplugged",
        "camera.no_such",
        "microphone.none",
        "microphone.not_answering",
        "microphone.unplugged",
        "microphone.no_such",
        "speaker.none",
        "speaker.no_such",
    ),
    "join-by-phone": (
        "bandwidth.sound_only",
        "bandwidth.too_slow_down",
        "bandwidth.too_slow_up",
        "camera.small",
        "operating_system.unknown",
        "operating_system.unsupported",
        "browser.not_checked",
        "operating_system.not_checked",
        "operating_system.outdated",
        "connection.metered",
        "connection.proxy_login",
        "connection.tls_intercepted",
        "connection.proxy_down",
        "connection.proxy_script",
        "connection.socks_proxy",
        "call_quality.udp_blocked",
        "call_quality.tls_only",
        "call_quality.credentials_refused",
    ),
    "restart": (
        "camera.not_checked",
        "microphone.not_checked",
        "speaker.not_checked",
    ),
    "volume-up": (
        "speaker.muted",
        "speaker.low",
        "speaker.not_heard",
        "speaker.not_confirmed",
    ),
    "speak-closer": (
        "microphone.quiet",
        "microphone.no_speech",
    ),
    "move-back": ("microphone.clipping",),
    "quiet-room": ("microphone.noisy",),
    "nearer-to-router": (
        "connection.no_link",
        "connection.weak_wifi",
        "bandwidth.slow_down",
        "bandwidth.unsteady",
        "bandwidth.jitter",
        "call_quality.low_rate",
    ),
    "use-a-cable": (
        "bandwidth.slow_reply",
        "call_quality.too_much_delay",
        "call_quality.too_much_jitter",
        "call_quality.too_much_loss",
        "call_quality.loss",
        "call_quality.delay",
        "call_quality.jitter",
    ),
    "restart-the-box": (
        "connection.no_address",
        "connection.no_gateway",
        "connection.no_dns",
        "connection.no_internet",
        "bandwidth.broke_off",
    ),
    "get-the-browser": (
        "connection.not_checked",
        "connection.captive_portal",
        "browser.none",
        "browser.outdated",
        "browser.unsupported",
        "browser.internet_explorer",
        "browser.not_recommended",
        "browser.not_default",
    ),
    "wait-and-retry": (
        "connection.provider_unreachable",
        "bandwidth.not_checked",
        "bandwidth.unfinished",
        "bandwidth.server_unreachable",
        "bandwidth.not_measured",
        "call_quality.not_checked",
        "call_quality.not_measured",
        "call_quality.server_unreachable",
    ),
    "flip-the-switch": (
        "connection.vpn",
        "connection.wrong_clock",
    ),
    "microphone-switch": (
        "microphone.blocked",
        "microphone.silent",
    ),
    "charge": ("computer.low_battery",),
}

#: From findings to drawings.
PICTURES: Final[Mapping[str, str]] = {finding: name for name, findings in _MENDS.items() for finding in findings}


def picture_for(finding_id: str) -> str:
    """The drawing for a finding; empty for one that has none."""
    return PICTURES.get(finding_id, "")
