from __future__ import annotations

import pytest

from readiness.kiosk import signing
from readiness.kiosk.config import ConfigError, parse

BODY = b'schema_version = 1\nversion = 2\nprofile = "kaiser_permanente"\n'


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    return signing.make_key()


def verify(content: bytes, public: str) -> None:
    signing.verify(content, public, "kiosk.toml", "kiosk.pub")


def test_what_was_signed_is_trusted_and_still_reads_as_settings(keys: tuple[str, str]) -> None:
    signed = signing.sign(BODY, keys[0], "secret")
    verify(signed, keys[1])
    assert parse(signed, "kiosk.toml").version == 2
    assert signed.startswith(BODY)


def test_signing_again_puts_a_new_signature_in_place_of_the_old(keys: tuple[str, str]) -> None:
    signed = signing.sign(BODY, keys[0], "secret")
    assert signing.sign(signed, keys[0], "secret") == signed


def test_a_file_without_an_end_of_line_gets_one(keys: tuple[str, str]) -> None:
    signed = signing.sign(BODY.rstrip(), keys[0], "secret")
    verify(signed, keys[1])
    assert signing.split(signed)[0] == BODY


def test_every_changed_byte_is_noticed(keys: tuple[str, str]) -> None:
    signed = signing.sign(BODY, keys[0], "secret")
    for place in range(len(BODY)):
        changed = bytearray(signed)
        changed[place] ^= 1
        with pytest.raises(ConfigError):
            verify(bytes(changed), keys[1])


@pytest.mark.parametrize("more", [b"# more\n", b'profile = "other"\n'])
def test_nothing_can_be_added_after_the_signature(keys: tuple[str, str], more: bytes) -> None:
    with pytest.raises(ConfigError, match="is not signed"):
        verify(signing.sign(BODY, keys[0], "secret") + more, keys[1])


def test_another_key_and_a_torn_signature_are_refused(keys: tuple[str, str]) -> None:
    signed = signing.sign(BODY, signing.make_key()[0], "secret")
    for content in (signed, BODY + b"# signature: AAAA\n", BODY + b"# signature: A\n"):
        with pytest.raises(ConfigError, match="was changed after it was signed"):
            verify(content, keys[1])


@pytest.mark.parametrize("key", ["", "AAAA", "not base64", "é"])
def test_what_is_no_key_is_said_to_be_none(key: str) -> None:
    with pytest.raises(ConfigError, match=r"kiosk\.pub is no key"):
        verify(BODY, key)
