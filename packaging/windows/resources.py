"""What Windows reads out of our executables besides code: the version that Explorer shows, and the manifest. Pure.

readiness.spec hands both to PyInstaller, which writes them into the executables, on Windows only.
"""

from __future__ import annotations

import re
from typing import Final

NAME: Final = "Video Visit Readiness"

#: For the ones whom nobody asked: Explorer shows it beside the version, and so does Programs and Features.
MAKER: Final = "Video Visit Readiness project"

#: Windows asks for the rights of whoever starts it, draws sharply on each screen by that screen's own scale, allows
#: paths of more than 260 characters, and gives C libraries UTF-8 for the names of files. The GUID is that of Windows 10,
#: which Windows 11 shares.
MANIFEST: Final = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges>
        <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
      </requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application>
      <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
    </application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2, PerMonitor</dpiAwareness>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    </windowsSettings>
  </application>
  <dependency>
    <dependentAssembly>
      <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0"
        processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
    </dependentAssembly>
  </dependency>
</assembly>
"""


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows wants it: ``0.1.0`` is 0.1.0.0. Raises ValueError for one that has no such form.

    What follows the numbers (``1.2.0rc1``) is left out: Windows compares numbers only.
    """
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?(?![\d.])", version)
    numbers = tuple(int(number or 0) for number in found.groups()) if found else ()
    if len(numbers) != 4 or max(numbers) > 65535:
        raise ValueError(f"{version!r} is no version of two to four numbers up to 65535")
    return numbers


def version_resource(version: str, executable: str, description: str) -> str:
    """The version resource of one executable, in the form that PyInstaller reads.

    In English for whatever language Windows speaks (0409, Unicode: 04B0).
    """
    numbers = four_numbers(version)
    strings = {
        "CompanyName": MAKER,
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": executable,
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": f"{executable}.exe",
        "ProductName": NAME,
        "ProductVersion": version,
    }
    table = ",\n        ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([
      StringTable('040904B0', [
        {table},
      ]),
    ]),
    VarFileInfo([VarStruct('Translation', [0x0409, 0x04B0])]),
  ],
)
"""
