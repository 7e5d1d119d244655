"""How result layers look: one function a role, applied when a result is loaded or a project is made."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsMapLayer,
)

ROLES: dict = {}


def apply(layer: QgsMapLayer, role: str) -> None:
    """Give a layer the style of its role."""
    if role in ROLES:
        ROLES[role](layer)
        layer.triggerRepaint()


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer after Processing has loaded it; QGIS does not keep it alive, so the class does."""

    _alive: dict[str, _Styler] = {}

    def __init__(self, written: str, role: str) -> None:
        super().__init__()
        self._written, self._role = written, role
        self._alive[written] = self

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        apply(layer, self._role)
        self._alive.pop(self._written, None)


def apply_on_load(context: QgsProcessingContext, written: str, role: str | None) -> None:
    """Style the written layer with its role when QGIS loads it."""
    if role and context.willLoadLayerOnCompletion(written):
        context.layerToLoadOnCompletionDetails(written).setPostProcessor(_Styler(written, role))
