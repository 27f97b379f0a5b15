"""Cameras on Linux: what the video device nodes say of themselves, and who has them open."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

import msgspec

from readiness.model import Failure
from readiness.probes.camera_list import FoundCamera

#: cv2.CAP_V4L2, without loading OpenCV.
_V4L2: Final = 200

#: From linux/videodev2.h: VIDIOC_QUERYCAP = _IOR('V', 0, struct v4l2_capability of 104 bytes).
_QUERYCAP: Final = 0x80685600
_CAPABILITY_BYTES: Final = 104
_HAS_DEVICE_CAPS: Final = 0x80000000
_VIDEO_CAPTURE: Final = 0x00000001 | 0x00001000  # single and multi planar

_NODES: Final = Path("/dev")
_NAMES: Final = Path("/sys/class/video4linux")
_PROCESSES: Final = Path("/proc")


class Capability(msgspec.Struct, frozen=True):
    """What a video device node says of itself (struct v4l2_capability)."""

    driver: str
    card: str
    captures: bool
    """Whether pictures come from this node: one camera has several, for settings and the like."""


def find_cameras() -> list[FoundCamera]:
    """Every node that gives pictures, or that we may not ask, by its number."""
    numbered = [(int(node.name[5:]), node) for node in _NODES.glob("video*") if node.name[5:].isdecimal()]
    return [camera for number, node in sorted(numbered) if (camera := _camera(number, node))]


def _camera(number: int, node: Path) -> FoundCamera | None:
    try:
        capability = ask_capability(node)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EBUSY):
            return None  # a node without a camera behind it
        return FoundCamera(name_in_sys(node.name) or node.name, ((_V4L2, number),), str(node))
    if not capability.captures:
        return None
    return FoundCamera(capability.card or node.name, ((_V4L2, number),), str(node), capability.driver)


def ask_capability(node: Path) -> Capability:
    """What the node says. Raises OSError: EACCES when we may not ask, EBUSY, and others when nothing is behind it."""
    answer = bytearray(_CAPABILITY_BYTES)
    handle = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)  # type: ignore[attr-defined, unused-ignore]  # read as on Windows, too
    try:
        fcntl.ioctl(handle, _QUERYCAP, answer)  # type: ignore[attr-defined, unused-ignore]
    finally:
        os.close(handle)
    return parse_capability(bytes(answer))


def parse_capability(answer: bytes) -> Capability:
    """Read struct v4l2_capability: driver 16, card 32, bus 32 bytes, then version, capabilities, device_caps."""
    whole = int.from_bytes(answer[84:88], "little")
    caps = int.from_bytes(answer[88:92], "little") if whole & _HAS_DEVICE_CAPS else whole
    return Capability(_text(answer[:16]), _text(answer[16:48]), bool(caps & _VIDEO_CAPTURE))


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode(errors="replace").strip()


def name_in_sys(node_name: str) -> str | None:
    """The kernel's name for a node, for one that we may not ask."""
    try:
        return (_NAMES / node_name / "name").read_text(errors="replace").strip() or None
    except OSError:
        return None


def is_present(camera: FoundCamera) -> bool:
    """Whether the camera still answers for itself, pictures or not."""
    try:
        ask_capability(Path(camera.path or ""))
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EPERM, errno.EBUSY)
    return True


def trouble(camera: FoundCamera) -> Failure | None:
    """Why the system keeps a camera's pictures from us, as far as it tells."""
    try:
        ask_capability(Path(camera.path or ""))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            return Failure.BLOCKED
        if error.errno == errno.EBUSY:
            return Failure.BUSY
    return None


def held_by(camera: FoundCamera) -> tuple[str, ...]:
    """Names of other programs that have the camera's node open, as far as we may look."""
    return holders(Path(camera.path)) if camera.path else ()


def holders(node: Path) -> tuple[str, ...]:
    """Names of other programs that have ``node`` open, each once."""
    wanted = str(node.resolve())
    names = (_name(process) for process in _PROCESSES.iterdir() if process.name.isdecimal() and _holds(process, wanted))
    return tuple(sorted({name for name in names if name}))


def _holds(process: Path, wanted: str) -> bool:
    if process.name == str(os.getpid()):
        return False
    try:
        return any(_points_to(handle, wanted) for handle in (process / "fd").iterdir())
    except OSError:
        return False  # another user's process, or gone meanwhile


def _points_to(handle: Path, wanted: str) -> bool:
    try:
        return str(handle.readlink()) == wanted
    except OSError:
        return False  # closed meanwhile


def _name(process: Path) -> str:
    """The program's name: the kernel's short one, or that of its file where the short one was cut off at 15."""
    try:
        short = (process / "comm").read_text(errors="replace").strip()
        program = (process / "cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace")
    except OSError:
        return ""
    longer = Path(program).name
    return longer if len(short) >= 15 and longer.startswith(short) else short
