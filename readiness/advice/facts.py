"""What each fact of a reading is called, with its unit, for people who want to see what was measured.

By the name of the field in ``readiness.readings``. A fact that is not listed here is not shown to people; it is in the
JSON all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from readiness.text import N_

FACTS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "available": N_("All of them"),
    "held_by": N_("Used by"),
    # camera
    "width_px": N_("Width of the picture (pixels)"),
    "height_px": N_("Height of the picture (pixels)"),
    "fps": N_("Pictures each second"),
    "first_frame_ms": N_("Time to the first picture (ms)"),
    "mean_luma": N_("Brightness (0 to 255)"),
    "face": N_("Face in the picture"),
    # microphone
    "rms_dbfs": N_("Loudness (dBFS)"),
    "peak_dbfs": N_("Loudest point (dBFS)"),
    "floor_dbfs": N_("Loudness of the room (dBFS)"),
    "speech_dbfs": N_("Loudness of the voice (dBFS)"),
    "speech_heard": N_("A voice was heard"),
    "clipped_runs": N_("Times the sound was too loud"),
    # speaker
    "volume_pct": N_("Volume (percent)"),
    "muted": N_("Sound is off"),
    "loop_correlation": N_("Our sound came back (0 to 1)"),
    "loop_delay_ms": N_("Time until it came back (ms)"),
    "tones_played": N_("Tones played"),
    "tones_heard": N_("Tones heard"),
    # system and browser
    "version": N_("Version"),
    "installed": N_("Browsers on this computer"),
    # computer
    "cpu_busy_pct": N_("Other programs use the processor (percent)"),
    "memory_free_mib": N_("Free memory (MiB)"),
    "on_battery": N_("Runs on battery"),
    "battery_pct": N_("Battery (percent)"),
    "video_programs": N_("Video programs that are open"),
    # connection
    "reached": N_("How far the connection gets"),
    "medium": N_("Connected by"),
    "signal_bars": N_("Wi-Fi bars (0 to 4)"),
    "vpn": N_("VPN"),
    "proxy": N_("Proxy"),
    "proxy_script": N_("A script picks the proxy, from"),
    "socks": N_("SOCKS proxy"),
    "metered": N_("Paid by use"),
    "others_down_mbps": N_("Other programs get (megabits a second)"),
    "others_up_mbps": N_("Other programs send (megabits a second)"),
    "answer_s": N_("Time until the first site answered (seconds)"),
    "certificate_issuer": N_("The safe line is opened by"),
    "hosts_unreachable": N_("Sites that did not answer"),
    # line
    "down_mbps": N_("Gets (megabits a second)"),
    "up_mbps": N_("Sends (megabits a second)"),
    "down_at_least": N_("Gets this or more"),
    "up_at_least": N_("Sends this or more"),
    "down_spread_pct": N_("Getting goes up and down by (percent)"),
    "up_spread_pct": N_("Sending goes up and down by (percent)"),
    "up_counted_by": N_("What was sent was counted by"),
    "rtt_ms": N_("Reply time (ms)"),
    "loaded_rtt_ms": N_("Reply time on a busy line (ms)"),
    "bytes_down": N_("Test data received (bytes)"),
    "bytes_up": N_("Test data sent (bytes)"),
    "own_pause_ms": N_("Longest pause of this computer (ms)"),
    "server": N_("Measured against"),
    # call
    "transport": N_("A call goes over"),
    "rate_mbps": N_("Test call (megabits a second)"),
    "loss_pct": N_("Lost on the way (percent)"),
    "delay_ms": N_("Delay each way (ms)"),
    "jitter_ms": N_("Unevenness (ms)"),
    "mos": N_("Sound of a call, an estimate (1 to 4.5)"),
}

#: The values of facts that are one of a few.
FACT_VALUES: Final[Mapping[str, str]] = {
    "centre": N_("in the middle"),
    "edge": N_("at the edge"),
    "none": N_("not found"),
    "wired": N_("a cord"),
    "wifi": N_("Wi-Fi"),
    "mobile": N_("a mobile network"),
    "server": N_("the server"),
    "system": N_("this computer"),
    "estimate": N_("nobody, so this is an estimate"),
    "nothing": N_("nowhere: nothing is connected"),
    "link": N_("to the cord or Wi-Fi"),
    "address": N_("to this computer's address"),
    "gateway": N_("to your internet box"),
    "names": N_("to the name service"),
    "proxy_down": N_("to a proxy that lets nothing through"),
    "late": N_("not known: answers come too late"),
    "portal": N_("to a sign-in page"),
    "proxy_login": N_("to a proxy that wants a password"),
    "intercepted": N_("to a place that opens the safe line"),
    "internet": N_("to the internet"),
    "provider": N_("to your provider"),
    "udp": N_("UDP"),
    "tcp": N_("TCP"),
    "tls": N_("TLS on port 443"),
}
