"""The maps of an atlas: layers in memory that are filled anew for each page, and layers of the user below them.

Everything is drawn by QGIS straight into the page, as vectors and text; no layer is ever part of a project.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsExpression,
    QgsFeature,
    QgsField,
    QgsFillSymbol,
    QgsGeometry,
    QgsLabelBlockingRegion,
    QgsLabelLineSettings,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRectangle,
    QgsRenderContext,
    QgsRendererCategory,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsSymbolLayer,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QMetaType, QPointF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter

from citygrid_plugin.core.zones.atlas import Rect
from citygrid_plugin.processing.styles import text_format

from .atlas_page import DPI, INK, Pages

if TYPE_CHECKING:
    from citygrid_plugin.core.spatial.coverage import Geometries

ZONE, NEIGHBOUR, CELL, COMMUNITY, STREET = "#d9001b", "#5f6b76", "#c000c0", "#8e7cc3", "#3d85c6"
"""Colours of limits: the zone, its neighbours, unit grids, communities, streets."""

COMMUNITY_BAND, STREET_BAND = 1.6, 2.6  # mm; bands, so that they are seen beside a limit that runs on them
_BAND_ALPHA = 90
_MASK = "#78ffffff"  # over what lies outside the zone

# Symbols of component classes: as many pairs as the two numbers' least common multiple.
_INKS: Final = (
    "#1f77b4", "#d95f02", "#1b9e77", "#7b3fa0", "#b8860b", "#e7298a", "#3a7d0a", "#8c564b", "#00a0b0", "#4d4d4d",
)  # fmt: skip
_SHAPES: Final = ("circle", "square", "triangle", "diamond", "pentagon", "star", "hexagon")
LOOKS: Final = math.lcm(len(_INKS), len(_SHAPES))
OTHER_LOOK: Final = -1
_OTHER_INK = "#9aa3ab"
_MARKER = 2.3  # mm

NAME_FIELDS: Final = (
    "name", "名称", "道路名称", "路名", "街路名称", "name_zh", "road_name", "roadname", "street_name", "dlmc", "lmc",
)  # fmt: skip
"""Fields that hold the names of roads (ours), in any case, the first that is there."""

_ROAD_CLASSES: Final = ("highway", "fclass", "railway")
_ROAD_WIDTHS: Final = {"STRONG": 2.0, "NORMAL": 1.5, "WEAK": 0.9, "NONE": 0.5}  # mm
_USUAL_ROAD = 1.4
_ROAD_EDGE = 0.3


Values = Any  # a list or an array


@dataclass(frozen=True)
class View:
    """A map to be drawn: where on the page, what of the ground (west, south, east, north), its layers."""

    room: Rect
    extent: tuple[float, float, float, float]
    layers: Sequence[QgsMapLayer]
    covered: Sequence[Rect] = ()  # parts of the page on which no label may stand


class MapMaker:
    """Makes layers of one CRS and draws them into pages."""

    def __init__(
        self, crs: QgsCoordinateReferenceSystem, transforms: QgsCoordinateTransformContext, family: str
    ) -> None:
        self.crs = crs
        self._transforms = transforms
        self._family = family

    # Layers

    def layer(self, kind: str, symbol: QgsSymbol | None = None) -> QgsVectorLayer:
        """An empty layer in memory: geometries of a kind, with ``name`` (label), ``look`` and ``fill``."""
        layer = QgsVectorLayer(kind, "", "memory")
        layer.setCrs(self.crs)
        text = QMetaType.Type.QString
        layer.dataProvider().addAttributes(
            [QgsField("name", text), QgsField("look", QMetaType.Type.Int), QgsField("fill", text)]
        )
        layer.updateFields()
        if symbol is not None:
            layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        return layer

    def limits(self, color: str, width: float, style: str = "solid") -> QgsVectorLayer:
        """A layer of outlines."""
        properties = {
            "style": "no",
            "outline_color": color,
            "outline_width": str(width),
            "outline_style": style,
            "joinstyle": "round",
        }
        return self.layer("MultiPolygon", QgsFillSymbol.createSimple(properties))

    def bands(self, color: str, width: float) -> QgsVectorLayer:
        """A layer of lines as wide, faint bands: drawn once where two areas meet."""
        ink = QColor(color)
        ink.setAlpha(_BAND_ALPHA)
        properties = {"line_color": ink.name(QColor.NameFormat.HexArgb), "line_width": str(width), "joinstyle": "round"}
        return self.layer("MultiLineString", _whole(QgsLineSymbol.createSimple(properties)))

    def mask(self) -> QgsVectorLayer:
        """A layer that lets what lies below it look faint."""
        return self.layer("MultiPolygon", QgsFillSymbol.createSimple({"color": _MASK, "outline_style": "no"}))

    def filled(self, outline: str, width: float) -> QgsVectorLayer:
        """A layer of areas, each in the colour of its ``fill``."""
        symbol = QgsFillSymbol.createSimple({"outline_color": outline, "outline_width": str(width)})
        part = symbol.symbolLayer(0)
        part.setDataDefinedProperty(QgsSymbolLayer.Property.FillColor, QgsProperty.fromField("fill"))
        return self.layer("MultiPolygon", symbol)

    def components(self) -> dict[int, QgsVectorLayer]:
        """Layers of components by dimension (0 points, 1 lines, 2 areas), each drawn by its ``look``."""
        result = {}
        for dimension, kind in enumerate(("MultiPoint", "MultiLineString", "MultiPolygon")):
            layer = self.layer(kind)
            looks = [*range(LOOKS), OTHER_LOOK]
            categories = [QgsRendererCategory(look, look_symbol(look, dimension), "") for look in looks]
            layer.setRenderer(QgsCategorizedSymbolRenderer("look", categories))
            result[dimension] = layer
        return result

    def label(
        self,
        layer: QgsVectorLayer,
        size: float,
        color: str = INK,
        *,
        bold: bool = False,
        priority: int = 5,
        always: bool = False,
        field: str = "name",
    ) -> None:
        """Show a field as it is; along lines where the layer has lines. ``always``: even over another label."""
        settings = QgsPalLayerSettings()
        settings.fieldName = field
        settings.setFormat(text_format(size, color, bold=bold, edge=0.5, family=self._family))
        settings.priority = priority
        if layer.geometryType() == Qgis.GeometryType.Line:
            settings.placement = Qgis.LabelPlacement.Curved
            lines = QgsLabelLineSettings()
            lines.setMergeLines(True)
            lines.setPlacementFlags(Qgis.LabelLinePlacementFlag.OnLine)
            settings.setLineSettings(lines)
            settings.repeatDistance = 90
            settings.repeatDistanceUnit = Qgis.RenderUnit.Millimeters
        else:
            settings.placement = Qgis.LabelPlacement.Horizontal
            settings.fitInPolygonOnly = False
        if always:
            how = settings.placementSettings()
            how.setOverlapHandling(Qgis.LabelOverlapHandling.AllowOverlapIfRequired)
            settings.setPlacementSettings(how)
        layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
        layer.setLabelsEnabled(True)

    def as_roads(self, layer: QgsVectorLayer, unit: float) -> None:
        """Draw a layer of the user as roads: as wide as their class says, names along them."""
        edge, inside = (QgsSimpleLineSymbolLayer(QColor(color)) for color in ("#8f99a3", "#f6f2e4"))
        width = _road_width([field.name() for field in layer.fields()])
        for part, more, level in ((edge, _ROAD_EDGE, 0), (inside, 0.0, 1)):
            part.setWidth((_USUAL_ROAD + more) * unit)
            wide = QgsProperty.fromExpression(f"({width} + {more}) * {unit}")
            part.setDataDefinedProperty(QgsSymbolLayer.Property.StrokeWidth, wide)
            part.setRenderingPass(level)
            part.setPenCapStyle(Qt.PenCapStyle.RoundCap)
            part.setPenJoinStyle(Qt.PenJoinStyle.RoundJoin)
        symbol = QgsLineSymbol()
        symbol.changeSymbolLayer(0, edge)
        symbol.appendSymbolLayer(inside)
        renderer = QgsSingleSymbolRenderer(_whole(symbol))
        renderer.setUsingSymbolLevels(True)
        layer.setRenderer(renderer)
        layer.setLabelsEnabled(False)
        lower = {field.name().casefold(): field.name() for field in layer.fields()}
        name = next((lower[known] for known in NAME_FIELDS if known in lower), "")
        if name:
            self.label(layer, 7.5 * unit, "#3c4650", priority=6, field=name)

    # Drawing

    def draw(self, pages: Pages, view: View) -> None:
        """Draw a map into the open page."""
        settings = QgsMapSettings()
        settings.setDestinationCrs(self.crs)
        settings.setTransformContext(self._transforms)
        settings.setLayers(list(view.layers))
        room = pages.area(view.room)
        settings.setOutputSize(QSize(round(room.width()), round(room.height())))
        settings.setOutputDpi(DPI)
        settings.setExtent(QgsRectangle(*view.extent))
        settings.setBackgroundColor(QColor("#ffffff"))
        settings.setTextRenderFormat(Qgis.TextRenderFormat.AlwaysText)
        for flag in (
            Qgis.MapSettingsFlag.Antialiasing,
            Qgis.MapSettingsFlag.UseAdvancedEffects,
            Qgis.MapSettingsFlag.ForceVectorOutput,
        ):
            settings.setFlag(flag, True)
        engine = settings.labelingEngineSettings()
        engine.setFlag(Qgis.LabelingFlag.UsePartialCandidates, False)
        settings.setLabelingEngineSettings(engine)
        settings.setLabelBlockingRegions([self._blocked(view, rect) for rect in view.covered])
        painter = pages.painter
        painter.save()
        painter.setClipRect(room)
        painter.translate(room.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # This job draws in the calling thread, which may be any: the parallel one needs an event loop.
        QgsMapRendererCustomPainterJob(settings, painter).renderSynchronously()
        painter.restore()
        pages.box(view.room, outline=INK, width=0.35)

    @staticmethod
    def _blocked(view: View, rect: Rect) -> QgsLabelBlockingRegion:
        west, _, east, north = view.extent
        metres = (east - west) / view.room.width
        x, y = west + (rect.x - view.room.x) * metres, north - (rect.y - view.room.y) * metres
        box = QgsRectangle(x, y - rect.height * metres, x + rect.width * metres, y)
        return QgsLabelBlockingRegion(QgsGeometry.fromRect(box))


def show(layer: QgsVectorLayer, geometries: Geometries, **columns: Values) -> QgsVectorLayer:
    """Let a layer hold these geometries and nothing else; ``columns`` (n,): name, look, fill."""
    import shapely  # noqa: PLC0415

    provider = layer.dataProvider()
    provider.truncate()
    fields = layer.fields()
    places = {fields.lookupField(name): values for name, values in columns.items()}
    features = []
    for row, wkb in enumerate(shapely.to_wkb(geometries)):
        if wkb is None:
            continue
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        geometry.convertToMultiType()
        feature = QgsFeature(fields)
        feature.setGeometry(geometry)
        for place, values in places.items():
            feature.setAttribute(place, _plain(values[row]))
        features.append(feature)
    provider.addFeatures(features)
    layer.updateExtents()
    return layer


def _plain(value: Any) -> Any:  # noqa: ANN401 - numpy's numbers are none for Qt
    return value.item() if hasattr(value, "item") else value


def _whole(symbol: QgsSymbol) -> QgsSymbol:
    """A symbol of lines that are not cut at the edge of the map: of one that misses it, an empty path would be left."""
    symbol.setClipFeaturesToExtent(False)
    return symbol


def look_symbol(look: int, dimension: int = 0) -> QgsSymbol:
    """The symbol of a class of components; ``OTHER_LOOK`` for those that have none of their own."""
    ink = _OTHER_INK if look == OTHER_LOOK else _INKS[look % len(_INKS)]
    if dimension == 1:
        return QgsLineSymbol.createSimple({"line_color": ink, "line_width": "0.7"})
    if dimension == 2:  # noqa: PLR2004 - areas
        fill = QColor(ink)
        fill.setAlpha(70)
        shade = fill.name(QColor.NameFormat.HexArgb)
        return QgsFillSymbol.createSimple({"color": shade, "outline_color": ink, "outline_width": "0.4"})
    shape = "circle" if look == OTHER_LOOK else _SHAPES[look % len(_SHAPES)]
    size = 0.6 * _MARKER if look == OTHER_LOOK else _MARKER
    properties = {"name": shape, "color": ink, "outline_color": "#ffffff", "outline_width": "0.15", "size": str(size)}
    return QgsMarkerSymbol.createSimple(properties)


def draw_look(pages: Pages, look: int, x: float, y: float) -> None:
    """Draw the symbol of a class at a place of the open page."""
    context = QgsRenderContext.fromQPainter(pages.painter)
    context.setScaleFactor(DPI / 25.4)
    context.setFlag(Qgis.RenderContextFlag.Antialiasing, True)
    symbol = look_symbol(look)
    symbol.startRender(context)
    symbol.renderPoint(QPointF(pages.dots(x), pages.dots(y)), None, context)
    symbol.stopRender(context)


def looks_of(keys: Iterable[str]) -> Mapping[str, int]:
    """The look of each class, the most frequent first; those beyond ``LOOKS`` share that of the others."""
    return {key: number if number < LOOKS else OTHER_LOOK for number, key in enumerate(keys)}


def _road_width(fields: Sequence[str]) -> str:
    """An expression for the width of a road in millimetres by OpenStreetMap's class, if the layer has one."""
    from citygrid_plugin.core.streets.barrier_strength import LINES  # noqa: PLC0415

    lower = {field.casefold(): field for field in fields}
    there = [QgsExpression.quotedColumnRef(lower[name]) for name in _ROAD_CLASSES if name in lower]
    if not there:
        return str(_USUAL_ROAD)
    classes = {**LINES["railway"], **LINES["highway"]}
    cases = []
    for strength, width in _ROAD_WIDTHS.items():
        names = [name for name, level in classes.items() if level.name == strength]
        listed = ", ".join(map(QgsExpression.quotedString, names))
        cases.append(f"WHEN coalesce({', '.join(there)}) IN ({listed}) THEN {width}")
    return f"(CASE {' '.join(cases)} ELSE {_USUAL_ROAD} END)"
