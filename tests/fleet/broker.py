"""Debian's Mosquitto over TLS, as a clinic would run it; killed and started at will."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Final

import trustme

from readiness.fleet.config import FleetConfig

USERS: Final = {"lobby-1": "one", "lobby-2": "two", "office": "all"}

#: What we ship for clinics is what is tried here.
DOCUMENTS: Final = Path(__file__).parents[2] / "docs" / "fleet"

_HERE: Final = """
user root
persistence true
persistence_location {folder}/
log_type all
log_dest stderr
"""


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """`start` it, and `kill` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        """For passwords."""
        self.certificate_port = free_port()
        self.ca = trustme.CA()
        self.ca.cert_pem.write_to_path(folder / "ca.pem")
        self.show(self.ca.issue_cert("localhost"))
        shutil.copy(DOCUMENTS / "acl", folder / "acl")
        shipped = (DOCUMENTS / "readiness.conf").read_text()
        for theirs, ours in (
            ("/etc/mosquitto/readiness", str(folder)),
            ("listener 8883", f"listener {self.certificate_port} 127.0.0.1"),
            ("listener 8884", f"listener {self.port} 127.0.0.1"),
        ):
            assert theirs in shipped
            shipped = shipped.replace(theirs, ours)
        (folder / "mosquitto.conf").write_text(shipped + _HERE.format(folder=folder))
        passwords = folder / "passwords"
        passwords.write_text("".join(f"{user}:{word}\n" for user, word in USERS.items()))
        subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
        self._process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self._heard = threading.Condition()

    def show(self, certificate: trustme.LeafCert) -> None:
        """Show this certificate from the next start on."""
        certificate.private_key_pem.write_to_path(self.folder / "server.key")
        chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
        (self.folder / "server.pem").write_bytes(chain)

    def start(self) -> None:
        self.lines.clear()
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(self.folder / "mosquitto.conf")], stderr=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="broker", daemon=True)
        self._reader.start()
        self.wait_for(" running")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        for line in process.stderr:
            with self._heard:
                self.lines.append(line)
                self._heard.notify_all()

    def wait_for(self, words: str, seconds: float = 20, after: int = 0) -> int:
        """Until it has logged something; returns the number of that line."""
        with self._heard:
            assert self._heard.wait_for(lambda: any(words in line for line in self.lines[after:]), seconds), (
                f"{words!r} is not among:\n" + "".join(self.lines[-30:])
            )
            return next(n for n, line in enumerate(self.lines) if n >= after and words in line)

    def freeze(self) -> None:
        """Let it take bytes in and answer nothing, until it is killed."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Take it away without a word, as a power cut does."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        assert self._process.stderr
        self._process.stderr.close()
        self._process = None

    def config(self, user: str, password: str | None = None, **more: object) -> FleetConfig:
        """What a kiosk, or the office, needs to speak to it."""
        file = self.folder / f"password of {user}"
        file.write_text((password or USERS.get(user, "")) + "\n")
        fields: dict[str, object] = {
            "kiosk": user,
            "host": "localhost",
            "port": self.port,
            "ca_file": str(self.folder / "ca.pem"),
            "user": user,
            "password_file": str(file),
        }
        return FleetConfig(**{**fields, **more})  # type: ignore[arg-type]
