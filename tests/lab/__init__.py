"""Makes cameras, microphones, speakers and lines that behave as told, so that tests meet the real thing on any Linux."""

from tests.lab.inside import LabError
from tests.lab.lab import Lab

__all__ = ["Lab", "LabError"]
