"""The Windows Installer package for IT departments, as WiX text for wixl. Pure: files in, text out.

Silent: ``msiexec /i FILE /qn PROFILE=… LANGUAGE=es KIOSK=… SHORTCUTS=0``. What PROFILE, LANGUAGE and KIOSK say goes to
the registry, where readiness/policy.py reads it; an upgrade that is not told them keeps them. Every file is a component
of its own, whose id comes of its place alone, as Windows Installer demands of the same thing in the next version.

wixl knows less than WiX; what it leaves out is put into the finished package by `CHANGES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import PurePosixPath
from typing import Final
from xml.etree import ElementTree as ET

from windows.resources import MAKER, NAME, four_numbers
from windows.staged import Refused, StagedFile, guid

#: The property of each name that readiness/policy.py reads.
PROPERTIES: Final[Mapping[str, str]] = {"PROFILE": "profile", "LANGUAGE": "language", "KIOSK": "kiosk"}

REGISTRY_KEY: Final = r"SOFTWARE\Video Visit Readiness"

#: The properties that Windows Installer takes along from the person who asks to the service that installs.
_SECURE: Final = (
    *(word for name in PROPERTIES for word in (name, f"WAS_{name}")),
    *("SHORTCUTS", "INSTALLDIR", "WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED"),
)

#: SQL that makes the finished package whole: wixl has no conditions of components, and a list of its own.
CHANGES: Final = (
    "UPDATE `Component` SET `Condition` = 'SHORTCUTS <> \"0\"' WHERE `Component` = 'shortcut'",
    f"UPDATE `Property` SET `Value` = '{';'.join(_SECURE)}' WHERE `Property` = 'SecureCustomProperties'",  # noqa: S608 - of our own words
)

#: What both versions of one product share, for ever.
UPGRADE_CODE: Final = guid("upgrade code")

#: Windows 10 and 11 call themselves 6.3 before an installer, as 8.1 does: no condition can tell them apart.
_SYSTEM: Final = "Installed OR VersionNT >= 603"

#: Where the first of the actions that keep what was there stands: after the search (50), before conditions (100).
_KEEP_FROM: Final = 51

#: By the numbers that come with a file Windows would keep an older file that has some over a newer one that has none
#: in our tables; so an upgrade writes them all.
_WRITE_ALL: Final = "amus"

_COMMENT: Final = "Checks a computer for a video visit, in English or Spanish."


def text(files: Iterable[StagedFile], version: str) -> str:
    """The package's source; paths in it begin at the work folder, where readiness.ico lies, too."""
    numbers = ".".join(map(str, four_numbers(version)[:3]))
    root = ET.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    product = ET.SubElement(
        root,
        "Product",
        Id=guid(f"product {version}"),
        Name=NAME,
        Language="1033",
        Codepage="65001",
        Version=numbers,
        Manufacturer=MAKER,
        UpgradeCode=UPGRADE_CODE,
    )
    ET.SubElement(
        product,
        "Package",
        InstallerVersion="500",
        Compressed="yes",
        InstallScope="perMachine",
        Description=NAME,
        Comments=_COMMENT,
        Manufacturer=MAKER,
    )
    ET.SubElement(product, "MajorUpgrade", DowngradeErrorMessage=f"A newer {NAME} is installed already.")
    ET.SubElement(product, "Media", Id="1", Cabinet="readiness.cab", EmbedCab="yes")
    ET.SubElement(product, "Icon", Id="readiness.ico", SourceFile="readiness.ico")
    ET.SubElement(product, "Condition", Message=f"{NAME} needs Windows 10 or newer.").text = _SYSTEM
    _add_properties(product)
    target = ET.SubElement(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = ET.SubElement(target, "Directory", Id="ProgramFiles64Folder")
    folder = ET.SubElement(programs, "Directory", Id="INSTALLDIR", Name=NAME)
    feature = ET.Element("Feature", Id="everything", Level="1", Title=NAME)
    _add_files(folder, feature, files)
    _add_policy(folder, feature)
    _add_shortcut(target, feature)
    product.append(feature)
    execute = ET.SubElement(product, "InstallExecuteSequence")
    for place, name in enumerate(PROPERTIES, _KEEP_FROM):
        kept = ET.SubElement(execute, "Custom", Action=f"keep_{name}", Sequence=str(place))
        kept.text = f"NOT {name} AND WAS_{name}"
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_properties(product: ET.Element) -> None:
    fixed = {"ARPPRODUCTICON": "readiness.ico", "ARPNOMODIFY": "1", "REINSTALLMODE": _WRITE_ALL}
    for name, value in fixed.items():
        ET.SubElement(product, "Property", Id=name, Value=value)
    for name, written in PROPERTIES.items():
        was = ET.SubElement(product, "Property", Id=f"WAS_{name}")
        where = {"Root": "HKLM", "Key": REGISTRY_KEY, "Name": written, "Type": "raw", "Win64": "yes"}
        ET.SubElement(was, "RegistrySearch", {"Id": f"find_{name}", **where})
        ET.SubElement(product, "CustomAction", Id=f"keep_{name}", Property=name, Value=f"[WAS_{name}]")


def _component(folder: ET.Element, feature: ET.Element, name: str, identity: str) -> ET.Element:
    ET.SubElement(feature, "ComponentRef", Id=name)
    return ET.SubElement(folder, "Component", Id=name, Guid=guid(identity), Win64="yes")


def _add_files(folder: ET.Element, feature: ET.Element, files: Iterable[StagedFile]) -> None:
    folders = {PurePosixPath(): folder}
    numbers = count()

    def within(place: PurePosixPath) -> ET.Element:
        if place not in folders:
            named = {"Id": f"d{next(numbers):05}", "Name": escaped(place.name)}
            folders[place] = ET.SubElement(within(place.parent), "Directory", named)
        return folders[place]

    for file in files:
        number = file.copy.rpartition("f")[2]
        component = _component(within(file.place.parent), feature, f"c{number}", f"file {file.place}")
        name = escaped(file.place.name)
        ET.SubElement(component, "File", Id=f"f{number}", Source=file.copy, Name=name, KeyPath="yes")


def _add_policy(folder: ET.Element, feature: ET.Element) -> None:
    """What the properties say; an empty text, which counts for nothing, for one that is not given."""
    component = _component(folder, feature, "policy", "policy")
    for number, (name, written) in enumerate(PROPERTIES.items()):
        ET.SubElement(
            component,
            "RegistryValue",
            {"Root": "HKLM", "Key": REGISTRY_KEY, "Name": written, "Type": "string", "Value": f"[{name}]"},
            **({} if number else {"KeyPath": "yes"}),
        )


def _add_shortcut(target: ET.Element, feature: ET.Element) -> None:
    menu = ET.SubElement(target, "Directory", Id="ProgramMenuFolder")
    component = _component(menu, feature, "shortcut", "shortcut")
    ET.SubElement(
        component,
        "Shortcut",
        Id="shortcut",
        Name=NAME,
        Target="[INSTALLDIR]readiness-window.exe",
        WorkingDirectory="INSTALLDIR",
        Icon="readiness.ico",
    )
    where = {"Root": "HKLM", "Key": rf"{REGISTRY_KEY}\Installed", "Name": "shortcut"}
    ET.SubElement(component, "RegistryValue", {**where, "Type": "integer", "Value": "1", "KeyPath": "yes"})


def escaped(name: str) -> str:
    """A name in which wixl sees no variable of its own. Raises Refused where that cannot be had."""
    if "$(" in name:
        raise Refused(f"{name}: wixl takes $( for a variable, whatever is done; give the file another name.")
    return name.replace("$", "$$")
