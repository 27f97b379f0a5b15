"""The camera: a mirror, a word of advice, and one question."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage, QResizeEvent

from readiness.live import Picture
from readiness.model import Finding, Status
from readiness.questions import Answer, NoAnswer
from readiness.text import N_
from ui import theme
from ui.pages.page import Action, Actions, Navigator
from ui.pages.trying import TryingPage
from ui.visit import Visit
from ui.widgets.picture_view import PictureView

#: What is left free for the coaching below the picture: two lines of it, and gaps.
_WORDS_PX: Final = 130


class CameraPage(TryingPage):
    name = check = "camera"
    headline = N_("Can you see yourself?")
    step = 1
    following = "microphone"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._view = PictureView()
        self.put(self._view.setAccessibleName, N_("Your picture, as in a mirror"))
        self.body.addWidget(self._view)
        self.add_common()
        visit.pictured.connect(self._show)

    @property
    def is_showing(self) -> bool:
        """Whether a picture is there to look at."""
        return not self._view.is_off

    def enter(self, **what: object) -> None:
        self._view.show_off(self.visit.say(N_("Your camera is starting.")))
        super().enter(**what)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()

    def rescale(self) -> None:
        super().rescale()
        words = self.title.sizeHint().height() + theme.px(_WORDS_PX) + 2 * theme.SPACE_L
        self._view.fit_into(self.viewport().height() - words)

    def leave(self) -> None:
        super().leave()
        self._view.show_off("")

    def refresh(self) -> None:
        super().refresh()
        if not self.told:
            self.coach.show_note(
                Status.UNKNOWN, self.visit.say(N_("Your camera is starting. Look into the camera.")), icon="clock"
            )

    def ways_on(self) -> Actions:
        if not self.is_trying and self.finding:
            return self.after_failure()
        return Actions(
            primary=Action(N_("Yes, I see myself"), lambda: self._say(1)),
            others=(
                Action(N_("No"), lambda: self._say(0)),
                Action(N_("I can't tell"), lambda: self._say(NoAnswer.CANNOT_TELL)),
                Action(N_("Skip"), self.skip),
            ),
        )

    def coached(self, finding: Finding) -> tuple[Status, str]:
        if finding.status is Status.PASS:
            return Status.PASS, self.visit.say(N_("Your picture looks good."))
        if self.is_trying and finding.id == "camera.not_checked":
            return Status.UNKNOWN, self.visit.say(N_("We look at your picture. This takes a moment."))
        return super().coached(finding)

    def is_done(self) -> None:
        if self.finding and self.finding.status is Status.FAIL:
            self._view.show_off(self.visit.say(N_("No picture")))
        super().is_done()

    def _say(self, answer: Answer) -> None:
        self.visit.finish(answer)

    @Slot(object)
    def _show(self, picture: Picture) -> None:
        image = QImage(
            picture.rgb, picture.width_px, picture.height_px, 3 * picture.width_px, QImage.Format.Format_RGB888
        )
        self._view.show_picture(image.copy())  # the bytes belong to the picture, which is forgotten now
