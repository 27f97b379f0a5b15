"""The words of the computer check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Computer"),
    prompt=N_("We look at how busy your computer is."),
    findings={
        "ok": Advice(
            text=N_("Your computer is not too busy for the visit."),
            agent=N_("Your computer is not too busy. You do not need to change a thing."),
            confirm=N_("Does your computer feel as fast as always?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check how busy your computer is. {reason}"),
            steps=(
                N_("Close programs that you do not need."),
                N_("Plug in the charger."),
                N_("Try again."),
            ),
            agent=N_("We could not check how busy your computer is. It may still be fine."),
            confirm=N_("Does your computer feel as fast as always?"),
        ),
        "busy": Advice(
            text=N_("Your computer is very busy now. Your picture may stop and start."),
            steps=(
                N_("Close programs that you do not need."),
                N_("If an update is going on, let it end."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your computer is {cpu_busy_pct} percent busy. Let us close what you do not need."),
            confirm=N_("Are a lot of things open, or is an update going on?"),
        ),
        "low_memory": Advice(
            text=N_("Your computer is short of memory now. Your picture may stop and start."),
            steps=(
                N_("Close programs that you do not need."),
                N_("Close web pages that you do not need."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your computer has {memory_free_mib} megabytes free. Let us close what you do not need."),
            confirm=N_("Do you have a lot of programs or web pages open?"),
        ),
        "low_battery": Advice(
            text=N_("Your battery is at {battery_pct} percent. It may not last for the visit."),
            steps=(N_("Plug in the charger, and leave it in for the visit."),),
            agent=N_("Your battery is at {battery_pct} percent. Please plug in the charger."),
            confirm=N_("Is the charger unplugged?"),
        ),
        "video_programs": Advice(
            text=N_("Some open programs may want your camera, too."),
            steps=(N_("Before your visit, close {programs}."),),
            agent=N_("Before your visit, please close {programs}. The camera must be free."),
            confirm=N_("Is a video program open, such as Zoom or Teams?"),
        ),
    },
)
