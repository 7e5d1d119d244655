"""The plugin's own icons, loaded by path."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QIcon

FOLDER = Path(__file__).parent.parent / "resources" / "icons"


def icon(name: str) -> QIcon:
    """An icon of ``resources/icons`` by its name without suffix."""
    return QIcon(str(FOLDER / f"{name}.svg"))
