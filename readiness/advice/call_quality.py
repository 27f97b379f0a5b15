"""The words of the call quality check: what a call would be like, and numbers to the agent."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Test call"),
    prompt=N_("We try out a call. It takes about 10 seconds."),
    findings={
        "ok": Advice(
            text=N_("A test call came through in one piece."),
            agent=N_("The test call went well. It lost {loss_pct} percent, and each way took {delay_ms} milliseconds."),
            confirm=N_("Do calls sound clear on this computer?"),
        ),
        "not_checked": Advice(
            text=N_("We could not try out a call. {reason}"),
            steps=(
                N_("Try again."),
                N_("You can still join your visit."),
            ),
            agent=N_("We could not try out a call. We do not know yet what calls are like on this line."),
            confirm=N_("Do calls on this computer stop at times?"),
        ),
        "not_measured": Advice(
            text=N_("We did not try out a call. {reason}"),
            steps=(
                N_("If you are not on the internet, connect first."),
                N_("You can still join your visit."),
            ),
            agent=N_("We did not try out a call. We do not know yet what calls are like on this line."),
            confirm=N_("Do calls on this computer stop at times?"),
        ),
        "loss": Advice(
            text=N_("Small parts of a call get lost on the way. Picture and sound may stop at times."),
            steps=(
                N_("If you can, plug in a network cord."),
                N_("Move up close to your internet box."),
                N_("Ask others at home to pause videos and games."),
            ),
            agent=N_("Your line loses {loss_pct} percent of a call. Picture and sound may stop at times."),
            confirm=N_("Do calls on this computer stop at times?"),
        ),
        "too_much_loss": Advice(
            text=N_("Too much of a call gets lost on the way. It may be hard to see and hear your doctor."),
            steps=(
                N_("If you can, plug in a network cord."),
                N_("Move up close to your internet box, and try again."),
                N_("You can also join with your phone and its own signal."),
            ),
            agent=N_("Your line loses {loss_pct} percent of a call. That is too much to see and hear well."),
            confirm=N_("Do calls on this computer often stop or break up?"),
            fixable=False,
        ),
        "delay": Advice(
            text=N_("Your voice comes a bit late at the other end. Pause a bit before you speak."),
            steps=(
                N_("If you use a VPN, turn it off."),
                N_("If you can, plug in a network cord."),
                N_("Ask others at home to pause videos and games."),
            ),
            agent=N_("Each way takes {delay_ms} milliseconds, and that is long. Please pause a bit before you speak."),
            confirm=N_("Do people on calls hear you late?"),
        ),
        "too_much_delay": Advice(
            text=N_("Your voice comes much too late at the other end. It will be hard to talk."),
            steps=(
                N_("If you use a VPN, turn it off, and try again."),
                N_("If you can, plug in a network cord."),
                N_("You can also join with your phone and its own signal."),
            ),
            agent=N_("Each way takes {delay_ms} milliseconds. That is too long to talk with ease."),
            confirm=N_("Do people on calls hear you late?"),
            fixable=False,
        ),
        "jitter": Advice(
            text=N_("Your call comes in fits and starts. Sound may break up at times."),
            steps=(
                N_("If you can, plug in a network cord."),
                N_("Move up close to your internet box."),
                N_("Ask others at home to pause videos and games."),
            ),
            agent=N_("Your line is not even: {jitter_ms} milliseconds up and down. Sound may break up at times."),
            confirm=N_("Does the sound of calls break up at times?"),
        ),
        "too_much_jitter": Advice(
            text=N_("Your call comes in fits and starts. It may be hard to follow your doctor."),
            steps=(
                N_("If you can, plug in a network cord."),
                N_("Move up close to your internet box, and try again."),
                N_("You can also join with your phone and its own signal."),
            ),
            agent=N_("Your line is not even: {jitter_ms} milliseconds up and down. That is too much for a call."),
            confirm=N_("Does the sound of calls often break up?"),
            fixable=False,
        ),
        "low_rate": Advice(
            text=N_("Your internet is too slow for a sharp picture. A call will make the picture less sharp."),
            steps=(
                N_("Ask others at home to pause videos and games."),
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("The test call went down to {rate_mbps} megabits each second. The picture will be less sharp."),
            confirm=N_("Do others use the internet at the same time?"),
        ),
        "udp_blocked": Advice(
            text=N_("Your network blocks the fast lane for calls. The slow lane works, but calls may stop at times."),
            steps=(
                N_("If you use a VPN, turn it off, and try again."),
                N_("At work or in a hotel, try your phone and its own signal."),
                N_("You can still join your visit."),
            ),
            agent=N_("Your network lets no UDP through. The call goes over TCP, and may stop at times."),
            confirm=N_("Are you at work, in a hotel, or on a VPN?"),
        ),
        "tls_only": Advice(
            text=N_("Your network lets only web pages through. Calls find a way, but they may stop at times."),
            steps=(
                N_("If you use a VPN, turn it off, and try again."),
                N_("At work or in a hotel, try your phone and its own signal."),
                N_("You can still join your visit."),
            ),
            agent=N_("Only port 443 is open on your network. The call can use it, and may stop at times."),
            confirm=N_("Are you at work, in a hotel, or on a VPN?"),
        ),
        "credentials_refused": Advice(
            text=N_("Our test server did not let us in. That is our fault, not yours."),
            steps=(
                N_("You can still join your visit."),
                N_("If you can, tell your clinic about it."),
            ),
            agent=N_("Our test server did not take our own password. We do not know yet what calls are like."),
            confirm=N_("Do calls on this computer stop at times?"),
        ),
        "server_unreachable": Advice(
            text=N_("Our server for test calls did not answer. That is our fault, not yours."),
            steps=(
                N_("Try again in a few minutes."),
                N_("You can still join your visit."),
            ),
            agent=N_("Our server for test calls did not answer. We do not know yet what calls are like."),
            confirm=N_("Do calls on this computer stop at times?"),
        ),
        "disturbed": Advice(
            text=N_("Your computer was too busy for our test call. We do not know yet what calls are like."),
            steps=(
                N_("Close programs that you do not need now."),
                N_("Keep the computer awake, and try again."),
            ),
            agent=N_("The computer stood still during the test call. That says nothing about the line yet."),
            confirm=N_("Is the computer slow, or was its lid shut?"),
        ),
    },
)
