"""The line to the broker: MQTT 5 over TLS, by paho-mqtt. And what is wrong with it, in three words for staff."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from readiness import shape
from readiness.fleet.config import FleetConfig
from readiness.text import N_, Refusal, os_reason

if TYPE_CHECKING:
    from paho.mqtt.client import Client

T = TypeVar("T")

#: How long a connection may take; and how often both sides make sure of each other.
CONNECT_S: Final = 10.0
KEEPALIVE_S: Final = 30

_NO_FILE: Final = N_("{file} cannot be read ({reason}), but [fleet] names it as {field}.")
_BAD_FILE: Final = N_("{file} is not what [fleet] needs as {field}: {reason}.")


class LineError(Refusal):
    """Settings of the line that cannot be used."""


class Trouble(StrEnum):
    """Why the broker cannot be spoken to. The value is the fault's code."""

    NO_ANSWER = "K10"
    REFUSED = "K11"
    """It does not know this kiosk: the password or the certificate is wrong."""
    NOT_TRUSTED = "K14"
    """It does not show the certificate of the broker that the settings name."""

    @property
    def sentence(self) -> str:
        """N_-marked, with ``{host}``."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Trouble.NO_ANSWER: N_("{host} does not answer. Is its name right, is it on, and does the network let us through?"),
    Trouble.REFUSED: N_("{host} does not let us in. Is the user name, the password or the certificate right?"),
    Trouble.NOT_TRUSTED: N_("{host} shows a certificate that is not trusted. Is ca_file right, and is it still valid?"),
}


def make_client(config: FleetConfig, client_id: str) -> Client:
    """A client that is not connected yet, and does not connect again by itself. Raises `LineError` for the files."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    client.connect_timeout = CONNECT_S
    client.tls_set_context(_context(config))
    if config.user and config.password_file:
        client.username_pw_set(config.user, _password(config.password_file))
    return client


def connect(client: Client, config: FleetConfig) -> Trouble | None:
    """Connect the wire; None when that went well. The broker's answer is heard later, by ``on_connect``."""
    try:
        client.connect(config.host, config.port, KEEPALIVE_S)
    except ssl.SSLCertVerificationError:
        return Trouble.NOT_TRUSTED
    except ssl.SSLError:
        return Trouble.REFUSED
    except (OSError, ValueError):
        return Trouble.NO_ANSWER
    return None


def _context(config: FleetConfig) -> ssl.SSLContext:
    if config.ca_file:
        context = _loaded("ca_file", config.ca_file, lambda: ssl.create_default_context(cafile=config.ca_file))
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if config.certificate and config.key:
        certificate, key = config.certificate, config.key
        _loaded("certificate", certificate, lambda: context.load_cert_chain(certificate, key))
    return context


def _loaded(field: str, file: str, load: Callable[[], T]) -> T:
    try:
        return load()
    except ssl.SSLError as error:
        raise LineError(_BAD_FILE, file=shape.plain(file), field=field, reason=error.reason or "SSL") from None
    except OSError as error:
        raise LineError(_NO_FILE, file=shape.plain(file), field=field, reason=os_reason(error)) from None


def _password(file: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise LineError(_NO_FILE, file=shape.plain(file), field="password_file", reason=os_reason(error)) from None
    return lines[0] if lines else ""
