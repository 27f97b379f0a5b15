"""The person's desktop in a network of the lab: where the settings of a proxy are, and a NetworkManager that tells a thing."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.lab.inside import PATIENCE_S, LabError
from tests.lab.network_scenarios import Scenario, Told

_BUS: Final = "bus.socket"

_BUS_SETTINGS: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*"/><allow receive_type="*"/></policy></busconfig>
"""

_MANAGER: Final = "org.freedesktop.NetworkManager"
_MANAGER_PATH: Final = "/org/freedesktop/NetworkManager"

#: NM_METERED_YES.
_YES: Final = "1"


def environment(scenario: Scenario, folder: Path, proxy: str) -> Mapping[str, str]:
    """The variables of the desktop: which one it is, where its settings are, and in the plainest one the proxy itself."""
    variables = {
        "XDG_CURRENT_DESKTOP": {Told.GNOME: "GNOME", Told.KDE: "KDE"}.get(scenario.told, ""),
        "XDG_CONFIG_HOME": str(folder / "settings"),
        "GSETTINGS_BACKEND": "keyfile",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder / _BUS}",  # and not that of the computer the lab is on
    }
    if scenario.told is Told.ENVIRONMENT and scenario.proxy:
        variables["https_proxy"] = variables["http_proxy"] = f"http://{proxy}"
    if scenario.told is Told.ENVIRONMENT and scenario.socks:
        variables["all_proxy"] = f"socks5://{proxy}"
    return variables


def write(scenario: Scenario, folder: Path, proxy: str, script: str) -> None:
    """Write the settings as the desktop's own windows would."""
    host, _, port = proxy.rpartition(":")
    if scenario.told is Told.KDE:
        kind = "2" if scenario.script else "1"
        lines = [
            "PersistentProxyConnection=false",
            "[Proxy Settings]",
            f"ProxyType={kind}",
            f"Proxy Config Script={script}",
            f"httpProxy=http://{host} {port}",
            f"httpsProxy=http://{host} {port}",
        ]
        _file(folder, "kioslaverc", lines)
    if scenario.told is Told.GNOME:
        mode = "auto" if scenario.script else "manual"
        lines = ["[system/proxy]", f"mode='{mode}'", f"autoconfig-url='{script}'"]
        for scheme in ("socks",) if scenario.socks else ("http", "https"):
            lines += [f"[system/proxy/{scheme}]", f"host='{host}'", f"port={port}"]
        _file(folder, "glib-2.0/settings/keyfile", lines)


def _file(folder: Path, name: str, lines: list[str]) -> None:
    path = folder / "settings" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


@contextlib.contextmanager
def network_manager(folder: Path) -> Iterator[None]:
    """A system bus of the lab's own, and on it somebody who answers to NetworkManager's name: the line is paid by use."""
    python = shutil.which("python3", path="/usr/bin:/bin")
    if python is None or shutil.which("dbus-daemon") is None or shutil.which("gdbus") is None:
        raise LabError("A metered line needs Debian packages: dbus, libglib2.0-bin and python3-dbusmock.")
    (folder / "bus.conf").write_text(_BUS_SETTINGS.format(socket=folder / _BUS))
    variables = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder / _BUS}", "PATH": "/usr/bin:/bin"}
    with contextlib.ExitStack() as running:
        for command in (
            ["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={folder / 'bus.conf'}"],
            [python, "-m", "dbusmock", "--system", _MANAGER, _MANAGER_PATH, _MANAGER],
        ):
            started = subprocess.Popen(
                command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            running.enter_context(started)
            running.callback(started.kill)
            if command[0] == "dbus-daemon":
                _await((folder / _BUS).exists, "its bus")
        told = ("Metered", f"<uint32 {_YES}>")
        call = ["gdbus", "call", "--system", "--dest", _MANAGER, "--object-path", _MANAGER_PATH]
        add = [*call, "--method", "org.freedesktop.DBus.Mock.AddProperty", _MANAGER, *told]
        _await(
            lambda: subprocess.run(add, env=variables, capture_output=True, check=False).returncode == 0, "its manager"
        )
        yield


def _await(happened: Callable[[], bool], what: str) -> None:
    ends_at = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > ends_at:
            raise LabError(
                f"A metered line waited {PATIENCE_S:.0f} s in vain for {what}: is python3-dbusmock installed?"
            )
        time.sleep(0.02)
