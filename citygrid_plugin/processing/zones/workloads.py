"""The workload of unit grids as the parameters of an algorithm say: area, a field, counted objects, or several."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsVectorLayer,
)

from citygrid_plugin.core.errors import BadSetting, UnknownField, WrongGeometry
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, CityGridAlgorithm
from citygrid_plugin.processing.exchange import attribute_columns, column_name, frame_from_source

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.zones.workload import Part

AREA_PART = "area"
"""The name of the area of a unit grid in WEIGHTS."""

_LARGEST = 1e15  # ours: sums of such numbers are still exact enough to compare


def add_workload_parameters(algorithm: CityGridAlgorithm) -> None:
    """Add WORKLOAD (a field of GRID), WORKLOAD_LAYERS, and WEIGHTS, folded away."""
    algorithm.addParameter(
        QgsProcessingParameterField(
            "WORKLOAD",
            tr("Field with the workload of each unit grid (area if empty)"),
            parentLayerParameterName="GRID",
            type=QgsProcessingParameterField.DataType.Numeric,
            optional=True,
        )
    )
    algorithm.addParameter(
        QgsProcessingParameterMultipleLayers(
            "WORKLOAD_LAYERS",
            tr("Layers whose objects are counted as workload (components, cases)"),
            ANY_SOURCE,
            optional=True,
        )
    )
    algorithm.add_advanced(
        QgsProcessingParameterString(
            "WEIGHTS",
            tr("Weights of several workloads (JSON, or the path of a JSON file)"),
            multiLine=True,
            optional=True,
        )
    )


def read_workload(
    algorithm: CityGridAlgorithm,
    grid: gpd.GeoDataFrame,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    progress: Progress,
) -> np.ndarray:
    """The workload (n,) of the unit grids.

    Raises ``BadWeights``, ``UnknownPart``, ``UnknownField``, ``NotNumeric``, ``WrongGeometry`` and ``BadSetting``.
    """
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    layers = algorithm.parameterAsLayerList(parameters, "WORKLOAD_LAYERS", context)
    if parameters.get("WORKLOAD_LAYERS") and not layers:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, "WORKLOAD_LAYERS"))
    weights = json_text(algorithm.parameterAsString(parameters, "WEIGHTS", context))
    if weights:
        return _weighted(grid, layers, weights, feedback, progress)
    if layers:
        return np.sum([_objects_in(grid, layer, feedback, progress) for layer in layers], axis=0)
    name = algorithm.parameterAsString(parameters, "WORKLOAD", context)
    if not name:
        return shapely.area(grid.geometry.to_numpy())
    if column_name(name) not in grid:
        raise UnknownField(layer="GRID", field=name, available=", ".join(attribute_columns(grid)))
    return _numbers(grid[column_name(name)], name, feedback)


def json_text(value: str) -> str:
    """The text of a parameter, which may be the path of a JSON file."""
    from citygrid_plugin.storage.mapping_files import mapping_text  # noqa: PLC0415

    text = value.strip()
    return mapping_text(Path(text)) if text.lower().endswith(".json") and not text.startswith("{") else text


def _weighted(
    grid: gpd.GeoDataFrame,
    layers: list[QgsVectorLayer],
    weights: str,
    feedback: QgsProcessingFeedback,
    progress: Progress,
) -> np.ndarray:
    """The weighted sum of area, fields and counted layers; a mean unit grid has 1."""
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.zones.workload import UnknownPart, parse_weights, weighted_sum  # noqa: PLC0415

    parts = parse_weights(weights)
    by_name = {layer.name(): layer for layer in layers}
    values = {}
    for number, (name, wanted) in enumerate(parts.items()):
        if name in by_name:
            counting = part(progress, number / len(parts), (number + 1) / len(parts))
            values[name] = _objects_in(grid, by_name[name], feedback, counting, wanted)
        elif name.lower() == AREA_PART:
            values[name] = shapely.area(grid.geometry.to_numpy())
        elif column_name(name) in grid:
            values[name] = _numbers(grid[column_name(name)], name, feedback)
        else:
            available = ", ".join([AREA_PART, *by_name, *attribute_columns(grid)])
            raise UnknownPart(name=name, available=available)
    unused = [name for name in by_name if name not in parts]
    if unused:
        message = tr("These layers have no weight in WEIGHTS and were not counted: {names}.")
        feedback.pushWarning(message.format(names=", ".join(unused)))
    return weighted_sum(values, {name: wanted.weight for name, wanted in parts.items()})


def _objects_in(
    grid: gpd.GeoDataFrame,
    layer: QgsVectorLayer,
    feedback: QgsProcessingFeedback,
    progress: Progress,
    wanted: Part | None = None,
) -> np.ndarray:
    """How many objects of a layer lie in each unit grid, as ``wanted`` weighs them; one on a limit counts once."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415
    from citygrid_plugin.core.spatial.place import locate  # noqa: PLC0415

    if not layer.isSpatial():
        raise WrongGeometry(layer=layer.name(), wanted=tr("point"))
    columns = _columns(layer, wanted)
    objects = frame_from_source(layer, list(columns.values()), progress)
    placed = ~unplaced(objects.geometry.to_numpy())
    if not placed.all():
        message = tr("{count} objects of “{layer}” have no place and were not counted.")
        feedback.pushWarning(message.format(count=int((~placed).sum()), layer=layer.name()))
    if not placed.any():
        return np.zeros(len(grid))
    weight, scale = _object_weights(objects[placed], columns, wanted)
    places = objects[placed].to_crs(grid.crs).geometry.to_numpy()
    usable = ~unplaced(places)
    places, weight = shapely.point_on_surface(shapely.make_valid(places[usable])), weight[usable]
    cell = locate(places, grid.geometry.to_numpy())
    inside = cell >= 0
    return np.bincount(cell[inside], weights=weight[inside], minlength=len(grid)) / scale


def _columns(layer: QgsVectorLayer, wanted: Part | None) -> Mapping[str, str]:
    """The fields that the weights of a layer's objects are read from. Raises ``UnknownField``."""
    columns = {}
    if wanted is not None and wanted.classes:
        columns["class"] = wanted.class_field
    if wanted is not None and wanted.date_field:
        columns["date"] = wanted.date_field
    available = layer.fields().names()
    for name in columns.values():
        if name not in available:
            raise UnknownField(layer=layer.name(), field=name, available=", ".join(available))
    return columns


def _object_weights(
    objects: gpd.GeoDataFrame, columns: Mapping[str, str], wanted: Part | None
) -> tuple[np.ndarray, float]:
    """What each object counts, and by how many months the sum is divided."""
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.core.zones.workload import class_weights, months  # noqa: PLC0415

    weight, scale = np.ones(len(objects)), 1.0
    if wanted is not None and "class" in columns:
        weight = class_weights(objects[column_name(columns["class"])], wanted.classes)
    if "date" in columns:
        scale = months(objects[column_name(columns["date"])])
    return weight, scale


def _numbers(values: pd.Series, name: str, feedback: QgsProcessingFeedback) -> np.ndarray:
    """A field as workloads; what is missing or negative counts as 0."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from citygrid_plugin.core.zones.responsibility import NotNumeric  # noqa: PLC0415

    if not pd.api.types.is_numeric_dtype(values):
        raise NotNumeric(field=name)
    workload = values.to_numpy(dtype=float, na_value=np.nan)
    huge = workload[workload > _LARGEST]
    if len(huge):
        raise BadSetting(name=f"WORKLOAD ({name})", value=huge[0], allowed=f"0 … {_LARGEST:g}")
    useless = ~(workload >= 0)
    if useless.any():
        message = tr("{count} unit grids have no workload, or a negative one, in the field “{field}”; it counts as 0.")
        feedback.pushWarning(message.format(count=int(useless.sum()), field=name))
    return np.where(useless, 0.0, workload)
