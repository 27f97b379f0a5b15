"""Ed25519 signatures of settings: the last line of the file, over every byte before it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from readiness.kiosk.config import ConfigError
from readiness.text import N_

_LINE: Final = re.compile(rb"^# signature: ([A-Za-z0-9+/=]{1,120})[ \t\r]*\n?\Z", re.MULTILINE)
_KEY_BYTES: Final = 32

_NOT_SIGNED: Final = N_("{file} is not signed, but must be. “readiness kiosk sign” does it.")
_WRONG: Final = N_("{file} was changed after it was signed, or was signed with another key. Sign it again.")
_NO_KEY: Final = N_("{file} is no key of “readiness kiosk keygen”.")


def make_key() -> tuple[str, str]:
    """A new secret key, and the public key that belongs to it, each as a line of text."""
    from nacl.signing import SigningKey

    secret = SigningKey.generate()
    return base64.b64encode(bytes(secret)).decode(), base64.b64encode(bytes(secret.verify_key)).decode()


def sign(content: bytes, secret: str, key_name: str) -> bytes:
    """The settings with a signature at their end, in place of one that is there. Raises `ConfigError` for a bad key."""
    from nacl.signing import SigningKey

    body, _ = split(content)
    if body and not body.endswith(b"\n"):
        body += b"\n"
    signature = SigningKey(_key(secret, key_name)).sign(body).signature
    return body + b"# signature: " + base64.b64encode(signature) + b"\n"


def verify(content: bytes, public: str, name: str, key_name: str) -> None:
    """Raise `ConfigError` unless the settings ``name`` end with a signature that fits the public key."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    key = VerifyKey(_key(public, key_name))
    body, signature = split(content)
    if signature is None:
        raise ConfigError(_NOT_SIGNED, file=name)
    try:
        key.verify(body, base64.b64decode(signature, validate=True))
    except (BadSignatureError, ValueError):
        raise ConfigError(_WRONG, file=name) from None


def split(content: bytes) -> tuple[bytes, bytes | None]:
    """What is signed, and the signature in base64; None where there is none."""
    found = _LINE.search(content)
    return (content[: found.start()], found[1]) if found else (content, None)


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(_NO_KEY, file=name)
    return key
