"""Rules of the architecture that import-linter cannot see: what is loaded, how long files grow, what importing does.

Each rule is a function that returns what breaks it, and is shown to notice a case made for it.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

#: Slow to load, or with drivers behind them: only probes, which are child processes, may touch them.
HEAVY = {
    "PySide6",
    "shiboken6",
    "cv2",
    "cv2_enumerate_cameras",
    "numpy",
    "sounddevice",
    "psutil",
    "speedtest",
    "browsers",
    "aioice",
}
WINDOWS_ONLY = {"pycaw", "comtypes"}

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_CLASS = 150


def modules(folder: Path) -> list[str]:
    """Dotted names of all modules under ``readiness`` (``__main__`` aside)."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


CORE = [name for name in modules(PROJECT / "readiness") if not name.startswith("readiness.probes.")]


def loaded_by(*names: str) -> set[str]:
    """Top-level packages that a fresh Python has loaded after importing ``names``."""
    program = "import importlib, json, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    program += "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_whole_core_loads_nothing_heavy() -> None:
    assert "readiness.cli" in CORE
    assert "readiness.checks.camera" in CORE
    assert loaded_by(*CORE) & (HEAVY | WINDOWS_ONLY) == set()


def test_loading_is_noticed() -> None:
    assert "psutil" in loaded_by("psutil")


def heavy_imports(source: str) -> Iterator[str]:
    """Heavy packages that a source imports anywhere, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (top for name in names if (top := name.partition(".")[0]) in HEAVY | WINDOWS_ONLY)


def test_only_probes_import_anything_heavy() -> None:
    found = {
        str(file.relative_to(PROJECT)): heavy
        for file in (PROJECT / "readiness").rglob("*.py")
        if "probes" not in file.parts and (heavy := list(heavy_imports(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_heavy_imports_are_noticed() -> None:
    assert list(heavy_imports("def f():\n    import numpy.fft\n    from cv2 import imread\nimport json")) == [
        "numpy",
        "cv2",
    ]


def too_long(name: str, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines > MOST_LINES_OF_A_FILE:
        yield f"{name} has {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_LINES_OF_A_CLASS:
                yield f"{name}: class {node.name} has {lines} lines"


def test_no_file_or_class_of_the_window_grows_too_long() -> None:
    sources = {str(file.relative_to(PROJECT)): file.read_text(encoding="utf-8") for file in PROJECT.glob("ui/**/*.py")}
    assert [fault for name, source in sources.items() for fault in too_long(name, source)] == []


def test_length_is_noticed() -> None:
    long_class = "class A:\n" + "    x = 1\n" * 150
    assert list(too_long("a.py", long_class)) == ["a.py: class A has 151 lines"]
    assert list(too_long("b.py", "x = 1\n" * 301)) == ["b.py has 301 lines"]
    assert list(too_long("c.py", "class A:\n" + "    x = 1\n" * 149)) == []


def does_things(source: str) -> Iterator[str]:
    """Statements of a module that do something when it is imported, beside defining.

    A call counts when nothing is kept of it; ``if TYPE_CHECKING`` and checks of the platform hold imports only.
    """
    allowed = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
    )
    for node in ast.parse(source).body:
        if isinstance(node, allowed):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring, or one under a constant
        if isinstance(node, ast.If) and ("__main__" in ast.unparse(node.test) or only_definitions(node)):
            continue
        yield f"line {node.lineno}: {ast.unparse(node).splitlines()[0]}"


def only_definitions(node: ast.If) -> bool:
    inner = "\n".join(ast.unparse(each) for each in (*node.body, *node.orelse))
    return not list(does_things(inner))


def test_importing_a_module_only_defines() -> None:
    files = [*PROJECT.glob("readiness/**/*.py"), *PROJECT.glob("ui/**/*.py")]
    found = {
        str(file.relative_to(PROJECT)): faults
        for file in files
        if (faults := list(does_things(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "print('hello')",
        "import logging\nlogging.basicConfig()",
        "for x in range(3): pass",
        "if 1:\n    print()",
        "with open('x') as f: pass",
    ],
)
def test_doing_things_at_import_is_noticed(source: str) -> None:
    assert len(list(does_things(source))) == 1


def test_defining_is_not_doing() -> None:
    source = '"""Doc."""\nimport sys\nX = 1\n"""What X is."""\nif sys.platform == "win32":\n    import winreg\nelse:\n    Y = 2\n'
    assert list(does_things(source)) == []


def test_nothing_shadows_the_package_called_packaging() -> None:
    assert not (PROJECT / "packaging" / "__init__.py").exists()
    import packaging

    assert not Path(packaging.__file__ or "").is_relative_to(PROJECT / "packaging")


def test_import_linter_looks_at_every_package_of_the_product() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    there = {name for name in ("readiness", "ui") if (PROJECT / name).is_dir()}
    assert set(settings["root_packages"]) == there
