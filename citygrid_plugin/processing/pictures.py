"""Map pictures for reports, drawn by QGIS without a window and in any thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsPalLayerSettings,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QBuffer, QIODevice, QMetaType, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QImage, QPainter

from citygrid_plugin.core import fields
from citygrid_plugin.core.progress import Progress, silent

from .base import to_qgis
from .styles import FONTS, PROBLEM_LOOKS

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.spatial.coverage import Geometries

_LONGER_SIDE = 1000  # pixels
DPI = 96
_BYTES = 200_000  # of a picture: reports are sent by mail
_MARGIN = 1.04
_CHUNK = 2_000  # features between two looks at the cancel button
_MANY_CELLS = 20_000  # more of them are a patch of lines: their communities are filled instead
_ALPHA = 170  # of 255; a community without a grid must not hide its name
_LEAST_MARK = 8.0  # pixels; a smaller problem would not be seen


def problem_map(
    grid: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    problems: gpd.GeoDataFrame,
    progress: Progress = silent,
) -> bytes:
    """A PNG of at most 200 KB: the grid in grey, communities with their names, problems by severity.

    All in one CRS. A problem too small to be seen is a spot at its place, larger than it is; far from all
    communities it is not in the picture.
    """
    import numpy as np  # noqa: PLC0415

    extent = QgsRectangle(*communities.total_bounds)
    extent.scale(_MARGIN)
    scale = _LONGER_SIDE / max(extent.width(), extent.height())
    size = QSize(max(round(extent.width() * scale), 1), max(round(extent.height() * scale), 1))
    crs = to_qgis(grid.crs)
    few = len(grid) <= _MANY_CELLS
    homes = communities.geometry.to_numpy()
    names = communities[fields.COMMUNITY_NAME] if fields.COMMUNITY_NAME in communities else np.full(len(homes), "")
    layers = []
    for look in PROBLEM_LOOKS:
        places = problems.geometry.to_numpy()[problems[fields.SEVERITY].isin(look.values).to_numpy(dtype=bool)]
        seen_through = QColor(look.color)
        seen_through.setAlpha(_ALPHA)
        inside = seen_through.name(QColor.NameFormat.HexArgb)
        fill = {"color": inside, "outline_color": look.color, "outline_width": "0.4"}
        layers.append(_layer(_marks(places, 1 / scale), fill, crs, progress))
    outline = {"style": "no" if few else "solid", "color": "#dddddd", "outline_color": "#444444"}
    limits = _layer(homes, {**outline, "outline_width": "0.35"}, crs, progress, [str(name or "") for name in names])
    label_names(limits)
    layers.append(limits)
    if few:
        cell = {"color": "#eeeeee", "outline_color": "#aaaaaa", "outline_width": "0.1"}
        layers.append(_layer(grid.geometry.to_numpy(), cell, crs, progress))
    return png_of(draw(layers, size, extent, crs))


def _marks(places: Geometries, pixel: float) -> Geometries:
    """Places as they are drawn: small ones as spots, those that fall on each other once."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    places = places[~(shapely.is_missing(places) | shapely.is_empty(places))]
    west, south, east, north = shapely.bounds(places).reshape(-1, 4).T
    small = np.maximum(east - west, north - south) < _LEAST_MARK * pixel
    centre = np.column_stack([west + east, south + north])[small] / 2
    centre = np.unique(np.round(centre / (2 * pixel)), axis=0) * (2 * pixel)
    return np.r_[shapely.buffer(shapely.points(centre), _LEAST_MARK * pixel / 2, quad_segs=4), places[~small]]


def _layer(
    places: Geometries,
    fill: dict[str, str],
    crs: QgsCoordinateReferenceSystem,
    progress: Progress,
    names: Sequence[str] = (),
) -> QgsVectorLayer:
    """A layer of polygons with one symbol, and a name for each where given."""
    layer = make_layer(places, crs, progress, names)
    layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(fill)))
    return layer


def make_layer(
    places: Geometries,
    crs: QgsCoordinateReferenceSystem,
    progress: Progress,
    names: Sequence[str] = (),
    classes: Sequence[int] = (),
    kind: str = "MultiPolygon",
) -> QgsVectorLayer:
    """A layer in memory with the geometries and, where given, a ``name`` and the number of a ``class`` each."""
    import shapely  # noqa: PLC0415

    layer = QgsVectorLayer(kind, "", "memory")
    layer.setCrs(crs)
    columns = [QgsField("name", QMetaType.Type.QString), QgsField("class", QMetaType.Type.Int)]
    layer.dataProvider().addAttributes(columns)
    layer.updateFields()
    for start in range(0, len(places), _CHUNK):
        progress(1.0)
        features = []
        for row, wkb in enumerate(shapely.to_wkb(places[start : start + _CHUNK]), start=start):
            if wkb is None:
                continue
            geometry = QgsGeometry()
            geometry.fromWkb(wkb)
            feature = QgsFeature(layer.fields())
            feature.setGeometry(geometry)
            if len(names):
                feature.setAttribute(0, names[row])
            if len(classes):
                feature.setAttribute(1, classes[row])
            features.append(feature)
        layer.dataProvider().addFeatures(features)
    return layer


def label_names(layer: QgsVectorLayer, size: float = 8) -> None:
    """Show the names (``size`` in points), where there is room for them, in a font that holds Chinese."""
    text = QgsTextFormat()
    text.setFont(QFont(FONTS[0]))
    text.setFamilies(list(FONTS))
    text.setSize(size)
    text.setColor(QColor("#222222"))
    around = QgsTextBufferSettings()
    around.setEnabled(True)
    around.setSize(0.7)
    around.setColor(QColor("#ffffff"))
    text.setBuffer(around)
    settings = QgsPalLayerSettings()
    settings.fieldName = "name"
    settings.placement = Qgis.LabelPlacement.OverPoint  # in the middle, so that nobody takes it for a neighbour's
    settings.centroidInside = True
    settings.multilineAlign = Qgis.LabelMultiLineAlignment.Center
    settings.setFormat(text)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def draw(
    layers: Sequence[QgsVectorLayer], size: QSize, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem
) -> QImage:
    """The layers, the uppermost first, on white."""
    settings = QgsMapSettings()
    settings.setLayers(list(layers))
    settings.setDestinationCrs(crs)
    settings.setOutputSize(size)
    settings.setOutputDpi(DPI)
    settings.setExtent(extent)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # This job draws in the calling thread, which may be any: the parallel one needs an event loop.
    QgsMapRendererCustomPainterJob(settings, painter).renderSynchronously()
    painter.end()
    return image


def png_of(image: QImage) -> bytes:
    """The image as a PNG in 4,096 colours, made smaller where that is too much."""
    exact = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    while True:
        few = image.convertToFormat(QImage.Format.Format_RGB444, exact)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        few.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "PNG", 0)  # the smallest file
        data = buffer.data().data()
        if len(data) <= _BYTES:
            return data
        image = image.scaledToWidth(image.width() * 4 // 5, Qt.TransformationMode.SmoothTransformation)
