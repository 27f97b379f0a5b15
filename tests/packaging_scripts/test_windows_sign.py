"""Signatures by the real osslsigncode, with a certificate that lives for one test run; other tools by their commands."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from windows import imports, installers, sign

from readiness import __version__
from tests.packaging_scripts import windows_tree
from tests.packaging_scripts.test_windows_installers import payload

PASSWORD: Final = "a throw-away word"
has_osslsigncode = pytest.mark.skipif(not shutil.which("osslsigncode"), reason="needs osslsigncode")


def made_for(use: x509.ObjectIdentifier) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key, and a certificate for one use that is its own root."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Nobody, for a test of {use._name}")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=True)  # RFC 3161 demands it to be critical
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings for a certificate that signs code, and is its own root."""
    folder = tmp_path_factory.mktemp("certificate")
    key, made = made_for(ExtendedKeyUsageOID.CODE_SIGNING)
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    pfx = pkcs12.serialize_key_and_certificates(b"test", key, made, None, locked)
    (folder / "test.pfx").write_bytes(pfx)
    (folder / "password").write_text(PASSWORD, encoding="ascii")
    (folder / "root.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return {
        "READINESS_SIGN_PFX": str(folder / "test.pfx"),
        "READINESS_SIGN_PASSWORD_FILE": str(folder / "password"),
        "READINESS_SIGN_CA": str(folder / "root.pem"),
        "READINESS_SIGN_TIMESTAMP": "none",
    }


@pytest.fixture(autouse=True)
def no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("READINESS_SIGN_PFX", "READINESS_SIGN_PKCS11", "READINESS_SIGN_THUMBPRINT", "READINESS_SIGN_CA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def given(certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in certificate.items():
        monkeypatch.setenv(name, value)
    return certificate


def tamper(file: Path, at: int) -> None:
    changed = bytearray(file.read_bytes())
    changed[at] ^= 1
    file.write_bytes(changed)


def verified(file: Path, environment: dict[str, str]) -> bool:
    try:
        sign.verify(file, environment)
    except sign.Failed:
        return False
    return True


@pytest.fixture(scope="module")
def release(certificate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes of the order of a release: sign the folder, look at it, make installers, sign them."""
    if not all(shutil.which(tool) for tool in ("makensis", "wixl", "msibuild")):
        pytest.skip("needs nsis, wixl and msitools")
    place = tmp_path_factory.mktemp("release")
    folder = windows_tree.make(place / "readiness")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in certificate.items():
            patch.setenv(name, value)
        assert sign.main([str(folder)]) == 0
        assert imports.main([str(folder)]) == 0
        assert installers.main([str(folder), str(place)]) == 0
        assert sign.main([str(file) for file in sorted(place.glob("readiness-*"))]) == 0
    return place


@has_osslsigncode
class TestARelease:
    @pytest.mark.parametrize(
        "name",
        [
            "readiness/readiness.exe",
            "readiness/readiness-window.exe",
            f"readiness-{__version__}-setup.exe",
            f"readiness-{__version__}-x64.msi",
        ],
    )
    def test_is_signed_and_a_changed_byte_shows(
        self, release: Path, certificate: dict[str, str], name: str, tmp_path: Path
    ) -> None:
        file = Path(shutil.copy(release / name, tmp_path))
        assert verified(file, certificate)
        assert not verified(
            file, {"READINESS_SIGN_TIMESTAMP": "none"}
        )  # nobody trusts this certificate but who is told to
        content = file.read_bytes()
        # In the code of a program; in the packed files of a package.
        tamper(file, content.index(b"MSCF") + 100 if name.endswith(".msi") else 5000)
        assert not verified(file, certificate)

    def test_has_an_uninstaller_that_is_signed(self, release: Path) -> None:
        setup = (release / f"readiness-{__version__}-setup.exe").read_bytes()
        assert b"Nobody, for a test" in payload(setup)


@has_osslsigncode
class TestSigning:
    def test_leaves_alone_what_somebody_signed_and_what_is_no_program(
        self, given: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = windows_tree.make(tmp_path / "readiness")
        assert sign.main([str(folder)]) == 0
        assert "Signed and verified: 2." in capsys.readouterr().out
        before = windows_tree.contents(folder)
        assert {name: before[name] for name in windows_tree.ODD_FILES} == windows_tree.ODD_FILES
        assert sign.main([str(folder)]) == 0
        assert "Signed and verified: 0." in capsys.readouterr().out
        assert windows_tree.contents(folder) == before

    def test_a_wrong_password_changes_nothing(
        self, given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "wrong").write_text("wrong", encoding="ascii")
        monkeypatch.setenv("READINESS_SIGN_PASSWORD_FILE", str(tmp_path / "wrong"))
        folder = windows_tree.make(tmp_path / "readiness")
        before = windows_tree.contents(folder)
        assert sign.main([str(folder)]) == 1
        assert "osslsigncode sign" in capsys.readouterr().err
        assert windows_tree.contents(folder) == before


_TIME_STAMPS: Final = """
[tsa]
default_tsa = here
[here]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
"""


@pytest.fixture
def time_stamps(tmp_path: Path, given: dict[str, str]) -> Iterator[str]:
    """The address of an authority that gives time stamps (RFC 3161) as openssl makes them."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    place = tmp_path / "authority"
    place.mkdir()
    key, made = made_for(ExtendedKeyUsageOID.TIME_STAMPING)
    pem = serialization.Encoding.PEM
    nothing = serialization.NoEncryption()
    (place / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, nothing))
    (place / "tsa.pem").write_bytes(made.public_bytes(pem))
    (place / "tsa.cnf").write_text(_TIME_STAMPS, encoding="ascii")
    with Path(given["READINESS_SIGN_CA"]).open("rb") as known:
        (place / "roots.pem").write_bytes(known.read() + made.public_bytes(pem))
    answer = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "asked", "-out", "told"]
    answer += ["-inkey", "key.pem", "-signer", "tsa.pem"]

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (place / "asked").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            subprocess.run(answer, cwd=place, check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((place / "told").read_bytes())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    with HTTPServer(("127.0.0.1", 0), Authority) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@has_osslsigncode
def test_a_time_stamp_is_had_from_the_next_when_the_first_does_not_answer(
    time_stamps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "a.exe"
    program.write_bytes(windows_tree.bootloader()["run"])
    roots = str(tmp_path / "authority" / "roots.pem")
    monkeypatch.setenv("READINESS_SIGN_CA", roots)
    monkeypatch.setenv("READINESS_SIGN_TIMESTAMP", f"http://127.0.0.1:9/ {time_stamps}")
    assert sign.main([str(program)]) == 0
    assert sign.is_signed(program.read_bytes())


@has_osslsigncode
def test_a_time_stamp_of_an_authority_that_nobody_knows_is_refused(
    time_stamps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "a.exe"
    program.write_bytes(windows_tree.bootloader()["run"])
    monkeypatch.setenv("READINESS_SIGN_TIMESTAMP", time_stamps)
    assert sign.main([str(program)]) == 1
    assert "its time stamp cannot be verified" in capsys.readouterr().err
    assert not sign.is_signed(program.read_bytes())


@has_osslsigncode
def test_without_a_time_stamp_that_was_asked_for_nothing_is_signed(
    given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "a.exe"
    program.write_bytes(windows_tree.bootloader()["run"])
    monkeypatch.setenv("READINESS_SIGN_TIMESTAMP", "http://127.0.0.1:9/")
    assert sign.main([str(program)]) == 1
    assert not sign.is_signed(program.read_bytes())


def test_without_a_certificate_the_build_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ")
    assert sign.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("No certificate is given")
    assert (tmp_path / "a.exe").read_bytes() == b"MZ"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"READINESS_SIGN_PFX": "a.pfx"}, "READINESS_SIGN_PASSWORD_FILE is not; set it, too"),
        ({"READINESS_SIGN_PFX": "a.pfx", "READINESS_SIGN_THUMBPRINT": "AB"}, "are both set; set one of them"),
    ],
)
def test_half_a_setting_is_refused(
    settings: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("READINESS_SIGN_PASSWORD_FILE", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert sign.main(["x.exe"]) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(given: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert sign.main(["nowhere.exe"]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert sign.main([]) == 2


def test_a_key_in_a_token_is_asked_through_its_module() -> None:
    told = {
        "READINESS_SIGN_PKCS11": "/usr/lib/token.so",
        "READINESS_SIGN_KEY": "pkcs11:object=key",
        "READINESS_SIGN_CERTIFICATES": "chain.pem",
        "READINESS_SIGN_PASSWORD_FILE": "pin",
    }
    sign.must_be_whole(told)
    words = sign.signing(told, Path("a.exe"), Path("b.exe"))
    assert words[:2] == ["osslsigncode", "sign"]
    assert words[words.index("-pkcs11module") + 1] == "/usr/lib/token.so"
    assert [words[at + 1] for at, word in enumerate(words) if word == "-ts"] == list(sign.TIMESTAMPS)


def test_on_windows_signtool_signs_in_place(tmp_path: Path) -> None:
    told = {"READINESS_SIGN_THUMBPRINT": "AB12", "READINESS_SIGN_TIMESTAMP": "http://stamp.example"}
    sign.must_be_whole(told)
    asked: list[Sequence[str]] = []

    def run(words: Sequence[str]) -> str:
        asked.append(words)
        return ""

    sign.sign(tmp_path / "a.exe", told, run)
    assert [words[:2] for words in asked] == [["signtool", "sign"], ["signtool", "verify"]]
    assert asked[0][2:8] == ["/sha1", "AB12", "/fd", "sha256", "/tr", "http://stamp.example"]


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(sign.Refused, match="no-such-tool is missing"):
        sign.run(["no-such-tool", "sign"])


def test_what_is_cut_short_is_not_signed() -> None:
    assert not sign.is_signed(b"MZ")
