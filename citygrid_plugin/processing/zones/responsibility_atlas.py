"""``citygrid:responsibilityatlas``: one grid, one map (一网格一图): a PDF with a page for each responsibility grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QThread

from citygrid_plugin.core.errors import BadSetting, EmptyInput
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import CityGridAlgorithm, to_qgis
from citygrid_plugin.processing.days import read_date

from .zone_inputs import (
    add_choice,
    add_inputs,
    choose,
    read_around,
    read_target,
    read_zones,
    tell,
)

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy as np

    from citygrid_plugin.core.zones.responsibility_list import Around, ZoneList

    from .atlas_matter import Matter, Wishes
    from .atlas_sheets import Atlas

_PDF = ".pdf"
_SHOWN = 8
_LARGEST_SCALE, _SMALLEST_SCALE = 100, 1_000_000
_MOST_CLASSES = 60


class ResponsibilityAtlas(CityGridAlgorithm):
    """Draws an atlas of the responsibility grids."""

    NAME = "responsibilityatlas"
    TITLE = "Atlas of responsibility grids"
    TAGS = ("责任网格", "一网格一图", "图集", "atlas", "pdf", "map book")
    HELP = (
        "Draws a PDF with a page for each responsibility grid (一网格一图): its limit, its neighbours with their "
        "names, unit grids with the end of their codes, roads with their names, components by class with a table of "
        "their numbers, owner, post, phone and period, area, workload, scale bar, scale, north arrow, coordinate "
        "reference system, date and page. An overview of all with the numbers of the pages and an index come first; "
        "where the numbers would be too small, each street has an overview of its own.\n\n"
        "Pages lie or stand by the shape of the responsibility grid. With the scale 0 each map has the largest round "
        "scale that holds it. Layers below the map are drawn as the project shows them; roads are drawn as wide as "
        "their class says (OpenStreetMap's fields highway or fclass).\n\n"
        "Maps are vectors and texts, in a font that has Chinese; characters that no installed font has are named. "
        "A symbol stands for the same class on every page. Closed unit grids and components (with an end date) are "
        "left out."
    )

    PAPERS = ("A4", "A3")
    ORIENTATIONS = ("By the shape of the responsibility grid", "Landscape", "Portrait")

    _clones: dict[str, list[QgsMapLayer]]

    def define(self) -> None:
        add_inputs(self, cases=False)
        lines = QgsProcessing.SourceType.TypeVectorLine
        for name, title, kind in (
            ("ROADS", tr("Roads"), lines),
            ("BASEMAP", tr("Layers below the map"), QgsProcessing.SourceType.TypeMapLayer),
        ):
            self.addParameter(QgsProcessingParameterMultipleLayers(name, title, kind, optional=True))
        add_choice(self)
        self.addParameter(QgsProcessingParameterEnum("PAPER", tr("Paper"), list(self.PAPERS), defaultValue=0))
        ways = [tr(name) for name in self.ORIENTATIONS]
        self.addParameter(QgsProcessingParameterEnum("ORIENTATION", tr("Orientation"), ways, defaultValue=0))
        integer = QgsProcessingParameterNumber.Type.Integer
        label = tr("Scale 1: … (0: the largest round scale for each)")
        self.addParameter(
            QgsProcessingParameterNumber("SCALE", label, integer, 0, minValue=0, maxValue=_SMALLEST_SCALE)
        )
        label = tr("Component classes that are named on a page; the rest are the others")
        self.add_advanced(
            QgsProcessingParameterNumber("CLASSES", label, integer, 12, minValue=0, maxValue=_MOST_CLASSES)
        )
        self.addParameter(QgsProcessingParameterFileDestination("FILE", tr("Atlas"), tr("PDF files (*.pdf)")))
        self.add_numbers(ZONE_COUNT=tr("Responsibility grids"), PAGE_COUNT=tr("Pages"))

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        # A layer belongs to one thread: here, in that of the window, copies are made for the thread of the run.
        self._clones = {}
        for name in ("ROADS", "BASEMAP"):
            self._clones[name] = [layer.clone() for layer in self.parameterAsLayerList(parameters, name, context)]
            for layer in self._clones[name]:
                layer.moveToThread(None)
        return super().prepareAlgorithm(parameters, context, feedback)

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        try:
            self._take_over(parameters)
            return super().processAlgorithm(parameters, context, feedback)
        finally:  # also where a target is refused before any work: copies that live on crash QGIS at its end
            self._let_go()

    def _take_over(self, parameters: dict[str, Any]) -> None:
        """Let the copied layers belong to this thread."""
        for name, layers in self._clones.items():
            if parameters.get(name) and not layers:
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            for layer in layers:
                layer.moveToThread(QThread.currentThread())

    def _let_go(self) -> None:
        """Delete the copied layers here and now, in the thread that they belong to, whoever still knows of them."""
        for layers in self._clones.values():
            for layer in layers:
                sip.delete(layer)
        self._clones = {}

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.zones import responsibility_list as core  # noqa: PLC0415

        path = read_target(self, parameters, context, _PDF)
        day = read_date(self, parameters, context)
        wishes = self._wishes(parameters, context)
        zones = read_zones(self, parameters, context, feedback, self.progress(feedback, 0, 0.05))
        around = read_around(self, parameters, context, feedback, self.progress(feedback, 0.05, 0.15), zones.crs)
        found = core.zone_list(zones, around, day, self.progress(feedback, 0.15, 0.25))
        tell(found, feedback)
        wanted = choose(self, parameters, context, found)
        atlas = self._draw(self._matter(zones, found, wanted, around, day), wishes, path, context, feedback)
        contents = atlas.contents
        message = tr("{pages} pages: {overviews} overviews, {index} of index, {zones} responsibility grids.")
        feedback.pushInfo(
            message.format(
                pages=contents.pages, overviews=contents.overviews, index=contents.index_pages, zones=contents.zones
            )
        )
        if atlas.misfits:
            message = tr(
                "{count} responsibility grids do not fit on a page at 1:{scale}; their scale is smaller: {codes}."
            )
            codes = ", ".join(atlas.misfits[:_SHOWN])
            feedback.pushWarning(message.format(count=len(atlas.misfits), scale=wishes.scale, codes=codes))
        return {"FILE": str(path), "ZONE_COUNT": contents.zones, "PAGE_COUNT": contents.pages}

    def _wishes(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Wishes:
        from .atlas_matter import Wishes  # noqa: PLC0415 - loads geopandas

        scale = self.parameterAsInt(parameters, "SCALE", context)
        if scale and not _LARGEST_SCALE <= scale <= _SMALLEST_SCALE:
            raise BadSetting(name="SCALE", value=scale, allowed=f"0, {_LARGEST_SCALE} … {_SMALLEST_SCALE}")
        lying = (None, True, False)[self.parameterAsEnum(parameters, "ORIENTATION", context)]
        paper = self.PAPERS[self.parameterAsEnum(parameters, "PAPER", context)]
        return Wishes(paper, lying, scale, self.parameterAsInt(parameters, "CLASSES", context))

    def _matter(self, zones: gpd.GeoDataFrame, found: ZoneList, wanted: np.ndarray, around: Around, day: str) -> Matter:
        from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415

        from .atlas_matter import Matter  # noqa: PLC0415 - loads geopandas

        outline = zones.geometry.to_numpy()[found.row]
        if not (wanted & ~unplaced(outline)).any():
            raise EmptyInput(layer="ZONES")
        authority = zones.crs.to_authority()
        title = zones.crs.name + (f" ({':'.join(authority)})" if authority else "")
        roads, basemap = self._clones["ROADS"], self._clones["BASEMAP"]
        return Matter(found, outline, wanted, around, day, to_qgis(zones.crs), title, roads, basemap)

    def _draw(
        self,
        matter: Matter,
        wishes: Wishes,
        path: Path,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Atlas:
        from citygrid_plugin.storage.files import replacing  # noqa: PLC0415

        from .atlas_map import MapMaker  # noqa: PLC0415 - all of these load geopandas
        from .atlas_page import Pages  # noqa: PLC0415
        from .atlas_sheets import Atlas  # noqa: PLC0415

        family = _family(matter, feedback)
        atlas = Atlas(matter, wishes, MapMaker(matter.crs, context.transformContext(), family))
        progress = self.progress(feedback, 0.25, 1.0)
        with replacing(path) as scratch:
            pages = Pages(scratch, tr("Atlas of responsibility grids"), family)
            try:
                for _ in atlas.draw(pages):
                    progress(pages.count / atlas.contents.pages)
                pages.end()
            finally:
                pages.close()
        return atlas


def _family(matter: Matter, feedback: QgsProcessingFeedback) -> str:
    """The font of the atlas; tells which characters of the data no font has. Raises ``NoChineseFont``."""
    from citygrid_plugin.processing.styles import FONTS  # noqa: PLC0415

    from .atlas_page import NoChineseFont, chinese_family, missing_characters  # noqa: PLC0415

    family = chinese_family()
    missing = missing_characters([*matter.texts(), tr(ResponsibilityAtlas.TITLE)], family or FONTS[-1])
    if missing and family is None:
        raise NoChineseFont
    if missing:
        message = tr("{count} characters of the names are in no installed font and show as boxes: {characters}")
        feedback.pushWarning(message.format(count=len(missing), characters=" ".join(missing[:_SHOWN])))
    return family or FONTS[-1]
