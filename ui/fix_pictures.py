"""Which drawing goes with which finding that a person can mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: From findings to `ui.pictures`.
PICTURES: Final[Mapping[str, str]] = {}


def picture_for(finding_id: str) -> str:
    """The drawing for a finding; empty for one that has none."""
    return PICTURES.get(finding_id, "")
