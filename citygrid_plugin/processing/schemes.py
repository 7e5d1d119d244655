"""The code scheme that an algorithm works with, and the local classes of a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum, QgsProcessingParameterFile

from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from citygrid_plugin.core.schemes import Scheme

    from .base import CityGridAlgorithm

SCHEMES = ("CQSZ10-2007 / CJ/T 214-2007", "GB/T 47678-2026", "GB/T 30428-2013")
"""Titles of ``storage.scheme_files.SCHEMES``, in that order; they stand here as that loads pandas."""


def add_scheme(algorithm: CityGridAlgorithm) -> None:
    """Add SCHEME and EXTENSION."""
    algorithm.addParameter(
        QgsProcessingParameterEnum("SCHEME", tr("Code scheme"), [tr(name) for name in SCHEMES], defaultValue=0)
    )
    algorithm.addParameter(
        QgsProcessingParameterFile("EXTENSION", tr("Local classes of the city (table with code, name)"), optional=True)
    )


def read_scheme(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, workspace: Path | None
) -> Scheme:
    """The scheme with the local classes of EXTENSION, or else those that the workspace, if it is there, holds."""
    from citygrid_plugin.storage import scheme_files  # noqa: PLC0415
    from citygrid_plugin.storage.local_classes import scheme_of  # noqa: PLC0415

    chosen = scheme_files.SCHEMES[algorithm.parameterAsEnum(parameters, "SCHEME", context)]
    extension = algorithm.parameterAsFile(parameters, "EXTENSION", context)
    if not extension:
        return scheme_of(workspace if workspace is not None and workspace.is_file() else None, chosen)
    path = Path(extension)
    return scheme_files.load_scheme(chosen).with_extension(scheme_files.load_extension(path), path.name)
