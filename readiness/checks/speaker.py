"""Would this person hear the doctor? Judges what the system says of the speaker and who heard what it played.

There are two witnesses: a person who counts tones, and the microphone that hears a chirp come back.

=================================  ==================  ========================================================
the person                         the microphone      finding
=================================  ==================  ========================================================
any answer                         any                 ``muted`` when the system says muted or volume 0
counted right                      any                 ``ok``, also at a low volume: it was enough
counted none                       any                 ``not_heard``
cannot hear or tell                nothing             ``not_heard``
cannot hear or tell                heard it            ``not_confirmed``: a person who is deaf, or the wrong room
counted some, but not right        nothing             ``not_confirmed``: neither proof that they hear nor against
counted some, but not right        heard it            ``ok``
nobody answered                    heard it            ``ok``
nobody answered                    nothing             ``not_confirmed``
=================================  ==================  ========================================================

What the microphone missed never counts against the speaker: headphones and echo cancellation keep the chirp from it.
"Muted" wins over everything because a virtual device loops sound back digitally, and because turning it on costs nothing.
"""

from __future__ import annotations

from datetime import date
from enum import Enum, auto
from typing import Final

import msgspec

from readiness.check import Check
from readiness.model import Failure, Finding, Status
from readiness.profile import Requirement
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import SpeakerReading

#: From here on the chirp was heard. Measured on synthetic rooms: what is not the chirp stays under 0.09.
HEARD_CORRELATION: Final = 0.15

#: Under a quarter of the scale a voice is a whisper: PulseAudio's scale is cubic (25 % is -36 dB), Windows' and macOS's
#: are tapered alike. Ours to choose; only ever a hint.
LOW_VOLUME_PCT: Final = 25.0

#: How many tones a person may have heard. 0 is a choice, so that the question does not say that there were some.
TONES: Final = Question("speaker.tones", (0, 1, 2, 3, 4))


class SpeakerRequirement(Requirement, frozen=True):
    """Nothing to set: a speaker is heard or it is not."""


class _Ears(Enum):
    """What a person's answer shows."""

    HEARD = auto()
    """They counted the tones that were played."""
    HEARD_NOTHING = auto()
    CANNOT_TELL = auto()
    UNSURE = auto()
    """They heard some, but not as many as were played, or nobody answered."""


class SpeakerCheck(Check[SpeakerReading, SpeakerRequirement]):
    id = "speaker"
    reads = SpeakerReading
    requires = SpeakerRequirement

    def judge(self, reading: SpeakerReading, requirement: SpeakerRequirement, today: date) -> tuple[Finding, ...]:
        if reading.failure is not None:
            return (self._failed(reading, reading.failure),)
        if _is_muted(reading):
            return (self.finding("muted", Status.FAIL),)
        ears = _ears(reading)
        if ears is _Ears.HEARD:
            return self.found(())
        findings: list[Finding] = []
        if ears is _Ears.HEARD_NOTHING or (ears is _Ears.CANNOT_TELL and not _came_back(reading)):
            findings.append(self.finding("not_heard", Status.FAIL))
        elif ears is _Ears.CANNOT_TELL or not _came_back(reading):
            findings.append(self.finding("not_confirmed", Status.UNKNOWN))
        if reading.volume_pct is not None and reading.volume_pct < LOW_VOLUME_PCT:
            findings.append(self.finding("low", Status.WARN, volume_pct=reading.volume_pct))
        return self.found(findings)

    def question(self, reading: SpeakerReading) -> Question | None:
        """How many tones were heard, once they were played and as long as nobody has said; never of a muted speaker."""
        answered = reading.tones_heard is not None or reading.cannot_tell
        if not reading.tones_played or answered or reading.failure is not None or _is_muted(reading):
            return None
        return TONES

    def answered(self, reading: SpeakerReading, question: Question, answer: Answer) -> SpeakerReading:
        match answer:
            case NoAnswer.CANNOT_TELL:
                return msgspec.structs.replace(reading, cannot_tell=True)
            case NoAnswer():
                return reading
            case heard:
                return msgspec.structs.replace(reading, tones_heard=heard)

    def _failed(self, reading: SpeakerReading, failure: Failure) -> Finding:
        match failure:
            case Failure.NONE_FOUND if reading.available:
                return self.finding("no_such", Status.FAIL, name=reading.name or "", available=reading.available)
            case Failure.NONE_FOUND | Failure.NO_SOUND_SYSTEM | Failure.UNPLUGGED:
                return self.finding("none", Status.FAIL)
            case Failure.NOT_ANSWERING | Failure.BUSY:  # a visit would not get to play anything on it either
                return self.finding("not_answering", Status.FAIL, name=reading.name or "")
            case _:  # no system refuses programs the use of a speaker: BLOCKED would be a thing we do not understand
                return self.not_checked(failure)


def _is_muted(reading: SpeakerReading) -> bool:
    return reading.muted is True or reading.volume_pct == 0


def _came_back(reading: SpeakerReading) -> bool:
    """Whether the microphone heard both chirps, with the same delay: one alone may be a chance likeness."""
    if reading.loop_correlation is None or reading.loop_delay_ms is None:
        return False
    return reading.loop_correlation >= HEARD_CORRELATION


def _ears(reading: SpeakerReading) -> _Ears:
    if reading.cannot_tell:
        return _Ears.CANNOT_TELL
    if not reading.tones_played or reading.tones_heard is None:
        return _Ears.UNSURE
    if reading.tones_heard == 0:
        return _Ears.HEARD_NOTHING
    return _Ears.HEARD if reading.tones_heard == reading.tones_played else _Ears.UNSURE
