"""What an agent says in place of a sentence: to a caller who cannot see the screen, without numbers, or where it is.

Sentences are looked up as they stand in the other files here, so that a step that several findings share has one set of
words. A sentence that is not in a table needs no other words. `tests/agent/test_by_phone.py` walks every finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from readiness.model import OsFamily
from readiness.text import N_

#: For a caller who cannot see: nothing to look at, nothing to click.
WITHOUT_EYES: Final[Mapping[str, str]] = {
    # Steps
    "If you still see no picture, join with your phone or tablet.": N_(
        "If the picture still does not come, join with your phone or tablet."
    ),
    "If the camera has a ring, turn it until you look sharp.": N_(
        "If the camera has a ring, turn it a little, and try again."
    ),
    "Move the camera or the screen until it points at your face.": N_("Move the camera until it points at your face."),
    "Look for a cover on the camera, and slide it to the side.": N_(
        "Feel for a cover on the camera, and slide it to the side."
    ),
    "Make your screen brighter.": N_("Ask somebody near you if your picture is there."),
    "Press the mute key. It shows a speaker with a line or an X.": N_(
        "Press the mute key. It is often in the top row."
    ),
    "Look for a mute key on the keyboard or the headset.": N_(
        "Feel for a mute switch on the headset. Push it the other way."
    ),
    "Open a web page to see if the internet works.": N_("Open a web page. Listen if it is read to you."),
    "Open a web page to see if your browser gets through.": N_("Open a web page. Listen if it is read to you."),
    "Open the settings, and look for date and time.": N_("Open the settings, and go to date and time."),
    "In the menu of {name}, look for About.": N_("In the menu of {name}, go to About."),
    "When you have time, look in Settings for an update.": N_("When you have time, search the settings for an update."),
    # Questions
    "Can you see your face when you use the camera elsewhere?": N_("Do others see you when you use the camera?"),
    "Do you have a camera, on top of the screen or on a cord?": N_("Do you have a camera, in the lid or on a cord?"),
    "Do you see no picture when you use the camera elsewhere, too?": N_("Do others see no picture of you, too?"),
    "Is it a bit dark where you sit?": N_("Is there no lamp on where you sit?"),
    "Does your picture stay the same when you wave?": N_("Do others say that your picture stands still?"),
    "Does your face look blurred to you?": N_("Do others say that your picture is not sharp?"),
    "Does your picture jump when you move?": N_("Do others say that your picture jumps?"),
    "Does the camera point past your face?": N_("Is the camera at your side, or very high or low?"),
    "Is the picture on your screen black, or is someone else in it?": N_(
        "Has somebody said that your picture is black?"
    ),
    "Is there a mute light on your keyboard or your headset?": N_("Is there a mute switch on your headset?"),
    "Does the speaker sign on your screen have a line or an X?": N_("Has this computer made no sound at all today?"),
    "Do web pages stay empty in your browser, too?": N_("Is nothing read to you when you open a web page?"),
    "Does your computer show a wrong date or a wrong time?": N_("Does your computer say a wrong date or a wrong time?"),
    # What the agent says first
    "Your camera sends a picture, but you do not see yourself. Let us look for a cover.": N_(
        "Your camera sends a picture, but you are not in it. Let us feel for a cover."
    ),
    "No sound at all comes from your microphone. Let us look for a mute key first.": N_(
        "No sound at all comes from your microphone. Let us find the mute key first."
    ),
    "The sound is turned off. Let us look for the mute key.": N_("The sound is turned off. Let us find the mute key."),
}

#: Where a value stands on the caller's screen alone: a sentence that does without it.
WITHOUT_VALUES: Final[Mapping[str, str]] = {
    "Try again, and choose one of these: {available}.": N_("Try again, and choose another one from the list."),
    "In the menu of {name}, look for About.": N_("In the menu of the browser, look for About."),
    "In the menu of {name}, go to About.": N_("In the menu of the browser, go to About."),
    "If you can, open {recommended} for your visit.": N_("If you can, open Chrome for your visit, or Safari on a Mac."),
    "If not, join a bit early and try {name}.": N_("If not, join a bit early and try the browser you have."),
    "Open {name} first, and sign on there.": N_("Open the right browser first, and sign on there."),
    "You can also make {name} your default browser in Settings.": N_(
        "You can also choose your default browser in Settings."
    ),
    "The camera {name} is not there. This computer has {available}.": N_("The camera that you chose is not there."),
    "The microphone {name} is not there. This computer has {available}.": N_(
        "The microphone that you chose is not there."
    ),
    "The speaker {name} is not there. This computer has {available}.": N_("The speaker that you chose is not there."),
    "Is the name {name} right?": N_("Did you choose one by its name?"),
    "Your Wi-Fi has {bars} of 4 bars. Please move up close to your internet box.": N_(
        "Your Wi-Fi is weak. Please move up close to your internet box."
    ),
    "Your line may cost money by use. Our test takes up to {test_mb} MB, and a visit takes more.": N_(
        "Your line may cost money by use, and a visit uses a lot."
    ),
    "Your battery is at {battery_pct} percent. Please plug in the charger.": N_(
        "Your battery is low. Please plug in the charger."
    ),
    "Your browser, {name}, needs an update. You have version {version}.": N_("Your browser needs an update."),
    "Your browser, {name}, does not work for the visit. Let us get Chrome.": N_(
        "Your browser does not work for the visit. Let us get Chrome."
    ),
    "Is {name} the only browser on your computer?": N_("Is it the only browser on your computer?"),
    "Your browser is {name}. The best choice for the visit is {recommended}.": N_(
        "Your browser may work. The best choice is Chrome, or Safari on a Mac."
    ),
    "Do you have no {recommended} on your computer?": N_("Do you have no Chrome and no Safari on your computer?"),
    "Links may open in the wrong browser. Please open {name} first, and sign on there.": N_(
        "Links may open in the wrong browser. Please open the right one first."
    ),
    "Do links open in a browser that is not {name}?": N_("Do links open in a browser that you did not choose?"),
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a thing is: said when a caller cannot find it."""

    text: str
    """For any computer."""
    windows: str = ""
    """More exactly, on Windows; empty for the same."""
    macos: str = ""
    """More exactly, on a Mac; empty for the same."""
    unseen: str = ""
    """By keyboard, by hand or by ear; empty where no eyes are needed anyway."""
    steps: tuple[str, ...]
    """The steps that it helps with."""

    def told(self, family: OsFamily, *, sees: bool) -> str:
        """The sentence for a caller on that system."""
        exact = {OsFamily.WINDOWS: self.windows, OsFamily.MACOS: self.macos}.get(family, "")
        return (not sees and self.unseen) or exact or self.text


#: For a step that no place helps with.
ELSEWHERE: Final = Place(text=N_("Is somebody with you who can help? Please do it with them."), steps=())

PLACES: Final = (
    Place(
        text=N_("The button “Try again” is at the bottom right."),
        unseen=N_("Press Tab until you hear “Try again”. Then press Enter."),
        steps=(
            "Try again.",
            "Try again, and choose one of these: {available}.",
            "Come back here and try again.",
            "Try again, and keep the cord still.",
            "Try again, and wave at the camera.",
            "Try again, and speak as you always do.",
            "Try again, and say hello out loud.",
            "Try again, and listen for the tones.",
            "Try again, and count the tones.",
            "Keep the computer awake, and try again.",
            "Pick your real camera, if you can choose.",
            "If you have one more camera, try that one.",
            "If you have more than one microphone, try another one.",
        ),
    ),
    Place(
        text=N_("We can wait on the phone, or you call us again."),
        steps=(
            "Wait five minutes, and try again.",
            "Wait one minute, and try again.",
            "Try again in a few minutes.",
            "If an update is going on, let it end.",
            "Let updates and backups end first.",
        ),
    ),
    Place(
        text=N_("Save your work. Then choose Restart in the menu for turning off."),
        windows=N_("Press the Windows key. Choose the power sign, then Restart."),
        macos=N_("Press the apple at the top left. Choose Restart."),
        unseen=N_("Hold the power key until the computer is off. Then press it once more."),
        steps=("If that does not help, start the computer again.",),
    ),
    Place(
        text=N_("Get your doctor's app on the phone. Sign on there."),
        unseen=N_("Ask your phone out loud to open your doctor's app. Sign on there."),
        steps=(
            "You can also join with your phone or tablet.",
            "If you have no camera, join with your phone or tablet.",
            "If you still see no picture, join with your phone or tablet.",
            "If you have none, join with your phone or tablet.",
            "You can also join with your phone and its own signal.",
            "At work or in a hotel, try your phone and its own signal.",
            "Join with your phone or tablet.",
            "If you can, join with your phone or tablet.",
            "Try another network, or join with your phone.",
            "Try your home Wi-Fi, or join with your phone.",
            "You can also use your home Wi-Fi, or your phone.",
        ),
    ),
    Place(
        text=N_("Settings has the sign of a small gear wheel."),
        windows=N_("Press the Windows key. Type the name, such as “camera”, and press Enter."),
        macos=N_("Press Command and the space bar. Type the name, such as “camera”, and press Enter."),
        unseen=N_("Press the Windows key, or Command and the space bar. Type the name and press Enter."),
        steps=(
            "Open Settings, then Privacy, then Camera.",
            "Open Settings, then Privacy, then Microphone.",
            "Turn on the switch for this program, for Terminal or for desktop apps.",
            "In Settings, under Privacy, turn on the microphone for this program or Terminal.",
            "In the sound settings, turn the microphone up.",
            "In the sound settings, turn the microphone down.",
            "In the sound settings, pick another speaker.",
            "Make sure that the date and the time are right on this computer.",
            "Open the settings, and look for date and time.",
            "Turn on the switch that sets the time by itself.",
            "At home, open the network settings. Turn off what is called “Proxy” there.",
            "You can also make {name} your default browser in Settings.",
            "When you have time, look in Settings for an update.",
        ),
    ),
    Place(
        text=N_("Close each open window with the X in its corner."),
        windows=N_("Press Alt and F4 to close what is in front."),
        macos=N_("Press Command and Q to close what is in front."),
        unseen=N_("Press Alt and F4 to close what is in front. On a Mac, press Command and Q."),
        steps=(
            "Close {programs}.",
            "Close web pages that use the camera.",
            "Close web pages that use the microphone.",
            "Close all other programs that use the camera.",
            "Close other programs that play sound.",
            "Close programs that you do not need.",
            "Close programs that you do not need now.",
            "Close web pages that you do not need.",
            "Close the program that makes or changes your picture.",
            "Stop films, music and big downloads on this computer.",
            "Before your visit, close {programs}.",
            "Close the browser and open it again.",
        ),
    ),
    Place(
        text=N_("Go along the cord with your hand. The plug is at its end."),
        steps=(
            "If it has a cord, plug it in again.",
            "Plug the camera in, or plug it in again in a new place.",
            "If it has a cord, pull it out, wait ten seconds and plug it in.",
            "If it has a cord, pull it out and plug it in again.",
            "Push the plug of the camera all the way in.",
            "Push the plug all the way in.",
            "Plug it right into the computer, with no box in between.",
            "If the camera has a cord, pull it out and plug it in again.",
            "If the camera has a cord, plug it right into the computer.",
        ),
    ),
    Place(
        text=N_("The camera is a small round dot at the top edge."),
        unseen=N_("Run a finger along the top edge. The camera is in the middle."),
        steps=(
            "Wipe the camera with a soft, dry cloth.",
            "Slide the camera cover to the side, or take off the tape.",
            "Look for a cover on the camera, and slide it to the side.",
            "Move the camera or the screen until it points at your face.",
            "If the camera has a ring, turn it until you look sharp.",
            "Sit right in front of the camera.",
        ),
    ),
    Place(
        text=N_("It is a key with a camera, or a small switch at the side."),
        unseen=N_("Feel along the sides for a small switch. Push it the other way."),
        steps=("Some laptops have a camera key or switch. Turn it on.",),
    ),
    Place(
        text=N_("It is a key with a microphone or a speaker, often in the top row."),
        unseen=N_("Feel along the cord of the headset. There may be a small switch."),
        steps=(
            "Press the mute key, or the switch on your headset. Then try again.",
            "Look for a mute key on the keyboard or the headset.",
            "Press the mute key. It shows a speaker with a line or an X.",
        ),
    ),
    Place(
        text=N_("Look for the keys with a speaker on them, in the top row."),
        windows=N_("Press the small speaker near the clock, at the bottom right."),
        macos=N_("Press the key with the loud speaker, at the top right."),
        unseen=N_("Feel for a knob on the speaker, and turn it up."),
        steps=(
            "Turn the volume up to the middle.",
            "Turn the volume up, and turn the speaker on.",
            "If the speaker has a knob of its own, turn that up, too.",
        ),
    ),
    Place(
        text=N_("The plug is small and round, or flat. It goes in at the side."),
        steps=(
            "Plug in a headset or a microphone.",
            "Plug in a headset or a speaker.",
            "If you have a headset, use it.",
            "If a headset is plugged in, put it on or pull it out.",
        ),
    ),
    Place(
        text=N_("Hold its power key for some seconds, until a light blinks."),
        unseen=N_("Hold its power key for some seconds, until you hear a tone."),
        steps=(
            "If it has no cord, turn it on and connect it by Bluetooth.",
            "If it has no cord, turn it off and on again.",
            "If it has no cord, charge it and turn it on.",
        ),
    ),
    Place(
        text=N_("Look for the sign with bars, in a corner of the screen."),
        windows=N_("Press the sign with bars, at the bottom right."),
        macos=N_("Press the sign with bars, at the top right."),
        unseen=N_("Press the Windows key, or Command and the space bar. Type “Wi-Fi” and press Enter."),
        steps=(
            "Turn on Wi-Fi, and turn off airplane mode.",
            "Pick your network and type in its password.",
            "Turn Wi-Fi off, wait ten seconds and turn it on.",
            "If you use Wi-Fi, make sure that it is your own network.",
            "If you can, use your home Wi-Fi.",
            "If you are not on the internet, connect first.",
        ),
    ),
    Place(
        text=N_("It is a small box with lights. A cord goes from it to the wall."),
        unseen=N_("It is a small, warm box. A cord goes from it to the wall."),
        steps=(
            "Unplug your internet box. Wait one minute and plug it in again.",
            "Move up close to your internet box, or plug in a network cord.",
            "Move up close to your internet box.",
            "Move up close to your internet box, and try again.",
            "If you use Wi-Fi, move up close to your internet box.",
        ),
    ),
    Place(
        text=N_("Its plug is like that of a phone, but wider. It clicks in."),
        steps=(
            "If you use a network cord, push both plugs all the way in.",
            "If you can, plug in a network cord.",
        ),
    ),
    Place(
        text=N_("Look near the clock for the sign of the VPN. Turn it off there."),
        unseen=N_("Press the Windows key, or Command and the space bar. Type “VPN” and press Enter."),
        steps=(
            "If you use a VPN, turn it off.",
            "If you may, turn the VPN off for the visit.",
            "If you use a VPN, turn it off, and try again.",
        ),
    ),
    Place(
        text=N_("Type in the long box at the top of the browser."),
        unseen=N_("In the browser, press Control and L. On a Mac, press Command and L."),
        steps=(
            "Open your browser, and go to {url}.",
            "Open a web page to see if the internet works.",
            "Sign in, or press Accept, on the page that opens.",
            "Open a web page, and sign in when you are asked.",
            "Open a web page. If it opens, try again here.",
            "Open a web page to see if your browser gets through.",
            "Get Chrome from google.com/chrome. It is free.",
            "Or get Chrome from google.com/chrome. It is free.",
        ),
    ),
    Place(
        text=N_("Chrome is a round sign in red, yellow and green."),
        windows=N_("Press the Windows key. Type “Chrome” and press Enter."),
        macos=N_("Press Command and the space bar. Type “Chrome” and press Enter."),
        unseen=N_("Press the Windows key, or Command and the space bar. Type “Chrome” and press Enter."),
        steps=(
            "If you can, use Chrome, or Safari on a Mac.",
            "Open Chrome, and join your visit there.",
            "If you have Microsoft Edge, you can open it and use it.",
            "Join your visit in the new browser.",
            "If you can, open {recommended} for your visit.",
            "Open {name} first, and sign on there.",
        ),
    ),
    Place(
        text=N_("The menu is at the top right. It is three dots or three lines."),
        unseen=N_("Close the browser, and open it again. It may update by itself."),
        steps=(
            "In the menu of {name}, look for About.",
            "Let it update. Safari is part of the updates of your Mac.",
        ),
    ),
    Place(
        text=N_("You should feel the light on your face, not on your back."),
        steps=(
            "Turn on a lamp in front of you.",
            "By day, sit so that you face the window.",
            "Turn around so that you face the window or the lamp.",
            "You can also close the curtains behind you.",
            "Turn on more light. Cameras are slow in the dark.",
        ),
    ),
    Place(
        text=N_("“Join anyway” is at the bottom, beside “Try again”."),
        unseen=N_("Press Tab until you hear “Join anyway”. Then press Enter."),
        steps=(
            "You can still join your visit.",
            "You can join your visit as you are.",
            "If not, join a bit early and try {name}.",
        ),
    ),
    Place(
        text=N_("I can tell you the number. Do you have a pen?"),
        steps=(
            "If it stays slow, you can ask for a phone visit.",
            "You can also ask for a visit by phone.",
            "You can also ask for a visit by phone or in person.",
            "If you do not hear well, ask your doctor's office what help they have.",
            "If that does not help, call for technical help.",
            "If you can, tell your clinic about it.",
        ),
    ),
    Place(
        text=N_("Their number is on the bill, or on the box."),
        unseen=N_("Ask your phone out loud to call your internet company."),
        steps=(
            "If that does not help, call your internet company.",
            "If you can't, ask your phone company what it costs.",
        ),
    ),
    Place(
        text=N_("It is the cord that came with the computer. It goes to the wall, too."),
        steps=("Plug in the charger.", "Plug in the charger, and leave it in for the visit."),
    ),
)


def place_of(step: str) -> Place:
    """Where what a step speaks of is to be found."""
    return next((place for place in PLACES if step in place.steps), ELSEWHERE)
