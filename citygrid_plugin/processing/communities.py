"""Community layers as the algorithms read them: fields found, geometry repaired, CRS in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterField,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

from .exchange import column_name, frame_from_source, require_polygons

if TYPE_CHECKING:
    import geopandas as gpd

    from .base import CityGridAlgorithm

FIELD_PARAMETERS = {
    "COMMUNITY_CODE_FIELD": fields.COMMUNITY_CODE,
    "COMMUNITY_NAME_FIELD": fields.COMMUNITY_NAME,
    "STREET_CODE_FIELD": fields.STREET_CODE,
    "STREET_NAME_FIELD": fields.STREET_NAME,
}
"""Parameter of each field of a community layer, and the column that it becomes."""

_SYNONYMS: Mapping[str, Sequence[str]] = {
    fields.COMMUNITY_CODE: ("CommCode",),
    fields.COMMUNITY_NAME: ("CommName", "社区名称", "社区", "村居名称", "SQMC", "VILLNAME"),
    fields.STREET_CODE: ("StrCode",),
    fields.STREET_NAME: ("StrName", "街道名称", "街道", "乡镇街道", "JDMC", "TOWNNAME"),
}
"""Field names that are taken where none is chosen (ours); other codes are never guessed."""


@dataclass
class Communities:
    """Communities ready for core: columns CommCode, CommName, StrCode, StrName as far as known."""

    frame: gpd.GeoDataFrame
    remarks: list[str] = field(default_factory=list)


def read_communities(
    source: QgsProcessingFeatureSource,
    chosen: Mapping[str, str],
    feedback: QgsProcessingFeedback,
    progress: Progress,
) -> Communities:
    """Read a community layer; ``chosen`` maps the names of ``FIELD_PARAMETERS`` to its fields.

    Invalid polygons are repaired and rows without an area are left out, each with a remark. The
    result is in the layer's CRS where that is fit for measuring, else in the local belt.
    """
    import geopandas as gpd  # noqa: PLC0415

    from citygrid_plugin.core.spatial.crs import measuring_crs  # noqa: PLC0415
    from citygrid_plugin.core.spatial.geometry import has_width, polygonal  # noqa: PLC0415

    require_polygons(source)
    columns = _columns(source, chosen)
    raw = frame_from_source(source, list(dict.fromkeys(columns.values())), progress)
    remarks = []
    repaired = polygonal(raw.geometry.to_numpy())
    if repaired.mended.any():
        rows = _rows(repaired.mended)
        remarks.append(
            tr("{count} communities had invalid outlines and were repaired (rows {rows}).").format(
                count=int(repaired.mended.sum()), rows=rows
            )
        )
    attributes = {target: raw[column_name(name)] for target, name in columns.items()}
    frame = gpd.GeoDataFrame(attributes, geometry=repaired.polygon, crs=raw.crs)
    frame = frame[~repaired.empty]
    if not len(frame):
        raise EmptyInput(layer=source.sourceName())
    crs = measuring_crs(frame.crs, frame.geometry.to_numpy())
    if crs != frame.crs:
        remarks.append(
            tr("“{layer}” is in {source}, which does not measure in true metres; areas are in {target}.").format(
                layer=source.sourceName(), source=frame.crs.name, target=crs.name
            )
        )
        frame = frame.to_crs(crs)
        frame = frame.set_geometry(
            gpd.GeoSeries(polygonal(frame.geometry.to_numpy()).polygon, index=frame.index, crs=crs)
        )
    frame = frame[has_width(frame.geometry.to_numpy())]
    left_out = ~raw.index.isin(frame.index)
    if left_out.any():
        remarks.append(
            tr("{count} rows have no area and were left out (rows {rows}).").format(
                count=int(left_out.sum()), rows=_rows(left_out)
            )
        )
    if not len(frame):
        raise EmptyInput(layer=source.sourceName())
    frame = frame.reset_index(drop=True)
    for remark in remarks:
        feedback.pushWarning(remark)
    return Communities(frame, remarks)


def _columns(source: QgsProcessingFeatureSource, chosen: Mapping[str, str]) -> dict[str, str]:
    """Field of the layer for each target column."""
    available = source.fields().names()
    columns = {}
    for parameter, target in FIELD_PARAMETERS.items():
        name = chosen.get(parameter, "")
        if name and name not in available:
            raise UnknownField(layer=source.sourceName(), field=name, available=", ".join(available))
        name = name or next((synonym for synonym in _SYNONYMS[target] if synonym in available), "")
        if name:
            columns[target] = name
    return columns


def _rows(mask: np.ndarray) -> str:
    """Row numbers of a mask, from 1; at most ten of them."""
    rows = np.flatnonzero(mask) + 1
    return ", ".join(map(str, rows[:10])) + (" …" if len(rows) > 10 else "")  # noqa: PLR2004


def add_field_parameters(algorithm: CityGridAlgorithm) -> None:
    """Add the four optional field parameters of COMMUNITIES, folded away: mostly they are found by name."""
    labels = {
        "COMMUNITY_CODE_FIELD": tr("Field with the community code (12 digits)"),
        "COMMUNITY_NAME_FIELD": tr("Field with the community name"),
        "STREET_CODE_FIELD": tr("Field with the street code (9 digits)"),
        "STREET_NAME_FIELD": tr("Field with the street name"),
    }
    for name, label in labels.items():
        algorithm.add_advanced(
            QgsProcessingParameterField(name, label, parentLayerParameterName="COMMUNITIES", optional=True)
        )


def chosen_fields(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> dict[str, str]:
    """The field parameters of an algorithm that are filled in."""
    names = {name: algorithm.parameterAsString(parameters, name, context) for name in FIELD_PARAMETERS}
    return {name: value for name, value in names.items() if value}
