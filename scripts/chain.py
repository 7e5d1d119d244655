"""The whole chain through ``qgis_process``: communities, unit grid, components, owners, cases, shapefiles."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from headless import ROOT, VENV, Headless, Step, StepError, environment

sys.path.insert(0, str(ROOT))
from citygrid_plugin.storage.workspace import destination, source

SAMPLE = ROOT / "sample" / "xinpu"
SAMPLE_COUNT = 468
PLACEHOLDER_DISTRICT = "000000"  # no district has this code; it only stands in
STATUSES = ("OPEN", "DUE_SOON", "OVERDUE", "SUSPENDED", "CLOSED", "VOID")


@dataclass
class Inputs:
    """What the chain runs on.

    ``date`` and ``at`` are fixed for the sample, so that every run is the same; ``remark`` stands in
    the title of every map.
    """

    communities: Path
    name: str = "workspace"
    remark: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    district: str | None = None
    divisions: Path | None = None
    streets: Path | None = None
    components: list[Path] = field(default_factory=list)
    cases: Path | None = None
    count: int = 0
    date: str | None = None
    at: str | None = None


def sample() -> Inputs:
    """The embedded, illustrative district."""
    manifest = json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8"))
    moment = manifest["reference_time"]
    return Inputs(
        communities=SAMPLE / "communities.gpkg",
        name="xinpu_illustrative",
        remark="illustrative sample 示意数据",
        district=manifest["district"]["code"],
        streets=SAMPLE / "streets.gpkg",
        components=[SAMPLE / delivery["file"] for delivery in manifest["deliveries"].values()],
        cases=SAMPLE / "cases.csv",
        count=SAMPLE_COUNT,
        date=moment[:10].replace("-", ""),
        at=moment[:19],
    )


class Chain:
    """Runs the steps one after the other, keeps their seconds, and prints the account."""

    def __init__(self, qgis: Headless, folder: Path, name: str) -> None:
        self.qgis = qgis
        self.folder = folder
        self.workspace = folder / f"{name}.gpkg"
        self.reports = folder / "reports"
        self.reports.mkdir()
        self.seconds: dict[str, float] = {}

    def run(self, title: str, algorithm: str, **parameters: object) -> Step:
        """One step; its warnings are printed below its title."""
        print(f"{title} …", flush=True)
        step = self.qgis.run(f"citygrid:{algorithm}", **parameters)
        for warning in step.warnings:
            print(f"    ! {warning}")
        self.seconds[title] = self.seconds.get(title, 0.0) + step.seconds
        return step

    def layer(self, name: str) -> str:
        """The source of a layer of the workspace."""
        return source(self.workspace, name)

    def into(self, name: str) -> str:
        """The destination of a layer of the workspace."""
        return destination(self.workspace, name)

    def report(self, name: str) -> Path:
        """The path of a report."""
        return self.reports / f"{name}.html"

    def grid(self, inputs: Inputs) -> Step:
        """Unit grid, its check, and its owners."""
        made = self.run(
            "Unit grid",
            "createunitgrid",
            COMMUNITIES=inputs.communities,
            DISTRICT_CODE=inputs.district,
            DIVISION_CODES=inputs.divisions,
            DATE=inputs.date,
            OUTPUT=self.into("unit_grid"),
            CODED_COMMUNITIES=self.into("communities"),
            REPORT=self.report("unit_grid"),
            **inputs.columns,
        )
        checked = self.run(
            "Check",
            "checkunitgrid",
            GRID=self.layer("unit_grid"),
            COMMUNITIES=self.layer("communities"),
            OUTPUT=self.into("grid_problems"),
            REPORT=self.report("check"),
        )
        owned = self.run(
            "Owners",
            "assignowners",
            GRID=self.layer("unit_grid"),
            COMMUNITIES=self.layer("communities"),
            STREETS=inputs.streets,
            OUTPUT=self.into("owned_grid"),
            PROBLEMS=self.into("owner_problems"),
        )
        print(
            f"    {made.results['STREET_COUNT']} streets, {made.results['COMMUNITY_COUNT']} communities, "
            f"{made.results['GRID_COUNT']:,} unit grids; {checked.results['PROBLEM_COUNT']} problems of the grid, "
            f"{owned.results['PROBLEM_COUNT']} of owners"
        )
        return made

    def components(self, inputs: Inputs) -> None:
        """All deliveries into one layer of components; records not taken are kept by delivery."""
        steps = []
        for number, delivery in enumerate(inputs.components):
            step = self.run(
                "Components",
                "importcomponents",
                INPUT=delivery,
                GRID=self.layer("owned_grid"),
                DISTRICT_CODE=inputs.district,
                EXISTING=self.layer("components") if number else None,
                OUTPUT=self.into("components"),
                REJECTED=destination(self.folder / "rejected.gpkg", delivery.stem),
                REPORT=self.report(f"components_{delivery.stem}"),
            )
            steps.append(step)
            print(f"    {delivery.name}: {_account(step)}")
        print(f"    all deliveries: {_account(*steps)}")

    def zones(self, inputs: Inputs) -> None:
        """Responsibility grids."""
        step = self.run(
            "Responsibility grids",
            "responsibilitygrids",
            GRID=self.layer("owned_grid"),
            COUNT=inputs.count,
            OUTPUT=self.into("zoned_grid"),
            ZONES=self.into("responsibility_grids"),
            REPORT=self.report("responsibility_grids"),
        )
        print(f"    {step.results['ZONE_COUNT']} responsibility grids")

    def cases(self, inputs: Inputs) -> None:
        """Cases by status, and their evaluation by street."""
        step = self.run(
            "Cases",
            "loadcases",
            INPUT=inputs.cases,
            GRID=self.layer("zoned_grid"),
            ZONES=self.layer("responsibility_grids"),
            AT=inputs.at,
            OUTPUT=self.into("cases"),
            REJECTED=destination(self.folder / "rejected.gpkg", "cases"),
            REPORT=self.report("cases"),
        )
        by_status = ", ".join(
            f"{step.results[f'{status}_COUNT']} {status.lower().replace('_', ' ')}" for status in STATUSES
        )
        print(f"    {_account(step)}\n    {by_status}")
        self.run(
            "Evaluation",
            "evaluatecases",
            CASES=self.layer("cases"),
            AT=inputs.at,
            OUTPUT=self.into("evaluation"),
            REPORT=self.report("evaluation"),
        )

    def deliver(self, layers: list[str]) -> None:
        """GBK shapefiles."""
        step = self.run(
            "Shapefiles",
            "exportshapefiles",
            LAYERS=[self.layer(name) for name in layers],
            FOLDER=self.folder / "shapefiles",
            REPORT=self.report("shapefiles"),
        )
        print(f"    {step.results['FILE_COUNT']} shapefiles with {step.results['ROW_COUNT']:,} rows")

    def maps(self, remark: str) -> None:
        """The project and a map of each step, drawn by QGIS in a process of its own."""
        print("Project and maps …", flush=True)
        command = [VENV / "bin" / "python", ROOT / "scripts" / "maps.py", self.workspace, remark]
        subprocess.run(command, check=True, env=environment() | {"PYTHONPATH": str(ROOT)})


def _account(*steps: Step) -> str:
    names = ("READ", "ACCEPTED", "REJECTED", "SKIPPED")
    read, accepted, rejected, skipped = (sum(step.results[f"{name}_COUNT"] for step in steps) for name in names)
    return f"{read:,} read = {accepted:,} accepted + {rejected:,} rejected + {skipped:,} skipped"


def run_chain(inputs: Inputs, folder: Path) -> None:
    """Run all steps that have an input, into an empty folder."""
    with tempfile.TemporaryDirectory() as profile:
        chain = Chain(Headless(Path(profile) / "qgis"), folder, inputs.name)
        chain.grid(inputs)
        layers = ["unit_grid", "communities", "zoned_grid", "responsibility_grids"]
        if inputs.components:
            chain.components(inputs)
            layers.append("components")
        chain.zones(inputs)
        if inputs.cases:
            chain.cases(inputs)
            layers.append("cases")
        chain.deliver(layers)
        chain.maps(inputs.remark)
    print("\nSeconds a step: " + ", ".join(f"{title} {seconds:.1f}" for title, seconds in chain.seconds.items()))


def parse_arguments() -> tuple[Inputs, Path]:
    """The inputs and the output folder that the command line names."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--communities", type=Path, help="polygon layer of communities (default: the sample)")
    parser.add_argument("--district-code", help="six digits, for communities without codes")
    parser.add_argument("--division-codes", type=Path, help="table with the columns code and name")
    for name in ("community-code", "community-name", "street-code", "street-name"):
        parser.add_argument(f"--{name}-field", help=f"field of the communities with the {name.replace('-', ' ')}")
    parser.add_argument("--streets", type=Path, help="polygon layer of streets")
    parser.add_argument("--components", type=Path, nargs="+", default=[], help="deliveries of the component census")
    parser.add_argument("--cases", type=Path, help="case list")
    parser.add_argument("--count", type=int, default=0, help="number of responsibility grids (0: by size)")
    parser.add_argument("--output", type=Path, default=ROOT / "demo-output", help="folder (default: demo-output)")
    options = parser.parse_args()
    _check(parser, options)
    if options.communities is None:
        return sample(), options.output
    columns = {
        f"{name.upper()}_FIELD": getattr(options, f"{name}_field")
        for name in ("community_code", "community_name", "street_code", "street_name")
        if getattr(options, f"{name}_field")
    }
    district = options.district_code
    if district is None and "COMMUNITY_CODE_FIELD" not in columns:
        district = PLACEHOLDER_DISTRICT
        print(f"No --district-code was given; {district} stands in for it, and all codes are provisional.")
    inputs = Inputs(
        communities=options.communities.absolute(),
        columns=columns,
        district=district,
        divisions=options.division_codes,
        streets=options.streets,
        components=[path.absolute() for path in options.components],
        cases=options.cases.absolute() if options.cases else None,
        count=options.count,
    )
    return inputs, options.output


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse files that are not there, or that nobody would read, before the first step takes its time."""
    for name in ("communities", "division_codes", "streets", "components", "cases"):
        given = getattr(options, name) or []
        for path in given if isinstance(given, list) else [given]:
            if not path.exists():
                parser.error(f"--{name.replace('_', '-')}: there is no file {path}")
            if options.communities is None:
                parser.error(f"--{name.replace('_', '-')} needs --communities, too: without them the sample is used")


def main() -> int:
    """Run the chain beside the old result, and replace that only when all of it is done."""
    inputs, output = parse_arguments()
    if inputs.remark:
        print(f"District: {inputs.name} ({inputs.remark})")
    output = output.absolute()
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".citygrid-", dir=output.parent)) / output.name
    scratch.mkdir()
    try:
        run_chain(inputs, scratch)
        if output.exists():
            shutil.rmtree(output)
        scratch.rename(output)
    except StepError as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(scratch.parent, ignore_errors=True)
    print(f"Written to {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
