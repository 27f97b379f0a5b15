"""The words of the microphone check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Microphone"),
    prompt=N_("Say hello out loud."),
    findings={
        "ok": Advice(
            text=N_("We heard your voice. The name of your microphone is {name}."),
            agent=N_("Your voice came in well. You do not need to change a thing."),
            confirm=N_("Is {name} the microphone that you want to use?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check your microphone. {reason}"),
            steps=(
                N_("Try again."),
                N_("If that does not help, start the computer again."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check the microphone. It may still work."),
            confirm=N_("Can people hear you when you make calls on this computer?"),
        ),
        "no_such": Advice(
            text=N_("We did not find the microphone {name}. This computer has {available}."),
            steps=(
                N_("Try again, and choose one of these: {available}."),
                N_("If it has a cord, plug it in again."),
            ),
            agent=N_("The microphone {name} is not there. This computer has {available}."),
            confirm=N_("Is the name {name} right?"),
        ),
        "none": Advice(
            text=N_("We did not find a microphone on this computer."),
            steps=(
                N_("Plug in a headset or a microphone."),
                N_("If it has no cord, turn it on and connect it by Bluetooth."),
                N_("If you have none, join with your phone or tablet."),
            ),
            agent=N_("Your computer does not see a microphone. Let us plug in a headset."),
            confirm=N_("Do you have a headset or a microphone that you can plug in?"),
            settings="sound",
        ),
        "blocked": Advice(
            text=N_("Your computer does not let us use the microphone yet. You can turn that on."),
            steps=(
                N_("Open Settings, then Privacy, then Microphone."),
                N_("Turn on the switch for this program, for Terminal or for desktop apps."),
                N_("Come back here and try again."),
            ),
            agent=N_("Your computer keeps the microphone off for this program. Let us turn it on in Settings."),
            confirm=N_("In Settings, under Microphone, is a switch turned off?"),
            settings="microphone_privacy",
        ),
        "busy": Advice(
            text=N_("Your microphone is in use. We could not listen."),
            steps=(
                N_("Close {programs}."),
                N_("Close web pages that use the microphone."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your microphone is in use. Please close {programs}."),
            confirm=N_("Is a call or a video program open, such as Zoom or Teams?"),
        ),
        "not_answering": Advice(
            text=N_("Your microphone is there, but it does not start."),
            steps=(
                N_("If it has a cord, pull it out, wait ten seconds and plug it in."),
                N_("If it has no cord, turn it off and on again."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your microphone is there, but it does not start. Its name is {name}."),
            confirm=N_("Do other programs on this computer hear nothing from you, too?"),
        ),
        "unplugged": Advice(
            text=N_("Your microphone came loose during the test."),
            steps=(
                N_("Push the plug all the way in."),
                N_("If it has no cord, charge it and turn it on."),
                N_("Try again, and keep the cord still."),
            ),
            agent=N_("Your microphone went away during the test. The plug may be loose."),
            confirm=N_("Is your headset or microphone on a cord that may be loose?"),
        ),
        "silent": Advice(
            text=N_("No sound comes from your microphone. It may be turned off."),
            steps=(
                N_("Press the mute key, or the switch on your headset. Then try again."),
                N_("On a laptop, open the lid all the way."),
                N_("In Settings, under Privacy, turn on the microphone for this program or Terminal."),
            ),
            agent=N_("No sound at all comes from your microphone. Let us look for a mute key first."),
            confirm=N_("Is there a mute light on your keyboard or your headset?"),
            settings="microphone_privacy",
        ),
        "quiet": Advice(
            text=N_("Your voice is hard to hear."),
            steps=(
                N_("Move up close to the computer or the microphone."),
                N_("In the sound settings, turn the microphone up."),
                N_("If you have a headset, use it."),
            ),
            agent=N_("Your voice comes in very soft. Please move up close to the microphone."),
            confirm=N_("Do you sit far from the computer or the microphone?"),
            settings="sound",
        ),
        "clipping": Advice(
            text=N_("Your microphone is set too high. Your voice may crackle."),
            steps=(
                N_("Move back a little."),
                N_("In the sound settings, turn the microphone down."),
                N_("Try again, and speak as you always do."),
            ),
            agent=N_("Your microphone is set too high. Please move back a little."),
            confirm=N_("Is the microphone very close to your mouth?"),
            settings="sound",
        ),
        "noisy": Advice(
            text=N_("It is loud around you. Your doctor may not hear you well."),
            steps=(
                N_("Turn off the TV, the radio and the fan."),
                N_("Close the door and the windows."),
                N_("If you have a headset, use it."),
            ),
            agent=N_("It is loud around you. Please turn off the TV, the radio or the fan."),
            confirm=N_("Is a TV, a radio or a fan on near you?"),
        ),
        "no_speech": Advice(
            text=N_("We did not hear your voice yet."),
            steps=(
                N_("Try again, and say hello out loud."),
                N_("Look for a mute key on the keyboard or the headset."),
                N_("If you have more than one microphone, try another one."),
            ),
            agent=N_("We have not heard your voice yet. Let us try again while you speak."),
            confirm=N_("Did the test end before you spoke?"),
            settings="sound",
        ),
    },
)
