r"""Draw the README's picture of a terminal: the report of saved readings, as ``readiness judge`` shows it.

The picture in the README is made of readings from the lab, judged by the default profile:

    python3 dev.py lab --camera covered --microphone speech --speaker heard --network good -- \
        check --no-input --save-readings READINGS.json
    .venv/bin/python docs/pictures/draw_check.py READINGS.json
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from readiness import joining, outlook, profile, runner, terminal
from readiness.advice import advice_for
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.report_file import load_readings


def main(readings: Path) -> None:
    saved = load_readings(readings, CHECKS)
    provider = profile.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    report = runner.judge(CHECKS, provider, saved.readings, measured_at=saved.measured_at)
    console = Console(
        file=StringIO(), record=True, width=88, force_terminal=True, color_system="truecolor", highlight=False
    )
    terminal.print_report(
        console,
        report,
        outlook.forecast(report, provider),
        joining.next_step(report, lambda finding_id: advice_for(finding_id).fixable),
        joining.join_card(provider, joining.Way.COMPUTER, "en", report),
        joining.other_care(provider, "en"),
        "en",
        details=False,
    )
    picture = console.export_svg(title="readiness check", theme=SVG_EXPORT_THEME)
    # The picture must not load a typeface from anybody's server.
    picture = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL).replace(
        "Fira Code", "ui-monospace, Menlo, Consolas"
    )
    Path(__file__).with_name("check.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
