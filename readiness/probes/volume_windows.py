"""Volume and mute as Windows tells them (Core Audio's IAudioEndpointVolume, through pycaw). Not run here."""

from __future__ import annotations

from readiness.probes.sound_linux import Volume


def read(name: str, *, is_default: bool) -> Volume:
    """Volume and mute of the speaker called ``name``, as its slider in the settings shows them; unknown when not told."""
    from comtypes import COMError
    from pycaw.pycaw import AudioUtilities

    try:
        speakers = [AudioUtilities.GetSpeakers()] if is_default else AudioUtilities.GetAllDevices()
        for speaker in speakers:
            if speaker is not None and (is_default or speaker.FriendlyName == name):
                endpoint = speaker.EndpointVolume
                return Volume(round(endpoint.GetMasterVolumeLevelScalar() * 100, 1), bool(endpoint.GetMute()))
    except (COMError, OSError):
        return Volume()
    return Volume()
