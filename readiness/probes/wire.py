"""What goes between a probe's child process and its parent, and the child's side of it.

On the child's standard input: one line of JSON, its task. While a person watches (``"live": true``) the parent then
leaves it open; closing it means "that is enough", and so does the parent's death.

On the child's standard output lines of JSON: any number of ``{"partial": READING}`` and at the end one
``{"final": READING}``. While a person watches also ``{"picture": {"width_px": …, "height_px": …}}``, each followed by
exactly width x height x 3 bytes: red, green, blue, row by row.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from typing import Annotated, Any, BinaryIO, Final, TypeVar

import msgspec

from readiness.live import MOST_HEIGHT_PX, MOST_WIDTH_PX, Live, Picture
from readiness.model import Reading

T = TypeVar("T", bound=msgspec.Struct)

#: The most a probe may say in all, or in one line while a person watches: a reading has a few hundred bytes, and ten
#: partial ones a second are plenty.
MAX_BYTES: Final = 1 << 20

#: How long after its deadline a child that its parent could not end (because the parent is gone) ends itself.
_ORPHAN_S: Final = 5.0

#: The watchdog is set again as the child speaks, but no more often than this.
_SET_AGAIN_S: Final = 1.0


class PictureSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said before the bytes of a picture."""

    width_px: Annotated[int, msgspec.Meta(ge=1, le=MOST_WIDTH_PX)]
    height_px: Annotated[int, msgspec.Meta(ge=1, le=MOST_HEIGHT_PX)]

    @property
    def bytes(self) -> int:
        return self.width_px * self.height_px * 3


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """One line from the child."""

    partial: msgspec.Raw = msgspec.Raw()
    final: msgspec.Raw = msgspec.Raw()
    picture: PictureSize | None = None


class ToParent:
    """The child's side: gets the task, says readings, shows pictures, and knows when the parent wants no more."""

    def __init__(self, task_from: BinaryIO, says_to: BinaryIO, deadline_s: float) -> None:
        """``task_from`` is a pipe. This process may run for ``deadline_s``, or be silent for that while it is watched."""
        self._task_from = task_from
        self._says_to = says_to
        self._ends_itself_s = deadline_s + _ORPHAN_S
        self._is_watched = False
        self._set_at = time.monotonic()
        self._set_watchdog()

    def task(self, kind: type[T]) -> T:
        return msgspec.json.decode(self._task_from.readline(), type=kind)

    def live(self) -> Live:
        """From now on a person watches: where pictures go, and whether that was enough."""
        self._is_watched = True
        return Live(self.show, self.wants_no_more)

    def partial(self, reading: Reading) -> None:
        self._say({"partial": reading})

    def final(self, reading: Reading) -> None:
        self._say({"final": reading})

    def show(self, picture: Picture) -> None:
        self._say({"picture": PictureSize(picture.width_px, picture.height_px)}, picture.rgb)

    def wants_no_more(self) -> bool:
        """Whether the parent closed our input, or is gone."""
        return _is_closed(self._task_from.fileno())

    def _say(self, message: dict[str, Any], raw: bytes = b"") -> None:
        try:
            self._says_to.write(msgspec.json.encode(message) + b"\n")
            self._says_to.write(raw)
            self._says_to.flush()
        except OSError:
            os._exit(1)  # the parent is gone: nobody is left to measure for
        if self._is_watched and time.monotonic() - self._set_at >= _SET_AGAIN_S:
            self._set_watchdog()

    def _set_watchdog(self) -> None:
        """It works in C, and ends this process even when a driver holds the interpreter and the parent is gone."""
        self._set_at = time.monotonic()
        faulthandler.dump_traceback_later(self._ends_itself_s, exit=True)


def _is_closed(pipe: int) -> bool:
    """Whether the other end of a pipe, which says nothing more, was closed.

    It only looks. A thread that waits in a read would be simpler, but on Windows it holds up every library that looks at
    standard input while it is loaded.
    """
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        handle = ctypes.c_void_p(msvcrt.get_osfhandle(pipe))
        return not ctypes.windll.kernel32.PeekNamedPipe(handle, None, 0, None, None, None)
    import select

    readable, _, _ = select.select([pipe], [], [], 0)
    return bool(readable) and not os.read(pipe, 1)
