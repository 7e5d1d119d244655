"""The Processing provider: the list of algorithms."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .assign_owners import AssignOwners
from .assign_people import AssignPeople
from .check_setback import CheckSetback
from .check_unit_grid import CheckUnitGrid
from .compare_plans import ComparePlans
from .create_unit_grid import CreateUnitGrid
from .evaluate_cases import EvaluateCases
from .export_shapefiles import ExportShapefiles
from .import_components import ImportComponents
from .load_cases import LoadCases
from .responsibility_atlas import ResponsibilityAtlas
from .responsibility_grids import ResponsibilityGrids
from .responsibility_list import ResponsibilityList
from .road_segments import RoadSegments
from .survey_package import SurveyPackage

ALGORITHMS = (
    CreateUnitGrid,
    CheckUnitGrid,
    SurveyPackage,
    ImportComponents,
    AssignOwners,
    ResponsibilityGrids,
    AssignPeople,
    ComparePlans,
    RoadSegments,
    CheckSetback,
    LoadCases,
    EvaluateCases,
    ResponsibilityList,
    ResponsibilityAtlas,
    ExportShapefiles,
)
ICON = Path(__file__).parent.parent / "resources" / "icons" / "citygrid.svg"


class CityGridProvider(QgsProcessingProvider):
    """Provider ``citygrid``."""

    def id(self) -> str:
        return "citygrid"

    def name(self) -> str:
        return "CityGrid 数字城管"

    def icon(self) -> QIcon:
        return QIcon(str(ICON))

    def loadAlgorithms(self) -> None:
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
