"""The words for what the line will carry: one headline to the person, one sentence for the agent, and what would help.

`readiness.outlook` decides; here is only how it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from readiness.outlook import Forecast, Help, Outlook
from readiness.text import N_


class OutlookWords(msgspec.Struct, frozen=True):
    text: str
    """To the person, one or two sentences."""
    agent: str
    """What a support agent says about it on the phone."""


GOOD: Final = OutlookWords(
    N_("Your internet can carry a good picture and good sound."),
    N_("Your internet can carry a good picture and good sound. We sent test data as a call does."),
)
FAST_ENOUGH: Final = OutlookWords(
    N_("Your internet is fast enough for good picture and sound."),
    N_("Your internet is fast enough. We did not test if parts of a call get lost."),
)
MAY_FREEZE: Final = OutlookWords(
    N_("Your internet will do. The picture may stop at times."),
    N_("Your internet will do, but the picture may stop at times. You can still talk."),
)
LATE: Final = OutlookWords(
    N_("Picture and sound will come late. Pause a bit before you speak."),
    N_("Picture and sound will come late. Please pause a bit before you speak."),
)
SOUND_ONLY: Final = OutlookWords(
    N_("Your internet can carry sound, but no good picture."),
    N_("Your internet can carry sound, but no good picture. Shall we ask for a visit by phone?"),
)
NOT_ENOUGH: Final = OutlookWords(
    N_("Your internet is too weak for a visit now."),
    N_("Your internet is too weak for a visit now. Shall we ask for a visit by phone?"),
)
BROKE_OFF: Final = OutlookWords(
    N_("Your internet stopped in the middle of our test. A visit would have stopped, too."),
    N_("Your internet stopped in the middle of our test. Let us try once more."),
)
UNKNOWN: Final = OutlookWords(
    N_("We do not know yet what your internet can carry."),
    N_("We do not know yet what your internet can carry. Let us test it again."),
)
OFFLINE: Final = OutlookWords(
    N_("Your connection needs a fix first. Then we can test what it can carry."),
    N_("Your connection needs a fix first. Then we can test what it can carry."),
)

_BY_OUTLOOK: Final[Mapping[Outlook, OutlookWords]] = {
    Outlook.GOOD: FAST_ENOUGH,
    Outlook.MAY_FREEZE: MAY_FREEZE,
    Outlook.SOUND_ONLY: SOUND_ONLY,
    Outlook.NOT_ENOUGH: NOT_ENOUGH,
    Outlook.UNKNOWN: UNKNOWN,
}

#: Every headline there is, for whoever reads all sentences.
EVERY_OUTLOOK: Final = (*_BY_OUTLOOK.values(), GOOD, LATE, BROKE_OFF, OFFLINE)

HELPS: Final[Mapping[Help, str]] = {
    Help.NEARER: N_("Move up close to your internet box. The Wi-Fi is weak here."),
    Help.CABLE: N_("If you can, plug in a network cord."),
    Help.CLOSE_PROGRAMS: N_("Close programs that use the internet, such as films or games."),
    Help.PAUSE_SENDING: N_("Pause all that sends or saves photos and files."),
    Help.OTHERS_PAUSE: N_("Ask others at home to pause videos and games."),
    Help.VPN_OFF: N_("Turn the VPN off for the visit, if you may."),
    Help.PHONE_VISIT: N_("You can also ask for a visit by phone."),
}

#: On a line that is paid by use.
COST: Final = N_("You may pay for data here. The speed test used {used} MB.")

#: Pieces of the line of figures, and what joins them.
GETS_AND_SENDS: Final = N_("Gets {down}, sends {up} Mbit/s")
GETS: Final = N_("Gets {down} Mbit/s, sending was not measured")
SENDS: Final = N_("Sends {up} Mbit/s, getting was not measured")
AT_LEAST: Final = N_("at least {rate}")
ABOUT: Final = N_("about {rate}")
ANSWERS: Final = N_("answers after {rtt} ms")
LOSES: Final = N_("loses {loss} %")
USED: Final = N_("used {used} MB")


def words_for_outlook(forecast: Forecast) -> OutlookWords:
    """What is said of a line: no more than was measured."""
    if forecast.late:
        return LATE
    if forecast.offline:
        return OFFLINE
    if "bandwidth.broke_off" in forecast.because:
        return BROKE_OFF
    if forecast.outlook is Outlook.GOOD and forecast.call_measured:
        return GOOD
    return _BY_OUTLOOK[forecast.outlook]
