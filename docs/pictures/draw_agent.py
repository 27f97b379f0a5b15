r"""Draw the pictures of docs/agent.md: the support console with codes of real situations, made in the lab.

The codes are those that ``check`` printed there:

    python3 dev.py lab --camera covered --microphone silent --speaker muted --network good -- check --no-input --lang es
    python3 dev.py lab --camera dark --microphone speech --speaker heard --network good -- check --no-input
    python3 dev.py lab --camera good --microphone speech --speaker heard --network good -- check --no-input
    python -m tests.lab.link --down 1.2M --up 0.4M --delay 40 -- \
        python -m readiness check --no-input --only bandwidth,call_quality,operating_system,computer --server {server}

    QT_QPA_PLATFORM=offscreen .venv/bin/python docs/pictures/draw_agent.py
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from readiness import profile
from readiness.agent.call import Reply
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from ui import theme
from ui.agent.console import Console
from ui.agent.desk import SIZE
from ui.screenshots import wait_for


class Shot(NamedTuple):
    """One picture: the codes that were read out, and the keys of the answers after the last one."""

    name: str
    codes: Sequence[str]
    keys: str
    look: theme.Look = theme.Look(reduced_motion=True)


SHOTS: Final = (
    Shot("agent-covered", ["8876-5625-4482-5988"], "12"),
    Shot(
        "agent-changed",
        ["5703-0240-1585-4835", "1212-8309-9122-3439"],
        "",
        theme.Look(tone=theme.Tone.DARK, reduced_motion=True),
    ),
    Shot("agent-slow", ["9637-8326-4559-7357"], "123"),
)


def is_drawn(console: Console) -> bool:
    return console.talk.picture.is_drawn


def main() -> None:
    app = QApplication([])
    provider = profile.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    for shot in SHOTS:
        theme.apply(app, shot.look)
        console = Console(provider, "en", shot.look)
        console.resize(*SIZE)
        console.show()
        for code in shot.codes:
            console.type_code(code)
        for key in shot.keys:
            console.talk.script.answers[list(Reply)[int(key) - 1]].click()
        wait_for(partial(is_drawn, console))
        console.grab().save(str(Path(__file__).with_name(f"{shot.name}.png")))
        console.close()


if __name__ == "__main__":
    main()
