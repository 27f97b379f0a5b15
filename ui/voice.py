"""A voice that reads aloud what is announced, where the system has one. It never keeps the window waiting.

The ways of Windows and macOS were not run here: their command lines are tested as they are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal, Slot

from readiness.readings import OsFamily
from readiness.text import LANGUAGES
from ui.program import found, program
from ui.visit import Visit

_MAC_VOICES: Final = {"en": "Samantha", "es": "Paulina"}

_WINDOWS_CULTURES: Final = {"en": "en-US", "es": "es-MX"}

#: Without a voice for the language it ends with an error: Spanish in an English voice helps nobody.
_WINDOWS_SCRIPT: Final = (
    "$ErrorActionPreference = 'Stop'; "
    "Add-Type -AssemblyName System.Speech; "
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$voice.SelectVoiceByHints('NotSet', 'NotSet', 0, [Globalization.CultureInfo]::GetCultureInfo('{culture}')); "
    "$voice.Rate = {rate}; "
    "$voice.Speak([Console]::In.ReadToEnd())"
)

#: How long the window waits for a voice to be gone when it closes. It is killed, so this is never reached.
_END_MS: Final = 1000


@dataclass(frozen=True)
class Speaker:
    """A program that speaks what it reads from its standard input."""

    path: str
    arguments: tuple[str, ...]
    silence: tuple[str, ...] = ()
    """How the program is told to be silent, where it only hands on to a service that speaks."""


#: How fast a voice may read, in percent of its usual rate.
RATES_PCT: Final = (70, 85, 100, 125, 150)

#: Words a minute of the usual rate, for programs that want them.
_WORDS_PER_MINUTE: Final = 150


def speaker(family: OsFamily, language: str, rate_pct: int = 100) -> Speaker | None:
    """What speaks on this system in this language; None where nothing does."""
    words_per_minute = str(round(_WORDS_PER_MINUTE * rate_pct / 100))
    if language not in LANGUAGES:
        return None
    match family:
        case OsFamily.MACOS:
            rate = () if rate_pct == 100 else ("-r", words_per_minute)
            return Speaker("/usr/bin/say", ("-v", _MAC_VOICES[language], *rate, "-f", "-"))
        case OsFamily.WINDOWS:
            rate_of_ten = str(round((rate_pct - 100) / 10))  # from -10 to 10
            script = _WINDOWS_SCRIPT.replace("{culture}", _WINDOWS_CULTURES[language]).replace("{rate}", rate_of_ten)
            return Speaker("powershell", ("-NoProfile", "-NonInteractive", "-Command", script))
        case OsFamily.LINUX:
            if path := found("espeak-ng"):
                voice = "es-419" if language == "es" else "en-us"
                return Speaker(path, ("-v", voice, "-s", words_per_minute, "--stdin"))
            if path := found("spd-say"):
                rate = () if rate_pct == 100 else ("--rate", str(rate_pct - 100))
                return Speaker(path, ("--wait", "--language", language, *rate, "--pipe-mode"), ("--cancel",))
    return None


class Voice(QObject):
    """Says one text at a time, while it is on: a new one ends the one before."""

    turned = Signal(bool)
    failed = Signal()
    """The system's voice did not speak: it has none, or none for the language."""

    def __init__(self, visit: Visit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._visit = visit
        self._process: QProcess | None = None
        self._silence: tuple[str, ...] = ()
        self.is_on = False
        self.rate_pct = 100
        """How fast it reads: one of `RATES_PCT`."""
        if app := QCoreApplication.instance():
            app.aboutToQuit.connect(self.stop)

    @property
    def is_there(self) -> bool:
        return speaker(self._visit.machine.family, self._visit.language) is not None

    @property
    def is_speaking(self) -> bool:
        return self._process is not None

    @Slot(bool)
    def turn(self, on: bool) -> None:
        """Read aloud from now on, or no more."""
        if on != self.is_on:
            self.is_on = on
            self.stop()
            self.turned.emit(on)

    @Slot(str)
    def hear(self, text: str) -> None:
        """Something was announced: read it aloud, if the person wants that."""
        if self.is_on:
            self.say(text)

    def change_rate(self, steps: int) -> None:
        """Read faster or slower from now on, as far as that goes."""
        place = RATES_PCT.index(self.rate_pct) + steps
        self.rate_pct = RATES_PCT[min(max(place, 0), len(RATES_PCT) - 1)]

    def say(self, text: str) -> None:
        """Read a text aloud, in the person's language."""
        self.stop()
        chosen = speaker(self._visit.machine.family, self._visit.language, self.rate_pct)
        if chosen is None:
            self.failed.emit()
            return
        process = program(chosen.path, chosen.arguments)
        process.setParent(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._end)
        self._process = process
        self._silence = chosen.silence
        process.start()
        process.write(text.encode())
        process.closeWriteChannel()

    @Slot()
    def stop(self) -> None:
        """Be silent, at once."""
        process, self._process = self._process, None
        if process is not None:
            if self._silence:
                program(process.program(), self._silence).startDetached()
            process.kill()
            process.waitForFinished(_END_MS)
            process.deleteLater()

    def _end(self) -> None:
        process = self._process
        if process is None or process is not self.sender():
            return
        self._process = None
        went_well = process.error() is QProcess.ProcessError.UnknownError and process.exitCode() == 0
        process.deleteLater()
        if not went_well:
            self.failed.emit()
