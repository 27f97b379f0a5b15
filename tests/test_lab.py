"""The lab itself: every scenario is what it says, seen by a witness of its own, and nothing stays behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.lab import Lab, LabError, inside, terminal
from tests.lab.inside import Enclosure
from tests.lab.scenarios import LOUDSPEAKERS, NONE, SCENES, VOICES

WITNESS = Path(__file__).resolve().parent / "lab" / "witness.py"

Facts = dict[str, Any]

#: Labs that stand at the same time. Each takes a tenth of a processor; only its beginning takes a whole one.
AT_A_TIME = 3


class Witness:
    """A program in a lab that says what it gets."""

    def __init__(self, lab: Lab, what: str, seconds: float) -> None:
        self._process = subprocess.Popen(
            [*lab.prefix, sys.executable, str(WITNESS), what, str(seconds)],
            env=dict(lab.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def await_begin(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "begun\n"

    def facts(self) -> Facts:
        said, _ = self._process.communicate(timeout=30)
        assert self._process.returncode == 0, f"the witness ended with {self._process.returncode}: {said}"
        facts: Facts = json.loads(said.splitlines()[-1])
        return facts


def witnessed(what: str, seconds: float, **scenarios: str) -> Facts:
    with Lab(**scenarios) as lab:
        return Witness(lab, what, seconds).facts()


def all_witnessed(looks: Iterable[tuple[str, Callable[[], Facts]]]) -> dict[str, Facts]:
    """What witnesses in many labs say, some at a time: they mostly wait, and so each of them waits less for the rest."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        asked = {name: pool.submit(look) for name, look in looks}
        return {name: future.result() for name, future in asked.items()}


def eventually(happened: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Whether it happens in time."""
    ends_at = time.monotonic() + within_s
    while not happened() and time.monotonic() < ends_at:
        time.sleep(0.02)
    return happened()


# Cameras


def is_live(facts: Facts) -> bool:
    return bool(facts["opened"] and facts["least_change"] > 0)


def has_face_in_the_middle(facts: Facts) -> bool:
    return any(abs(x - 0.5) < 0.15 and abs(y - 0.5) < 0.2 for x, y in facts["faces_at"])


def is_good(facts: Facts) -> bool:
    return is_live(facts) and 80 < facts["luma"] < 180 and has_face_in_the_middle(facts) and facts["structure"] > 40


#: A scenario, for how long to look, and what must be seen then.
SIGHTS: list[tuple[str, float, Callable[[Facts], bool]]] = [
    ("good", 1.5, lambda f: is_good(f) and f["size_px"] == [1280, 720] and 24 < f["fps"] < 33 and f["edges"] > 300),
    ("dark", 1.0, lambda f: is_live(f) and 5 < f["luma"] < 20 and f["structure"] > 8 and f["grain"] > 100),
    ("covered", 1.0, lambda f: is_live(f) and f["luma"] < 20 and f["structure"] < 1 and f["grain"] > 50),
    ("backlit", 1.0, lambda f: is_live(f) and f["centre"] < 60 and f["sides"] > 180),
    ("frozen", 2.5, lambda f: f["first_change"] > 0 and f["last_change"] == 0 and has_face_in_the_middle(f)),
    ("blurred", 1.0, lambda f: is_live(f) and f["edges"] < 50 and f["grain"] > 100 and f["luma"] > 80),
    ("slow", 2.0, lambda f: is_good(f) and 6.5 < f["fps"] < 8.5),
    ("very_slow", 2.0, lambda f: is_good(f) and 2.5 < f["fps"] < 3.5),
    ("small", 1.0, lambda f: is_good(f) and f["size_px"] == [320, 240]),
    ("no_face", 1.0, lambda f: is_live(f) and not f["faces_at"] and f["luma"] > 80 and f["structure"] > 20),
    ("virtual", 1.0, is_good),
    (
        "unplugged",
        2.5,
        lambda f: 10 < f["pictures"] < 60 and (f["nodes"], f["nodes_after"]) == (["video0"], []),
    ),
    ("hung", 1.0, lambda f: f["nodes_after"] == ["video0"] and "pictures" not in f and not f["ended"]),
    ("busy", 0.5, lambda f: f["nodes"] == ["video0"] and not f["opened"]),
    ("blocked", 0.5, lambda f: f["nodes"] == ["video0"] and not f["opened"]),
    (NONE, 0.5, lambda f: f["nodes"] == [] and not f["opened"]),
]


def test_every_camera_is_looked_through() -> None:
    assert {name for name, _, _ in SIGHTS} == {*SCENES, NONE}


@pytest.fixture(scope="module")
def sights() -> dict[str, Facts]:
    return all_witnessed((name, partial(witnessed, "look", seconds, camera=name)) for name, seconds, _ in SIGHTS)


@pytest.mark.parametrize(("camera", "is_so"), [pytest.param(row[0], row[2], id=row[0]) for row in SIGHTS])
def test_cameras(camera: str, is_so: Callable[[Facts], bool], sights: dict[str, Facts]) -> None:
    assert is_so(sights[camera]), json.dumps(sights[camera])


OPEN = "import os; os.open('/dev/video0', os.O_RDWR)"
ASK_NAME = "cat /sys/class/video4linux/video0/name"


@pytest.mark.parametrize(("camera", "error"), [("busy", "EBUSY|Errno 16"), ("blocked", "EACCES|Errno 13")])
def test_the_kernel_itself_refuses_a_camera(camera: str, error: str) -> None:
    with Lab(camera=camera) as lab:
        assert re.search(error, lab.run_command([sys.executable, "-c", OPEN]).stderr)


def test_a_camera_goes_by_its_name() -> None:
    with Lab(camera="virtual") as lab:
        assert lab.run_command(["sh", "-c", ASK_NAME]).stdout == "OBS Virtual Camera\n"


def test_a_camera_can_be_looked_through_again_and_again() -> None:
    with Lab(camera="good") as lab:
        looks = [Witness(lab, "look", 0.5).facts() for _ in range(3)]
    assert all(is_good(look) for look in looks), json.dumps(looks)


def test_a_camera_can_be_unplugged_at_any_moment() -> None:
    with Lab(camera="good") as lab:
        witness = Witness(lab, "look", 1.0)
        witness.await_begin()
        lab.camera.unplug()
        facts = witness.facts()
    assert facts["nodes_after"] == []
    assert facts["pictures"] < 20


def test_a_camera_can_hang_and_go_on() -> None:
    with Lab(camera="good") as lab:
        witness = Witness(lab, "look", 3.0)
        witness.await_begin()
        lab.camera.hang()
        assert not eventually(lambda: False, within_s=1.0)
        lab.camera.go_on()
        facts = witness.facts()
    assert 0.8 < facts["longest_gap_s"] < 2.5


# Microphones


def near(value: float, wanted: float, tolerance: float = 3.0) -> bool:
    return abs(value - wanted) <= tolerance


HEARD: list[tuple[str, float, Callable[[Facts], bool]]] = [
    ("speech", 2.5, lambda f: near(f["spoken_dbfs"], -25) and near(f["floor_dbfs"], -66) and not f["longest_clip"]),
    ("silent", 1.0, lambda f: f["peak"] == 0 and f["recorded_s"] > 0.8),
    ("room", 1.0, lambda f: near(f["level_dbfs"], -60) and near(f["floor_dbfs"], -62)),
    ("quiet", 2.5, lambda f: near(f["spoken_dbfs"], -65) and f["floor_dbfs"] < -80),
    ("faint", 2.5, lambda f: near(f["spoken_dbfs"], -52) and f["floor_dbfs"] < -70),
    ("clipped", 2.5, lambda f: f["longest_clip"] > 6 and f["spoken_dbfs"] > -10),
    ("noisy", 1.0, lambda f: near(f["level_dbfs"], -20) and near(f["floor_dbfs"], -23)),
    ("hung", 1.0, lambda f: f["inputs"] > 0 and "peak" not in f),
    ("server_hung", 1.0, lambda f: "inputs" not in f and not f["ended"]),
    ("unplugged", 2.5, lambda f: f["sources"] == ["microphone"] and f["sources_after"] == []),
    (NONE, 0.5, lambda f: f["inputs"] == 0 and "peak" not in f),
]


def test_every_microphone_is_listened_to() -> None:
    assert {name for name, _, _ in HEARD} == {*VOICES, NONE}


@pytest.fixture(scope="module")
def recordings() -> dict[str, Facts]:
    # A speaker there is, so that with no microphone there is a sound system all the same.
    return all_witnessed(
        (name, partial(witnessed, "listen", seconds, microphone=name, speaker="not_heard"))
        for name, seconds, _ in HEARD
    )


@pytest.mark.parametrize(("microphone", "is_so"), [pytest.param(row[0], row[2], id=row[0]) for row in HEARD])
def test_microphones(microphone: str, is_so: Callable[[Facts], bool], recordings: dict[str, Facts]) -> None:
    assert is_so(recordings[microphone]), json.dumps(recordings[microphone])


def test_sound_flows_at_once_as_it_does_from_a_real_card() -> None:
    with Lab(microphone="room") as lab:
        firsts_s = [Witness(lab, "listen", 0.5).facts()["first_sound_s"] for _ in range(2)]
    assert max(firsts_s) < 0.2


def test_a_microphone_can_hear_something_else_or_be_pulled_out() -> None:
    with Lab(microphone="silent") as lab:
        lab.sound.speak(VOICES["noisy"])
        loud = Witness(lab, "listen", 0.5).facts()
        lab.sound.speak(VOICES["room"])
        soft = Witness(lab, "listen", 0.5).facts()
        lab.sound.unplug_microphone()
        gone = Witness(lab, "listen", 0.5).facts()
    assert near(loud["level_dbfs"], -20)
    assert near(soft["level_dbfs"], -60)
    assert "peak" not in gone


# Speakers

ECHOES: list[tuple[str, Callable[[Facts], bool]]] = [
    ("heard", lambda f: f["correlation"] > 0.9 and near(f["attenuation_db"], -10, 1) and f["played"]),
    ("not_heard", lambda f: f["correlation"] < 0.1 and f["played"]),
    ("muted", lambda f: f["correlation"] < 0.1 and f["played"]),
    ("low", lambda f: f["correlation"] < 0.5 and f["played"]),
    ("hung", lambda f: f["outputs"] > 0 and not f["played"]),
    (NONE, lambda f: f["outputs"] == 0 and not f["played"]),
]


def test_every_speaker_is_played_on() -> None:
    assert {name for name, _ in ECHOES} == {*LOUDSPEAKERS, NONE}


@pytest.fixture(scope="module")
def echoes() -> dict[str, Facts]:
    return all_witnessed((name, partial(witnessed, "echo", 2.5, microphone="room", speaker=name)) for name, _ in ECHOES)


@pytest.mark.parametrize(("speaker", "is_so"), [pytest.param(*row, id=row[0]) for row in ECHOES])
def test_speakers(speaker: str, is_so: Callable[[Facts], bool], echoes: dict[str, Facts]) -> None:
    assert is_so(echoes[speaker]), json.dumps(echoes[speaker])


def test_the_system_tells_volume_and_mute() -> None:
    def asked(lab: Lab, what: str) -> str:
        return lab.run_command(["pactl", what, "@DEFAULT_SINK@"]).stdout

    with Lab(speaker="low") as lab:
        assert " 10% " in asked(lab, "get-sink-volume")
        assert asked(lab, "get-sink-mute") == "Mute: no\n"
        lab.sound.set_volume(55)
        lab.sound.set_muted(True)
        assert " 55% " in asked(lab, "get-sink-volume")
        assert asked(lab, "get-sink-mute") == "Mute: yes\n"


def test_without_devices_there_is_no_sound_system_at_all() -> None:
    with Lab() as lab:
        assert lab.run_command(["pactl", "info"]).returncode != 0
        assert Witness(lab, "listen", 0.2).facts()["inputs"] == 0


# Coming and going


def of_the_lab(folder: str) -> list[str]:
    """What is left of a lab: its folder, and processes that were told of it."""
    left = [folder] if Path(folder).exists() else []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and folder in " ".join((*process.cmdline(), *process.environ().values())):
                left.append(f"{process.pid} {process.cmdline()}")
        except psutil.Error:
            continue
    return left


def real_cameras() -> list[str]:
    return sorted(str(path) for path in Path("/dev").glob("video*"))


def test_a_lab_stands_soon_and_leaves_nothing() -> None:
    before = real_cameras()
    started_at = time.monotonic()
    with Lab(camera="good", microphone="speech", speaker="heard") as lab:
        stands_after_s = time.monotonic() - started_at
        folder = str(lab.folder)
        assert len(of_the_lab(folder)) > 5
        assert real_cameras() == before
    assert of_the_lab(folder) == []
    assert stands_after_s < 4.0


def test_two_labs_stand_side_by_side() -> None:
    with Lab(camera="dark", microphone="room") as dim, Lab(camera="small", microphone="noisy") as bright:
        looks = [Witness(lab, "look", 0.7) for lab in (dim, bright)]
        sights = [look.facts() for look in looks]
        sounds = [Witness(lab, "listen", 0.4).facts() for lab in (dim, bright)]
    assert [sight["nodes"] for sight in sights] == [["video0"], ["video0"]]
    assert [sight["size_px"] for sight in sights] == [[1280, 720], [320, 240]]
    assert [near(sound["level_dbfs"], level) for sound, level in zip(sounds, (-60, -20), strict=True)] == [True, True]


def test_what_fails_inside_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[str] = []
    begin = Enclosure.__init__

    def remembering(self: Enclosure, prefix: Sequence[str] = ()) -> None:
        begin(self, prefix)
        folders.append(str(self.folder))

    monkeypatch.setattr(Enclosure, "__init__", remembering)
    monkeypatch.setattr(inside, "PATIENCE_S", 0.3)
    monkeypatch.setattr("tests.lab.video.Camera._says", lambda *_: False)
    with pytest.raises(LabError, match="in vain for the camera"), Lab(camera="small"):
        pass
    assert len(folders) == 1
    assert of_the_lab(folders[0]) == []


def test_a_system_without_namespaces_is_told() -> None:
    with pytest.raises(LabError, match=r"needs root or user namespaces, which this system refuses: .*not permitted"):
        Enclosure(["setpriv", "--bounding-set", "-all", "--"])


def test_an_enclosure_that_is_gone_says_so() -> None:
    enclosure = Enclosure()
    enclosure.close()
    with pytest.raises(LabError, match="it is gone"):
        enclosure.start("nothing", ["true"], {})


def test_a_lab_says_what_it_does_not_have() -> None:
    lab = Lab()
    for ask in (lambda: lab.prefix, lambda: lab.camera, lambda: lab.sound, lambda: lab.network):
        with pytest.raises(LabError, match="This lab"):
            ask()


# The command line


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """The lab's command, started as a shell starts it: in a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.lab", *words],
        cwd=WITNESS.parent.parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ended(*words: str, says: str = "") -> tuple[int, str, str]:
    with running(*words) as process:
        out, err = process.communicate(says, timeout=30)
        return process.returncode, out, err


def test_output_input_and_exit_status_go_through() -> None:
    script = "read word; echo out $word; echo err >&2; exit 7"
    assert ended("--exec", "sh", "-c", script, says="in\n") == (7, "out in\n", "err\n")


def test_a_crash_inside_goes_through_and_leaves_nothing() -> None:
    status, out, _ = ended("--microphone", "room", "--exec", "sh", "-c", "echo $XDG_RUNTIME_DIR; kill -SEGV $$")
    assert status == 128 + signal.SIGSEGV
    assert of_the_lab(str(Path(out.strip()).parent)) == []


def test_readiness_runs_in_the_lab() -> None:
    assert ended("--", "--version")[0] == 0


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda process: os.killpg(process.pid, signal.SIGINT), 128 + signal.SIGINT),  # Ctrl-C on a terminal
        (lambda process: process.terminate(), 128 + signal.SIGTERM),
        (lambda process: process.kill(), -signal.SIGKILL),
    ],
    ids=["ctrl-c", "terminate", "kill"],
)
def test_whatever_ends_it_nothing_stays(send: Callable[[subprocess.Popen[str]], None], status: int) -> None:
    script = "echo $XDG_RUNTIME_DIR; exec sleep 60"
    with running("--camera", "small", "--microphone", "room", "--exec", "sh", "-c", script) as process:
        assert process.stdout
        folder = str(Path(process.stdout.readline().strip()).parent)
        assert of_the_lab(folder)
        send(process)
        assert process.wait(timeout=15) == status
        assert eventually(lambda: of_the_lab(folder) == [])


def test_what_runs_inside_may_answer_ctrl_c_itself() -> None:
    script = "trap 'echo stopped; exit 5' INT; echo begun; while :; do sleep 0.05; done"
    with running("--exec", "sh", "-c", script) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=15)[0] == "stopped\n"


def test_the_list_has_a_line_for_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.main(["--list"]) == 0
    listed = capsys.readouterr().out
    for name in (*SCENES, *VOICES, *LOUDSPEAKERS, NONE, "portal"):
        assert re.search(rf"^  {name} +\S", listed, re.MULTILINE), name


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--camera", "odd", "--", "check"], r"There is no camera called odd: it is one of good, .*, none\."),
        (["--microphone", "odd", "--", "check"], r"There is no microphone called odd: it is one of .*\."),
        (["--speaker", "odd", "--", "check"], r"There is no speaker called odd: it is one of .*\."),
        (["--network", "odd", "--", "check"], r"There is no network called .odd.: .*\."),
        (["--camera", "good"], r"Nothing to run: .*\."),
        (["--camera", "good", "--"], r"Nothing to run: .*\."),
        (["--exec"], r"Nothing to run: .*\."),
    ],
)
def test_bad_arguments_get_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.main(words) == 2
    assert re.fullmatch(sentence + "\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("words", "package"),
    [
        (["--camera", "good"], "pipewire, pipewire-bin, pipewire-v4l2, wireplumber, gstreamer1.0-tools"),
        (["--speaker", "heard"], "pulseaudio, pulseaudio-utils, espeak-ng"),
    ],
)
def test_missing_packages_are_named(
    words: list[str], package: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert terminal.main([*words, "--", "check"]) == 2
    assert capsys.readouterr().err.endswith(f"in the lab needs Debian packages that are missing: {package}.\n")


def test_a_network_of_its_own_comes_with_its_profile() -> None:
    with Lab(network="good") as lab:
        assert lab.run(["profile", "validate", str(lab.network.profile)]).returncode == 0
        assert "10.77.0.2" in lab.run_command(["ip", "addr"]).stdout
    status, out, _ = ended("--network", "portal", "--", "check", "--json", "--no-input", "--only", "connection")
    assert status == 1
    assert '"connection.captive_portal"' in out
