"""``readiness kiosk …``: what whoever sets up a kiosk types."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any, Final

from readiness.exits import Exit
from readiness.kiosk.config import ConfigError, KioskConfig, read
from readiness.text import N_, Refusal, os_reason, translate

_NOT_WRITTEN: Final = N_("{file} cannot be written: {reason}.")
_NO_KEY: Final = N_("{file} cannot be read ({reason}). Make a key with “readiness kiosk keygen”.")
_THERE: Final = N_("{file} is there already. Use another folder, so that no key is lost.")
_NOT_EQUAL: Final = N_("The two PINs are not the same. Try again.")
_NO_KIOSK: Final = N_("No kiosk has run on this computer yet: there is nothing to tell.")


class KioskError(Refusal):
    """What was asked for cannot be done."""


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verbs; ``verbs`` is what argparse calls subparsers."""

    def _(sentence: str) -> str:
        return translate(sentence, language)

    kiosk = verbs.add_parser("kiosk", help=_(N_("set up a kiosk, and see how it is")))
    inner = kiosk.add_subparsers(required=True, metavar=_(N_("VERB")), dest="kiosk_verb")

    def verb(name: str, do: Any, help_text: str) -> Any:
        added = inner.add_parser(name, help=_(help_text), description=_(help_text), parents=[spoken])
        added.set_defaults(do=do)
        return added

    file = _(N_("FILE"))
    verb("check", _check, N_("say whether a file holds good settings")).add_argument("file", metavar=file, type=Path)
    verb("install", _install, N_("put settings in use")).add_argument("file", metavar=file, type=Path)
    signing = verb("sign", _sign, N_("sign settings"))
    signing.add_argument("file", metavar=file, type=Path)
    signing.add_argument("--key", metavar=file, type=Path, required=True, help=_(N_("the secret key")))
    making = verb("keygen", _keygen, N_("make a key that settings are signed with"))
    making.add_argument("key", metavar=file, type=Path)
    verb("pin", _pin, N_("print the line that stands for a PIN in the settings"))
    verb("health", _health, N_("print how this kiosk is, as one JSON object"))


def _checked(file: Path) -> KioskConfig:
    """The settings in a file, which name a profile that is there. Raises a Refusal."""
    from readiness import profile as profiles
    from readiness.checks import CHECKS
    from readiness.kiosk.config import parse

    config = parse(read(file), file.name)
    profiles.load(config.profile, {check.id: check.requires for check in CHECKS})
    return config


def _check(options: argparse.Namespace) -> int:
    config = _checked(options.file)
    _say(N_("{file} is in order: version {version}."), options, file=options.file.name, version=config.version)
    return Exit.READY


def _install(options: argparse.Namespace) -> int:
    from readiness.kiosk.store import Store

    _checked(options.file)
    store = Store.of_this_computer()
    config = store.install(options.file)
    _say(N_("Version {version} is in {file} now."), options, file=str(store.path), version=config.version)
    _say(N_("It is used from the next start of the kiosk on."), options)
    return Exit.READY


def _sign(options: argparse.Namespace) -> int:
    from readiness.kiosk import signing
    from readiness.kiosk.config import parse
    from readiness.kiosk.files import write_whole

    content = read(options.file)
    parse(content, options.file.name)
    try:
        secret = options.key.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise KioskError(_NO_KEY, file=str(options.key), reason=os_reason(error)) from None
    signed = signing.sign(content, secret, options.key.name)
    try:
        write_whole(options.file, signed)
    except OSError as error:
        raise ConfigError(_NOT_WRITTEN, file=str(options.file), reason=os_reason(error)) from None
    _say(N_("{file} is signed."), options, file=options.file.name)
    return Exit.READY


def _keygen(options: argparse.Namespace) -> int:
    from readiness.kiosk import signing

    secret, public = signing.make_key()
    beside = options.key.with_name("kiosk.pub")
    for path in (options.key, beside):
        if path.exists():
            raise KioskError(_THERE, file=str(path))
    for path, text, mode in ((options.key, secret, 0o600), (beside, public, 0o644)):
        try:
            with open(path, "x", encoding="ascii", opener=_opener(mode)) as made:
                made.write(text + "\n")
        except OSError as error:
            raise KioskError(_NOT_WRITTEN, file=str(path), reason=os_reason(error)) from None
    _say(N_("{file} is the secret key: keep it away from the kiosks."), options, file=str(options.key))
    _say(N_("Copy {file} to the folder of each kiosk's settings."), options, file=str(beside))
    return Exit.READY


def _opener(mode: int) -> Any:
    import os

    return lambda path, flags: os.open(path, flags, mode)


def _pin(options: argparse.Namespace) -> int:
    from readiness.kiosk.pin import scrypt_line

    if sys.stdin.isatty():
        pin = getpass.getpass(translate(N_("PIN (4 to 12 digits): "), options.lang))
        if getpass.getpass(translate(N_("Once more: "), options.lang)) != pin:
            raise KioskError(_NOT_EQUAL)
    else:
        pin = sys.stdin.readline().rstrip("\r\n")
    sys.stdout.write(f'pin = "{scrypt_line(pin)}"\n')
    return Exit.READY


def _health(options: argparse.Namespace) -> int:
    import msgspec

    from readiness.kiosk.health import read_health
    from readiness.kiosk.store import own_folder

    health = read_health(own_folder() / "health.json")
    if health is None:
        raise KioskError(_NO_KIOSK)
    told = {**msgspec.to_builtins(health), "light": health.light.value}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")
    return Exit.READY


def _say(sentence: str, options: argparse.Namespace, **params: str | int) -> None:
    sys.stdout.write(translate(sentence, options.lang).format_map(params) + "\n")
