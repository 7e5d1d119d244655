"""Layers of barriers and compounds as the algorithms read them: near the communities, in their CRS, with strengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from citygrid_plugin.core.errors import (
    EmptyInput,
    MissingCrs,
    UnknownField,
    WrongGeometry,
)
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import tr

from .exchange import (
    column_name,
    frame_from_source,
    is_known,
    to_pyproj,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from citygrid_plugin.core.spatial.coverage import Geometries
    from citygrid_plugin.core.streets.barriers import Barriers, Bounds

    from .base import CityGridAlgorithm

BARRIER_PARAMETERS = ("BARRIERS", "STRONG_BARRIERS", "COMPOUNDS")
"""The parameters that take layers."""

_AROUND = 200.0  # metres; further from the communities no barrier matters (ours)
_EXAMPLES = 8  # unknown classes that a remark names


@dataclass(frozen=True)
class Counts:
    """Objects of one layer near the communities: by strength (NONE to STRONG), or as compounds."""

    layer: str
    by_strength: tuple[int, ...] = ()
    compounds: int = 0


@dataclass
class ReadBarriers:
    """Barriers in the communities' CRS, with what is to be said of their layers."""

    barriers: Barriers
    counts: list[Counts] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def add_barrier_parameters(algorithm: CityGridAlgorithm) -> None:
    """Add BARRIERS, STRONG_BARRIERS and COMPOUNDS, and STRENGTH_FIELD, folded away."""
    any_geometry = QgsProcessing.SourceType.TypeVectorAnyGeometry
    for name, label, kind in (
        ("BARRIERS", tr("Barriers: streets, waters, railways, walls (lines or polygons)"), any_geometry),
        ("STRONG_BARRIERS", tr("Strong barriers: all of these layers count as rivers and railways do"), any_geometry),
        (
            "COMPOUNDS",
            tr("Compounds to keep whole (along streets only)"),
            QgsProcessing.SourceType.TypeVectorPolygon,
        ),
    ):
        algorithm.addParameter(QgsProcessingParameterMultipleLayers(name, label, kind, optional=True))
    label = tr("Field of the barriers with their strength (0 to 3; none, weak, normal, strong)")
    algorithm.add_advanced(QgsProcessingParameterString("STRENGTH_FIELD", label, optional=True))


def barriers_given(parameters: dict[str, Any]) -> bool:
    """Whether a run was given any layer of barriers or compounds."""
    return any(parameters.get(name) for name in BARRIER_PARAMETERS)


def read_barriers(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    communities: gpd.GeoDataFrame,
    progress: Progress,
) -> ReadBarriers:
    """The layers of BARRIERS, STRONG_BARRIERS and COMPOUNDS around communities, in their CRS.

    Only what lies within 200 m of the communities' extent is read. Raises ``MissingCrs``, ``WrongGeometry`` for a
    layer of points, ``UnplacedCrs``, and ``UnknownField`` where no layer has the STRENGTH_FIELD.
    """
    from citygrid_plugin.core.streets.barrier_strength import columns_used  # noqa: PLC0415
    from citygrid_plugin.core.streets.barriers import Barriers  # noqa: PLC0415

    layers = [
        (name, layer)
        for name in BARRIER_PARAMETERS
        for layer in lines_or_polygons(algorithm, parameters, name, context)
    ]
    strength_field = algorithm.parameterAsString(parameters, "STRENGTH_FIELD", context).strip()
    _require_field(strength_field, [layer for name, layer in layers if name == "BARRIERS"])
    west, south, east, north = communities.total_bounds
    around = (west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND)
    result = ReadBarriers(Barriers.none())
    parts = []
    titles = titles_of([layer for _, layer in layers])
    for number, ((name, layer), title) in enumerate(zip(layers, titles, strict=True)):
        reading = part(progress, number / len(layers), (number + 1) / len(layers))
        own_field = _own_name(layer, strength_field) if name == "BARRIERS" else ""
        columns = [] if name != "BARRIERS" else columns_used(layer.fields().names(), own_field)
        frame = _read(layer, title, communities.crs, around, columns, result.remarks, reading)
        if frame is not None:
            parts.append(_taken(name, title, frame, column_name(own_field), around, result))
    result.barriers = Barriers.together(parts)
    if layers and not _any_inside(result.barriers, communities.geometry.to_numpy()):
        result.remarks.append(tr("None of the barriers lies in the communities."))
    for counts in result.counts:
        feedback.pushInfo(_sentence(counts))
    return result


def lines_or_polygons(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> list[QgsVectorLayer]:
    """The vector layers of a parameter, checked for a CRS and a type of geometry that can bound something."""
    given = parameters.get(name)
    layers = algorithm.parameterAsLayerList(parameters, name, context) if given else []
    wanted = len(given) if isinstance(given, list | tuple) else bool(given)
    if len(layers) < wanted:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, name))
    polygons = name == "COMPOUNDS"
    for layer in layers:
        kind = QgsWkbTypes.geometryType(layer.wkbType()) if isinstance(layer, QgsVectorLayer) else None
        fit = {Qgis.GeometryType.Unknown, Qgis.GeometryType.Polygon}
        if kind not in (fit if polygons else fit | {Qgis.GeometryType.Line}):
            raise WrongGeometry(layer=layer.name(), wanted=tr("polygon") if polygons else tr("line or polygon"))
        if not is_known(layer.crs()):
            raise MissingCrs(layer=layer.name())
    return layers


def titles_of(layers: list[QgsVectorLayer]) -> list[str]:
    """What the layers are called; of several with one name, as those of one file, each with that of its table."""
    names = [layer.name() for layer in layers]
    tables = [QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()) for layer in layers]
    return [
        f"{name} ({table['layerName']})" if names.count(name) > 1 and table.get("layerName") else name
        for name, table in zip(names, tables, strict=True)
    ]


def _require_field(name: str, layers: list[QgsVectorLayer]) -> None:
    """Raise ``UnknownField`` where a field of strengths is asked for that no layer of barriers has."""
    if name and layers and all(layer.fields().lookupField(name) < 0 for layer in layers):
        available = dict.fromkeys(field for layer in layers for field in layer.fields().names())
        raise UnknownField(
            layer=", ".join(layer.name() for layer in layers), field=name, available=", ".join(available)
        )


def _read(
    layer: QgsVectorLayer,
    title: str,
    crs: pyproj.CRS,
    around: Bounds,
    columns: list[str],
    remarks: list[str],
    progress: Progress,
) -> gpd.GeoDataFrame | None:
    """The features of a layer near a box of ``crs``, in that CRS, with some of its columns.

    None, with a remark, where there is none. Features without a place are left out with a remark.
    """
    import geopandas as gpd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    own = to_pyproj(layer.crs())
    try:
        frame = frame_from_source(layer, columns, progress, box_in(around, crs, own))
    except EmptyInput:
        remarks.append(tr("“{layer}” has nothing in or near the communities.").format(layer=title))
        return None
    geometry = _moved(frame.geometry.to_numpy(), own, crs)
    placed = ~shapely.is_missing(geometry)
    if not placed.all():
        message = tr("“{layer}”: {count} features have no place and were left out.")
        remarks.append(message.format(layer=title, count=int((~placed).sum())))
    if placed.any() and not shapely.get_dimensions(geometry).any():
        raise WrongGeometry(layer=title, wanted=tr("line or polygon"))
    return gpd.GeoDataFrame(frame.drop(columns=frame.geometry.name), geometry=geometry, crs=crs)[placed]


def _own_name(layer: QgsVectorLayer, name: str) -> str:
    """A field's name as the layer writes it (QGIS finds it without regard to case); empty where it has none such."""
    index = layer.fields().lookupField(name) if name else -1
    return layer.fields().names()[index] if index >= 0 else ""


def box_in(around: Bounds, crs: pyproj.CRS, own: pyproj.CRS) -> QgsRectangle | None:
    """The box in a layer's own CRS; None where it cannot be told, so that all is read."""
    import pyproj  # noqa: PLC0415

    bounds = around
    if own != crs:
        from citygrid_plugin.core.spatial.crs import UnplacedCrs  # noqa: PLC0415

        try:
            bounds = pyproj.Transformer.from_crs(crs, own, always_xy=True).transform_bounds(*around)
        except pyproj.exceptions.ProjError as error:
            raise UnplacedCrs(str(error), crs=own.name) from error
    return QgsRectangle(*bounds) if all(map(isfinite, bounds)) else None


def _moved(geometry: Geometries, own: pyproj.CRS, crs: pyproj.CRS) -> Geometries:
    """Flat geometries in another CRS; None where a coordinate has no place there."""
    from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415
    from citygrid_plugin.core.spatial.place import moved  # noqa: PLC0415

    return moved(geometry, own, crs, Datum.STATED).geometry


def _taken(
    name: str, layer: str, frame: gpd.GeoDataFrame, strength_field: str, around: Bounds, result: ReadBarriers
) -> Barriers:
    """The barriers of one layer of the parameter ``name``; its counts and remarks go into the result."""
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.core.streets.barrier_strength import classify  # noqa: PLC0415
    from citygrid_plugin.core.streets.barriers import Strength, compound_barriers, line_barriers  # noqa: PLC0415

    geometry = frame.geometry.to_numpy()
    if name == "COMPOUNDS":
        barriers = compound_barriers(geometry, around)
        result.counts.append(Counts(layer, compounds=len(barriers.compound)))
        return barriers
    if name == "STRONG_BARRIERS":
        strength = np.full(len(frame), Strength.STRONG, dtype=np.intp)
        water = np.ones(len(frame), dtype=bool)
    else:
        found = classify(frame, strength_field)
        strength, water = found.strength, found.water
        result.remarks += _unknown(layer, found.unknown, is_field=bool(strength_field))
    counts = np.bincount(strength, minlength=len(Strength))
    result.counts.append(Counts(layer, tuple(int(count) for count in counts)))
    if len(frame) and not strength.any():
        message = tr("“{layer}”: none of its {count} features bounds a unit grid; see the strengths in the help.")
        result.remarks.append(message.format(layer=layer, count=len(frame)))
    return line_barriers(geometry, strength, water, around)


def _unknown(layer: str, unknown: Mapping[str, int], *, is_field: bool) -> list[str]:
    """A remark that names values without a strength of their own, the most frequent first."""
    if not unknown:
        return []
    ordered = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{value} ({count})" for value, count in ordered[:_EXAMPLES])
    if len(ordered) > _EXAMPLES:
        named += " …"
    message = (
        tr("“{layer}”: these are no strengths (0 to 3; none, weak, normal, strong), so they count as normal: {values}.")
        if is_field
        else tr(
            "“{layer}”: these OpenStreetMap classes have no strength of their own: {values}. "
            "Those of highway count as normal, the others bound nothing."
        )
    )
    return [message.format(layer=layer, values=named)]


def _any_inside(barriers: Barriers, communities: Geometries) -> bool:
    """Whether any line or compound meets a community."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    tree = shapely.STRtree(np.r_[barriers.line, barriers.compound])
    return any(len(tree.query(community, predicate="intersects")) for community in communities)


def _sentence(counts: Counts) -> str:
    """What a layer gave, for the log."""
    if not counts.by_strength:
        return tr("“{layer}”: {count} compounds.").format(layer=counts.layer, count=counts.compounds)
    none, weak, normal, strong = counts.by_strength
    return tr("“{layer}”: {strong} strong, {normal} normal and {weak} weak barriers; {none} are no barrier.").format(
        layer=counts.layer, strong=strong, normal=normal, weak=weak, none=none
    )
