"""Browsers of a Linux desktop that is made of real files and real programs, good and bad ones."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from readiness.probes import browser_linux
from readiness.readings import InstalledBrowser
from tests.probes.desktop import Desktop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="makes a Linux desktop")

BROWSER = "Categories=Network;WebBrowser;"


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    return Desktop(tmp_path, monkeypatch)


def listed() -> dict[str, InstalledBrowser]:
    return {browser.id: browser for browser in browser_linux.asked(browser_linux.entries())}


def test_a_bare_machine_has_no_browser(desktop: Desktop) -> None:
    assert browser_linux.entries() == ()
    assert listed() == {}


def test_browsers_answer_side_by_side(desktop: Desktop) -> None:
    desktop.add("google-chrome", "Google Chrome", 'echo "Google Chrome 156.0.8078.73 "')
    desktop.add("chromium", "Chromium Web Browser", 'echo "Chromium 156.0.8078.79 built on Debian GNU/Linux 12"')
    desktop.add("firefox-esr", "Firefox ESR", 'echo "Mozilla Firefox 153.7.0esr"')
    assert listed() == {
        "chrome": InstalledBrowser("chrome", "Google Chrome", "156.0.8078.73", False),
        "chromium": InstalledBrowser("chromium", "Chromium Web Browser", "156.0.8078.79", False),
        "firefox": InstalledBrowser("firefox", "Firefox ESR", "153.7.0", False),
    }


def test_bad_programs_cost_their_own_version_alone(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_linux, "ANSWERS_S", 2.0)
    desktop.add("google-chrome", "Google Chrome", 'echo "Google Chrome 156.0.8078.73 "')
    desktop.add("firefox", "Firefox", "sleep 600")
    desktop.add("opera", "Opera", "while :; do echo rubbish; done")
    desktop.add("vivaldi", "Vivaldi", "echo 'Vivaldi 9.9.9' >&2; exit 3")
    desktop.add("brave-browser", "Brave Web Browser", "echo 'Brave Browser 156.1.80'; sleep 600")
    began = time.monotonic()
    versions = {browser_id: browser.version for browser_id, browser in listed().items()}
    assert versions == {
        "chrome": "156.0.8078.73",
        "firefox": None,
        "opera": None,
        "vivaldi": None,
        "brave": "156.1.80",
    }
    assert time.monotonic() - began < 5  # one after another, the three that hang would take 6 s


def test_a_program_that_hangs_is_ended_with_what_it_started(desktop: Desktop) -> None:
    program = desktop.program("firefox", "sleep 600 & echo 'Firefox 1.2'; wait")
    before = set(psutil.Process().children(recursive=True))
    assert browser_linux.answers([(str(program), "--version")], 1.5) == {(str(program), "--version"): "Firefox 1.2\n"}
    left = [
        process.cmdline()
        for process in set(psutil.Process().children(recursive=True)) - before
        if process.status() != psutil.STATUS_ZOMBIE
    ]
    assert left == []


def test_a_program_that_cannot_be_started_gives_no_answer(desktop: Desktop) -> None:
    not_a_program = desktop.program("firefox", "")
    not_a_program.write_bytes(b"\x00\x01 not a program")
    assert browser_linux.answers([(str(not_a_program), "--version"), ("no-such-program",)], 1.0) == {}


def test_what_only_calls_itself_a_browser_is_listed_but_never_started(desktop: Desktop, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    desktop.add("strange", "A Strange Browser", f"echo 1.2.3; echo > {opened}")
    assert listed() == {"a-strange-browser": InstalledBrowser("a-strange-browser", "A Strange Browser", None, False)}
    assert not opened.exists()


@pytest.mark.parametrize(
    "lines",
    [
        "Name=Google Chrome\nExec=google-chrome %U\nCategories=Office;",
        "Name=Google Chrome\nExec=google-chrome %U",
        f"Exec=google-chrome %U\n{BROWSER}",
        f"Name=Google Chrome\n{BROWSER}",
        f"Name=Google Chrome\nExec=\n{BROWSER}",
        f"Name=Google Chrome\nExec=env A=b\n{BROWSER}",
        f"Name=Google Chrome\nExec='never closed\n{BROWSER}",
        f"Name=Google Chrome\nExec=not-installed %U\n{BROWSER}",
        f"Name=Google Chrome\nExec=google-chrome %U\nTryExec=not-installed\n{BROWSER}",
        f"Name=Google Chrome\nExec=google-chrome %U\nHidden=true\n{BROWSER}",
        f"Name=Google Chrome\nExec=google-chrome %U\nTerminal=true\n{BROWSER}",
        f"Name=Google Chrome\nX-Flatpak=com.google.Chrome\nExec=google-chrome\n{BROWSER}",
        "[[[",
        "[Desktop Entry\n",
    ],
)
def test_entries_that_are_no_installed_browser(desktop: Desktop, lines: str) -> None:
    desktop.program("google-chrome", "echo 1.2")
    desktop.entry("google-chrome", lines)
    assert browser_linux.entries() == ()


def test_a_broken_entry_does_not_end_the_list(desktop: Desktop) -> None:
    desktop.entry("aaa", "").write_bytes(b"\xff\xfe\x00rubbish")
    desktop.entry("bbb", "").write_text("no section at all", encoding="utf-8")
    desktop.entry("ccc", "").unlink()
    (desktop.data / "applications" / "ccc.desktop").symlink_to("nowhere")
    (desktop.data / "applications" / "ddd.desktop").mkdir()
    desktop.add("zzz", "Google Chrome", "echo 156.0")
    assert [entry.desktop_id for entry in browser_linux.entries()] == ["zzz.desktop"]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("google-chrome %U", "google-chrome"),
        ('"google-chrome" --incognito %U', "google-chrome"),
        ("env BAMF_DESKTOP_FILE_HINT=/x.desktop google-chrome %U", "google-chrome"),
        ("LANG=C google-chrome", "google-chrome"),
        ("/bin/sh -c 'google-chrome'", None),
    ],
)
def test_the_program_behind_a_command(desktop: Desktop, command: str, asked: str | None) -> None:
    program = desktop.program("google-chrome", "echo 156.0")
    desktop.entry("google-chrome", f"Name=Google Chrome\nExec={command}\n{BROWSER}")
    (entry,) = browser_linux.entries()
    assert entry.program == (str(program) if asked else None)
    assert [browser.id for browser in listed().values()] == ["chrome"]


def test_other_groups_and_languages_of_an_entry_do_not_confuse(desktop: Desktop) -> None:
    desktop.program("google-chrome", "echo 156.0")
    desktop.entry(
        "google-chrome",
        "# a comment\nName=Google Chrome\nName[es]=Navegador\nname=other\nGenericName=Web Browser\nStray line\n"
        "Exec=google-chrome %U\n\n[Desktop Action new]\nName=New Window\nExec=google-chrome --new-window",
    )
    assert listed()["chrome"].name == "Google Chrome"


def test_a_flatpak_is_asked_through_its_starter(desktop: Desktop) -> None:
    exports = desktop.home / ".local/share/flatpak/exports"
    (exports / "bin").mkdir(parents=True)
    desktop.program("org.mozilla.firefox", "echo 'Mozilla Firefox 153.0'").rename(exports / "bin/org.mozilla.firefox")
    desktop.program("flatpak", "echo 'Flatpak 1.14.4'")
    desktop.entry(
        "org.mozilla.firefox",
        f"Name=Firefox\nExec=flatpak run org.mozilla.firefox %u\nX-Flatpak=org.mozilla.firefox\n{BROWSER}",
        exports / "share",
    )
    assert listed() == {"firefox": InstalledBrowser("firefox", "Firefox", "153.0", False)}


def test_the_persons_own_entry_stands_in_place_of_the_shared_one(desktop: Desktop) -> None:
    desktop.add("google-chrome", "Google Chrome", "echo 156.0")
    desktop.entry("google-chrome", "Hidden=true", desktop.home / ".local/share")
    assert browser_linux.entries() == ()


def test_an_entry_in_a_folder_is_known_by_both_names(desktop: Desktop) -> None:
    desktop.program("konqueror", "echo 'konqueror 22.12.3'")
    desktop.entry("kde/konqueror", f"Name=Konqueror\nExec=konqueror\n{BROWSER}")
    assert [entry.desktop_id for entry in browser_linux.entries()] == ["kde-konqueror.desktop"]


# --- the browser that opens links -------------------------------------------------------------------------------------


def two_browsers(desktop: Desktop) -> None:
    desktop.add("google-chrome", "Google Chrome", "echo 156.0")
    desktop.add("firefox-esr", "Firefox ESR", "echo 153.7")


def default() -> list[str]:
    return [browser.id for browser in listed().values() if browser.is_default]


CHROME_OPENS = "x-scheme-handler/https=google-chrome.desktop"
FIREFOX_OPENS = "x-scheme-handler/https=firefox-esr.desktop"


def test_nobody_chose_a_default(desktop: Desktop) -> None:
    two_browsers(desktop)
    assert default() == []


def test_the_desktops_own_tool_is_asked_first(desktop: Desktop) -> None:
    two_browsers(desktop)
    desktop.config("mimeapps.list", f"[Default Applications]\n{CHROME_OPENS}\n")
    desktop.program("xdg-settings", '[ "$*" = "get default-web-browser" ] && echo firefox-esr.desktop')
    assert default() == ["firefox"]


@pytest.mark.parametrize("script", ["exit 2", "echo", "echo gone.desktop", "sleep 600"])
def test_a_tool_that_does_not_help_leaves_it_to_the_files(
    desktop: Desktop, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_linux, "ANSWERS_S", 0.5)
    two_browsers(desktop)
    desktop.config("mimeapps.list", f"[Default Applications]\n{CHROME_OPENS}\n")
    desktop.program("xdg-settings", script)
    assert default() == ["chrome"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"[Default Applications]\n{FIREFOX_OPENS}\n", ["firefox"]),
        (f"[Default Applications]\n{FIREFOX_OPENS};google-chrome.desktop;\n", ["firefox"]),
        ("[Default Applications]\nx-scheme-handler/https=gone.desktop;google-chrome.desktop\n", ["chrome"]),
        ("[Default Applications]\nx-scheme-handler/https=gone.desktop\n", []),
        ("[Default Applications]\nx-scheme-handler/http=firefox-esr.desktop\n", []),
        (f"[Added Associations]\n{FIREFOX_OPENS}\n", []),
        ("rubbish", []),
        ("", []),
    ],
)
def test_what_the_persons_file_says(desktop: Desktop, content: str, expected: list[str]) -> None:
    two_browsers(desktop)
    desktop.config("mimeapps.list", content)
    assert default() == expected


def test_a_file_for_this_desktop_goes_before_the_one_for_all(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    two_browsers(desktop)
    desktop.config("mimeapps.list", f"[Default Applications]\n{CHROME_OPENS}\n")
    desktop.config("gnome-mimeapps.list", f"[Default Applications]\n{FIREFOX_OPENS}\n")
    assert default() == ["chrome"]
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    assert default() == ["firefox"]


def test_the_distributions_choice_counts_where_the_person_made_none(desktop: Desktop) -> None:
    two_browsers(desktop)
    (desktop.data / "applications" / "mimeapps.list").write_text(
        f"[Default Applications]\n{FIREFOX_OPENS}\n", encoding="utf-8"
    )
    assert default() == ["firefox"]
    desktop.config("mimeapps.list", f"[Default Applications]\n{CHROME_OPENS}\n")
    assert default() == ["chrome"]


def test_folders_follow_the_desktops_variables(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/own")
    monkeypatch.setenv("XDG_DATA_DIRS", "/shared:/shared:relative:")
    assert [str(folder) for folder in browser_linux.data_folders()][:2] == ["/own", "/shared"]
    monkeypatch.delenv("XDG_DATA_DIRS")
    assert [str(folder) for folder in browser_linux.data_folders()][1:3] == ["/usr/local/share", "/usr/share"]
