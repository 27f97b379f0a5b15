"""Signing an app: what is called in which order, and what happens when a tool says no.

Apple's tools are scripts here. What they answer has the form of real answers, which other projects and Apple's own
documentation show; names and numbers are invented.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from macos import keychain, sign, tools
from macos.keychain import Identity

from tests.packaging_scripts import mac_tree
from tests.packaging_scripts.mac_tree import AD_HOC, FINGERPRINT, INSTALLER, NAME, SIGNED, Tools

pytestmark = mac_tree.needs_scripts

WHO: Final = Identity(FINGERPRINT, NAME, "/k.keychain-db")
NOTHING: Final[Mapping[str, str]] = {}


@pytest.fixture
def apple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setattr(tools, "PAUSES_S", (0.0, 0.0, 0.0))
    return Tools(tmp_path / "tools", monkeypatch)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return mac_tree.make(tmp_path)


class TestCommands:
    def test_of_somebody_are_hardened_and_have_a_time_stamp(self) -> None:
        command = sign.signing(Path("/A.app"), WHO, has_rights=True)
        assert command == [
            *("codesign", "--force", "--sign", FINGERPRINT, "--keychain", "/k.keychain-db", "--timestamp"),
            *("--options", "runtime", "--entitlements", str(sign.ENTITLEMENTS), "/A.app"),
        ]
        assert "runtime" not in sign.signing(Path("/A.dmg"), WHO, is_code=False)

    def test_of_nobody_need_neither_network_nor_team(self) -> None:
        command = sign.signing(Path("/l.so"), keychain.NOBODY)
        assert command == ["codesign", "--force", "--sign", "-", "--timestamp=none", "/l.so"]

    def test_ask_for_camera_and_microphone_and_nothing_else(self) -> None:
        assert sign.rights(sign.ENTITLEMENTS.read_text(encoding="utf-8")) == {
            "com.apple.security.device.audio-input": True,
            "com.apple.security.device.camera": True,
        }


class TestWhatASignatureTells:
    def test_is_right(self) -> None:
        assert list(sign.faults_of_signature(f"\n{SIGNED}", WHO)) == []
        assert list(sign.faults_of_signature(f"\n{AD_HOC}", keychain.NOBODY)) == []

    @pytest.mark.parametrize(
        ("told", "fault"),
        [
            (AD_HOC, "signed by nobody"),
            (SIGNED.replace(NAME, "Apple Development: Somebody (ABC)"), "signed by Apple Development"),
            (SIGNED.replace("Timestamp=", "Signed Time="), "no time stamp"),
            (SIGNED.replace("flags=0x10000(runtime)", "flags=0x0(none)"), "no hardened runtime"),
        ],
    )
    def test_is_wrong(self, told: str, fault: str) -> None:
        assert any(fault in one for one in sign.faults_of_signature(f"\n{told}", WHO))

    def test_is_not_somebody_else(self) -> None:
        assert list(sign.faults_of_signature(f"\n{SIGNED}", keychain.NOBODY)) == ["it is signed by somebody"]

    def test_that_is_no_property_list_is_a_failure(self) -> None:
        with pytest.raises(tools.Failed, match="no property list"):
            sign.rights("Executable=/A.app")


class TestSigning:
    def test_without_a_certificate_goes_on_and_says_so(
        self, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert sign.main([str(app)], NOTHING) == 0
        said = capsys.readouterr().out
        assert "No certificate is given" in said
        assert "Signed and verified: 7." in said
        assert apple.named("security") == []

    def test_goes_from_the_inside_to_the_outside_and_looks_afterwards(
        self, app: Path, apple: Tools, tmp_path: Path
    ) -> None:
        apple.tell("signature", SIGNED)
        assert sign.main([str(app)], mac_tree.certificate(tmp_path)) == 0
        signed = [Path(call[-1]).relative_to(app) for call in apple.named("codesign", "--force")]
        assert signed[-1] == Path()
        assert signed.index(Path("Contents/Frameworks/cv2/cv2.abi3.so")) < signed.index(
            Path("Contents/Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A")
        )
        assert not any("--deep" in call for call in apple.named("codesign", "--force"))
        with_rights = [call[-1] for call in apple.named("codesign", "--force") if "--entitlements" in call]
        assert [Path(name).name for name in with_rights] == ["helper", app.name]
        kinds = [call[1] for call in apple.named("codesign")]
        assert kinds == sorted(kinds, key=["--force", "--verify", "--display"].index)

    def test_uses_a_keychain_that_is_gone_afterwards(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        apple.tell("signature", SIGNED)
        assert sign.main([str(app)], mac_tree.certificate(tmp_path)) == 0
        verbs = [call[1] for call in apple.named("security")]
        assert verbs == [
            *("list-keychains", "create-keychain", "set-keychain-settings", "unlock-keychain", "import"),
            *("set-key-partition-list", "list-keychains", "find-identity", "list-keychains", "delete-keychain"),
        ]
        made = apple.named("security", "create-keychain")[0][-1]
        assert not Path(made).parent.exists()
        there = "/Users/runner/Library/Keychains/login.keychain-db"
        assert [call[5:] for call in apple.named("security", "list-keychains", "-d", "user", "-s")] == [
            [made, there],
            [there],
        ]

    def test_leaves_no_keychain_when_it_fails(
        self, app: Path, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.answer("codesign", "echo 'A.app: errSecInternalComponent' >&2; exit 1")
        assert sign.main([str(app)], mac_tree.certificate(tmp_path)) == 1
        assert "errSecInternalComponent" in capsys.readouterr().err
        assert apple.calls[-1][1] == "delete-keychain"
        assert len(apple.named("codesign")) == 1

    def test_tells_no_password(
        self, app: Path, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.answer("security", '[ "$1" != import ] || { echo "security: import of $6 failed" >&2; exit 1; }')
        assert sign.main([str(app)], mac_tree.certificate(tmp_path)) == 1
        said = capsys.readouterr()
        assert "security import" in said.err
        assert "a secret word" not in said.out + said.err

    def test_asks_for_a_time_stamp_again(self, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]) -> None:
        busy = '[ "$1 " != "--force " ] || [ "$NUMBER" -ge 2 ] || { echo "The timestamp service is not available."; exit 1; }'
        apple.answer("codesign", f"{busy}\n{mac_tree.USUAL['codesign']}")
        assert sign.main([str(app)], NOTHING) == 0
        assert len(apple.named("codesign", "--force")) == 7 + 2
        assert capsys.readouterr().out.count("once more") == 2

    def test_does_not_ask_for_ever(self, app: Path, apple: Tools) -> None:
        apple.answer("codesign", "echo 'The timestamp service is not available.' >&2; exit 1")
        assert sign.main([str(app)], NOTHING) == 1
        assert len(apple.named("codesign")) == 1 + len(tools.PAUSES_S)

    @pytest.mark.parametrize("told", ["", mac_tree.entitled(**{"com.apple.security.get-task-allow": True})])
    def test_finds_rights_that_were_lost_or_added(
        self, told: str, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.tell("entitlements", told)
        assert sign.main([str(app)], NOTHING) == 1
        assert "something else than entitlements.plist says" in capsys.readouterr().err

    def test_finds_a_signature_that_is_no_ours(
        self, app: Path, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.tell("signature", SIGNED.replace("(runtime)", "(none)"))
        assert sign.main([str(app)], mac_tree.certificate(tmp_path)) == 1
        assert "no hardened runtime" in capsys.readouterr().err


class TestMistakes:
    def test_in_the_arguments(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert sign.main([], NOTHING) == 2
        assert sign.main([str(tmp_path)], NOTHING) == 2
        assert "give the .app" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("left", "said"),
        [
            ({"READINESS_MAC_P12"}, "READINESS_MAC_PASSWORD_FILE is not"),
            ({"READINESS_MAC_P12", "READINESS_MAC_KEYCHAIN"}, "set one of them"),
        ],
    )
    def test_in_the_settings(
        self, left: set[str], said: str, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert sign.main([str(app)], dict.fromkeys(left, "somewhere")) == 2
        assert said in capsys.readouterr().err
        assert apple.calls == []

    def test_in_the_name_of_a_file(self, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]) -> None:
        told = {"READINESS_MAC_P12": "/nowhere.p12", "READINESS_MAC_PASSWORD_FILE": "/nowhere"}
        assert sign.main([str(app)], told) == 2
        assert "/nowhere.p12: there is no such file." in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ("     0 valid identities found\n", "has none"),
            (
                f'  1) {FINGERPRINT} "{NAME}"\n  2) {"A" * 40} "{NAME}"\n     2 valid identities found\n',
                f"{NAME} (01234567), {NAME} (AAAAAAAA)",
            ),
        ],
    )
    def test_in_the_keychain(
        self, told: str, said: str, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.tell("identities", told)
        assert sign.main([str(app)], {"READINESS_MAC_KEYCHAIN": "login.keychain-db"}) == 2
        assert said in capsys.readouterr().err

    def test_a_tool_that_is_not_there(
        self, app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert sign.main([str(app)], NOTHING) == 2
        assert "codesign is missing" in capsys.readouterr().err


def test_an_open_keychain_is_used_as_it_is(apple: Tools) -> None:
    with keychain.identity(keychain.INSTALLER, {"READINESS_MAC_KEYCHAIN": "login.keychain-db"}) as who:
        assert who == Identity(FINGERPRINT[::-1], INSTALLER, "login.keychain-db")
    assert apple.calls == [["security", "find-identity", "-v", "-p", "basic", "login.keychain-db"]]


def test_one_certificate_that_is_told_twice_is_one() -> None:
    told = f'  1) {FINGERPRINT} "{NAME}"\n  2) {FINGERPRINT} "{NAME}"\n     2 valid identities found\n'
    assert keychain.identities(told, keychain.APPLICATION) == [dataclasses.replace(WHO, keychain="")]
