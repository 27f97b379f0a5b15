"""``[fleet]`` of a kiosk's settings: which broker it reports to, and how it shows who it is."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from readiness.shape import Flaw, Section
from readiness.text import N_

TOPIC: Final = r"^[a-z0-9][a-z0-9-]{0,39}$"

_NOT_A_NAME: Final = N_(
    "{file}: {field} is {value}, but it must be a short name of a to z, 0 to 9 and - such as lobby-2."
)
_NOT_A_HOST: Final = N_("{file}: {field} is {value}, but it must be the name of a server such as mqtt.example.org.")
_NO_IDENTITY: Final = N_("{file}: {field} has neither a certificate nor a user name; a broker must know who reports.")
_INCOMPLETE: Final = N_("{file}: {field} is set; set {other}, too.")

Name = Annotated[str, msgspec.Meta(pattern=TOPIC, extra={"refusal": _NOT_A_NAME})]
Host = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$", extra={"refusal": _NOT_A_HOST})
]


class FleetConfig(Section, frozen=True, kw_only=True):
    """Always over TLS: a broker without it is not spoken to."""

    kiosk: Name
    """What this kiosk is called in the table: a name that the clinic gives it, not the computer's."""
    host: Host
    """The broker, by the name that its certificate holds."""
    port: int = 8883
    group: Name = "readiness"
    """The first part of every topic: one for each fleet on a broker."""
    ca_file: str | None = None
    """The authorities that the broker's certificate may come from (PEM); without it, those that the system trusts."""
    certificate: str | None = None
    """This kiosk's certificate (PEM), with its ``key``."""
    key: str | None = None
    user: str | None = None
    """A user name instead, with ``password_file``."""
    password_file: str | None = None
    """A file with the password on its first line: no secret stands in the settings."""
    most_waiting: int = 1000
    """How many events wait on the disk while the broker cannot be reached. Then the oldest is dropped, and counted."""

    def flaw(self) -> Flaw | None:
        for field, other in (
            ("certificate", "key"),
            ("key", "certificate"),
            ("user", "password_file"),
            ("password_file", "user"),
        ):
            if getattr(self, field) and not getattr(self, other):
                return Flaw(field, _INCOMPLETE, {"other": other})
        if not (self.certificate or self.user):
            return Flaw("", _NO_IDENTITY)
        return self.outside(port=(1, 65535), most_waiting=(10, 100_000))
