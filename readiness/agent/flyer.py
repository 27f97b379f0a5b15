"""What the older flyer says differently, which callers may still hold in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from readiness.agent.call import Call, Stage
from readiness.joining import Way
from readiness.profile import Difference, Profile

#: Which differences matter while a check is talked about.
_BY_CHECK: Final[Mapping[str, tuple[str, ...]]] = {
    "browser": ("browser_windows",),
}
#: Which matter to who joins now.
_BY_WAY: Final[Mapping[Way, tuple[str, ...]]] = {
    Way.COMPUTER: ("computer_button", "when_to_join"),
    Way.PHONE: ("phone_button", "phone_tab"),
}


def every_difference(profile: Profile) -> tuple[Difference, ...]:
    """All that earlier flyers said differently."""
    return tuple(difference for edition in profile.earlier_editions for difference in edition.differences)


def that_matter(call: Call) -> tuple[Difference, ...]:
    """The differences that matter where a call stands."""
    wanted: tuple[str, ...] = ()
    if call.stage is Stage.JOIN:
        wanted = _BY_WAY[call.situation.way]
    elif call.finding:
        wanted = _BY_CHECK.get(call.finding.partition(".")[0], ())
    return tuple(difference for difference in every_difference(call.profile) if difference.topic in wanted)
