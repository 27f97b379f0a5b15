"""Read from a certificate who signed it, and nothing else. The standard library reads only certificates it trusts.

DER (ITU-T X.690): every element is a tag byte, a length and that many bytes. The way to the issuer is the one of
RFC 5280, section 4.1: Certificate → TBSCertificate → [version], serial number, signature algorithm, issuer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

_VERSION: Final = 0xA0
_OBJECT_ID: Final = 0x06

#: Object ids 2.5.4.3 and 2.5.4.10 as DER writes them.
_COMMON_NAME: Final = bytes((0x55, 0x04, 0x03))
_ORGANISATION: Final = bytes((0x55, 0x04, 0x0A))

_ENCODINGS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}

#: A name goes into a sentence: longer ones are cut.
_NAME_CHARS: Final = 80


class Issuer(msgspec.Struct, frozen=True):
    organisation: str | None = None
    common_name: str | None = None

    @property
    def name(self) -> str | None:
        """The name a person would know it by: an organisation's, else the common name."""
        return self.organisation or self.common_name


def read_issuer(certificate: bytes) -> Issuer | None:
    """The issuer in a DER certificate, or None when the bytes are no certificate."""
    try:
        (_, whole) = next(_elements(certificate))
        (_, signed) = next(_elements(whole))
        fields = [body for tag, body in _elements(signed) if tag != _VERSION]
        names = dict(_names(fields[2]))
    except (ValueError, IndexError, StopIteration):
        return None
    return Issuer(names.get(_ORGANISATION), names.get(_COMMON_NAME))


def _names(issuer: bytes) -> Iterator[tuple[bytes, str]]:
    """(object id, text) pairs of a Name: a sequence of sets of (id, text) sequences."""
    for _, group in _elements(issuer):
        for _, pair in _elements(group):
            (id_tag, object_id), (text_tag, text) = list(_elements(pair))[:2]
            if id_tag == _OBJECT_ID and text_tag in _ENCODINGS:
                words = text.decode(_ENCODINGS[text_tag], errors="replace")
                yield object_id, "".join(c for c in words if c.isprintable()).strip()[:_NAME_CHARS]


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, body) of the elements that stand one after the other in ``der``. Raises ValueError for what is not DER."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length >= 0x80:
            octets = length - 0x80
            length, at = int.from_bytes(der[at : at + octets], "big"), at + octets
        if at + length > len(der):
            raise ValueError("an element is longer than what holds it")
        yield tag, der[at : at + length]
        at += length
