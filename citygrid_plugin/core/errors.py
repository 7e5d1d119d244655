"""Errors that a user can cause and mend: one class a cause, one sentence with the remedy.

``template`` is English with named places; the interface translates it and fills it in. Core
knows no Qt, so it never translates itself.
"""

from __future__ import annotations

from typing import ClassVar


class CityGridError(Exception):
    """Base of all user errors.

    ``values`` fill the named places of ``template``; ``details`` is longer text for a log.
    """

    template: ClassVar[str] = ""

    def __init__(self, details: str = "", **values: object) -> None:
        self.details = details
        self.values = values
        super().__init__(self.template.format(**values))


class Cancelled(Exception):
    """The user cancelled; nothing has been written under a final name."""


class MissingPackage(CityGridError):
    """A Python package that this QGIS lacks."""

    template = (
        "The Python package {package} is missing or too old in this QGIS. Install it with "
        "“{command}” in the OSGeo4W shell or terminal of QGIS, then restart QGIS."
    )


class MissingCrs(CityGridError):
    """A layer without a coordinate reference system."""

    template = "“{layer}” has no coordinate reference system. Set it (Layer ▸ Set CRS of Layer) and run again."


class EmptyInput(CityGridError):
    """A layer or file without a usable row."""

    template = "“{layer}” holds no usable record. Choose another layer, or remove its filter or selection."


class WrongGeometry(CityGridError):
    """A layer of another geometry type than the step needs."""

    template = "“{layer}” has no {wanted} geometries. Choose a layer of {wanted} geometries."


class UnknownField(CityGridError):
    """A field that the layer lacks."""

    template = "“{layer}” has no field “{field}”. It has: {available}."


class UnreadableFile(CityGridError):
    """A file that cannot be read."""

    template = "“{path}” cannot be read: {why}. Check that it is complete and of a supported format."


class UnwritableTarget(CityGridError):
    """A file or folder that cannot be written."""

    template = "“{path}” cannot be written: {why}. Choose another place, or close the program that has it open."


class BadSetting(CityGridError):
    """A parameter out of its range."""

    template = "{name} is {value}, but must be {allowed}."
