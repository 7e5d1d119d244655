"""Cuts three real cities along their streets, prints how good the grids are, and draws them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
from qgis.core import QgsApplication, QgsProject, QgsSymbol, QgsVectorLayer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from real_streets import CITIES, barriers_of, communities_of  # noqa: E402 - the path comes first

from citygrid_plugin.core.grids.quality import Quality, measure  # noqa: E402
from citygrid_plugin.core.spatial.coverage import Faces  # noqa: E402
from citygrid_plugin.core.streets.barriers import Barriers, Strength  # noqa: E402
from citygrid_plugin.core.streets.blocks import street_cells  # noqa: E402
from citygrid_plugin.processing.project import render  # noqa: E402

REAL_STREETS = ROOT.parent / "shared" / "data" / "roads"
CELL_AREA = 10_000.0


def row(name: str, found: Quality) -> str:
    """A line of the table in Markdown."""
    cells = (
        name,
        f"{found.cells:,}",
        f"{found.in_range:.1%}",
        f"{found.median_compactness:.2f}",
        f"{found.least_compactness:.2f}",
        f"{found.strong.near:.1%}",
        f"{found.other.near:.1%}",
        f"{found.single.close:.1%}",
        f"{found.astride:.1%}",
    )
    return f"| {' | '.join(cells)} |"


def draw(path: Path, title: str, cells: Faces, streets: Barriers, crs: int) -> None:
    """A picture of the cells with the barriers on top."""
    project = QgsProject()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "city.gpkg"
        gpd.GeoDataFrame({"community": cells.community}, geometry=cells.polygon, crs=crs).to_file(file, layer="cells")
        strong = streets.strength == Strength.STRONG
        for name, which in (("streets", ~strong & (streets.strength > Strength.NONE)), ("strong", strong)):
            gpd.GeoDataFrame({"id": np.arange(which.sum())}, geometry=streets.line[which], crs=crs).to_file(
                file, layer=name
            )
        layers = [_layer(file, *look) for look in LOOKS]
        project.setCrs(layers[0].crs())
        for layer in layers:
            project.addMapLayer(layer)
        render(project, layers, path, title, size=(1200, 950), extent=layers[-1].extent())


LOOKS = (
    ("strong", "Strong barriers", {"line_color": "#7a1fa2", "line_width": "0.7"}),
    ("streets", "Streets", {"line_color": "#c0392b", "line_width": "0.25"}),
    ("cells", "Unit grids", {"color": "#f6f0d8", "outline_color": "#333333", "outline_width": "0.35"}),
)


def _layer(file: Path, name: str, title: str, look: dict[str, str]) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{file}|layername={name}", title, "ogr")
    symbol = QgsSymbol.defaultSymbol(layer.geometryType())
    part = symbol.symbolLayer(0)
    fresh = type(part).create(look)
    symbol.changeSymbolLayer(0, fresh)
    layer.renderer().setSymbol(symbol)
    return layer


def main() -> int:
    """Print the table; with ``--pictures FOLDER`` draw the maps."""
    parser = argparse.ArgumentParser(prog="scripts/streets", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each city")
    options = parser.parse_args()
    if not REAL_STREETS.is_dir():
        print("Skipped: the real streets are not in the folder ../shared/data/roads beside the checkout.")
        return 0
    application = QgsApplication([], False)
    application.initQgis()
    titles = (
        "Streets of", "grids", "0.5–1.5 × target", "median compactness", "least", "strong within 15 m",
        "others within 15 m", "single within 1 m", "astride",
    )  # fmt: skip
    print(f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for name, city in CITIES.items():
        streets = barriers_of(REAL_STREETS, city)
        communities = communities_of(city, streets)
        cells = street_cells(communities, streets, CELL_AREA)
        print(row(name, measure(cells.polygon, communities, streets, CELL_AREA)))
        if options.pictures:
            title = f"{name} – streets © OpenStreetMap contributors (ODbL)"
            draw(options.pictures / f"streets_{name.lower()}.png", title, cells, streets, city.crs)
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
