"""The Processing provider: the list of algorithms."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .cases.evaluate_cases import EvaluateCases
from .cases.load_cases import LoadCases
from .census.import_components import ImportComponents
from .census.survey_package import SurveyPackage
from .delivery.check_delivery import CheckDelivery
from .delivery.export_shapefiles import ExportShapefiles
from .grids.check_unit_grid import CheckUnitGrid
from .grids.create_unit_grid import CreateUnitGrid
from .owners.assign_owners import AssignOwners
from .owners.assign_people import AssignPeople
from .owners.check_setback import CheckSetback
from .owners.road_segments import RoadSegments
from .zones.compare_plans import ComparePlans
from .zones.responsibility_atlas import ResponsibilityAtlas
from .zones.responsibility_grids import ResponsibilityGrids
from .zones.responsibility_list import ResponsibilityList

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
    CheckDelivery,
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
