"""``readiness fleet``: all kiosks of a clinic in one table, from what their broker keeps."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from readiness import shape, toml_file
from readiness.exits import Exit
from readiness.fleet.config import FleetConfig
from readiness.kiosk.config import ConfigError, read
from readiness.kiosk.health import Light
from readiness.shape import ShapeError
from readiness.text import N_, Refusal, translate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Drawn

    from readiness.fleet.listener import Listener
    from readiness.fleet.table import Row

#: How often the table is drawn again.
_DRAW_S: Final = 2.0

_LIGHTS: Final = {
    Light.GREEN: ("●", "+", "green", N_("works")),
    Light.YELLOW: ("▲", "!", "yellow", N_("look today")),
    Light.RED: ("✖", "x", "red", N_("out of order")),
}


class FleetError(Refusal):
    """The table cannot be shown."""


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verb; ``verbs`` is what argparse calls subparsers."""
    help_text = translate(N_("show all kiosks of a clinic"), language)
    fleet = verbs.add_parser("fleet", help=help_text, description=help_text, parents=[spoken])
    fleet.add_argument(
        "--config",
        metavar=translate(N_("FILE"), language),
        type=Path,
        required=True,
        help=translate(N_("a file with the lines of a kiosk's [fleet], for whoever looks"), language),
    )
    fleet.add_argument("--once", action="store_true", help=translate(N_("show the table once, and end"), language))
    fleet.add_argument("--json", action="store_true", help=translate(N_("print one JSON object"), language))
    fleet.set_defaults(do=_fleet)


def load_config(path: Path) -> FleetConfig:
    """The file of whoever looks at the table. Raises `ConfigError`."""
    import msgspec

    name = shape.plain(path.name)
    try:
        raw = toml_file.parse(read(path))
        shape.check(raw, FleetConfig)
    except ShapeError as wrong:
        raise ConfigError(wrong.sentence, file=name, **wrong.params) from None
    return msgspec.convert(raw, FleetConfig)


def _fleet(options: argparse.Namespace) -> int:
    from readiness.fleet.listener import Listener
    from readiness.terminal import console_for

    config = load_config(options.config)
    listener = Listener(config)
    console = console_for(sys.stdout)
    if options.once or options.json or not console.is_terminal:
        _listen(listener, config, lambda: not listener.is_whole)
        if options.json:
            _print_json(listener)
        else:
            console.print(_drawn(listener, console, options.lang))
        return Exit.READY
    return _watch(listener, config, console, options.lang)


def _listen(listener: Listener, config: FleetConfig, go_on: Callable[[], bool]) -> None:
    if trouble := listener.listen(go_on):
        raise FleetError(trouble.sentence, host=config.host)


def _watch(listener: Listener, config: FleetConfig, console: Console, language: str) -> int:
    """Draw it again and again until somebody stops us, who is content then."""
    from rich.live import Live

    with Live(console=console, screen=True, auto_refresh=False) as live:
        drawn_s = 0.0

        def draw() -> bool:
            nonlocal drawn_s
            if time.monotonic() - drawn_s >= _DRAW_S:
                live.update(_drawn(listener, console, language), refresh=True)
                drawn_s = time.monotonic()
            return True

        with contextlib.suppress(KeyboardInterrupt):
            _listen(listener, config, draw)
    return Exit.READY


def _print_json(listener: Listener) -> None:
    import msgspec

    rows = listener.table.rows(time.time())
    told = {"schema_version": 1, "kiosks": rows, "refused": listener.table.refused}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")


def _drawn(listener: Listener, console: Console, language: str) -> Drawn:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def _(sentence: str) -> str:
        return translate(sentence, language)

    rows = listener.table.rows(time.time())
    counts = {light: sum(row.light is light for row in rows) for light in Light}
    title = "   ".join(f"{counts[light]} {_(_LIGHTS[light][3])}" for light in (Light.RED, Light.YELLOW, Light.GREEN))
    is_wide = console.encoding.startswith("utf")
    table = Table(title=title, box=box.SIMPLE if is_wide else box.ASCII, title_justify="left", pad_edge=False)
    for heading in ("", N_("Kiosk"), N_("Last heard")):
        table.add_column(_(heading), no_wrap=True)
    for heading in (N_("Visits"), N_("Restarts")):
        table.add_column(_(heading), justify="right", no_wrap=True)
    table.add_column(_(N_("Fault")), no_wrap=True)
    table.add_column(_(N_("Version")))
    if not rows:
        table.caption = _(N_("No kiosk has reported yet, or this user may not see them."))
    for row in rows:
        icon, plain_icon, style, word = _LIGHTS[row.light]
        status = row.status
        table.add_row(
            Text(f"{icon if is_wide else plain_icon} {_(word)}", style=style),
            row.kiosk,
            _heard(row, language),
            *((str(status.visits), str(status.restarts)) if status.light else ("", "")),
            status.last_fault or "",
            status.app_version,
        )
    return table


def _heard(row: Row, language: str) -> str:
    """When a kiosk spoke last, in the largest unit that is not none."""
    if row.heard_s_ago is None:
        return translate(N_("gone"), language)
    state = {"gone": N_("gone"), "stopped": N_("off"), "here": ""}[row.state.value]
    said = translate(state, language)
    for seconds, unit in ((86400, N_("{count} d ago")), (3600, N_("{count} h ago")), (60, N_("{count} min ago"))):
        if row.heard_s_ago >= seconds:
            ago = translate(unit, language).format(count=int(row.heard_s_ago // seconds))
            return f"{said}, {ago}" if said else ago
    return said or translate(N_("now"), language)
