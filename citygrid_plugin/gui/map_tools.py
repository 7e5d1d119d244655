"""What the map tools of the panels share: a hint, rubber bands, keys, and places in the CRS of the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

import shapely
from qgis.core import Qgis, QgsApplication, QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QColor, QKeyEvent

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import tr

from .grids.grid_layer import geometry_of

GOOD, BAD = QColor("#1f78d1"), QColor("#d9001b")

Place = tuple[float, float]


class Speaker(Protocol):
    """Who owns a tool, and speaks for it."""

    def refused(self, error: CityGridError) -> None:
        """Tell why an action was refused."""

    def say(self, text: str) -> None:
        """Show what to do next; empty for the tool's own hint."""


class HintTool(QgsMapTool):
    """A tool that says what to do with it, draws rubber bands, and gives up with Esc."""

    HINT: ClassVar[str]

    def __init__(self, canvas: QgsMapCanvas, speaker: Speaker) -> None:
        super().__init__(canvas)
        self._speaker = speaker
        self._quiet = False
        self._bands: list[QgsRubberBand] = []
        self.setCursor(QgsApplication.getThemeCursor(QgsApplication.Cursor.CrossHair))

    def _layer(self) -> QgsVectorLayer:
        """The layer in whose CRS places are."""
        raise NotImplementedError

    def flags(self) -> QgsMapTool.Flags:
        return QgsMapTool.Flags(QgsMapTool.Flag.EditTool)  # so that QGIS never comes back to it by itself

    def activate(self) -> None:
        super().activate()
        self.canvas().keyPressed.connect(self._pressed)
        self._speaker.say("")
        QTimer.singleShot(0, self._tell_hint)  # QGIS listens to a tool only after it was activated

    def deactivate(self) -> None:
        self.reset()
        self._leave()

    def _leave(self) -> None:
        self.messageDiscarded.emit()  # takes the hint out of the message bar
        self._speaker.say("")
        self.canvas().keyPressed.disconnect(self._pressed)
        super().deactivate()

    def _tell_hint(self) -> None:
        if self.isActive() and not self._quiet:
            self.messageEmitted.emit(tr(self.HINT), Qgis.MessageLevel.Info)
        self._quiet = False

    def take_up_again(self) -> None:
        """Come back into the hand without the hint in the message bar, which would hide what stands there."""
        self._quiet = True
        self.canvas().setMapTool(self)

    def reset(self) -> None:
        """Give up what is under way."""
        self.clear()

    def destroy(self) -> None:
        """Take all that is drawn off the canvas."""
        self.reset()

    def place(self, event: QgsMapMouseEvent) -> Place:
        """Where the mouse is, in the CRS of the layer."""
        point = self.toLayerCoordinates(self._layer(), event.mapPoint())
        return point.x(), point.y()

    # Drawing

    def draw(self, shapes: Sequence[shapely.Geometry], *, good: bool = True, dashed: bool = False) -> None:
        """Draw outlines or lines in place of what was drawn before."""
        self.clear()
        for shape in shapes:
            self._bands.append(self.band(shape, GOOD if good else BAD, dashed=dashed))

    def band(self, shape: shapely.Geometry, color: QColor, width: int = 2, *, dashed: bool = False) -> QgsRubberBand:
        """A new rubber band; whoever asks for it takes it off the canvas."""
        is_area = shape.geom_type.endswith("Polygon")
        band = QgsRubberBand(self.canvas(), Qgis.GeometryType.Polygon if is_area else Qgis.GeometryType.Line)
        band.setStrokeColor(color)
        band.setWidth(width)
        if dashed:
            band.setLineStyle(Qt.PenStyle.DashLine)
        fill = QColor(color)
        fill.setAlpha(50)
        band.setFillColor(fill)
        band.setToGeometry(geometry_of(shape), self._layer())
        return band

    def clear(self) -> None:
        """Take away what was drawn."""
        for band in self._bands:
            self.canvas().scene().removeItem(band)
        self._bands.clear()

    # Keys

    def _pressed(self, event: QKeyEvent) -> None:
        """While a button is down, the map keeps keys to itself, and only tells of them."""
        if event.key() == Qt.Key.Key_Escape:
            self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reset()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.step_back()
        else:
            event.ignore()
            return
        event.accept()

    def finish(self) -> None:
        """Do what was prepared."""

    def step_back(self) -> None:
        """Take the last part of what was prepared back."""
