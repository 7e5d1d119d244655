"""The list of what a check found: grouped, counted, each finding with its place on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from citygrid_plugin.gui.places import show_place
from citygrid_plugin.gui.texts import plain_tip
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

SHOWN = 200
"""Findings of one kind that the list holds; the layer has all."""
_LEAST_SIDE = 60.0  # metres that are shown at least
_PLACE = Qt.ItemDataRole.UserRole
_WIDTH = 200  # of the last column
_NO_BREAK = "\u00a0"


class Findings(QTreeWidget):
    """Findings below their kinds, the most frequent kind first; a click shows the place."""

    def __init__(self, headers: Sequence[str], count_column: int, canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._canvas, self._count_column = canvas, count_column
        self.setHeaderLabels(list(headers))
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.header().resizeSection(len(headers) - 1, _WIDTH)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the row stands at the end
        self.setWordWrap(True)
        self.itemClicked.connect(lambda item, _column: self.zoom_to(item))

    def add(
        self, layer: QgsVectorLayer, field: str, titles: Mapping[str, str], row: Callable[[QgsFeature], Sequence[str]]
    ) -> dict[str, tuple[QTreeWidgetItem, QgsFeature]]:
        """Add the features of a layer by the values of ``field``, with the texts of each (``row``: first and last).

        Returns, by value, the item of the kind and its first feature. There may be millions of findings: only those
        that are listed are fetched.
        """
        kinds = values_of(layer, field)
        counts = Counter(kinds)
        wanted: dict[str, list[int]] = {kind: [] for kind in counts}
        for number, kind in zip(sorted(layer.allFeatureIds()), kinds, strict=True):
            if len(wanted[kind]) < SHOWN:
                wanted[kind].append(number)
        found: dict[str, tuple[QTreeWidgetItem, QgsFeature]] = {}
        request = QgsFeatureRequest().setFilterFids([number for numbers in wanted.values() for number in numbers])
        for feature in sorted(layer.getFeatures(request), key=QgsFeature.id):
            kind = str(feature[field])
            if kind not in found:
                found[kind] = QTreeWidgetItem([titles.get(kind, kind)]), QgsFeature(feature)
            found[kind][0].addChild(self._item(feature, layer.crs(), row(feature)))
        for kind, count in counts.most_common():
            top = found[kind][0]
            top.setText(self._count_column, f"{count:,}")
            top.setToolTip(0, plain_tip(top.text(0)))
            if count > SHOWN:
                top.addChild(QTreeWidgetItem([tr("… and {count} more").format(count=f"{count - SHOWN:,}")]))
            self.addTopLevelItem(top)
        return found

    def _item(self, feature: QgsFeature, crs: QgsCoordinateReferenceSystem, texts: Sequence[str]) -> QTreeWidgetItem:
        first, last = texts[0], texts[-1].replace(" ", _NO_BREAK)  # so that its middle is what is left out
        item = QTreeWidgetItem([first, *[""] * (self.columnCount() - 2), last])
        item.setData(0, _PLACE, (QgsGeometry(feature.geometry()), crs))
        item.setToolTip(0, plain_tip(first))
        item.setToolTip(self.columnCount() - 1, plain_tip(last))
        return item

    def zoom_to(self, item: QTreeWidgetItem) -> None:
        """Show a finding on the map, if it has a place."""
        place, crs = item.data(0, _PLACE) or (QgsGeometry(), QgsCoordinateReferenceSystem())
        if not place.isNull() and not place.isEmpty():
            show_place(self._canvas, place, crs, _LEAST_SIDE)


def values_of(layer: QgsVectorLayer, field: str) -> list[str]:
    """A column of text, by the numbers of the features."""
    values, _ = QgsVectorLayerUtils.getValues(layer, field)
    return values
