"""The responsibility grids and what lies around them, as the list and the atlas read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpression,
    QgsFeatureRequest,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterExpression,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import (
    BadSetting,
    CityGridError,
    EmptyInput,
    UnknownField,
)
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, POLYGON_SOURCE, CityGridAlgorithm
from citygrid_plugin.processing.exchange import attribute_columns, frame_from_source, require_polygons
from citygrid_plugin.processing.grid_layers import named

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pyproj
    from numpy.typing import NDArray

    from citygrid_plugin.core.zones.responsibility_list import Around, ZoneList

_DIVISIONS = (fields.STREET_CODE, fields.STREET_NAME, fields.COMMUNITY_CODE, fields.COMMUNITY_NAME)
_OWNED = (*_DIVISIONS, *fields.PERSON)
_CELL = (fields.BGID, fields.RGID, *_DIVISIONS, fields.END_DATE)
_COMPONENT = (fields.BGID, fields.RGID, fields.CLASS_CODE, fields.CLASS_NAME, fields.END_DATE)
_CASE = (fields.BGID, fields.RGID, fields.STATUS)


class WrongExpression(CityGridError):
    """A filter that cannot be evaluated."""

    template = "The expression “{expression}” cannot be used: {reason}. Correct it and run again."


class NothingChosen(CityGridError):
    """A choice and a filter that leave nothing."""

    template = "No responsibility grid is left by ONLY and FILTER. Choose more, or leave both empty."


def add_inputs(algorithm: CityGridAlgorithm, *, cases: bool) -> None:
    """Add ZONES and the optional layers around them."""
    kinds = {
        "GRID": (tr("Unit grid, best with its responsibility grids"), POLYGON_SOURCE),
        "COMMUNITIES": (tr("Communities"), POLYGON_SOURCE),
        "STREETS": (tr("Streets"), POLYGON_SOURCE),
        "COMPONENTS": (tr("Components"), ANY_SOURCE),
        "CASES": (tr("Cases"), ANY_SOURCE),
    }
    algorithm.addParameter(QgsProcessingParameterFeatureSource("ZONES", tr("Responsibility grids"), [POLYGON_SOURCE]))
    for name, (title, kind) in kinds.items():
        if name != "CASES" or cases:
            algorithm.addParameter(QgsProcessingParameterFeatureSource(name, title, [kind], optional=True))


def add_choice(algorithm: CityGridAlgorithm) -> None:
    """Add ONLY, FILTER and DATE."""
    label = tr("Only these responsibility grids, communities or streets (codes or names, separated by commas)")
    algorithm.addParameter(QgsProcessingParameterString("ONLY", label, optional=True))
    label = tr("Only the responsibility grids that this expression holds for")
    algorithm.add_advanced(
        QgsProcessingParameterExpression("FILTER", label, parentLayerParameterName="ZONES", optional=True)
    )
    label = tr("Date (YYYYMMDD; today if empty)")
    algorithm.add_advanced(QgsProcessingParameterString("DATE", label, optional=True))


def read_target(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, *suffixes: str
) -> Path:
    """The FILE to write. Raises ``BadSetting`` for another ending, ``UnwritableTarget`` for a place that is none."""
    from citygrid_plugin.storage.layers import check_target  # noqa: PLC0415

    text = algorithm.parameterAsFileOutput(parameters, "FILE", context)
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise BadSetting(name="FILE", value=text, allowed=", ".join(f"… {suffix}" for suffix in suffixes))
    check_target(path)
    return path


def read_zones(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    progress: Progress,
) -> gpd.GeoDataFrame:
    """The rows of ZONES, all of them, in a CRS that measures true metres; outlines are repaired.

    Raises ``EmptyInput`` where no row has an outline, ``UnknownField`` where neither RGID nor RGName is there.
    """
    from citygrid_plugin.core.spatial.crs import measuring_crs  # noqa: PLC0415
    from citygrid_plugin.core.spatial.geometry import polygonal  # noqa: PLC0415

    source = algorithm.source(parameters, "ZONES", context)
    require_polygons(source)
    zones = named(frame_from_source(source, None, progress), (*fields.RESPONSIBILITY_GRID, *_OWNED))
    if fields.RGID not in zones and fields.RG_NAME not in zones:
        available = ", ".join(attribute_columns(zones))
        raise UnknownField(layer=source.sourceName(), field=fields.RGID, available=available)
    repaired = polygonal(zones.geometry.to_numpy())
    if repaired.empty.all():
        raise EmptyInput(layer=source.sourceName())
    if repaired.mended.any():
        message = tr("{count} responsibility grids had invalid outlines and were repaired.")
        feedback.pushWarning(message.format(count=int(repaired.mended.sum())))
    zones = zones.set_geometry(repaired.polygon, crs=zones.crs)
    crs = measuring_crs(zones.crs, repaired.polygon[~repaired.empty])
    return zones if crs == zones.crs else zones.to_crs(crs)


def read_around(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    progress: Progress,
    crs: pyproj.CRS,
) -> Around:
    """The optional layers, in ``crs``. What is closed (has an end date) is left out, with a word."""
    from citygrid_plugin.core.zones.responsibility_list import Around  # noqa: PLC0415

    def read(name: str, columns: Sequence[str], needed: Sequence[str] = ()) -> gpd.GeoDataFrame | None:
        if not parameters.get(name):
            return None
        return _layer(algorithm, parameters, name, context, progress, columns, needed).to_crs(crs)

    return Around(
        _open(
            read("GRID", _CELL),
            tr("{count} unit grids are closed (they have an end date) and were left out."),
            feedback,
        ),
        read("COMMUNITIES", _OWNED),
        read("STREETS", _OWNED),
        _open(read("COMPONENTS", _COMPONENT), tr("{count} components have an end date and were left out."), feedback),
        read("CASES", _CASE, [fields.STATUS]) if algorithm.parameterDefinition("CASES") else None,
    )


def choose(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, zones: ZoneList
) -> NDArray[np.bool_]:
    """Which zones of a list ONLY and FILTER choose (n,).

    Raises ``UnknownZones``, ``WrongExpression``, and ``NothingChosen`` for none.
    """
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.core.zones.responsibility_list import chosen  # noqa: PLC0415
    from citygrid_plugin.storage.survey_area import listed  # noqa: PLC0415

    wanted = chosen(zones.table, listed(algorithm.parameterAsString(parameters, "ONLY", context)))
    text = algorithm.parameterAsString(parameters, "FILTER", context)  # as an expression, a wrong one would be none
    if text:
        source = algorithm.source(parameters, "ZONES", context)
        wanted &= np.array(_holds(algorithm, parameters, context, source, text))[zones.row]
    if not wanted.any():
        raise NothingChosen
    return wanted


def _holds(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    source: QgsProcessingFeatureSource,
    text: str,
) -> list[bool]:
    """Whether an expression holds for each row of a layer."""
    expression = QgsExpression(text)
    scope = algorithm.createExpressionContext(parameters, context, source)
    scope.setFields(source.fields())
    if expression.hasParserError() or not expression.prepare(scope):
        raise WrongExpression(expression=text, reason=expression.parserErrorString() or expression.evalErrorString())
    result = []
    flags = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks  # the same rows as were read
    for feature in source.getFeatures(QgsFeatureRequest(), flags):
        scope.setFeature(feature)
        value = expression.evaluate(scope)
        if expression.hasEvalError():
            raise WrongExpression(expression=text, reason=expression.evalErrorString())
        result.append(isinstance(value, bool | int | float) and bool(value))
    return result


def tell(zones: ZoneList, feedback: QgsProcessingFeedback) -> None:
    """Tell the log what a list remarks."""
    from citygrid_plugin.core.zones.responsibility_list import TEXTS  # noqa: PLC0415

    for remark in zones.remarks:
        feedback.pushWarning(tr(TEXTS[remark.key]).format(**remark.values))


def _layer(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    progress: Progress,
    columns: Sequence[str],
    needed: Sequence[str],
) -> gpd.GeoDataFrame:
    """A layer with those of ``columns`` that it has, under these names; an empty one where it has no rows."""
    import geopandas as gpd  # noqa: PLC0415

    source = algorithm.source(parameters, name, context)
    lower = {field.lower(): field for field in reversed(source.fields().names())}
    found = {lower[column.lower()]: column for column in columns if column.lower() in lower}
    for column in needed:
        if column not in found.values():
            available = ", ".join(source.fields().names())
            raise UnknownField(layer=source.sourceName(), field=column, available=available)
    try:
        frame = algorithm.read(parameters, name, context, progress, list(found)).rename(columns=found)
    except EmptyInput:
        frame = gpd.GeoDataFrame({column: [] for column in found.values()}, geometry=[], crs=4490)
    return frame if frame.crs is not None else frame.set_crs(4490)  # no row has a place


def _open(frame: gpd.GeoDataFrame | None, message: str, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame | None:
    """The rows without an end date."""
    from citygrid_plugin.core.grids.stability import current  # noqa: PLC0415

    if frame is None or fields.END_DATE not in frame:
        return frame
    is_open = current(frame)
    if not is_open.all():
        feedback.pushInfo(message.format(count=int((~is_open).sum())))
    return frame[is_open].reset_index(drop=True)
