"""Notarizing, the disk image and the package: commands, order, failures, and the whole way of a release.

Apple's tools are scripts here, and Apple's answers those that other projects and Apple's documentation show, with other
names and numbers: nothing was sent to Apple.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import archive
import pytest
from macos import dmg, notarize, pkg, sign, tools
from macos.keychain import NOBODY, Identity

from tests.packaging_scripts import mac_tree
from tests.packaging_scripts.mac_tree import FINGERPRINT, INSTALLER, SIGNED, Tools

pytestmark = mac_tree.needs_scripts

NOTHING: Final[Mapping[str, str]] = {}
RELEASE: Final = "readiness-1.2.3-macos-arm64"
ID: Final = "2efe2717-52ef-43a5-96dc-0797e4ca1041"
ACCEPTED: Final = f'{{"id":"{ID}","status":"Accepted","message":"Processing complete"}}'
INVALID: Final = f'{{"id":"{ID}","status":"Invalid","message":"Processing complete"}}'

#: The form of a notary log, as published by projects that were refused.
LOG: Final = """\
{
  "logFormatVersion": 1,
  "jobId": "2efe2717-52ef-43a5-96dc-0797e4ca1041",
  "status": "Invalid",
  "statusSummary": "Archive contains critical validation errors",
  "statusCode": 4000,
  "archiveFilename": "a.zip",
  "uploadDate": "2026-11-25T12:00:00.000Z",
  "sha256": "1070be725b5b0c89b8dad699a9080a3bf5809fe68bfe8f84d6ff4a282d661fd1",
  "ticketContents": null,
  "issues": [
    {"severity": "warning", "code": null, "path": "a.zip/A.app", "message": "Something new.", "docUrl": null},
    {"severity": "error", "code": null, "path": "a.zip/A.app/Contents/Frameworks/l.so", "architecture": "arm64",
     "message": "The signature does not include a secure timestamp.", "docUrl": null},
    {"severity": "error", "code": null, "path": "a.zip/A.app/Contents/MacOS/readiness", "architecture": "arm64",
     "message": "The executable does not have the hardened runtime enabled.", "docUrl": null}
  ]
}
"""


@pytest.fixture
def apple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setattr(tools, "PAUSES_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(archive, "release_name", lambda: RELEASE)
    apple = Tools(tmp_path / "tools", monkeypatch)
    says(apple, ACCEPTED)
    return apple


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return mac_tree.make(tmp_path)


@pytest.fixture
def key(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "key.p8").write_text("a key", encoding="ascii")
    return dict(zip(notarize.SETTINGS, (str(tmp_path / "key.p8"), "KEY1234567", "an-issuer"), strict=True))


def says(apple: Tools, answer: str, status: int = 0, stapler: str = ":") -> None:
    """Let the notary service answer so."""
    apple.tell("answer", answer)
    apple.tell("log", LOG)
    apple.answer(
        "xcrun",
        f"""\
case "$1 $2" in
  "notarytool submit") cat "$TOLD/answer"; exit {status};;
  "notarytool log") cat "$TOLD/log";;
  "stapler staple") {stapler};;
esac""",
    )


class TestNotarizing:
    def test_an_app_is_packed_sent_stapled_and_judged(self, app: Path, apple: Tools, key: dict[str, str]) -> None:
        assert notarize.main([str(app)], key) == 0
        assert [call[:3] for call in apple.calls] == [
            ["ditto", "-c", "-k"],
            ["xcrun", "notarytool", "submit"],
            ["xcrun", "stapler", "staple"],
            ["xcrun", "stapler", "validate"],
            ["spctl", "--assess", "--type"],
        ]
        sent = apple.calls[1]
        assert sent[3:9] == ["--key", key[notarize.SETTINGS[0]], "--key-id", "KEY1234567", "--issuer", "an-issuer"]
        assert sent[-1].endswith("/Video Visit Readiness.zip")
        assert apple.calls[2][-1] == str(app)

    @pytest.mark.parametrize(("kind", "judged"), [("dmg", "open"), ("pkg", "install")])
    def test_other_files_are_sent_as_they_are(
        self, kind: str, judged: str, apple: Tools, key: dict[str, str], tmp_path: Path
    ) -> None:
        file = tmp_path / f"a.{kind}"
        file.write_bytes(b"file")
        assert notarize.main([str(file)], key) == 0
        assert apple.calls[0][-1] == str(file)
        assert apple.calls[-1][:4] == ["spctl", "--assess", "--type", judged]

    @pytest.mark.parametrize("status", [0, 69])
    def test_a_refusal_is_told_in_one_sentence(
        self, status: int, app: Path, apple: Tools, key: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        says(apple, INVALID, status)
        assert notarize.main([str(app)], key) == 1
        assert capsys.readouterr().err == (
            f"notarize: Video Visit Readiness.zip: Apple refused it ({ID}): a.zip/A.app/Contents/Frameworks/l.so: "
            "The signature does not include a secure timestamp. (and 1 more).\n"
        )
        assert apple.named("xcrun", "stapler") == []

    @pytest.mark.parametrize(
        ("log", "why"),
        [
            ({"statusSummary": "Team is not yet configured for notarization"}, "Team is not yet configured"),
            ({"issues": None}, "its log says nothing"),
            ({}, "its log says nothing"),
        ],
    )
    def test_a_log_without_issues_is_told_as_far_as_it_goes(self, log: dict[str, object], why: str) -> None:
        assert why in notarize.why_refused(log)

    def test_no_answer_yet_names_what_to_ask_for(
        self, app: Path, apple: Tools, key: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        says(apple, f'{{"id":"{ID}","status":"In Progress"}}', 1)
        assert notarize.main([str(app)], key) == 1
        assert f"has not answered within 2h; ask later for {ID}" in capsys.readouterr().err
        assert len(apple.named("xcrun", "notarytool", "submit")) == 1

    def test_a_wrong_key_is_tried_once(
        self, app: Path, apple: Tools, key: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        says(apple, "Error: HTTP status code: 401. Unauthenticated.", 1)
        assert notarize.main([str(app)], key) == 1
        assert "401. Unauthenticated" in capsys.readouterr().err
        assert len(apple.named("xcrun")) == 1

    def test_a_server_with_a_bad_minute_is_asked_again(
        self, app: Path, apple: Tools, key: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        says(apple, "Error: HTTP status code: 503. Service Unavailable.", 1)
        assert notarize.main([str(app)], key) == 1
        assert len(apple.named("xcrun")) == 1 + len(tools.PAUSES_S)

    def test_a_ticket_that_is_not_there_yet_is_waited_for(self, app: Path, apple: Tools, key: dict[str, str]) -> None:
        late = '[ "$NUMBER" -ge 2 ] || { echo "The staple and validate action failed! Error 65."; exit 65; }'
        says(apple, ACCEPTED, stapler=late)
        assert notarize.main([str(app)], key) == 0
        assert len(apple.named("xcrun", "stapler", "staple")) == 3

    def test_what_would_not_open_elsewhere_is_a_failure(
        self, app: Path, apple: Tools, key: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.answer("spctl", 'echo "$5: rejected" >&2; echo "source=Unnotarized Developer ID" >&2; exit 3')
        assert notarize.main([str(app)], key) == 1
        assert "Unnotarized Developer ID" in capsys.readouterr().err

    def test_without_a_key_goes_on_and_says_so(
        self, app: Path, apple: Tools, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert notarize.main([str(app)], NOTHING) == 0
        assert "No key is given" in capsys.readouterr().out
        assert apple.calls == []

    def test_mistakes_are_told(
        self, app: Path, apple: Tools, key: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert notarize.main([], key) == 2
        assert notarize.main([str(tmp_path / "no.dmg")], key) == 2
        assert "give an .app, a .dmg or a .pkg" in capsys.readouterr().err
        assert notarize.main([str(app)], {notarize.SETTINGS[0]: "key.p8"}) == 2
        assert "READINESS_NOTARY_KEY_ID is not set" in capsys.readouterr().err
        assert notarize.main([str(app)], key | {notarize.SETTINGS[0]: "/nowhere.p8"}) == 2
        assert "/nowhere.p8: there is no such file." in capsys.readouterr().err
        assert apple.calls == []


class TestTheDiskImage:
    def test_holds_the_app_and_a_way_to_put_it(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        apple.answer("hdiutil", f'[ "$1" = verify ] || ls -l "$5" > "$TOLD/inside"\n{mac_tree.USUAL["hdiutil"]}')
        assert dmg.main([str(app), str(tmp_path / "out")], NOTHING) == 0
        inside = apple.told("inside").decode()
        assert "Applications -> /Applications" in inside
        assert app.name in inside
        assert (tmp_path / "out" / f"{RELEASE}.dmg").is_file()
        assert apple.named("codesign") == []

    def test_is_signed_without_what_only_code_has(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        assert dmg.main([str(app), str(tmp_path / "out")], mac_tree.certificate(tmp_path)) == 0
        signed, looked = apple.named("codesign")
        assert FINGERPRINT in signed
        assert "--options" not in signed
        assert looked[1] == "--verify"

    def test_is_made_again_while_something_looks_at_the_volume(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        busy = '[ "$1 $NUMBER" != "create 0" ] || { echo "hdiutil: create failed - Resource busy" >&2; exit 1; }'
        apple.answer("hdiutil", f"{busy}\n{mac_tree.USUAL['hdiutil']}")
        assert dmg.main([str(app), str(tmp_path / "out")], NOTHING) == 0
        assert len(apple.named("hdiutil", "create")) == 2

    def test_mistakes_are_told(self, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert dmg.main(["one"], NOTHING) == 2
        assert dmg.main([str(tmp_path), str(tmp_path)], NOTHING) == 2
        assert "give the .app" in capsys.readouterr().err


class TestThePackage:
    def test_says_what_it_demands(self) -> None:
        read = ET.fromstring(pkg.distribution("1.2.3", "arm64"))
        assert read.find("options") is not None
        assert read.find("options").attrib["hostArchitectures"] == "arm64"  # type: ignore[union-attr]
        assert [one.attrib["min"] for one in read.iter("os-version")] == ["13.0"]
        assert read.find("domains").attrib == {  # type: ignore[union-attr]
            "enable_anywhere": "false",
            "enable_currentUserHome": "false",
            "enable_localSystem": "true",
        }
        assert [one.text for one in read.findall("pkg-ref")] == ["readiness.pkg"]
        assert next(one.attrib["version"] for one in read.findall("pkg-ref")) == "1.2.3"
        assert list(read.iter("script")) == []

    def test_is_for_everybody_and_goes_where_it_belongs(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        assert pkg.main([str(app), str(tmp_path / "out")], NOTHING) == 0
        (how,) = plistlib.loads(apple.told("how.plist"))
        assert how["RootRelativeBundlePath"] == app.name
        assert how["BundleIsRelocatable"] is False
        assert apple.told("root").decode() == f"{app.name}\n"
        (packed,) = apple.named("pkgbuild")
        assert packed[packed.index("--install-location") + 1] == "/Applications"
        (finished,) = apple.named("productbuild")
        assert "--sign" not in finished
        assert apple.named("pkgutil") == []
        assert (tmp_path / "out" / f"{RELEASE}.pkg").is_file()

    def test_is_signed_by_an_installers_certificate(self, app: Path, apple: Tools, tmp_path: Path) -> None:
        assert pkg.main([str(app), str(tmp_path / "out")], mac_tree.certificate(tmp_path)) == 0
        (finished,) = apple.named("productbuild")
        assert finished[finished.index("--sign") + 1] == FINGERPRINT[::-1]
        assert apple.calls[-1][:2] == ["pkgutil", "--check-signature"]

    def test_whose_signature_does_not_hold_is_a_failure(
        self, app: Path, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        apple.answer("pkgutil", 'echo "Package \\"a.pkg\\":"; echo "   Status: no signature"; exit 1')
        assert pkg.main([str(app), str(tmp_path / "out")], mac_tree.certificate(tmp_path)) == 1
        assert "Status: no signature" in capsys.readouterr().err

    def test_commands_name_who_signs(self) -> None:
        who = Identity("F", INSTALLER, "/k")
        text, packages, target = Path("/d.xml"), Path("/p"), Path("/a.pkg")
        assert pkg.finishing(text, packages, who, target)[5:-1] == ["--sign", "F", "--keychain", "/k", "--timestamp"]
        assert "--sign" not in pkg.finishing(text, packages, NOBODY, target)

    def test_mistakes_are_told(self, apple: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert pkg.main(["one"], NOTHING) == 2
        assert pkg.main([str(tmp_path), str(tmp_path)], NOTHING) == 2
        assert "give the .app" in capsys.readouterr().err


def test_a_whole_release_in_its_order(
    app: Path, apple: Tools, key: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apple.tell("signature", SIGNED)
    told = {**mac_tree.certificate(tmp_path), **key}
    out = tmp_path / "out"
    image, package = (out / f"{RELEASE}.{kind}" for kind in ("dmg", "pkg"))
    assert sign.main([str(app)], told) == 0
    assert notarize.main([str(app)], told) == 0
    assert dmg.main([str(app), str(out)], told) == 0
    assert pkg.main([str(app), str(out)], told) == 0
    assert notarize.main([str(image)], told) == 0
    assert notarize.main([str(package)], told) == 0
    assert sorted(file.name for file in out.iterdir()) == sorted([image.name, package.name])
    assert len(apple.named("security", "create-keychain")) == len(apple.named("security", "delete-keychain")) == 3
    assert capsys.readouterr().err == ""
