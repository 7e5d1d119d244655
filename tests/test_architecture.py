"""Import arrows point one way, and the whole repository is clean by the linter's rules."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import pytest

from .conftest import ROOT

PACKAGE = ROOT / "citygrid_plugin"
OURS = "citygrid_plugin"
QT = {"qgis", "PyQt5", "PyQt6", "sip", "processing"}
FORMATS = {"pyogrio", "fiona", "osgeo", "sqlite3", "csv", "openpyxl", "ezdxf", "psycopg2", "zipfile"}

# room: (rooms it may import, packages it may not)
ROOMS = {
    "core": ({"core"}, QT | FORMATS),
    "storage": ({"storage", "core"}, QT | {"fiona"}),
    "processing": ({"processing", "storage", "core", "i18n"}, {"fiona"}),
    "gui": ({"gui", "processing", "storage", "core", "i18n"}, {"fiona"}),
}
FIONA = ("delivery_compare.py", "fiona")  # the independent reader of deliveries, where it is there
MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> list[str]:
    """A module's name in parts."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, full name) of everything that a module imports, at any depth of its code."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path)[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_one_way(room: str) -> None:
    rooms, forbidden = ROOMS[room]
    files = sorted((PACKAGE / room).rglob("*.py"))
    assert files
    wrong = []
    for path in files:
        for line, name in imported(path):
            top, *rest = name.split(".")
            if (top in forbidden and (path.name, top) != FIONA) or (top == OURS and rest and rest[0] not in rooms):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong


@pytest.mark.parametrize("room", ROOMS)
def test_packages_of_a_room_form_no_circle(room: str) -> None:
    """Each package stands on others, never on one that stands on it."""
    packages = {path.name for path in (PACKAGE / room).iterdir() if (path / "__init__.py").is_file()}
    users: dict[str, set[str]] = {name: set() for name in packages}
    for name in packages:
        for path in (PACKAGE / room / name).glob("*.py"):
            for _, full in imported(path):
                parts = full.split(".")
                if parts[:2] == [OURS, room] and len(parts) > 2 and parts[2] in packages - {name}:
                    users[name].add(parts[2])
    assert [*TopologicalSorter(users).static_order()]  # raises CycleError


def test_core_is_importable_without_qgis() -> None:
    """In a fresh interpreter, core alone pulls in no QGIS, Qt or file format."""
    core = [".".join(dotted(path)) for path in MODULES if (PACKAGE / "core") in path.parents]
    code = (
        f"import importlib, sys\nfor name in {core!r}: importlib.import_module(name)\n"
        f"print(*sorted(set({sorted(QT | {'fiona', 'osgeo'})!r}) & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert result.stdout.split() == []


def test_heavy_packages_wait_until_needed() -> None:
    """Starting the plugin loads none of the heavy packages that QGIS has not loaded itself."""
    code = (
        "import sys\nimport qgis.core, qgis.gui, qgis.utils\nbefore = set(sys.modules)\n"
        "import citygrid_plugin.plugin\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(result.stdout.split())
    assert "citygrid_plugin" in loaded
    assert not loaded & {"geopandas", "pandas", "shapely", "pyogrio", "numpy", "pyproj", "scipy", "openpyxl"}


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff(command: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "--output-format=concise", "."],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(not np.__version__.startswith("1."), reason="checked against the types that numpy 1 carries")
def test_types_agree() -> None:
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
