"""The lab's command line: builds a lab, runs one command in it, and gives its output and exit status through."""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from readiness.cli import ending_on_sigterm
from tests.lab.inside import LabError
from tests.lab.lab import Lab
from tests.lab.scenarios import LOUDSPEAKERS, NONE, SCENES, VOICES

BAD_ARGUMENTS: Final = 2

_EXEC: Final = "--exec"
_MARKS: Final = ("--", _EXEC)

#: How long the command may take to end by itself after Ctrl-C or SIGTERM.
_LAST_WORDS_S: Final = 5.0


def main(argv: Sequence[str]) -> int:
    """Do what the command line says; the exit status is that of the command that ran in the lab."""
    ours, mark, theirs = _split(argv)
    options = _parser().parse_args(ours)
    if options.list:
        print(_scenarios())
        return 0
    if not theirs:
        return _complain('Nothing to run: put the arguments for readiness after "--", or a command after "--exec".')
    try:
        with (
            ending_on_sigterm(),
            Lab(
                camera=options.camera,
                microphone=options.microphone,
                speaker=options.speaker,
                network=options.network,
            ) as lab,
        ):
            command = theirs if mark == _EXEC else _readiness(lab, options.network, theirs)
            return run_here([*lab.prefix, *command], lab.environment)
    except LabError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _readiness(lab: Lab, network: str | None, arguments: Sequence[str]) -> list[str]:
    """The command for readiness; a network of the lab's own comes with the profile of its own provider."""
    command = [sys.executable, "-m", "readiness", *arguments]
    if network is not None and arguments[0] == "check" and "--profile" not in arguments:
        command += ["--profile", str(lab.network.profile)]
    return command


def run_here(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it on our own terminal and pipes. Ctrl-C and SIGTERM are its to answer, for a while."""
    with subprocess.Popen(command, env=dict(environment)) as child:
        try:
            code = child.wait()
        except (KeyboardInterrupt, SystemExit) as end:
            if isinstance(end, SystemExit):
                child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_LAST_WORDS_S)
            raise
        finally:
            child.kill()
    return code if code >= 0 else 128 - code


def _split(argv: Sequence[str]) -> tuple[list[str], str, list[str]]:
    """What is for us, the mark that ends it, and what comes after that."""
    words = list(argv)
    at = min((words.index(mark) for mark in _MARKS if mark in words), default=len(words))
    return words[:at], "".join(words[at : at + 1]), words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab",
        usage="lab [--camera SCENARIO] [--microphone SCENARIO] [--speaker SCENARIO] [--network SCENARIO]\n"
        "           (-- READINESS ARGUMENTS | --exec COMMAND | --list)",
        description="Run readiness with a camera, a microphone and a speaker that behave as told.",
        epilog="Example: lab --camera dark --microphone speech -- check --json --no-input",
    )
    parser.add_argument("--camera", metavar="SCENARIO", default=NONE)
    parser.add_argument("--microphone", metavar="SCENARIO", default=NONE)
    parser.add_argument("--speaker", metavar="SCENARIO", default=NONE)
    parser.add_argument("--network", metavar="SCENARIO", help="without it, the computer's own network")
    parser.add_argument("--list", action="store_true", help="show the scenarios and end")
    return parser


def _scenarios() -> str:
    from tests.lab.network_scenarios import SCENARIOS as NETWORKS

    lines = []
    for device, scenarios in (("camera", SCENES), ("microphone", VOICES), ("speaker", LOUDSPEAKERS)):
        lines.append(f"--{device}")
        lines += [f"  {name:15} {scenario.says}" for name, scenario in scenarios.items()]
        lines.append(f"  {NONE:15} no {device} at all (this is the default)")
    lines.append("--network")
    lines += [f"  {name:15} where readiness finds {network.finding}" for name, network in NETWORKS.items()]
    return "\n".join(lines)


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return BAD_ARGUMENTS
