"""Ends the window in good order when the system or a terminal asks for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication


@contextmanager
def ending_on_signals(app: QApplication) -> Iterator[None]:
    """Ctrl-C and SIGTERM close the window in good order. Qt's loop would not let Python hear them: a socket wakes it."""
    import socket  # only now: the window is there

    reader, writer = socket.socketpair()
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def end(number: int, frame: FrameType | None) -> None:
        for window in app.topLevelWidgets():
            window.close()
        app.exit(128 + number)

    ours = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, end) for number in ours]
    wakeup = signal.set_wakeup_fd(writer.fileno())
    notifier.activated.connect(lambda: reader.recv(1))
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, answer in zip(ours, before, strict=True):
            signal.signal(number, answer)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
