"""The chooser of a camera, microphone or speaker, following what is plugged in and out."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from readiness.text import N_
from ui.visit import Visit
from ui.widgets.device_chooser import DeviceChooser

QUESTIONS = {
    "camera": N_("Which camera?"),
    "microphone": N_("Which microphone?"),
    "speaker": N_("Which speaker?"),
}


class DeviceChoice(DeviceChooser):
    """Keeps the person's choice in the visit."""

    changed = Signal()
    """Another one was chosen: what was measured of the last one is old."""
    offering = Signal(str)
    """What to announce of something that was just plugged in."""

    def __init__(self, visit: Visit, kind: str) -> None:
        super().__init__()
        self._visit = visit
        self._kind = kind
        self.chosen.connect(self._choose)
        visit.devices_changed.connect(self.list_devices)
        visit.plugged.connect(self._plugged)

    @Slot()
    def list_devices(self) -> None:
        """Show what there is to choose from now."""
        self.show_names(self._visit.names_of(self._kind), getattr(self._visit.choices, self._kind))

    def retranslate(self) -> None:
        """Put the words into the person's language."""
        self.set_question(self._visit.say(QUESTIONS[self._kind]))
        if self.offered:
            self._offer(self.offered)

    def take_offer(self) -> bool:
        """Use what was plugged in meanwhile, if there is such a thing; returns whether there was."""
        if self.offered:
            self._choose(self.offered)
            return True
        return False

    @Slot(str)
    def _choose(self, name: str) -> None:
        self.withdraw()
        self._visit.choose(**{self._kind: name})
        self.list_devices()
        self.changed.emit()

    @Slot(str, str)
    def _plugged(self, kind: str, name: str) -> None:
        if kind != self._kind or not self.isVisible():
            return
        self.offering.emit(self._visit.say(N_("You just plugged in {name}. Use it?"), name=name))
        if self._visit.is_running(kind):
            self._offer(name)
        else:  # there was none that worked: take it without asking
            self._choose(name)

    def _offer(self, name: str) -> None:
        self.offer(name, self._visit.say(N_("Use {name}"), name=name))
