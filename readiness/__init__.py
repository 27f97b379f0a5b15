"""Video Visit Readiness: is this computer ready for a video visit, and if not, what would make it so?"""

__version__ = "0.1.0"
