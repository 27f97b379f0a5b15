"""A picture of the very page that the caller has before them, in the caller's language, with the step that is talked about.

The page itself is drawn, off the screen, from what the code tells; a value that the code does not tell is "…". It is made
when the window is idle, in two short turns, so that typing never waits for it.
"""

from __future__ import annotations

from string import Formatter
from typing import Final, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from readiness.advice import Advice, advice_for
from readiness.agent.call import Call, Stage, required
from readiness.model import Finding, Param, Result, Status
from readiness.situation_words import known_values
from readiness.support_code import Situation
from readiness.testing import FakeMachine
from ui import theme
from ui.footer import Footer
from ui.pages import page_called
from ui.pages.page import Page
from ui.visit import Visit
from ui.voice import Voice
from ui.widgets.spoken_code import SpokenCode
from ui.widgets.step_list import StepList

#: A page as narrow as its column, so that its words stay large in the picture; it shows as much below as there is room.
_PAGE_PX: Final = QSize(800, 400)
_LEAST_HEIGHT_PX: Final = 240

#: Body text of 18 px is 11 px then: the least that is read with ease beside the script.
_LEAST_SCALE: Final = 0.62

#: Which page the caller is on.
_PAGES: Final = {
    Stage.CODE: "help",
    Stage.CONFIRM: "fix",
    Stage.STEP: "fix",
    Stage.WHERE: "fix",
    Stage.JOIN: "join",
    Stage.CARE: "care",
}

#: Where a caller finds a code that nobody has told us yet.
_NO_CODE_YET: Final = "-".join(["••••"] * 4)


class Scene(NamedTuple):
    """All that a picture depends on."""

    page: str
    finding: str
    step: int | None
    language: str
    code: str
    """As it stands on the caller's screen."""
    situation: Situation


def scene_of(call: Call) -> Scene | None:
    """What the caller has before them; None where that is not known."""
    page = _PAGES.get(call.stage)
    if page is None:
        return None
    step = call.step if call.stage in (Stage.STEP, Stage.WHERE) else None
    code = call.codes[-1] if call.codes else _NO_CODE_YET
    return Scene(page, call.finding, step, call.language, code, call.situation)


class CallersScreen(QWidget):
    """Show with `show_call`; `drawn` when the picture is there."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self._call: Call | None = None
        self._copy: PageCopy | None = None
        self._picture = QPixmap()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.px(120))

    @property
    def is_drawn(self) -> bool:
        """Whether it shows what it was told to show."""
        return not self._turn.isActive()

    def show_call(self, call: Call) -> None:
        """The page for where a call stands now."""
        scene = scene_of(call)
        if scene == self.scene:
            return
        self.scene, self._call = scene, call
        self.stop()
        if scene is None:
            self._show(QPixmap(), "")
        else:
            self._turn.start()

    def renew(self) -> None:
        """Draw the same page again, in other colours."""
        if self.scene:
            self._let_go()
            self._turn.start()

    def stop(self) -> None:
        """Draw nothing any more."""
        self._turn.stop()
        self._let_go()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.renew()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.deviceIndependentSize().toSize().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint((self.width() - size.width()) // 2, 0), size)
        painter.drawPixmap(place, self._picture)
        painter.setPen(QPen(QColor(theme.now().line), theme.now().line_px))
        painter.drawRect(place.adjusted(1, 1, -1, -1))

    def _go_on(self) -> None:
        """First turn: make the page. Second turn: take its picture."""
        scene, call = self.scene, self._call
        assert scene is not None
        assert call is not None
        if self._copy is None:
            self._copy = PageCopy(scene, call)
            self._turn.start()
            return
        copy = self._copy
        self._show(copy.picture(self.size()), copy.page.aloud())
        self._let_go()
        self.drawn.emit()

    def _show(self, picture: QPixmap, words: str) -> None:
        self._picture = picture
        self.setAccessibleName(words)
        self.update()

    def _let_go(self) -> None:
        if self._copy:
            self._copy.close()
            self._copy = None


class PageCopy:
    """One of the patient's pages, as it stands before the caller."""

    def __init__(self, scene: Scene, call: Call) -> None:
        self._scene = scene
        self._frame = QWidget()
        self._frame.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._visit = Visit(FakeMachine(family=scene.situation.system.family), call.profile, scene.language)
        self._visit.setParent(self._frame)
        self._visit.way = scene.situation.way
        self._visit.results.update(results_of(scene, required(call.profile)))
        self._voice = Voice(self._visit, self._frame)
        self.page: Page = page_called(scene.page)(self._visit, _Nowhere(self._voice))
        self._footer = Footer(self._visit)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addWidget(self._footer)
        self._frame.resize(_PAGE_PX)
        self.page.enter(**({"finding": scene.finding} if scene.finding else {}))
        self.page.retranslate()
        self._footer.show_actions_of(self.page, can_go_back=True)
        for code in self.page.findChildren(SpokenCode):
            code.show_code(scene.code)
            if isinstance(holder := code.parent(), QWidget):
                holder.setVisible(True)

    def picture(self, room: QSize) -> QPixmap:
        """The page with its buttons below, and a ring around the step that is talked about, to be drawn into ``room``."""
        scale = min(room.width() / _PAGE_PX.width(), room.height() / _PAGE_PX.height())
        height_px = round(room.height() / max(scale, _LEAST_SCALE))
        self._frame.resize(_PAGE_PX.width(), max(_LEAST_HEIGHT_PX, min(height_px, _PAGE_PX.height())))
        self._frame.show()
        if row := self._row():
            self.page.ensureWidgetVisible(row, 0, theme.SPACE_M)
        picture = self._frame.grab()
        step = self._step()
        if step is not None:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.now().focus), 4))
            painter.drawRoundedRect(QRectF(step.adjusted(-6, -6, 6, 6)), 8, 8)
            painter.end()
        return picture

    def close(self) -> None:
        self.page.leave()
        self._voice.stop()
        self._visit.close()
        self._frame.close()
        self._frame.deleteLater()

    def _row(self) -> QWidget | None:
        """The step that is talked about."""
        steps = self.page.findChild(StepList)
        layout = steps.layout() if steps and self._scene.step is not None else None
        item = layout.itemAt(self._scene.step or 0) if layout else None
        return item.widget() if item else None

    def _step(self) -> QRect | None:
        row = self._row()
        return QRect(row.mapTo(self._frame, QPoint(0, 0)), row.size()) if row else None


class _Nowhere:
    """A picture leads nowhere."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice

    def go(self, name: str, **what: object) -> None: ...

    def back(self) -> None: ...

    def announce(self, text: str) -> None: ...


def results_of(scene: Scene, needed: frozenset[str]) -> dict[str, Result]:
    """What the caller's program must have found, as far as the code tells it."""
    results = {}
    for cause in scene.situation.causes:
        if cause.status is Status.SKIPPED:
            continue
        finding = scene.finding if scene.finding in cause.findings else cause.findings[0]
        results[cause.check] = _result(finding, cause.status, scene, needed)
    check = scene.finding.partition(".")[0]
    if scene.finding and check not in results:
        results[check] = _result(scene.finding, Status.FAIL, scene, needed)
    return results


def _result(finding_id: str, status: Status, scene: Scene, needed: frozenset[str]) -> Result:
    check = finding_id.partition(".")[0]
    params = values_of(advice_for(finding_id), known_values(check, scene.situation, scene.language))
    return Result(check=check, required=check in needed, findings=(Finding(finding_id, status, params),))


def values_of(advice: Advice, known: dict[str, Param]) -> dict[str, Param]:
    """A value for every name in the words: what is known, else "…"."""
    said = (advice.text, *advice.steps, advice.agent, advice.confirm)
    names = {name for sentence in said for _, name, _, _ in Formatter().parse(sentence) if name}
    return {name: known.get(name, "…") for name in names}
