"""The words of the camera check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords, QuestionWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Camera"),
    prompt=N_("Look into the camera."),
    questions={
        "see_yourself": QuestionWords(
            text=N_("Can you see yourself?"),
            cannot_tell=N_("I can't tell"),
            skip=N_("Skip"),
        ),
    },
    findings={
        "ok": Advice(
            text=N_("Your camera works. Its name is {name}."),
            agent=N_("Your camera works. You do not need to change a thing."),
            confirm=N_("Is {name} the camera that you want to use?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check your camera. {reason}"),
            steps=(
                N_("Try again."),
                N_("If that does not help, start the computer again."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check the camera. It may still work."),
            confirm=N_("Can you see your face when you use the camera elsewhere?"),
        ),
        "no_such": Advice(
            text=N_("We did not find the camera {name}. This computer has {available}."),
            steps=(
                N_("Try again, and choose one of these: {available}."),
                N_("If it has a cord, plug it in again."),
            ),
            agent=N_("The camera {name} is not there. This computer has {available}."),
            confirm=N_("Is the name {name} right?"),
        ),
        "none": Advice(
            text=N_("We did not find a camera on this computer."),
            steps=(
                N_("Plug the camera in, or plug it in again in a new place."),
                N_("Some laptops have a camera key or switch. Turn it on."),
                N_("If you have no camera, join with your phone or tablet."),
            ),
            agent=N_("Your computer does not see a camera. Let us plug it in again."),
            confirm=N_("Do you have a camera, on top of the screen or on a cord?"),
        ),
        "blocked": Advice(
            text=N_("Your computer does not let us use the camera yet. You can turn that on."),
            steps=(
                N_("Open Settings, then Privacy, then Camera."),
                N_("Turn on the switch for this program, for Terminal or for desktop apps."),
                N_("Come back here and try again."),
            ),
            agent=N_("Your computer keeps the camera off for this program. Let us turn it on in Settings."),
            confirm=N_("In Settings, under Camera, is a switch turned off?"),
            settings="camera_privacy",
        ),
        "busy": Advice(
            text=N_("Your camera is in use. It can only work for one program at a time."),
            steps=(
                N_("Close {programs}."),
                N_("Close web pages that use the camera."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your camera is in use. Please close {programs}."),
            confirm=N_("Is a video program open, such as Zoom or Teams?"),
        ),
        "not_answering": Advice(
            text=N_("Your camera is there, but it sends no picture."),
            steps=(
                N_("If it has a cord, pull it out, wait ten seconds and plug it in."),
                N_("If that does not help, start the computer again."),
                N_("If you still see no picture, join with your phone or tablet."),
            ),
            agent=N_("Your camera is there, but it sends no picture. Its name is {name}."),
            confirm=N_("Do you see no picture when you use the camera elsewhere, too?"),
        ),
        "unplugged": Advice(
            text=N_("Your camera came loose during the test."),
            steps=(
                N_("Push the plug of the camera all the way in."),
                N_("Plug it right into the computer, with no box in between."),
                N_("Try again, and keep the cord still."),
            ),
            agent=N_("Your camera went away during the test. The plug may be loose."),
            confirm=N_("Is your camera on a cord that may be loose?"),
        ),
        "dark": Advice(
            text=N_("Your picture is dark. Your doctor may not see you well."),
            steps=(
                N_("Turn on a lamp in front of you."),
                N_("By day, sit so that you face the window."),
                N_("Wipe the camera with a soft, dry cloth."),
            ),
            agent=N_("Your picture is dark. Please turn on a lamp in front of you."),
            confirm=N_("Is it a bit dark where you sit?"),
        ),
        "backlit": Advice(
            text=N_("There is a bright light behind you. It makes your face look dark."),
            steps=(
                N_("Turn around so that you face the window or the lamp."),
                N_("You can also close the curtains behind you."),
                N_("Turn on a lamp in front of you."),
            ),
            agent=N_("The light behind you is too bright. Please turn to face it."),
            confirm=N_("Is there a window or a lamp behind you?"),
        ),
        "covered": Advice(
            text=N_("Your camera shows an empty picture. There may be a cover on it."),
            steps=(
                N_("On a laptop, open the lid all the way."),
                N_("Slide the camera cover to the side, or take off the tape."),
                N_("Wipe the camera with a soft, dry cloth."),
            ),
            agent=N_("There may be a cover on your camera. Please slide it to the side."),
            confirm=N_("Is there a cover, a cap or tape on the camera?"),
        ),
        "frozen": Advice(
            text=N_("Your picture stands still. The camera may be stuck."),
            steps=(
                N_("Close all other programs that use the camera."),
                N_("If the camera has a cord, pull it out and plug it in again."),
                N_("Try again, and wave at the camera."),
            ),
            agent=N_("Your picture stands still. Let us start the camera again."),
            confirm=N_("Does your picture stay the same when you wave?"),
        ),
        "blurred": Advice(
            text=N_("Your picture may not be sharp."),
            steps=(
                N_("Wipe the camera with a soft, dry cloth."),
                N_("Sit as far away as your arm is long."),
                N_("If the camera has a ring, turn it until you look sharp."),
            ),
            agent=N_("Your picture may not be sharp. Please wipe the camera with a soft cloth."),
            confirm=N_("Does your face look blurred to you?"),
        ),
        "slow": Advice(
            text=N_("Your picture moves in jumps."),
            steps=(
                N_("Turn on more light. Cameras are slow in the dark."),
                N_("Close programs that you do not need."),
                N_("If the camera has a cord, plug it right into the computer."),
            ),
            agent=N_("Your camera sends {fps} pictures each second, and that is slow. More light helps."),
            confirm=N_("Does your picture jump when you move?"),
        ),
        "small": Advice(
            text=N_("Your picture is small. Your doctor may not see things up close."),
            steps=(
                N_("If you have one more camera, try that one."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("Your picture is {width_px} by {height_px} dots, and that is small. You can still join."),
            confirm=N_("Is your camera an old one?"),
        ),
        "no_face": Advice(
            text=N_("We did not see your face in the middle of the picture."),
            steps=(
                N_("Sit right in front of the camera."),
                N_("Move the camera or the screen until it points at your face."),
                N_("Turn on a lamp in front of you."),
            ),
            agent=N_("Your face is not in the middle of the picture. Please move the camera a little."),
            confirm=N_("Does the camera point past your face?"),
        ),
        "not_seen": Advice(
            text=N_("You told us that you do not see yourself."),
            steps=(
                N_("Look for a cover on the camera, and slide it to the side."),
                N_("Make your screen brighter."),
                N_("If you have one more camera, try that one."),
            ),
            agent=N_("Your camera sends a picture, but you do not see yourself. Let us look for a cover."),
            confirm=N_("Is the picture on your screen black, or is someone else in it?"),
        ),
        "virtual": Advice(
            text=N_("Your picture comes from a program, not from a real camera."),
            steps=(
                N_("Pick your real camera, if you can choose."),
                N_("Close the program that makes or changes your picture."),
                N_("Try again."),
            ),
            agent=N_("Your picture comes from a program, not a camera. Its name is {name}."),
            confirm=N_("Do you use a program that changes how you look?"),
        ),
    },
)
