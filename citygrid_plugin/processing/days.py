"""Days as parameters (YYYYMMDD, as CHDate and ORDate have them), and as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from qgis.core import QgsProcessingContext

from citygrid_plugin.core.errors import BadSetting

if TYPE_CHECKING:
    from .base import CityGridAlgorithm

_FORMAT: Final = "%Y%m%d"


def read_date(algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
    """The DATE parameter as YYYYMMDD, today where it is empty. Raises ``BadSetting``."""
    given = algorithm.parameterAsString(parameters, "DATE", context).strip()
    if not given:
        return datetime.now().astimezone().strftime(_FORMAT)
    try:
        day = datetime.strptime(given, _FORMAT).astimezone().strftime(_FORMAT)
    except ValueError as error:
        raise BadSetting(name="DATE", value=given, allowed="YYYYMMDD") from error
    if day != given:
        raise BadSetting(name="DATE", value=given, allowed="YYYYMMDD")
    return day


def dashed(day: str) -> str:
    """A day (YYYYMMDD) as people read it: YYYY-MM-DD."""
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
