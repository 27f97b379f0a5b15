"""The workflows cannot run here; what they call can be looked at."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

import dev

ROOT: Final = Path(__file__).resolve().parents[2]
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return content


def steps() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each step, with its job and where it stands."""
    for path in WORKFLOWS:
        for name, job in loaded(path)["jobs"].items():
            for number, step in enumerate(job["steps"], 1):
                yield f"{path.name} {name} {number}", job, step


RUNS: Final = [(where, job, step) for where, job, step in steps() if "run" in step]
IDS: Final = [where for where, _, _ in RUNS]


def test_there_are_workflows_for_tests_and_for_a_release() -> None:
    assert [path.name for path in WORKFLOWS] == ["release.yml", "tests.yml"]


@pytest.mark.parametrize(("where", "job", "step"), RUNS, ids=IDS)
def test_every_command_is_one_that_a_shell_can_read(where: str, job: dict[str, Any], step: dict[str, Any]) -> None:
    if step.get("shell") == "pwsh":
        pytest.skip("no PowerShell here")
    checked = subprocess.run(["bash", "-n"], input=step["run"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(("where", "job", "step"), RUNS, ids=IDS)
def test_what_is_called_is_there(where: str, job: dict[str, Any], step: dict[str, Any]) -> None:
    words = step["run"]
    for script in re.findall(r"(?:packaging|tests|\.ci)/[\w./]*\w", words):
        assert (ROOT / script).exists(), script
    for verb in re.findall(r"dev\.py (\w+)", words):
        assert verb in dev.VERBS, verb


def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it() -> None:
    lines = [line for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
    commits = {line.split("uses: ")[1] for line in lines}
    assert len(commits) == len({commit.split("@")[0] for commit in commits}), "one version of each action"


def test_secrets_are_only_where_a_person_lets_them_through() -> None:
    for where, job, step in steps():
        if "secrets." in str(step):
            assert job.get("environment") == "release", where


def test_a_job_may_do_what_it_says_and_no_more() -> None:
    for path in WORKFLOWS:
        workflow = loaded(path)
        assert workflow["permissions"] == {}
        for name, job in workflow["jobs"].items():
            assert job["timeout-minutes"] <= 90, name
            writes = {right for right, how in job["permissions"].items() if how == "write"}
            assert not writes or name == "draft", name


def test_a_check_on_a_runner_may_find_faults_but_no_wrong_word() -> None:
    # PowerShell's steps end as the last program did: the check, which a runner without a camera does not pass.
    checks = [(where, step) for where, _, step in RUNS if " check --json" in step["run"]]
    assert len(checks) == 3
    for where, step in checks:
        if step.get("shell") == "pwsh":
            assert "-notin 0, 1, 3)" in step["run"], where
            assert step["run"].rstrip().splitlines()[-1].startswith("exit 0"), where
        else:
            assert "|| [[ $? == [13] ]]" in step["run"], where


@pytest.mark.parametrize(("status", "passes"), [(0, True), (1, True), (2, False), (3, True), (70, False), (130, False)])
def test_that_is_how_bash_understands_it(status: int, passes: bool) -> None:
    ran = subprocess.run(["bash", "-ec", f"(exit {status}) || [[ $? == [13] ]]"], check=False)
    assert (ran.returncode == 0) is passes


def test_keys_that_were_written_into_files_go_away_whatever_happens() -> None:
    signing = [step["run"] for _, _, step in RUNS if "secrets." in str(step)]
    assert len(signing) == 2
    for words in signing:
        first = words.splitlines()[0]
        written = re.findall(r'> ("\$RUNNER_TEMP/[\w.]+")', words)
        assert written
        assert first.startswith("trap 'rm -f ")
        assert first.endswith("' EXIT")
        assert all(file in first for file in written), first


#: In the place of Python: notes what it is called for and which settings it sees, makes what a script would make.
PYTHON: Final = """#!/bin/bash
echo "${1##*/} $(env | grep -oE '^(READINESS_[A-Z_0-9]+|PFX|P12|PASSWORD|NOTARY_KEY)=' | sort | tr -d '\\n')" >> called
case "$1" in
    *dmg.py) touch out/a.dmg ;;
    *pkg.py) touch out/a.pkg ;;
    *installers.py) mkdir out && touch out/a-setup.exe out/a.msi ;;
    *sign.py) exit "$STATUS" ;;
esac
"""
MAC: Final = "sign.py notarize.py dmg.py pkg.py notarize.py notarize.py"
MAC_SETTINGS: Final = "P12 PASSWORD NOTARY_KEY READINESS_NOTARY_KEY_ID READINESS_NOTARY_ISSUER"
MAC_TOLD: Final = (
    "READINESS_MAC_P12=READINESS_MAC_PASSWORD_FILE="
    "READINESS_NOTARY_ISSUER=READINESS_NOTARY_KEY=READINESS_NOTARY_KEY_ID="
)
WINDOWS: Final = "sign.py installers.py sign.py"
WINDOWS_TOLD: Final = "READINESS_SIGN_PASSWORD_FILE=READINESS_SIGN_PFX="


@pytest.mark.parametrize("secret", ["", "c2VjcmV0"], ids=["no secrets", "secrets"])
@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize(
    ("name", "scripts", "settings", "told"),
    [
        ("package-macos", MAC, MAC_SETTINGS, MAC_TOLD),
        ("package-windows", WINDOWS, "PFX PASSWORD", WINDOWS_TOLD),
    ],
    ids=["macos", "windows"],
)
def test_signing_is_rehearsed(
    tmp_path: Path, name: str, scripts: str, settings: str, told: str, status: int, secret: str
) -> None:
    for folder in ("frozen", "temporary", "bin", ".venv/bin", "Video Visit Readiness.app"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("a.cdx.json", "licences-a.txt"):
        (tmp_path / "frozen" / file).touch()
    subprocess.run(["tar", "-cf", "frozen/app.tar", "Video Visit Readiness.app"], cwd=tmp_path, check=True)
    for program in (tmp_path / "bin" / "python3", tmp_path / ".venv" / "bin" / "python"):
        program.write_text(PYTHON)
        program.chmod(0o755)
    job = loaded(ROOT / ".github" / "workflows" / "release.yml")["jobs"][name]
    words = next(step["run"] for step in job["steps"] if "secrets." in str(step))
    environment = {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "RUNNER_TEMP": str(tmp_path / "temporary"),
        "STATUS": str(status),
        **dict.fromkeys(settings.split(), secret),
    }
    ran = subprocess.run(["bash", "-ec", words], cwd=tmp_path, env=environment, check=False)
    assert ran.returncode == status
    assert list((tmp_path / "temporary").iterdir()) == []
    called = (tmp_path / "called").read_text().splitlines()
    expected = scripts.split()[: None if status == 0 else 1]
    assert called == [f"{script} {told if secret else ''}" for script in expected]


def test_every_system_of_the_readme_is_tried() -> None:
    systems = {entry["system"] for entry in loaded(WORKFLOWS[1])["jobs"]["elsewhere"]["strategy"]["matrix"]["include"]}
    assert {name.split("-")[0] for name in systems} == {"windows", "macos"}
    assert any(name.endswith("intel") for name in systems)


FINE: Final = """
name: A
on: push
permissions: {}
jobs:
  a:
    name: A
    runs-on: ubuntu-24.04
    permissions:
      contents: read # to check the source out
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
concurrency:
  group: a
  cancel-in-progress: true
"""


@pytest.mark.parametrize(
    ("change", "is_fine"),
    [
        (("", ""), True),
        (("08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0", "v5"), False),
        (("\n        with:\n          persist-credentials: false", ""), False),
        (("permissions: {}", "permissions: write-all"), False),
        (("    runs-on:", "    runs_on:"), False),
        (("      - uses:", '      - run: echo "${{ github.event.issue.title }}"\n      - uses:'), False),
    ],
    ids=["fine", "unpinned", "credentials", "rights", "unknown key", "a stranger's words"],
)
def test_lint_refuses_what_is_dangerous_or_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], is_fine: bool
) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / ".github" / "dependabot.yml", folder.parent)
    (folder / "a.yml").write_text(FINE.replace(*change))
    monkeypatch.setattr(dev, "WORKFLOWS", folder)
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    assert (dev.check_workflows() == 0) is is_fine
