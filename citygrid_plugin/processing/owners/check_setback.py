"""``citygrid:checksetback``: what stands within 10, 20 or 30 m of a river."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField, WrongGeometry
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.barriers import box_in, lines_or_polygons, titles_of
from citygrid_plugin.processing.base import POLYGON_SOURCE, SINK_ANY, CityGridAlgorithm, geometry_type, not_in_memory
from citygrid_plugin.processing.exchange import attribute_columns, column_name, frame_from_source, to_pyproj
from citygrid_plugin.processing.grid_layers import read_optional_grid

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyproj
    from qgis.core import QgsCoordinateReferenceSystem, QgsFeatureIterator

    from citygrid_plugin.core.owners.setback import Waters
    from citygrid_plugin.core.spatial.coverage import Floats, Geometries
    from citygrid_plugin.storage.report import Report

_CHUNK = 50_000  # features in memory at a time
_NAMES = ("name", "河流名称", "河道名称", "水系名称", "水体名称", "河名", "名称")
_RULES = ("NATIONAL", "CITY", "NAVIGABLE")
_DISTANCES = (10.0, 20.0, 30.0)  # core.setback.DISTANCES, which is not loaded at the start of QGIS
_FARTHEST = 10_000.0
_GRID_COLUMNS = (fields.RGID, fields.OWNER, fields.COMMUNITY_NAME, fields.STREET_NAME)
_SHOWN = 20  # rows of a table of the report; examples in a remark


class CheckSetback(CityGridAlgorithm):
    """Marks what stands too near to a river."""

    NAME = "checksetback"
    TITLE = "Check river setback"
    TAGS = ("河道", "蓝线", "退让", "river", "water", "distance", "buffer")
    HELP = (
        "Marks what stands too near to a river: within 10 m of the water's edge (national rule), 20 m (city) or 30 m "
        "(navigable river in town). The distances are settings; 0 switches a rule off.\n\n"
        "Input: buildings, components or any other layer; choose what is permanent by a filter or a selection. Each "
        "feature within the limit of a water comes out as it was, with the distance in metres (0 in the water), the "
        "limit, the rule, the name of the water and, from a grid layer, the codes and the owner of the grid that it "
        "lies in (of several, the one with its largest part). Of several waters, the one whose limit is broken by most "
        "counts.\n\n"
        "Waters: lines or polygons, in any number of layers. The edge of a polygon is its outline; a line is measured "
        "from the line itself, or from half the width in a field of widths (m). Of a layer of OpenStreetMap only the "
        "waters count.\n\n"
        "Classes: the field of classes says which rule a water has; national, city, navigable, 国家, 城市, 通航 are "
        'understood. Others are given as JSON with a rule or a distance, such as {{"一级": 50, "Ⅲ": "navigable"}}. '
        "Waters without a class, or with one that is not known, have the rule for the others.\n\n"
        "Distances are true metres on the plane of the local belt, whatever the layers are in."
    )
    RULES = ("National", "City", "Navigable river in town")

    def shortHelpString(self) -> str:
        return tr(self.HELP).format()

    def define(self) -> None:
        any_geometry = QgsProcessing.SourceType.TypeVectorAnyGeometry
        self.addParameter(
            QgsProcessingParameterFeatureSource("INPUT", tr("Buildings, components or other objects"), [any_geometry])
        )
        self.addParameter(QgsProcessingParameterMultipleLayers("WATER", tr("Waters (lines or polygons)"), any_geometry))
        labels = {
            "NATIONAL": tr("Distance by the national rule (m)"),
            "CITY": tr("Distance by the city's rule (m)"),
            "NAVIGABLE": tr("Distance from navigable rivers in town (m)"),
        }
        for (name, label), default in zip(labels.items(), _DISTANCES, strict=True):
            number = QgsProcessingParameterNumber.Type.Double
            self.addParameter(
                QgsProcessingParameterNumber(name, label, number, default, minValue=0, maxValue=_FARTHEST)
            )
        self.addParameter(
            QgsProcessingParameterEnum(
                "DEFAULT_RULE", tr("Rule for waters without a class"), [tr(name) for name in self.RULES], defaultValue=0
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "GRID", tr("Unit grid, or grid with owners"), [POLYGON_SOURCE], optional=True
            )
        )
        texts = {
            "RIVER_CLASS_FIELD": tr("Field of the waters with their class"),
            "CLASSES": tr("Distance or rule of each class (JSON)"),
            "NAME_FIELD": tr("Field of the waters with their name (found if empty)"),
            "WIDTH_FIELD": tr("Field of the waters with the width of lines (m)"),
        }
        for name, label in texts.items():
            self.add_advanced(QgsProcessingParameterString(name, label, optional=True))
        self.add_sink("OUTPUT", tr("Within the river setback"), SINK_ANY)
        self.add_report()
        self.add_numbers(
            FEATURE_COUNT=tr("Objects"),
            WITHIN_COUNT=tr("Objects within the setback"),
            IN_WATER_COUNT=tr("Objects in the water"),
            UNPLACED_COUNT=tr("Objects without a place"),
            WATER_COUNT=tr("Waters"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        source = self.source(parameters, "INPUT", context)
        parts = _Parts(source)
        first = parts.next(self.progress(feedback, 0, 0.05))
        if first is None:
            raise EmptyInput(layer=source.sourceName())
        crs = _working_crs(first, source.sourceName())
        waters = self._waters(parameters, context, self.progress(feedback, 0.05, 0.25), source, crs)
        checked = _Checked(waters, crs)
        total = max(source.featureCount(), 1)
        progress = self.progress(feedback, 0.25, 0.8)
        frame: gpd.GeoDataFrame | None = first
        while frame is not None:
            checked.add(frame)
            share = min(checked.read / total, 1.0)
            progress(share)
            frame = parts.next(part(progress, share, share))
        found = self._placed(checked.found(first), parameters, context, feedback, crs)
        for remark in checked.remarks():
            feedback.pushWarning(remark)
        self._say(checked, len(found), feedback)
        kind = geometry_type(found if len(found) else first) + (" Z" if found.geometry.has_z.any() else "")
        if kind.startswith("Unknown"):
            kind = "Unknown"
            parameters = parameters | {"OUTPUT": not_in_memory(parameters.get("OUTPUT"), "OUTPUT", context)}
        results: dict[str, Any] = {
            "OUTPUT": self.write(found, parameters, "OUTPUT", context, kind, "setback"),
            "FEATURE_COUNT": checked.read,
            "WITHIN_COUNT": len(found),
            "IN_WATER_COUNT": checked.in_water,
            "UNPLACED_COUNT": checked.unplaced,
            "WATER_COUNT": len(waters.name),
        }
        if parameters.get("REPORT"):
            results |= self.save_report(_report(checked, found), parameters, context)
        return results

    def _say(self, checked: _Checked, within: int, feedback: QgsProcessingFeedback) -> None:
        message = tr(
            "{read} objects: {within} stand within the setback ({wet} of them in the water), {none} have no place."
        )
        feedback.pushInfo(message.format(read=checked.read, within=within, wet=checked.in_water, none=checked.unplaced))

    def _waters(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
        source: QgsProcessingFeatureSource,
        crs: pyproj.CRS,
    ) -> _ReadWaters:
        """The waters around the input, in the working CRS, with their limits."""
        from citygrid_plugin.core.owners.setback import NAMES, RiverRule, parse_classes  # noqa: PLC0415

        own = parse_classes(self.parameterAsString(parameters, "CLASSES", context))
        rules = list(NAMES)
        distances = {
            rule: self.number(parameters, name, context, 0, _FARTHEST) for rule, name in zip(rules, _RULES, strict=True)
        }
        largest = max([*distances.values(), *(value for value in own.values() if not isinstance(value, RiverRule))])
        default = RiverRule(self.parameterAsEnum(parameters, "DEFAULT_RULE", context))
        layers = lines_or_polygons(self, parameters, "WATER", context)
        chosen = {
            name: self.parameterAsString(parameters, f"{name}_FIELD", context).strip()
            for name in ("NAME", "RIVER_CLASS", "WIDTH")
        }
        for name in chosen.values():
            _require_field(name, layers)
        result = _ReadWaters()
        for number, (layer, title) in enumerate(zip(layers, titles_of(layers), strict=True)):
            reading = part(progress, number / len(layers), (number + 1) / len(layers))
            result.add(layer, title, chosen, _around(source, crs, largest), crs, reading)
        result.measure(own, distances, default)
        return result

    def _placed(
        self,
        found: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        crs: pyproj.CRS,
    ) -> gpd.GeoDataFrame:
        """What was found with the code and owner of its grid, where there is a layer of grids."""
        progress = self.progress(feedback, 0.8, 0.95)
        grid = read_optional_grid(self, parameters, "GRID", context, feedback, progress, [fields.BGID], _GRID_COLUMNS)
        if grid is None:
            return found
        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
        from citygrid_plugin.core.spatial.geometry import polygonal  # noqa: PLC0415
        from citygrid_plugin.core.spatial.place import cell_of  # noqa: PLC0415

        columns = [name for name in (fields.BGID, *_GRID_COLUMNS) if name in grid]
        codes = grid[columns].apply(text)
        order = codes[fields.BGID].argsort(kind="stable").to_numpy()
        cells = polygonal(_moved(grid.geometry.to_numpy()[order], grid.crs, crs)).polygon
        cell = cell_of(_moved(found.geometry.to_numpy(), found.crs, crs), cells)
        values = codes.iloc[order].reset_index(drop=True).reindex(cell).reset_index(drop=True).fillna("")
        return _with_columns(found, values)


class _Parts:
    """The features of a source, so many at a time; looks to ``frame_from_source`` like a source of just these."""

    def __init__(self, source: QgsProcessingFeatureSource) -> None:
        self._source = source
        flag = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
        self._features: QgsFeatureIterator = source.getFeatures(QgsFeatureRequest(), flag)

    def next(self, progress: Progress) -> gpd.GeoDataFrame | None:
        """The next features; None after the last."""
        try:
            return frame_from_source(self, None, progress)
        except EmptyInput:
            return None

    def getFeatures(self, _request: QgsFeatureRequest) -> Iterator[QgsFeature]:
        return islice(self._features, _CHUNK)

    def fields(self) -> QgsFields:
        return self._source.fields()

    def featureCount(self) -> int:
        return _CHUNK

    def sourceName(self) -> str:
        return self._source.sourceName()

    def sourceCrs(self) -> QgsCoordinateReferenceSystem:
        return self._source.sourceCrs()


def _working_crs(frame: gpd.GeoDataFrame, layer: str) -> pyproj.CRS:
    """The CRS to measure in, going by the first features. Raises ``EmptyInput`` where none has a place."""
    from citygrid_plugin.core.spatial.crs import measuring_crs  # noqa: PLC0415
    from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415

    placed = frame[~unplaced(frame.geometry.to_numpy())]
    if not len(placed):
        raise EmptyInput(layer=layer)
    return measuring_crs(frame.crs, placed.geometry.to_numpy())


def _moved(geometry: Geometries, own: pyproj.CRS, crs: pyproj.CRS) -> Geometries:
    """Flat geometries in another CRS; None where one has no place there."""
    from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415
    from citygrid_plugin.core.spatial.place import moved  # noqa: PLC0415

    return moved(geometry, own, crs, Datum.STATED).geometry


def _around(
    source: QgsProcessingFeatureSource, crs: pyproj.CRS, distance: float
) -> tuple[float, float, float, float] | None:
    """The extent of a source in ``crs``, with a margin in which a water may matter; None where it is not known."""
    import pyproj  # noqa: PLC0415

    extent = source.sourceExtent()
    bounds = extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()
    if extent.isNull() or not all(map(math.isfinite, bounds)):
        return None
    try:
        transformer = pyproj.Transformer.from_crs(to_pyproj(source.sourceCrs()), crs, always_xy=True)
        west, south, east, north = transformer.transform_bounds(*bounds)
    except pyproj.exceptions.ProjError:
        return None
    margin = distance + _FARTHEST / 10  # half the width of the widest river, too
    box = west - margin, south - margin, east + margin, north + margin
    return box if all(map(math.isfinite, box)) else None


def _require_field(name: str, layers: list[QgsVectorLayer]) -> None:
    """Raise ``UnknownField`` where no layer of waters has a field that is asked for."""
    if name and all(layer.fields().lookupField(name) < 0 for layer in layers):
        available = dict.fromkeys(field for layer in layers for field in layer.fields().names())
        raise UnknownField(
            layer=", ".join(layer.name() for layer in layers), field=name, available=", ".join(available)
        )


@dataclass
class _ReadWaters:
    """Waters of all layers; after ``measure`` with their limits, ready to be asked."""

    geometry: list[Geometries] = field(default_factory=list)
    width: list[Floats] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rule: Any = None
    waters: Waters | None = None

    def add(
        self,
        layer: QgsVectorLayer,
        title: str,
        chosen: dict[str, str],
        around: tuple[float, float, float, float] | None,
        crs: pyproj.CRS,
        progress: Progress,
    ) -> None:
        """Read a layer: its waters near the input."""
        import numpy as np  # noqa: PLC0415
        import pandas as pd  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        from citygrid_plugin.core.owners.setback import tag_columns, waters_of  # noqa: PLC0415

        own = to_pyproj(layer.crs())
        available = layer.fields().names()
        columns = {name: _own_name(layer, field) for name, field in chosen.items()}
        columns["NAME"] = columns["NAME"] or _guessed_name(available)
        wanted = [*filter(None, columns.values()), *tag_columns(available)]
        box = None if around is None else box_in(around, crs, own)
        try:
            frame = frame_from_source(layer, list(dict.fromkeys(wanted)), progress, box)
        except EmptyInput:
            self.remarks.append(tr("“{layer}” has no water near the objects.").format(layer=title))
            return
        wet = waters_of(frame)
        if not wet.all():
            message = tr("“{layer}”: {count} features are no waters by their OpenStreetMap tags and were left out.")
            self.remarks.append(message.format(layer=title, count=int((~wet).sum())))
        frame = frame[wet].reset_index(drop=True)
        geometry = _moved(frame.geometry.to_numpy(), own, crs)
        placed = ~shapely.is_missing(geometry)
        if not placed.all():
            message = tr("“{layer}”: {count} features have no place and were left out.")
            self.remarks.append(message.format(layer=title, count=int((~placed).sum())))
        if placed.any() and not shapely.get_dimensions(geometry).any():
            raise WrongGeometry(layer=title, wanted=tr("line or polygon"))
        frame = frame[placed]
        values = {name: _texts(frame, column) for name, column in columns.items()}
        width = pd.to_numeric(pd.Series(values["WIDTH"]), errors="coerce").fillna(0).to_numpy(dtype=float)
        self.geometry.append(geometry[placed])
        self.width.append(np.clip(width, 0, _FARTHEST / 10))
        self.name += values["NAME"]
        self.kind += values["RIVER_CLASS"]

    def measure(self, own: dict[str, Any], distances: dict[Any, float], default: Any) -> None:  # noqa: ANN401
        """Give the waters their limits."""
        import numpy as np  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        from citygrid_plugin.core.owners.setback import Waters, limits  # noqa: PLC0415

        found = limits(self.kind, own, distances, default)
        self.rule = found.rule
        geometry = np.concatenate([np.array([], dtype=object), *self.geometry])
        width = np.concatenate([np.array([]), *self.width])
        self.waters = Waters(geometry, found.distance, width / 2)
        if found.unknown:
            values = ", ".join(f"{value} ({count})" for value, count in list(found.unknown.items())[:_SHOWN])
            message = tr("These classes of waters are not known and have the rule for the others: {values}.")
            self.remarks.append(message.format(values=values))
        lines = int(((shapely.get_dimensions(geometry) == 1) & (width <= 0)).sum())
        if lines:
            message = tr("{count} waters are lines without a width: distances are from the line, not from the edge.")
            self.remarks.append(message.format(count=lines))


def _own_name(layer: QgsVectorLayer, name: str) -> str:
    """A field's name as the layer writes it; empty where it has none such."""
    index = layer.fields().lookupField(name) if name else -1
    return layer.fields().names()[index] if index >= 0 else ""


def _guessed_name(available: list[str]) -> str:
    """The field that holds the names of waters, going by its own name; empty where none seems to."""
    from citygrid_plugin.core.records.mapping import guess_mapping  # noqa: PLC0415

    return guess_mapping(available, {"name": _NAMES}).get("name", "")


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415

    return text(frame[column_name(column)]).tolist() if column else [""] * len(frame)


class _Checked:
    """What was read so far, and what of it stands too near."""

    def __init__(self, waters: _ReadWaters, crs: pyproj.CRS) -> None:
        self.read = self.unplaced = self.in_water = 0
        self._crs, self._waters = crs, waters
        self._parts: list[gpd.GeoDataFrame] = []

    def add(self, frame: gpd.GeoDataFrame) -> None:
        """Check some features; those that stand too near are kept, as they are, with what was found."""
        import shapely  # noqa: PLC0415

        flat = _moved(frame.geometry.to_numpy(), frame.crs, self._crs)
        waters = self._waters.waters
        self.read += len(frame)
        self.unplaced += int(shapely.is_missing(flat).sum())
        if waters is None:
            return
        near = waters.near(flat)
        self.in_water += int((near.distance == 0).sum())
        found = {
            fields.DISTANCE: near.distance,
            fields.LIMIT: waters.distance[near.water],
            fields.RULE: self._waters.rule[near.water],
            fields.WATER: [self._waters.name[water] for water in near.water],
        }
        self._parts.append(_with_columns(frame.iloc[near.row].reset_index(drop=True), found))

    def found(self, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """All that stands too near, in the order of the input; with the columns of ``like`` where that is nothing."""
        import pandas as pd  # noqa: PLC0415

        filled = [some for some in self._parts if len(some)] or self._parts[:1]
        return pd.concat(filled, ignore_index=True).set_crs(like.crs)

    def remarks(self) -> list[str]:
        """What is to be said of the waters."""
        return self._waters.remarks

    @property
    def water_count(self) -> int:
        """How many waters there are."""
        return len(self._waters.name)

    @property
    def crs(self) -> pyproj.CRS:
        """What is measured in."""
        return self._crs


def _with_columns(frame: gpd.GeoDataFrame, columns: Any) -> gpd.GeoDataFrame:  # noqa: ANN401 - a table or a mapping
    """A table with columns added; its own of these names are kept as “…_source” unless they say the same."""
    taken = {name.casefold(): name for name in columns}
    renamed, same = {}, []
    for name in attribute_columns(frame):
        if name.casefold() in taken:
            renamed[name] = f"{name}_source"
            said = frame[name].fillna("").astype(str).tolist()
            same += [name] if said == [str(value) for value in columns[taken[name.casefold()]]] else []
    kept = frame.drop(columns=same).rename(columns=renamed)
    return kept.assign(**{name: list(columns[name]) for name in columns})


def _report(checked: _Checked, found: gpd.GeoDataFrame) -> Report:
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("River setback"))
    for remark in checked.remarks():
        report.warning(remark)
    report.table(
        [
            (tr("Objects"), checked.read),
            (tr("Objects within the setback"), len(found)),
            (tr("Objects in the water"), checked.in_water),
            (tr("Objects without a place"), checked.unplaced),
            (tr("Waters"), checked.water_count),
            (tr("Measured in"), checked.crs.name),
        ]
    )
    if not len(found):
        report.paragraph(tr("Nothing stands within the setback."))
        return report
    titles = dict(zip(_RULES, (tr(name) for name in CheckSetback.RULES), strict=True))
    report.heading(tr("By rule"))
    rules = Counter(zip(found[fields.RULE], found[fields.LIMIT], strict=True))
    rows = [(titles.get(str(rule).upper(), rule), limit, count) for (rule, limit), count in rules.most_common()]
    report.table(rows, (tr("Rule"), tr("Distance (m)"), tr("Objects")))
    for heading, column in (
        (tr("By water"), fields.WATER),
        (tr("By community"), fields.COMMUNITY_NAME),
        (tr("By owner"), fields.OWNER),
    ):
        if column in found:
            groups = (
                found.groupby(found[column].fillna(""))[fields.DISTANCE]
                .agg(["size", "min"])
                .sort_values("size", ascending=False)
            )
            report.heading(heading)
            counts = [
                (name or "–", int(row["size"]), float(row["min"])) for name, row in groups.iloc[:_SHOWN].iterrows()
            ]
            report.table(counts, (tr("Name"), tr("Objects"), tr("Least distance (m)")))
            if len(groups) > _SHOWN:
                report.paragraph(tr("… and {count} more").format(count=len(groups) - _SHOWN))
    return report
