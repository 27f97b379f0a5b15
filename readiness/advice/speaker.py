"""The words of the speaker check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords, QuestionWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Speaker"),
    prompt=N_("Two whistles come first. Then count the tones."),
    questions={
        "tones": QuestionWords(
            text=N_("How many tones did you hear after the whistles?"),
            cannot_tell=N_("I can't hear well"),
            skip=N_("Skip"),
        ),
    },
    findings={
        "ok": Advice(
            text=N_("Your speaker works. Our test sound was heard."),
            agent=N_("Your speaker works. You do not need to change a thing."),
            confirm=N_("Did you hear the tones?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check your speaker. {reason}"),
            steps=(
                N_("Try again."),
                N_("If that does not help, start the computer again."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check the speaker. It may still work."),
            confirm=N_("Do you hear sound when you play a video?"),
        ),
        "no_such": Advice(
            text=N_("We did not find the speaker {name}. This computer has {available}."),
            steps=(
                N_("Try again, and choose one of these: {available}."),
                N_("If it has a cord, plug it in again."),
            ),
            agent=N_("The speaker {name} is not there. This computer has {available}."),
            confirm=N_("Is the name {name} right?"),
        ),
        "none": Advice(
            text=N_("We did not find a speaker on this computer."),
            steps=(
                N_("Plug in a headset or a speaker."),
                N_("If it has no cord, turn it on and connect it by Bluetooth."),
                N_("If you have none, join with your phone or tablet."),
            ),
            agent=N_("Your computer does not see a speaker. Let us plug in a headset."),
            confirm=N_("Do you have a headset or a speaker that you can plug in?"),
            settings="sound",
        ),
        "muted": Advice(
            text=N_("The sound of this computer is turned off."),
            steps=(
                N_("Press the mute key. It shows a speaker with a line or an X."),
                N_("Turn the volume up to the middle."),
                N_("Try again, and listen for the tones."),
            ),
            agent=N_("The sound is turned off. Let us look for the mute key."),
            confirm=N_("Does the speaker sign on your screen have a line or an X?"),
            settings="sound",
        ),
        "low": Advice(
            text=N_("The sound is low. It may be hard to hear your doctor."),
            steps=(
                N_("Turn the volume up to the middle."),
                N_("If the speaker has a knob of its own, turn that up, too."),
            ),
            agent=N_("The volume is at {volume_pct} percent. Please turn it up to the middle."),
            confirm=N_("Is the sound hard to hear?"),
            settings="sound",
        ),
        "not_heard": Advice(
            text=N_("No tones were heard. The sound may go somewhere else."),
            steps=(
                N_("Turn the volume up, and turn the speaker on."),
                N_("If a headset is plugged in, put it on or pull it out."),
                N_("In the sound settings, pick another speaker."),
            ),
            agent=N_("No tones were heard. The sound may go to a headset or a screen."),
            confirm=N_("Is a headset plugged in, or connected by Bluetooth?"),
            settings="sound",
        ),
        "not_confirmed": Advice(
            text=N_("We do not know yet if you can hear the sound."),
            steps=(
                N_("Turn the volume up to the middle."),
                N_("Try again, and count the tones."),
                N_("If you do not hear well, ask your doctor's office what help they have."),
            ),
            agent=N_("We do not know yet if you can hear the sound. Let us play the tones again."),
            confirm=N_("Do you hear sound when you play a video?"),
            settings="sound",
        ),
        "not_answering": Advice(
            text=N_("Your speaker is there, but it does not play."),
            steps=(
                N_("Close other programs that play sound."),
                N_("If it has a cord, pull it out and plug it in again."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your speaker is there, but it does not play. Its name is {name}."),
            confirm=N_("Do videos on this computer play with no sound, too?"),
            settings="sound",
        ),
    },
)
