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
            agent=N_("Your internet is fast enough. It can get {down_mbps} and send {up_mbps} megabits each second."),
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
            text=N_("Your internet is too slow for a picture now. It is fast enough for sound."),
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
        "broke_off": Advice(
            text=N_("Your internet stopped in the middle of our test."),
            steps=(
                N_("Wait one minute, and try again."),
                N_("If you use Wi-Fi, move up close to your internet box."),
                N_("Unplug your internet box. Wait one minute and plug it in again."),
            ),
            agent=N_("Your internet stopped in the middle of our test. Let us try once more."),
            confirm=N_("Does your internet go away at times?"),
            settings="network",
        ),
        "disturbed": Advice(
            text=N_("This computer was too busy for our test. We do not know yet how fast your internet is."),
            steps=(
                N_("Close programs that you do not need now."),
                N_("Keep the computer awake, and try again."),
            ),
            agent=N_("Your computer was too busy, or went to sleep. We do not know yet how fast your internet is."),
            confirm=N_("Is the computer slow, or was its lid shut?"),
        ),
        "unfinished": Advice(
            text=N_("We could not test your internet to the end. It may be fast enough."),
            steps=(
                N_("Try again."),
                N_("You can still join your visit."),
            ),
            agent=N_("We could not test your internet to the end. It may be fast enough."),
            confirm=N_("Do videos play well on this computer?"),
        ),
        "unsteady": Advice(
            text=N_("The speed of your internet goes up and down. The picture may stop at times."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("The speed goes up and down. At times it is {low_mbps} megabits each second."),
            confirm=N_("Do others use the internet at the same time?"),
        ),
        "jitter": Advice(
            text=N_("Answers from the internet come too early or too late. The sound may break up at times."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("The time for an answer goes up and down by {jitter_ms} milliseconds. That is a lot."),
            confirm=N_("Does the sound break up on your calls?"),
        ),
        "slow_when_busy": Advice(
            text=N_("When others use your internet, it answers late. Then people hear you late, too."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Pause all that sends or saves photos and files."),
            ),
            agent=N_("On a full line, an answer takes {loaded_rtt_ms} milliseconds. Let nobody else use it for now."),
            confirm=N_("Do calls get bad when others use the internet?"),
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
