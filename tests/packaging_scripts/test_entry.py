"""The first lines of the frozen program: other people's programs find their own libraries again."""

from __future__ import annotations

import pytest
from entry import give_back_library_path


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ({"LD_LIBRARY_PATH": "/ours"}, {}),
        ({"LD_LIBRARY_PATH": "/ours:/theirs", "LD_LIBRARY_PATH_ORIG": "/theirs"}, {"LD_LIBRARY_PATH": "/theirs"}),
        ({"LD_LIBRARY_PATH": "/ours", "LD_LIBRARY_PATH_ORIG": ""}, {}),
        ({"HOME": "/home/ana"}, {"HOME": "/home/ana"}),
    ],
)
def test_the_library_path_is_what_it_was(found: dict[str, str], left: dict[str, str]) -> None:
    give_back_library_path(found)
    assert found == left
