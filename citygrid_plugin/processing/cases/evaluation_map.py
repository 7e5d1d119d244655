"""The map of an evaluation: areas coloured by a figure of theirs, or unfinished cases by status; with its legend.

Drawn by QGIS without a window, in any thread. Areas hold their name and figure, statuses differ in shape, so that the
picture can be printed in grey.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsRenderContext,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPolygonF

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import to_qgis
from citygrid_plugin.processing.pictures import DPI, draw, label_names, make_layer, png_of
from citygrid_plugin.processing.styles import CASE_LOOKS, FONTS

from .evaluation_words import percent, whole

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from citygrid_plugin.core.cases.evaluation import By

_LONGER_SIDE = 1000  # pixels
_SHORTEST = 420  # pixels; a legend needs room, however narrow the city is
_MARGIN = 1.06
_RATES = (0.6, 0.8, 0.9, 0.95)  # limits of the classes of rates; ours, the same each week so that maps compare
_BAD_TO_GOOD = ("#b2182b", "#ef8a62", "#fddbc7", "#a6cbe3", "#4393c3")  # told apart by the colour-blind
_FEW_TO_MANY = ("#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b")
_NONE = "#ffffff"
_UNFINISHED = ("overdue", "due soon", "open", "suspended")
_ROW, _BOX, _PAD = 26, 18, 12  # of the legend, in pixels
_TEXT = 15  # pixels
_NAME, _SMALL_NAME = 11, 8  # points
_MANY = 100  # more areas than that have room for their figures only


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    symbol: QgsSymbol
    text: str


def area_map(areas: gpd.GeoDataFrame, rows: pd.DataFrame, figure: int, progress: Progress) -> bytes:
    """A PNG of areas (columns group, name) by a figure (``evaluation_words.FIGURES``) of the rows of an evaluation."""
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    column = (core.ON_TIME_RATE, core.CLOSE_RATE, core.OVERDUE)[figure]
    by_group = rows.set_index(core.GROUP)[column].astype(np.float64)
    value = areas["group"].map(by_group).to_numpy(dtype=np.float64)
    is_rate = column != core.OVERDUE
    limits = _rate_limits(value) if is_rate else _round_limits(value)
    classes = np.where(np.isnan(value), -1, np.searchsorted(limits, value, "right" if is_rate else "left"))
    colors = _spread(_BAD_TO_GOOD if is_rate else _FEW_TO_MANY, len(limits) + 1)
    shown = ["–" if np.isnan(each) else (percent(each) if is_rate else whole(each)) for each in value]
    names = [f"{name}\n{text}".strip() for name, text in zip(areas["name"], shown, strict=True)]
    if len(areas) > _MANY:
        names = [
            "" if np.isnan(each) or not (each or is_rate) else text for each, text in zip(value, shown, strict=True)
        ]
    crs = to_qgis(areas.crs)
    symbols = {number: _area(color) for number, color in enumerate(colors)}
    symbols[-1] = _area(_NONE, "f_diagonal")
    layer = make_layer(areas.geometry.to_numpy(), crs, progress, names, classes.tolist())
    categories = [QgsRendererCategory(number, symbol.clone(), "") for number, symbol in symbols.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("class", categories))
    label_names(layer, _NAME if len(areas) <= _MANY else _SMALL_NAME)
    texts = _rate_texts(limits) if is_rate else _count_texts(limits)
    keys = [Key(symbols[number], text) for number, text in enumerate(texts)]
    if (classes < 0).any():
        keys.append(Key(symbols[-1], tr("Nothing was due") if is_rate else tr("No cases")))
    return _drawn([layer], areas.total_bounds, keys)


def case_map(areas: gpd.GeoDataFrame, cases: gpd.GeoDataFrame, progress: Progress) -> bytes:
    """A PNG of the unfinished cases as points by status, on the limits of the areas."""
    crs = to_qgis(areas.crs)
    limits = make_layer(areas.geometry.to_numpy(), crs, progress, areas["name"].tolist())
    limits.renderer().setSymbol(_area("#fafafa"))
    label_names(limits, _NAME)
    layers = [limits]
    keys: list[Key] = []
    for look in reversed([look for look in CASE_LOOKS if look.values[0] in _UNFINISHED]):
        rows = cases[cases[fields.STATUS].isin(look.values)]
        if not len(rows):
            continue
        symbol = QgsMarkerSymbol.createSimple(
            {"name": look.marker, "color": look.color, "outline_color": "#ffffff", "size": str(look.size)}
        )
        points = rows.geometry.to_crs(areas.crs).to_numpy()
        layer = make_layer(points, crs, progress, kind="Point")
        layer.renderer().setSymbol(symbol.clone())
        layers.insert(0, layer)
        keys.insert(0, Key(symbol, f"{tr(look.title)} {whole(len(rows))}"))
    return _drawn(layers, areas.total_bounds, keys)


def areas_of(areas: gpd.GeoDataFrame, by: By) -> gpd.GeoDataFrame:
    """The areas of a layer, one a group, in a CRS fit for measuring: columns group, name.

    Several polygons of a group, such as the unit grids of a street, become one; those that name none are one with
    empty texts. Raises ``EmptyInput`` for no polygon.
    """
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.cases.case_places import in_metres  # noqa: PLC0415
    from citygrid_plugin.core.cases.evaluation import group_columns, group_names, texts  # noqa: PLC0415

    there = ~(shapely.is_missing(areas.geometry.to_numpy()) | shapely.is_empty(areas.geometry.to_numpy()))
    if not there.any():
        raise EmptyInput(layer="AREAS")
    areas = areas[there]
    columns = group_columns(by)
    known = all(column in areas for column in columns)
    named = columns[-1] if known else fields.STREET_NAME
    name = texts(areas[named]) if named in areas else pd.Series("", index=areas.index)
    group = group_names(areas, by) if known else name
    places = in_metres(areas.geometry)
    keys, first, which = np.unique(group.to_numpy(dtype=str), return_index=True, return_inverse=True)
    order = np.argsort(which, kind="stable")
    pieces = np.split(places.to_numpy()[order], np.flatnonzero(np.diff(which[order])) + 1)
    found = {"group": keys, "name": name.to_numpy(dtype=object)[first]}
    return gpd.GeoDataFrame(found, geometry=[_joined(each) for each in pieces], crs=places.crs)


def _joined(pieces: NDArray[np.object_]) -> object:
    """Polygons as one; those that share their edges exactly quickly."""
    import shapely  # noqa: PLC0415

    if len(pieces) == 1:
        return pieces[0]
    try:
        return shapely.coverage_union_all(pieces)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(pieces))


# Classes


def _rate_limits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Limits of the classes of rates: the fixed ones; where these would tell no two areas apart, fifths of the areas.

    Fifths are rounded to a twentieth.
    """
    import numpy as np  # noqa: PLC0415

    known = values[~np.isnan(values)]
    fixed = np.array(_RATES)
    if len(np.unique(np.searchsorted(fixed, known, "right"))) != 1:
        return fixed
    fifths = np.unique(np.round(np.quantile(known, (0.2, 0.4, 0.6, 0.8)) * 20) / 20)
    fifths = fifths[(fifths > known.min()) & (fifths <= known.max())]
    return fifths if len(fifths) else fixed


def _rate_texts(limits: NDArray[np.float64]) -> list[str]:
    between = (f"{low:.0%} – < {high:.0%}" for low, high in pairwise(limits))
    return [f"< {limits[0]:.0%}", *between, f"≥ {limits[-1]:.0%}"]


def _spread(colors: Sequence[str], count: int) -> list[str]:
    """So many of the colours, from the first to the last."""
    return [colors[round(number * (len(colors) - 1) / max(count - 1, 1))] for number in range(count)]


def _round_limits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper ends of the classes of counts but the last: none, and round ones to the most."""
    import numpy as np  # noqa: PLC0415

    most = float(np.nanmax(values, initial=0))
    step = max(math.ceil(most / (len(_FEW_TO_MANY) - 1)), 1)
    power = 10 ** max(math.floor(math.log10(step)), 0)
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step)
    return np.array([number * step for number in range(len(_FEW_TO_MANY) - 1) if number * step < most] or [0.0])


def _count_texts(limits: NDArray[np.float64]) -> list[str]:
    ends = [int(each) for each in limits]
    between = [f"{a + 1} – {b}" if b > a + 1 else f"{b}" for a, b in pairwise(ends)]
    return ["0", *between, f"> {ends[-1]}"]


# Drawing


def _area(color: str, style: str = "solid") -> QgsFillSymbol:
    line = {"outline_color": "#444444", "outline_width": "0.3"}
    return QgsFillSymbol.createSimple({"color": color if style == "solid" else "#b0b0b0", "style": style, **line})


def _drawn(layers: Sequence[QgsVectorLayer], bounds: Iterable[float], keys: Sequence[Key]) -> bytes:
    """The picture: the map, and the legend below it."""
    extent = QgsRectangle(*bounds)
    extent.scale(_MARGIN)
    scale = _LONGER_SIDE / max(extent.width(), extent.height(), 1.0)
    size = QSize(*(max(round(length * scale), _SHORTEST) for length in (extent.width(), extent.height())))
    drawn = draw(layers, size, extent, layers[0].crs())
    font = QFont(FONTS[0])
    font.setFamilies(list(FONTS))
    font.setPixelSize(_TEXT)
    places, high = _places(keys, QFontMetricsF(font), size.width())
    image = QImage(QSize(size.width(), size.height() + high), QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawImage(0, 0, drawn)
    painter.setFont(font)
    painter.setPen(QColor("#222222"))
    context = QgsRenderContext.fromQPainter(painter)
    context.setScaleFactor(DPI / 25.4)
    for key, (x, y) in zip(keys, places, strict=True):
        _draw_key(key, context, x, y + size.height())
        painter.drawText(
            QRectF(x + _BOX + 8, y + size.height(), size.width(), _BOX), Qt.AlignmentFlag.AlignVCenter, key.text
        )
    painter.end()
    return png_of(image)


def _places(keys: Sequence[Key], metrics: QFontMetricsF, width: int) -> tuple[list[tuple[float, float]], int]:
    """Where the entries of the legend stand, row by row, and how high it is."""
    places = []
    x, y = float(_PAD), float(_PAD)
    for key in keys:
        room = _BOX + 8 + metrics.horizontalAdvance(key.text) + 20
        if x > _PAD and x + room > width:
            x, y = float(_PAD), y + _ROW
        places.append((x, y))
        x += room
    return places, round(y + _ROW + _PAD / 2)


def _draw_key(key: Key, context: QgsRenderContext, x: float, y: float) -> None:
    symbol = key.symbol
    symbol.startRender(context)
    if isinstance(symbol, QgsMarkerSymbol):
        symbol.renderPoint(QPointF(x + _BOX / 2, y + _BOX / 2), None, context)
    elif isinstance(symbol, QgsFillSymbol):
        symbol.renderPolygon(QPolygonF(QRectF(x, y, _BOX, _BOX)), None, None, context)
    symbol.stopRender(context)
