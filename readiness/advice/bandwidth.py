"""The words of the bandwidth check: consequences to the person, numbers to the agent."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Internet speed"),
    prompt=N_("We test how fast your internet is."),
    findings={
        "ok": Advice(
            text=N_("Your internet is fast enough for picture and sound."),
            agent=N_("Your internet is fast enough. It gets {down_mbps} and sends {up_mbps} megabits each second."),
            confirm=N_("Do web pages open fast?"),
        ),
        "not_checked": Advice(
            text=N_("We could not test how fast your internet is. {reason}"),
            steps=(
                N_("Try again."),
                N_("You can still join your visit."),
            ),
            agent=N_("We could not test your internet speed. It may still be fine."),
            confirm=N_("Do videos play well on this computer?"),
        ),
        "slow_down": Advice(
            text=N_("Your internet is a bit slow. The picture of your doctor may stop at times."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("Your internet gets {down_mbps} megabits each second. That is a bit slow."),
            confirm=N_("Do others use the internet at the same time?"),
        ),
        "slow_up": Advice(
            text=N_("Your internet is a bit slow. Your doctor may see your picture stop at times."),
            steps=(
                N_("Pause all that sends or saves photos and files."),
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("Your internet sends {up_mbps} megabits each second. That is a bit slow."),
            confirm=N_("Do others use the internet at the same time?"),
        ),
        "too_slow_down": Advice(
            text=N_("Your internet is too slow now. You may not see your doctor."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box, and try again."),
                N_("You can also join with your phone and its own signal."),
            ),
            agent=N_("Your internet gets {down_mbps} megabits each second. That is too slow for a picture."),
            confirm=N_("Do videos stop and start on this computer?"),
            fixable=False,
        ),
        "too_slow_up": Advice(
            text=N_("Your internet is too slow now. Your doctor may not see you."),
            steps=(
                N_("Pause all that sends or saves photos and files."),
                N_("Move up close to your internet box, and try again."),
                N_("You can also join with your phone and its own signal."),
            ),
            agent=N_("Your internet sends {up_mbps} megabits each second. That is too slow for a picture."),
            confirm=N_("Do people say that your picture stops on calls?"),
            fixable=False,
        ),
        "sound_only": Advice(
            text=N_("Your internet can carry sound now, but no good picture."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box, and try again."),
                N_("You can also ask for a visit by phone."),
            ),
            agent=N_("Your internet gets {down_mbps} and sends {up_mbps} megabits each second. Sound should work."),
            confirm=N_("Do others use the internet at the same time?"),
            fixable=False,
        ),
        "slow_reply": Advice(
            text=N_("Your internet takes long to answer. Pause a bit before you speak."),
            steps=(
                N_("If you can, plug in a network cord."),
                N_("If you use a VPN, turn it off."),
                N_("Ask others at home to pause videos and games."),
            ),
            agent=N_("An answer takes {rtt_ms} milliseconds, and that is long. Please pause a bit before you speak."),
            confirm=N_("Do people on calls hear you late?"),
        ),
        "server_unreachable": Advice(
            text=N_("Our test server did not answer. That is our fault, not yours."),
            steps=(
                N_("Try again in a few minutes."),
                N_("You can still join your visit."),
            ),
            agent=N_("Our test server did not answer. We do not know yet how fast your internet is."),
            confirm=N_("Do videos play well on this computer?"),
        ),
        "not_measured": Advice(
            text=N_("We did not test how fast your internet is. {reason}"),
            steps=(
                N_("If you are not on the internet, connect first."),
                N_("Try again."),
            ),
            agent=N_("We do not know yet how fast your internet is. Let us try again."),
            confirm=N_("Do videos play well on this computer?"),
        ),
    },
)
