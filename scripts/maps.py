"""Makes the QGIS project of a workspace and draws a PNG map of each step beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsApplication

from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.project import build_project, render
from citygrid_plugin.storage.workspace import BY_NAME

MAPS = {
    "1_unit_grid": ("unit_grid", "communities"),
    "2_owners": ("owned_grid", "communities"),
    "3_components": ("components", "communities"),
    "4_responsibility_grids": ("responsibility_grids", "communities"),
    "5_cases": ("cases", "communities"),
}
"""File name and the layers of each map, the uppermost last but one: limits lie on top of areas."""


def draw(workspace: Path, remark: str) -> None:
    """Write the project and the maps into the folder of the workspace; the remark stands in every title."""
    project = build_project(workspace, path=workspace.with_name("citygrid.qgz"))
    layers = {layer.source().rpartition("layername=")[2]: layer for layer in project.mapLayers().values()}
    folder = workspace.parent / "maps"
    folder.mkdir(exist_ok=True)
    for name, (subject, *others) in MAPS.items():
        if subject in layers:
            drawn = [layers[other] for other in (subject, *others) if other in layers]
            title = " – ".join(filter(None, (tr(BY_NAME[subject].title), remark)))
            render(project, drawn, folder / f"{name}.png", title)


def main() -> int:
    """Draw the maps of the workspace that the command line names."""
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        draw(Path(sys.argv[1]), sys.argv[2])
    finally:
        application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
