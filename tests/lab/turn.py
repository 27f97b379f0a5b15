"""A real TURN server (coturn) at one end of a lab's network.

    with Link(...) as link, Turn(link.server, SERVER_ADDRESS) as turn:
        ...                                        # the client finds it at turn.url, with NAME and PASSWORD

It needs the Debian package coturn. Whoever makes the network says behind which prefix it runs.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import trustme

from tests.lab.inside import PATIENCE_S, LabError

NAME: Final = "visitor"
PASSWORD: Final = "only-for-the-lab"
PORT: Final = 3478
TLS_PORT: Final = 443

#: The other end of a line is another computer: however busy this one is, that one is not.
_BEFORE_OTHERS: Final = ("nice", "-n", "-20")

_OPTIONS: Final = (
    *("--realm", "clinic.test", "--lt-cred-mech", "--user", f"{NAME}:{PASSWORD}"),
    *("--fingerprint", "--no-cli", "--no-dtls", "--no-multicast-peers", "--user-quota", "8"),
    *("--listening-port", str(PORT), "--tls-listening-port", str(TLS_PORT)),
    *("--min-port", "50000", "--max-port", "50063", "--log-file", "stdout"),
)


class Turn:
    """A running TURN server; use it in a ``with``. LabError when it cannot be made here."""

    def __init__(
        self, prefix: Sequence[str], address: str, *options: str, tls: bool = False, settings: str | None = None
    ) -> None:
        """``options`` are coturn's own, added to ours; with ``tls`` it shows a certificate for its address.

        ``settings`` is the text of a whole configuration file in place of all options.
        """
        self._prefix = tuple(prefix)
        self._address = address
        self._options = options
        self._with_tls = tls
        self._settings = settings
        self._folder = Path()
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if shutil.which("turnserver") is None:
            raise LabError("A TURN server needs turnserver: install the Debian package coturn.")
        self._folder = Path(tempfile.mkdtemp(prefix="readiness-turn-"))
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """As a profile names it."""
        return f"turn:[{self._address}]:{PORT}" if ":" in self._address else f"turn:{self._address}:{PORT}"

    @property
    def environment(self) -> Mapping[str, str]:
        """Lets a client trust its certificate."""
        return {"SSL_CERT_FILE": str(self._folder / "authority.pem")} if self._with_tls else {}

    @property
    def said(self) -> str:
        """Its log."""
        return (self._folder / "log").read_text(errors="replace")

    def close(self) -> None:
        """End it, and take its files away."""
        self.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def end(self) -> None:
        """End it at once, as when its computer is switched off: clients hear nothing of it."""
        if self._program is not None:
            self._program.kill()
            self._program.wait()
            self._program = None

    def _start(self) -> None:
        command = [*_BEFORE_OTHERS, "turnserver", *self._words()]
        command += ["--userdb", str(self._folder / "users"), "--pidfile", str(self._folder / "pid")]
        with (self._folder / "log").open("wb") as log:
            self._program = subprocess.Popen(
                [*self._prefix, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        ends_at = time.monotonic() + PATIENCE_S
        wanted = set(self._expected())
        while self._program.poll() is None and time.monotonic() < ends_at:
            if not wanted - self._listening():
                return
            time.sleep(0.05)
        raise LabError(f"The TURN server did not start: {(self.said.strip().splitlines() or ['it says nothing'])[-1]}")

    def _words(self) -> list[str]:
        certificate = self._certificate() if self._with_tls else {}
        if self._settings is not None:
            file = self._folder / "turnserver.conf"
            lines = [
                line for line in self._settings.splitlines() if line.partition("=")[0] not in (*certificate, "syslog")
            ]
            file.write_text("\n".join([*lines, *(f"{key}={value}" for key, value in certificate.items()), ""]))
            return ["-c", str(file), "--log-file", "stdout"]
        shown = [word for key, value in certificate.items() for word in (f"--{key}", value)] or ["--no-tls"]
        addresses = ["--listening-ip", self._address, "--relay-ip", self._address]
        return ["-n", *_OPTIONS, *addresses, *shown, *self._options]

    def _expected(self) -> Iterator[tuple[str, str]]:
        if "--no-udp" not in self._options:
            yield "udp", str(PORT)
        if "--no-tcp" not in self._options:
            yield "tcp", str(PORT)
        if self._with_tls:
            yield "tcp", str(TLS_PORT)

    def _listening(self) -> set[tuple[str, str]]:
        """Protocol and port of what listens behind the prefix."""
        seen = subprocess.run(
            [*self._prefix, "ss", "-H", "-l", "-n", "-t", "-u"], capture_output=True, text=True, check=False
        )
        rows = (row.split() for row in seen.stdout.splitlines())
        return {(row[0], row[4].rpartition(":")[2]) for row in rows}

    def _certificate(self) -> dict[str, str]:
        """Coturn's settings for a certificate that only the lab trusts."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self._folder / "authority.pem"))
        issued = authority.issue_cert(self._address)
        chain, key = self._folder / "chain.pem", self._folder / "key.pem"
        chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        return {"cert": str(chain), "pkey": str(key)}


def block(prefix: Sequence[str], *matches: str) -> None:
    """Let nothing out behind the prefix that matches, such as "meta l4proto udp": lost without a word, as firewalls do."""
    if shutil.which("nft") is None:
        raise LabError("A firewall needs nft: install the Debian package nftables.")
    rules = "".join(f"add rule inet lab out {match} drop\n" for match in matches)
    table = f"add table inet lab\nadd chain inet lab out {{ type filter hook output priority 0; }}\n{rules}"
    subprocess.run([*prefix, "nft", "-f", "-"], input=table.encode(), check=True, capture_output=True)
