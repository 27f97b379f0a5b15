"""What the window remembers of a person between two starts: language, text size and colours. Nothing else."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from readiness.text import LANGUAGES
from ui import theme


class Preferences:
    """Read once, written when the person changes something. What is asked for on the command line wins."""

    def __init__(self, language: str | None, tone: str | None, scale_pct: int | None) -> None:
        self._kept = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "readiness", "window")
        self._asked_language = language
        self._asked_tone = tone
        self._asked_scale_pct = scale_pct

    @property
    def language(self) -> str | None:
        """The language that was asked for or chosen last; None to follow the system."""
        if self._asked_language:
            return self._asked_language
        kept = self._kept.value("language")
        return kept if isinstance(kept, str) and kept in LANGUAGES else None

    @property
    def follows_system(self) -> bool:
        """Whether the colours are the system's, because nobody has chosen others."""
        return not (self._asked_tone or self._kept.value("tone"))

    def look(self, app: QApplication) -> theme.Look:
        """The look that was asked for or chosen last; else the system's."""
        tone = self._asked_tone or self._kept.value("tone")
        scale = self._asked_scale_pct or self._kept.value("scale_pct")
        known_tone = isinstance(tone, str) and tone in {known.value for known in theme.Tone}
        known_scale = str(scale).isdigit() and int(str(scale)) in theme.SCALES_PCT
        return theme.Look(
            tone=theme.Tone(tone) if known_tone else theme.system_tone(app),
            scale_pct=int(str(scale)) if known_scale else 100,
            reduced_motion=theme.system_reduced_motion(),
        )

    def keep_language(self, language: str) -> None:
        self._kept.setValue("language", language)

    def keep_look(self, look: theme.Look) -> None:
        self._kept.setValue("tone", look.tone.value)
        self._kept.setValue("scale_pct", look.scale_pct)
