"""The measurement server at a link's far end: the product's own, with or without TLS."""

from __future__ import annotations

import contextlib
import os
import select
import ssl
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import trustme

from tests.lab.inside import PATIENCE_S, LabError

#: The other end of a line is another computer: however busy this one is, that one is not.
_BEFORE_OTHERS: Final = -20

PROJECT: Final = Path(__file__).resolve().parent.parent.parent


class Server:
    """Starts measurement servers behind a prefix. Use it in a ``with``; they end with it."""

    def __init__(self, prefix: Sequence[str], address: str, folder: Path) -> None:
        self._prefix = tuple(prefix)
        self._address = address
        self._folder = folder
        self._running = contextlib.ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def start(self, *, tls: bool) -> str:
        """Start one on any free port and give its address. LabError when it does not start."""
        certificate = self._certificate() if tls else ()
        log = self._folder / "server.log"
        with log.open("wb") as said:
            running = subprocess.Popen(
                [*self._prefix, sys.executable, "-m", "tests.lab.link_server", self._address, *certificate],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            )
        self._running.callback(_kill, running)
        assert running.stdout is not None
        ready, _, _ = select.select([running.stdout], [], [], PATIENCE_S)
        url = running.stdout.readline().decode().strip() if ready else ""
        if not url:
            lines = log.read_text(errors="replace").strip().splitlines()
            raise LabError(f"The link's server did not start: {lines[-1] if lines else 'it says nothing'}")
        return url

    def _certificate(self) -> tuple[str]:
        authority = self._folder / "authority.pem"
        chain = self._folder / "server.pem"
        if not chain.exists():
            signer = trustme.CA()
            signer.cert_pem.write_to_path(str(authority))
            signer.issue_cert(self._address).private_key_and_cert_chain_pem.write_to_path(str(chain))
        self.environment["SSL_CERT_FILE"] = str(authority)
        return (str(chain),)


def _kill(running: subprocess.Popen[bytes]) -> None:
    running.kill()
    running.wait()
    assert running.stdout is not None
    running.stdout.close()


def main() -> None:
    from readiness.serve import SpeedServer

    with contextlib.suppress(PermissionError):  # not even root may, in some containers
        os.nice(_BEFORE_OTHERS)
    address, *chains = sys.argv[1:]
    context = None
    if chains:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chains[0])
    with SpeedServer(address, 0, context) as server:
        print(server.url, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
