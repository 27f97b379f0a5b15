"""A sound system in an enclosure: PulseAudio with a microphone and a speaker that are rooms of air, made of nothing.

The microphone hears a room: the sound of a `Voice`, and the speaker, when that is in the same room. Both are PulseAudio's
"null sinks", told not to render ahead (``norewinds``). Left alone they take and give two seconds at once, so that sound
begins two seconds late; real sound cards do that every few hundredths of a second.

The room's own sink is named as PulseAudio names the dummy that it offers where there is no speaker (module-always-sink):
programs that look for speakers know that it is none.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from typing import Final

from tests.lab.inside import Enclosure
from tests.lab.scenarios import Loudspeaker, Voice

MICROPHONE_NAME: Final = "Lab microphone"
SPEAKER_NAME: Final = "Lab speaker"

#: Commands that sound needs, and the Debian packages they are in.
NEEDS: Final = {
    "pulseaudio": "pulseaudio",
    "pactl": "pulseaudio-utils",
    "pacat": "pulseaudio-utils",
    "espeak-ng": "espeak-ng",
}
NEEDS_FILES: Final = {"alsa-lib/libasound_module_pcm_pulse.so": "libasound2-plugins"}

#: How long the speaker's sound is on its way through the room, ALSA's and PortAudio's buffers aside.
_LOOP_MS: Final = 30

#: PulseAudio's name for a sink that is no speaker.
_ROOM: Final = "auto_null"

#: As `tests.lab.sounds` makes it.
_RATE_HZ: Final = 48_000
_SHAPE: Final = f"rate={_RATE_HZ} format=s16le"


class SoundSystem:
    """PulseAudio in an enclosure, with one microphone, one speaker, or both."""

    def __init__(
        self,
        enclosure: Enclosure,
        voice: Voice | None,
        loudspeaker: Loudspeaker | None,
        environment: Mapping[str, str],
    ) -> None:
        self._enclosure = enclosure
        self._voice = voice
        self._loudspeaker = loudspeaker
        self._environment = environment
        self._folder = enclosure.folder

    def begin(self) -> None:
        """Start what takes a while."""
        script = self._folder / "lab.pa"
        script.write_text("\n".join(self._modules()) + "\n", encoding="utf-8")
        self._enclosure.start(
            "pulseaudio",
            [
                *("pulseaudio", "-n", "-F", str(script), "--log-target=stderr"),
                *("--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no"),
                *("--disable-shm=yes", "--realtime=no", "--high-priority=no"),
            ],
            self._environment,
        )

    def plug_in(self) -> None:
        """Come back when sound flows."""
        self._enclosure.await_("PulseAudio", lambda: self._pactl("info") is not None, "pulseaudio")
        if self._voice is not None:
            self.speak(self._voice)
        if self._loudspeaker is not None:
            self._turn(self._loudspeaker)
            self._place(self._loudspeaker)
        if self._voice is not None and self._voice.server_hangs:
            self._enclosure.signal("pulseaudio", signal.SIGSTOP)

    def speak(self, voice: Voice) -> None:
        """Let the microphone hear this from now on. A hung one stays hung."""
        if (self._folder / "voice.log").exists():
            self._enclosure.signal("voice", signal.SIGKILL)
            self._enclosure.await_("silence", lambda: not self._speaking(), "voice")
        if voice.unplugged_after_s is not None:
            self._unplug_after(voice.unplugged_after_s)
        from tests.lab import sounds

        sound = sounds.loop(voice)
        if sound is None or voice.hangs:
            return
        record = self._folder / "voice.raw"
        record.write_bytes(sound)
        play = f"pacat --playback --raw --device={_ROOM} --rate={_RATE_HZ} --format=s16le --channels=1"
        forever = f"while cat {shlex.quote(str(record))}; do :; done | {play} --latency-msec=500 --client-name=voice"
        self._enclosure.start("voice", ["sh", "-c", forever], self._environment)
        self._enclosure.await_("the voice", self._speaking, "voice", "pulseaudio")

    def unplug_microphone(self) -> None:
        """Pull it out, now."""
        self._pactl("unload-module", "module-remap-source")

    def set_volume(self, volume_pct: int) -> None:
        self._pactl("set-sink-volume", "speaker", f"{volume_pct}%")

    def set_muted(self, muted: bool) -> None:
        self._pactl("set-sink-mute", "speaker", str(int(muted)))

    def _turn(self, loudspeaker: Loudspeaker) -> None:
        if loudspeaker.volume_pct != 100:
            self.set_volume(loudspeaker.volume_pct)
        if loudspeaker.muted:
            self.set_muted(muted=True)

    def _place(self, loudspeaker: Loudspeaker) -> None:
        """Put it at a distance from the microphone, or fill the pipe of one that hangs."""
        if loudspeaker.hangs:
            full = os.open(self._folder / "speaker.pipe", os.O_RDWR | os.O_NONBLOCK)
            with contextlib.suppress(BlockingIOError):
                while os.write(full, bytes(4096)):
                    pass
            os.close(full)
        way = self._pactl("list", "short", "sink-inputs") or ""
        loops = [line.split()[0] for line in way.splitlines() if "module-loopback" in line]
        for number in loops:
            self._pactl("set-sink-input-volume", number, f"{loudspeaker.heard_db}dB")

    def _modules(self) -> list[str]:
        """What PulseAudio is made of, in its own words."""
        lines = [f"load-module module-native-protocol-unix socket={self._folder}/pulse.socket auth-anonymous=1"]
        room = self._voice is not None and not self._voice.hangs
        if self._loudspeaker is not None:
            described = f"sink_name=speaker sink_properties=\"device.description='{SPEAKER_NAME}'\" {_SHAPE} channels=2"
            if self._loudspeaker.hangs:
                # A pipe that nobody reads, and that is full already.
                lines.append(f"load-module module-pipe-sink file={self._folder}/speaker.pipe {described}")
            else:
                lines.append(f"load-module module-null-sink norewinds=1 {described}")
            lines.append("set-default-sink speaker")
        if self._voice is not None:
            described = f"source_name=microphone source_properties=\"device.description='{MICROPHONE_NAME}'\""
            if room:
                lines.append(f"load-module module-null-sink norewinds=1 sink_name={_ROOM} {_SHAPE} channels=1")
                lines.append(f"load-module module-remap-source master={_ROOM}.monitor {described} channels=1")
            else:
                # A pipe that nobody writes to.
                pipe = f"file={self._folder}/microphone.pipe {_SHAPE} channels=1"
                lines.append(f"load-module module-pipe-source {pipe} {described}")
            lines.append("set-default-source microphone")
        if room and self._loudspeaker is not None and self._loudspeaker.heard_db is not None:
            loop = f"source=speaker.monitor sink={_ROOM} latency_msec={_LOOP_MS} adjust_time=0"
            lines.append(f"load-module module-loopback {loop}")
        return lines

    def _unplug_after(self, seconds: float) -> None:
        """Pull the microphone out that long after the first program began to listen."""
        # Inside the loop: what comes after a pipe waits for pactl's next event, which may be the end of the listening.
        pull = f"sleep {seconds}; pactl unload-module module-remap-source; break"
        wait = f"while read -r event; do case $event in *new*source-output*) {pull};; esac; done"
        self._enclosure.start("unplugger", ["sh", "-c", f"pactl subscribe | {wait}"], self._environment)

    def _speaking(self) -> bool:
        return "voice" in (self._pactl("list", "sink-inputs") or "")

    def _pactl(self, *words: str) -> str | None:
        """What pactl answers; None when it could not do it."""
        done = subprocess.run(
            ["pactl", *words], env=dict(self._environment), capture_output=True, text=True, check=False, timeout=5
        )
        return done.stdout if done.returncode == 0 else None


def settings(*, microphone: bool, speaker: bool) -> str:
    """What ALSA, and so PortAudio, shall know of devices. Without a device, nothing: it really is not there.

    (Left to itself, ALSA's "pulse" offers a microphone also where PulseAudio has none: the speaker's own monitor.)
    """
    lines = []
    ways = [
        *([("playback", "speaker", SPEAKER_NAME)] if speaker else []),
        *([("capture", "microphone", MICROPHONE_NAME)] if microphone else []),
    ]
    for direction, device, name in ways:
        lines += [
            f'pcm."{name}" {{',
            "    type asym",
            f"    {direction}.pcm {{ type pulse device {device} }}",
            f'    hint {{ show on description "{name}" }}',
            "}",
        ]
    if ways:
        lines += ["pcm.default {", "    type asym"]
        lines += [f"    {direction}.pcm {{ type pulse device {device} }}" for direction, device, _ in ways]
        lines += ['    hint { show on description "Default" }', "}", "ctl.default { type pulse }"]
    else:
        # A default that leads nowhere: PortAudio ends the process when ALSA knows of nothing at all.
        lines.append("pcm.default { type hw card 0 }")
    return "\n".join(lines) + "\n"
