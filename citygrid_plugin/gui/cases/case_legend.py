"""The counts in the legend of the cases."""

from __future__ import annotations

from qgis.core import QgsVectorLayer


def recount(layer: QgsVectorLayer) -> None:
    """Let the legend count anew, which QGIS does for another renderer only, not for other data or a later hour."""
    renderer = layer.renderer()
    if renderer is not None:
        layer.setRenderer(renderer.clone())
