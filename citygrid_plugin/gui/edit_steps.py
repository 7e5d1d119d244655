"""Undo steps on the buffer of a layer under correction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsVectorLayer


def begin_step(layer: QgsVectorLayer, text: str) -> None:
    """Begin an undo step called ``text``; editing is switched on."""
    if not layer.isEditable():
        layer.startEditing()
    layer.beginEditCommand(text)


def end_step(layer: QgsVectorLayer) -> None:
    """The step is done."""
    layer.endEditCommand()
    layer.triggerRepaint()


@contextmanager
def edit_step(layer: QgsVectorLayer, text: str) -> Iterator[None]:
    """One undo step; nothing of it stays where it fails."""
    begin_step(layer, text)
    try:
        yield
    except BaseException:
        layer.destroyEditCommand()
        raise
    end_step(layer)
