"""Ready for QGIS on Qt 6: enums by their full names, and nothing that Qt 6 or PyQt6 has dropped.

The members of enums are found with the Qt 5 at hand: there both ``Qt.AlignLeft`` and ``Qt.AlignmentFlag.AlignLeft``
work, in PyQt6 only the latter.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import ROOT

SOURCES = sorted([*(ROOT / "citygrid_plugin").rglob("*.py"), *(ROOT / "tests").glob("*.py")])

# Names that Qt 6 or PyQt6 has dropped, and what there is instead.
DROPPED = {
    "exec_": "exec",
    "print_": "print",
    "QRegExp": "QRegularExpression",
    "QRegExpValidator": "QRegularExpressionValidator",
    "QDesktopWidget": "QScreen",
    "QMatrix": "QTransform",
    "QTextCodec": "Python's codecs",
    "QGLWidget": "QOpenGLWidget",
    "MidButton": "MiddleButton",
    "toTime_t": "toSecsSinceEpoch",
    "fromTime_t": "fromSecsSinceEpoch",
    "setTime_t": "setSecsSinceEpoch",
    "globalPos": "globalPosition",
    "screenGeometry": "QScreen.geometry",
    "AA_EnableHighDpiScaling": "nothing: it is always on",
    "AA_UseHighDpiPixmaps": "nothing: it is always on",
    "setMargin": "setContentsMargins",
    "getContentsMargins": "contentsMargins",
    "setTabStopWidth": "setTabStopDistance",
    "countryToString": "territoryToString",
    "qrand": "QRandomGenerator",
}


def imports(tree: ast.Module) -> dict[str, object]:
    """What a module imports from QGIS and Qt, by the name it has there."""
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                try:
                    found[alias.asname or alias.name] = getattr(module, alias.name)
                except AttributeError:  # a module of a package
                    found[alias.asname or alias.name] = importlib.import_module(f"{node.module}.{alias.name}")
    return found


def resolved(node: ast.expr, known: dict[str, object]) -> object | None:
    """The object that ``Class.Inner.member`` names, where its first name is known."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = resolved(node.value, known)
        return getattr(owner, node.attr, None) if isinstance(owner, (type, ModuleType)) else None
    return None


def short_enums(source: str, known: dict[str, object] | None = None) -> Iterator[tuple[int, str]]:
    """(line, text) of each member of an enum that is named without its enum."""
    tree = ast.parse(source)
    known = known if known is not None else imports(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = resolved(node.value, known)
        value = getattr(owner, node.attr, None) if isinstance(owner, type) else None
        kind = type(value)
        # A value of an enum that stands in the class, reached through the class and not through the enum.
        if value is None or not isinstance(value, int) or kind in {int, bool} or kind is owner:
            continue
        if getattr(owner, kind.__name__, None) is kind or kind.__module__.startswith(("PyQt5", "qgis")):
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_enums_by_their_full_names(path: Path) -> None:
    assert not [*short_enums(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from qgis.PyQt.QtCore import Qt\nx = Qt.AlignLeft", ["Qt.AlignLeft"]),
        ("from qgis.PyQt.QtCore import Qt\nx = Qt.AlignmentFlag.AlignLeft", []),
        ("from qgis.PyQt.QtWidgets import QMessageBox as Box\nx = Box.Yes | Box.No", ["Box.Yes", "Box.No"]),
        ("from qgis.core import QgsProcessing\nx = QgsProcessing.TypeVectorPoint", ["QgsProcessing.TypeVectorPoint"]),
        ("from qgis.core import QgsProcessing\nx = QgsProcessing.SourceType.TypeVectorPoint", []),
        ("from qgis.PyQt import QtCore\nx = QtCore.Qt.Horizontal", ["QtCore.Qt.Horizontal"]),
        ("from qgis.core import Qgis\nx = Qgis.Warning", ["Qgis.Warning"]),
    ],
)
def test_the_check_itself(source: str, found: list[str]) -> None:
    assert sorted(text for _, text in short_enums(source)) == sorted(found)


def test_qt_comes_through_qgis_and_nothing_dropped_is_used() -> None:
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                module = getattr(node, "module", None) or ""
                names = [module, *(alias.name for alias in node.names)]
                wrong += [f"{place} imports {name}" for name in names if name.split(".")[0] in {"PyQt5", "PyQt6"}]
                wrong += [f"{place}: {name} → {DROPPED[name]}" for name in names if name in DROPPED]
            elif isinstance(node, ast.Attribute) and node.attr in DROPPED:
                wrong.append(f"{place}: {node.attr} → {DROPPED[node.attr]}")
            elif isinstance(node, ast.Attribute) and ast.unparse(node).startswith("QVariant."):
                wrong.append(f"{place}: {ast.unparse(node)} → QMetaType.Type")
            elif (  # signal[str].connect: PyQt6 has one signature a signal
                isinstance(node, ast.Attribute) and node.attr in {"connect", "emit"}
                and isinstance(node.value, ast.Subscript) and isinstance(node.value.value, ast.Attribute)
            ):  # fmt: skip
                wrong.append(f"{place}: {ast.unparse(node.value)} → the signal without a signature")
    assert not wrong
