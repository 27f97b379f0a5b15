"""What small programs of the operating system print."""

from __future__ import annotations

import subprocess
from typing import Final

#: They take some ten milliseconds, or hang.
_PATIENCE_S: Final = 1.0


def said(*command: str) -> str:
    """What a program prints; nothing where it is missing or does not answer."""
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout
