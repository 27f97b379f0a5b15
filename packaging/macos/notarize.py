"""Has Apple look at what is handed over, waits for the answer, and attaches it so that it holds without the internet.

    python packaging/macos/notarize.py APP|DMG|PKG

An app is sent as a .zip made for it. Where Apple refuses, its log is fetched and told in one sentence. What was let
through is stapled, and then judged as a person's computer will judge it (spctl).

The key of App Store Connect is told by the environment; without it one line says so, and nothing happens:

    READINESS_NOTARY_KEY         the .p8 file
    READINESS_NOTARY_KEY_ID      its id
    READINESS_NOTARY_ISSUER      the id of the team that it belongs to

Exit status: 0 let through, stapled and judged, or no key is given; 1 refused, or no answer; 2 a wrong argument or
setting.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from macos.tools import Failed, Refused, ask, ask_patiently, run, run_patiently

#: In this order: the file is what everything goes by.
SETTINGS: Final = ("READINESS_NOTARY_KEY", "READINESS_NOTARY_KEY_ID", "READINESS_NOTARY_ISSUER")

#: Mostly minutes; for a team's first submissions hours.
LONGEST_WAIT: Final = "2h"

#: What a person's computer asks of each kind before it opens it.
_JUDGED_AS: Final[Mapping[str, tuple[str, ...]]] = {
    ".app": ("--type", "execute"),
    ".dmg": ("--type", "open", "--context", "context:primary-signature"),
    ".pkg": ("--type", "install"),
}


def is_possible(environment: Mapping[str, str]) -> bool:
    """Whether the environment tells a key. Raises Refused when it tells a part of it, or a file that is not there."""
    missing = [name for name in SETTINGS if not environment.get(name)]
    if len(missing) == len(SETTINGS):
        return False
    if missing:
        raise Refused(f"{missing[0]} is not set, but others of its kind are; set it, too.")
    if not Path(environment[SETTINGS[0]]).is_file():
        raise Refused(f"{environment[SETTINGS[0]]}: there is no such file.")
    return True


def _key(environment: Mapping[str, str]) -> list[str]:
    file, key, issuer = (environment[name] for name in SETTINGS)
    return ["--key", file, "--key-id", key, "--issuer", issuer]


def packing(app: Path, target: Path) -> list[str]:
    """The command that packs an app as Apple wants it: with its links, below its own name."""
    return ["ditto", "-c", "-k", "--keepParent", str(app), str(target)]


def submitting(file: Path, environment: Mapping[str, str]) -> list[str]:
    """The command that sends a file and waits."""
    words = ["xcrun", "notarytool", "submit", *_key(environment), "--wait", "--timeout", LONGEST_WAIT]
    return [*words, "--output-format", "json", str(file)]


def fetching_log(submission: str, environment: Mapping[str, str]) -> list[str]:
    """The command that tells why, as JSON on standard output."""
    return ["xcrun", "notarytool", "log", *_key(environment), submission]


def stapling(file: Path) -> list[str]:
    """The command that attaches Apple's answer."""
    return ["xcrun", "stapler", "staple", str(file)]


def validating(file: Path) -> list[str]:
    """The command that looks whether the answer is attached."""
    return ["xcrun", "stapler", "validate", str(file)]


def judging(file: Path) -> list[str]:
    """The command that judges as a person's computer does: signed by a known team, and looked at by Apple."""
    return ["spctl", "--assess", *_JUDGED_AS[file.suffix], "--verbose=2", str(file)]


def read_json(told: str) -> dict[str, Any]:
    """What a tool told as JSON; nothing where it told something else."""
    try:
        read = json.loads(told)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def why_refused(log: Mapping[str, Any]) -> str:
    """Apple's log in one sentence: how much is wrong, and the first of it."""
    issues = [issue for issue in log.get("issues") or () if isinstance(issue, dict)]
    errors = [issue for issue in issues if issue.get("severity") == "error"] or issues
    if not errors:
        return str(log.get("statusSummary") or "its log says nothing")
    others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{errors[0].get('path')}: {errors[0].get('message')}{others}"


def submit(file: Path, environment: Mapping[str, str]) -> None:
    """Send a file and wait until Apple lets it through. Raises Failed."""
    # Some versions of the tool end with 0 for what was refused, others do not: the answer counts.
    said = ask_patiently(submitting(file, environment))
    answer = read_json(said.out)
    status, submission = answer.get("status"), answer.get("id")
    if status == "Accepted":
        return
    if not submission:
        raise Failed(f"{file.name}: it could not be sent ({said.status}): {said.last}")
    if status not in ("Invalid", "Rejected"):
        raise Failed(f"{file.name}: Apple has not answered within {LONGEST_WAIT}; ask later for {submission}.")
    log = ask(fetching_log(submission, environment))
    raise Failed(f"{file.name}: Apple refused it ({submission}): {why_refused(read_json(log.out))}.")


def notarize(file: Path, environment: Mapping[str, str]) -> None:
    """Send, staple, validate and judge one file. Raises Failed."""
    if file.suffix == ".app":
        with tempfile.TemporaryDirectory(prefix="readiness-notarize-") as place:
            packed = Path(place, f"{file.stem}.zip")
            run(packing(file, packed))
            submit(packed, environment)
    else:
        submit(file, environment)
    # The answer takes a moment to reach those servers that hand out tickets.
    run_patiently(stapling(file))
    run(validating(file))
    run(judging(file))


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Have one file looked at. Returns the exit status."""
    if len(arguments) != 1:
        print("usage: notarize.py APP|DMG|PKG", file=sys.stderr)
        return 2
    file = Path(arguments[0])
    try:
        if file.suffix not in _JUDGED_AS or not file.exists():
            raise Refused(f"{file}: give an .app, a .dmg or a .pkg that is there.")
        if not is_possible(environment):
            print(f"No key is given ({SETTINGS[0]} and others): {file.name} is not notarized, and macOS will warn.")
            return 0
        notarize(file, environment)
    except (Refused, Failed) as error:
        print(f"notarize: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    print(f"{file.name}: notarized and stapled.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
