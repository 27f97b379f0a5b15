"""The words of the operating system check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("System"),
    prompt=N_("We look at how new your system is."),
    findings={
        "ok": Advice(
            text=N_("Your system is new enough. It is {name}."),
            agent=N_("Your system is new enough. You do not need to change a thing."),
            confirm=N_("Does your computer run {name}?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check the system of your computer. {reason}"),
            steps=(
                N_("Try again."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check your system. It may still be fine for the visit."),
            confirm=N_("Do you know if you have Windows or a Mac?"),
        ),
        "outdated": Advice(
            text=N_("Your system, {name}, is old. It will still do for this visit."),
            steps=(
                N_("You can join your visit as you are."),
                N_("When you have time, look in Settings for an update."),
                N_("Do not start an update right before your visit. It can take long."),
            ),
            agent=N_("Your system, {name}, is old. It will still do for this visit."),
            confirm=N_("Does your computer run {name}?"),
        ),
        "unsupported": Advice(
            text=N_("Your system, {name}, is too old for a video visit."),
            steps=(
                N_("Join with your phone or tablet."),
                N_("You can also use a newer computer."),
                N_("You can also ask for a visit by phone or in person."),
            ),
            agent=N_("Your system is {name}, and that is too old. Let us find another way."),
            confirm=N_("Does your computer run {name}?"),
            fixable=False,
        ),
        "unknown": Advice(
            text=N_("We do not know this kind of system. Your visit may still work."),
            steps=(
                N_("If you can, join with your phone or tablet."),
                N_("You can also use a computer with Windows, or a Mac."),
            ),
            agent=N_("We do not know your kind of system. Your visit may still work."),
            confirm=N_("Is your computer something other than a Mac or Windows?"),
            fixable=False,
        ),
    },
)
