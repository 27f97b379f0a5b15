"""Camera, microphone and speaker as at home, but for a visitor: what is broken here is not theirs to mend."""

from __future__ import annotations

from typing import Final

from readiness.model import Finding, Status
from readiness.telling import tell
from readiness.text import N_
from ui.kiosk.place import Place
from ui.pages.camera import CameraPage
from ui.pages.microphone import MicrophonePage
from ui.pages.page import Action, Actions, Navigator
from ui.pages.speaker import SpeakerPage
from ui.pages.trying import TryingPage
from ui.visit import Visit

#: What a visitor can do something about, or what this place is like.
_UP_TO_VISITOR: Final = {
    "camera.dark": N_("It is dark here. At home, turn on a lamp in front of you."),
    "camera.backlit": N_("There is a bright light behind you. Move a little to the side."),
    "camera.no_face": N_("Move until you see your face in the middle."),
    "camera.not_seen": N_("You told us that you do not see yourself. Please ask at the front desk."),
    "microphone.quiet": N_("Your voice is hard to hear. Come closer, or speak up."),
    "microphone.noisy": N_("It is loud here. Come closer and try again."),
    "microphone.clipping": N_("Your voice is very loud for us. Step back a little."),
    "microphone.no_speech": N_("We did not hear your voice yet. Say hello out loud."),
    "speaker.not_heard": N_("No tones were heard. Please ask at the front desk."),
    "speaker.not_confirmed": N_("We do not know yet if you can hear the sound."),
}

_BROKEN: Final = N_("This does not work here now. Please ask at the front desk.")


class AtKiosk(TryingPage):
    """What the three have in common here. Put it before the page in the bases."""

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self.place = place
        self._choice.hide()  # the clinic has chosen the camera, the microphone and the speaker

    def after_failure(self) -> Actions:
        """The buttons once something was found: a visitor mends nothing, and is not kept."""
        return Actions(
            primary=Action(N_("Go on"), self.go_on),
            others=(Action(N_("Try again"), self.restart), Action(N_("I need help"), self._get_help)),
        )

    def coached(self, finding: Finding) -> tuple[Status, str]:
        if (sentence := _UP_TO_VISITOR.get(finding.id)) and not self._is_listening(finding):
            return finding.status, self.visit.say(sentence)
        if finding.status in (Status.FAIL, Status.UNKNOWN) and not self.is_trying:
            self.place.tell_broken(finding.check)
            return finding.status, self.visit.say(_BROKEN)
        status, words = super().coached(finding)
        if status in (Status.PASS, Status.UNKNOWN):
            return status, words
        # The steps are for a computer at home.
        return status, tell(finding, self.visit.language, self.visit.machine.family).text

    def _is_listening(self, finding: Finding) -> bool:
        return self.is_trying and finding.id == "microphone.no_speech"

    def _get_help(self) -> None:
        self.navigator.go("help")


class CameraHere(AtKiosk, CameraPage):
    pass


class MicrophoneHere(AtKiosk, MicrophonePage):
    pass


class SpeakerHere(AtKiosk, SpeakerPage):
    following = "at_home"
