"""What only a person can tell: a check asks, a face finds the words, the answer becomes part of the reading."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class NoAnswer(StrEnum):
    """How a question can end without one of its choices. Each is recorded as what it is, never as a yes."""

    CANNOT_TELL = "cannot_tell"
    """The person heard or saw too little to say."""
    SKIP = "skip"
    """The person chose not to answer."""
    TIMEOUT = "timeout"
    """Nobody answered."""


#: One of the question's choices, or how it ended without one.
Answer = int | NoAnswer


class Question(msgspec.Struct, frozen=True):
    """A question with numbered choices. Its words are found by its id in ``readiness.advice``."""

    id: str
    """For example ``speaker.tones``."""
    choices: tuple[int, ...]
    """What can be chosen, in the order in which it is shown: 0 to 4 tones."""

    @property
    def check(self) -> str:
        """The id of the check that asks: the part before the dot."""
        return self.id.partition(".")[0]
