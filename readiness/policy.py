"""What whoever looks after this computer laid down for everybody who uses it: provider, language, kiosk.

Windows keeps it in the registry, where the installer's properties and Group Policy write it; other systems keep it in a
file that only an administrator can write. What is asked for on the command line wins, then what the person has chosen,
then this, then what the program does by itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from readiness import shape, toml_file
from readiness.shape import Flaw, Section, ShapeError
from readiness.text import N_, Refusal, os_reason

#: Below HKEY_LOCAL_MACHINE: what the installer's properties PROFILE, LANGUAGE and KIOSK are written to.
REGISTRY_KEY: Final = r"SOFTWARE\Video Visit Readiness"

#: Where the file lies elsewhere.
FILES: Final = {
    "darwin": Path("/Library/Application Support/Video Visit Readiness/policy.toml"),
    "linux": Path("/etc/readiness/policy.toml"),
}

NOT_READ: Final = N_("{file}: this file cannot be read ({reason}). Ask whoever looks after this computer.")
NOT_WHOLE_PATH: Final = N_("{file}: {field} is {value}, but it must be a whole path from the root on.")


class PolicyError(Refusal):
    """A policy that cannot be used."""


class Policy(Section, frozen=True, kw_only=True):
    """Defaults of one computer; None is the program's own default."""

    profile: str | None = None
    """The id of a shipped profile, or the whole path of a file."""
    language: Literal["en", "es"] | None = None
    kiosk: str | None = None
    """The whole path of the kiosk's configuration, for ``readiness --kiosk`` without ``--config``."""

    def flaw(self) -> Flaw | None:
        if self.profile is not None and not re.fullmatch(r"\w+", self.profile) and not Path(self.profile).is_absolute():
            return Flaw("profile", NOT_WHOLE_PATH, {"value": shape.shown(self.profile)})
        if self.kiosk is not None and not Path(self.kiosk).is_absolute():
            return Flaw("kiosk", NOT_WHOLE_PATH, {"value": shape.shown(self.kiosk)})
        return None


Values = dict[str, Any]
Ask = Callable[[], tuple[str, Values]]
"""Gives the name of the place, and what is written there."""


def laid_down(ask: Ask | None = None) -> Policy:
    """The policy of this computer; an empty one where nobody laid anything down.

    Raises `PolicyError`: one sentence with the place, the name in it and what would be right.
    """
    place, values = (ask or _place())()
    # An installer that is given no property writes an empty text.
    values = {name: value for name, value in values.items() if value != ""}
    try:
        shape.check(values, Policy)
    except ShapeError as wrong:
        raise PolicyError(wrong.sentence, file=place, **wrong.params) from None
    return msgspec.convert(values, Policy)


def _place() -> Ask:
    if sys.platform == "win32":
        return ask_registry
    return lambda: ask_file(FILES.get(sys.platform, FILES["linux"]))


def ask_file(path: Path) -> tuple[str, Values]:
    """What a policy file says; nothing where there is none."""
    try:
        return str(path), toml_file.parse(path.read_bytes())
    except FileNotFoundError:
        return str(path), {}
    except OSError as error:
        raise PolicyError(NOT_READ, file=str(path), reason=os_reason(error)) from error
    except ShapeError as wrong:
        raise PolicyError(wrong.sentence, file=str(path), **wrong.params) from None


def ask_registry(registry: Any = None) -> tuple[str, Values]:
    """What the registry says, by the names that a file has, too; ``registry`` is the module winreg."""
    if registry is None:
        import importlib

        registry = importlib.import_module("winreg")  # exists on Windows only
    place = rf"HKEY_LOCAL_MACHINE\{REGISTRY_KEY}"
    values: Values = {}
    try:
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, REGISTRY_KEY) as key:
            for name in Policy.__struct_fields__:
                try:
                    values[name] = registry.QueryValueEx(key, name)[0]
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        return place, {}
    except OSError as error:
        raise PolicyError(NOT_READ, file=place, reason=os_reason(error)) from error
    return place, values
