"""CityGrid: unit grids, component census, responsibility grids and open cases for 数字城管."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import CityGridPlugin


def classFactory(iface: QgisInterface | None) -> CityGridPlugin:
    """Make the plugin; QGIS calls this by name."""
    from .plugin import CityGridPlugin  # noqa: PLC0415 - importing the package alone needs no QGIS

    return CityGridPlugin(iface)
