"""The chain as the dock shows it: what each step needs, makes, and how far the workspace is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingOutputLayerDefinition

from citygrid_plugin.core.fields import LOCKED
from citygrid_plugin.i18n import tr
from citygrid_plugin.storage.workspace import (
    BY_NAME,
    Content,
    destination,
    free_layer,
    kind_of,
    source,
)

# QGIS fills the list of layers with the active one, also for no value or an empty text; a blank line stays.
_NOTHING = " "
_DELIVERY = "{workspace}_delivery"
_NAME = "{workspace}_{name}"


@dataclass(frozen=True)
class Step:
    """One algorithm of the chain, tied to the layers of the workspace; steps under one ``heading`` belong together.

    ``inputs`` name the layers of each parameter, the best first: the first that is there is taken, and
    where ``several`` names the parameter, all of them, with the best of each choice. ``outputs`` name the
    layer of each sink. ``done`` says what was made, ``none`` what an empty result means. ``empty`` names the
    parameter that only the user knows. ``renewed`` names parameters that an open dialog takes anew after a
    run, so that the next run adds to it. ``wizard``: a wizard leads through it instead of one dialog. ``owned``: of the
    result, those with an owner count. ``file`` names the parameter of the file that the step makes beside the
    workspace; ``file_name`` is the end of that file's name. ``last``: an earlier result, which
    the first of the inputs takes in place of its source while it is the newer one; ``locks`` names the parameter of its
    field of locks. ``counted`` names parameters whose default is the number of rows of a layer.
    ``only_with`` names outputs that are made only where the workspace has what they need, and the input that holds it.
    ``checked`` names the parameter of the delivery that the step checks, ours or a stranger's; nothing goes into the
    workspace, so the step is never done.
    """

    algorithm: str
    icon: str
    heading: str
    title: str
    done: str
    none: str = ""
    inputs: Mapping[str, Sequence[str | Sequence[str]]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    needs: Sequence[str] = ()
    result: str = ""
    rejected: str = ""
    several: str = ""
    folder: str = ""
    owned: bool = False
    file: str = ""
    file_name: str = ""
    empty: str = ""
    renewed: Sequence[str] = ()
    wizard: bool = False
    last: str = ""
    locks: str = ""
    counted: Mapping[str, str] = field(default_factory=dict)
    only_with: Mapping[str, str] = field(default_factory=dict)
    checked: str = ""


_GRIDS = ("owned_grid", "unit_grid")
_BEST_GRID = ("zoned_grid", *_GRIDS)
_AROUND_ZONES = {
    "ZONES": ("responsibility_grids",),
    "GRID": _BEST_GRID,
    "COMMUNITIES": ("communities",),
    "STREETS": ("streets",),
    "COMPONENTS": ("components",),
}

STEPS = (
    Step(
        "createunitgrid",
        "grid",
        heading="Unit grid",
        title="Create unit grid",
        done="{count} unit grids",
        # The output holds the previous grid, too: cutting again keeps its codes.
        inputs={"COMMUNITIES": ("communities",), "PREVIOUS_GRID": ("unit_grid",)},
        outputs={"OUTPUT": "unit_grid", "CODED_COMMUNITIES": "communities", "CROSSWALK": "crosswalk"},
        result="unit_grid",
        renewed=("PREVIOUS_GRID",),
    ),
    Step(
        "checkunitgrid",
        "check",
        heading="Unit grid",
        title="Check unit grid",
        done="{count} problems found",
        none="No problem found",
        inputs={"GRID": ("unit_grid",), "COMMUNITIES": ("communities",)},
        outputs={"OUTPUT": "grid_problems"},
        needs=("unit_grid", "communities"),
        result="grid_problems",
    ),
    Step(
        "importcomponents",
        "component",
        heading="Components",
        title="Import components",
        done="{count} components",
        # The output holds the existing components, too: a second delivery adds to the first.
        inputs={"GRID": ("unit_grid",), "EXISTING": ("components",)},
        outputs={"OUTPUT": "components", "REJECTED": "rejected_components"},
        needs=("unit_grid",),
        result="components",
        rejected="rejected_components",
        wizard=True,
    ),
    Step(
        "assignowners",
        "owner",
        heading="Responsibility",
        title="Assign owners",
        done="{count} unit grids with owners",
        inputs={"GRID": ("unit_grid",), "COMMUNITIES": ("communities",), "STREETS": ("streets",)},
        outputs={"OUTPUT": "owned_grid", "PROBLEMS": "owner_problems"},
        needs=("unit_grid", "communities"),
        result="owned_grid",
    ),
    Step(
        "responsibilitygrids",
        "zone",
        heading="Responsibility",
        title="Create responsibility grids",
        done="{count} responsibility grids",
        # What was locked stays, and codes, names and owners go on where they can.
        inputs={"GRID": _GRIDS, "PREVIOUS": ("responsibility_grids",)},
        outputs={"OUTPUT": "zoned_grid", "ZONES": "responsibility_grids"},
        needs=("unit_grid",),
        result="responsibility_grids",
        last="zoned_grid",
        locks="LOCKED_FIELD",
        counted={"COUNT": "responsibility_grids"},
    ),
    Step(
        "assignpeople",
        "people",
        heading="Responsibility",
        title="Assign people",
        done="{count} responsibility grids with an owner",
        inputs={"LAYER": ("responsibility_grids",)},
        outputs={"OUTPUT": "responsibility_grids"},
        needs=("responsibility_grids",),
        result="responsibility_grids",
        owned=True,
        empty="TABLE",
    ),
    Step(
        "roadsegments",
        "road",
        heading="Responsibility",
        title="Road segments",
        done="{count} road segments",
        outputs={"OUTPUT": "road_segments", "PROBLEMS": "road_problems"},
        result="road_segments",
        empty="ROADS",
    ),
    Step(
        "checksetback",
        "river",
        heading="Responsibility",
        title="Check river setback",
        done="{count} objects within the river setback",
        none="Nothing within the river setback",
        inputs={"INPUT": ("components",), "GRID": _BEST_GRID},
        outputs={"OUTPUT": "setback"},
        needs=("unit_grid",),
        result="setback",
    ),
    Step(
        "loadcases",
        "case",
        heading="Cases",
        title="Load cases",
        done="{count} cases",
        inputs={
            "GRID": _GRIDS,
            "ZONES": ("responsibility_grids",),
            "COMMUNITIES": ("communities",),
            "COMPONENTS": ("components",),
        },
        outputs={
            "OUTPUT": "cases",
            "REJECTED": "rejected_cases",
            "PROBLEMS": "case_problems",
            "GRID_COUNTS": "grid_case_counts",
            "ZONE_COUNTS": "zone_case_counts",
        },
        only_with={"GRID_COUNTS": "GRID", "ZONE_COUNTS": "ZONES"},
        needs=("unit_grid",),
        result="cases",
        rejected="rejected_cases",
        empty="INPUT",
        wizard=True,
    ),
    Step(
        "evaluatecases",
        "evaluation",
        heading="Cases",
        title="Evaluate cases",
        done="{count} rows of evaluation",
        inputs={"CASES": ("cases",), "AREAS": _BEST_GRID},
        outputs={"OUTPUT": "evaluation"},
        needs=("cases",),
        result="evaluation",
    ),
    Step(
        "responsibilitylist",
        "list",
        heading="Delivery",
        title="List of responsibility grids",
        done="The list is written",
        inputs={**_AROUND_ZONES, "CASES": ("cases",)},
        needs=("responsibility_grids",),
        file="FILE",
        file_name="list.xlsx",
    ),
    Step(
        "responsibilityatlas",
        "atlas",
        heading="Delivery",
        title="Atlas of responsibility grids",
        done="The atlas is drawn",
        inputs=_AROUND_ZONES,
        needs=("responsibility_grids",),
        file="FILE",
        file_name="atlas.pdf",
    ),
    Step(
        "exportshapefiles",
        "delivery",
        heading="Delivery",
        title="Deliver shapefiles",
        done="{count} shapefiles",
        inputs={"LAYERS": ("communities", _BEST_GRID, "responsibility_grids", "components", "cases")},
        needs=("unit_grid",),
        several="LAYERS",
        folder="FOLDER",
    ),
    Step(
        "checkdelivery",
        "acceptance",
        heading="Delivery",
        title="Check delivery",
        done="Any folder or zip of shapefiles, ours or a stranger's",
        checked="FOLDER",
    ),
)
"""The steps in their order."""


class Progress(Enum):
    """How far a step is."""

    BLOCKED = "blocked"
    TO_DO = "to do"
    OUTDATED = "outdated"
    DONE = "done"


@dataclass(frozen=True)
class State:
    """How far a step is in a workspace, and a sentence that says so."""

    progress: Progress
    text: str


def states(path: Path | None, contents: Mapping[str, Content]) -> dict[str, State]:
    """State of each step, by algorithm. A step is outdated where an input was written after its result."""
    result = {}
    outdated: set[str] = set()
    for step in STEPS:
        state = _state(step, path, contents, outdated)
        if state.progress is Progress.OUTDATED:
            outdated |= set(step.outputs.values())
        result[step.algorithm] = state
    return result


def _state(step: Step, path: Path | None, contents: Mapping[str, Content], outdated: set[str]) -> State:
    if path is None:
        return State(Progress.BLOCKED, tr("Open or make a workspace first."))
    missing = [tr(BY_NAME[name].title) for name in step.needs if name not in contents]
    if missing:
        return State(Progress.BLOCKED, tr("Needs first: {layers}").format(layers=", ".join(missing)))
    if step.checked:
        return State(Progress.TO_DO, tr(step.done))
    made, when = _made(step, path, contents)
    if made is None:
        return State(Progress.TO_DO, tr("Not done yet"))
    newer = [
        name
        for name in _used(step, contents)
        if name not in step.outputs.values() and (contents[name].changed > when or name in outdated)
    ]
    if newer:
        layers = ", ".join(tr(BY_NAME[name].title) for name in newer)
        return State(Progress.OUTDATED, tr("{result}; changed since: {layers}").format(result=made, layers=layers))
    return State(Progress.DONE, made)


def _made(step: Step, path: Path, contents: Mapping[str, Content]) -> tuple[str | None, str]:
    """What the step has made, as a phrase, and when; None where it has not run yet."""
    if step.file:
        file = made_file(step, path)
        return (tr(step.done), _utc(file.stat().st_mtime)) if file.is_file() else (None, "")
    if step.folder:
        # An earlier delivery may have left the file of a grid that a better one has replaced since.
        passed_over = set(_BEST_GRID) - set(_used(step, contents))
        files = [file for file in delivery_folder(path).rglob("*.shp") if file.stem not in passed_over]
        if not files:
            return None, ""
        oldest = min(file.stat().st_mtime for file in files)
        return tr(step.done).format(count=len(files)), _utc(oldest)
    if step.result not in contents:
        return None, ""
    result = contents[step.result]
    count = result.owned if step.owned else result.count - result.aside
    if step.owned and not count:
        return None, ""
    text = tr(step.none if step.none and not count else step.done).format(count=f"{count:,}")
    lost = sum(content.count for name, content in contents.items() if _is_kind(name, step.rejected))
    if lost:
        text += ", " + tr("{count} not taken").format(count=f"{lost:,}")
    return text, result.changed


def _is_kind(name: str, wanted: str) -> bool:
    kind = kind_of(name)
    return kind is not None and kind.name == wanted


def _utc(seconds: float) -> str:
    """A time in the form in which GeoPackages write it."""
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _used(step: Step, contents: Mapping[str, Content]) -> list[str]:
    """Layers of the workspace that the step would read."""
    used = []
    for parameter in step.inputs:
        used += _present(step, parameter, contents)
    return used


def _present(step: Step, parameter: str, contents: Mapping[str, Content]) -> list[str]:
    """Layers that a parameter takes from the workspace."""
    choices = [(name,) if isinstance(name, str) else name for name in step.inputs[parameter]]
    best = [next((name for name in choice if name in contents), "") for choice in choices]
    present = [name for name in best if name]
    return present if parameter == step.several else present[:1]


def delivery_folder(path: Path) -> Path:
    """Where a workspace's shapefiles are delivered to: a folder beside it."""
    return path.with_name(_DELIVERY.format(workspace=path.stem))


def made_file(step: Step, path: Path) -> Path:
    """The file that a step makes: beside the workspace, with a name that begins with the workspace's."""
    return path.with_name(_NAME.format(workspace=path.stem, name=step.file_name))


def defaults(step: Step, path: Path, contents: Mapping[str, Content]) -> dict[str, Any]:
    """Parameters that a step has in a workspace as long as nobody has chosen others."""
    counts = {name: contents[layer].count for name, layer in step.counted.items() if layer in contents}
    folder = delivery_folder(path)
    return counts | ({step.checked: str(folder)} if step.checked and folder.is_dir() else {})


def goes_on(step: Step, contents: Mapping[str, Content]) -> bool:
    """Whether the last result of a step is as new as what it was made from, so that the next run may go on from it."""
    choices = next(iter(step.inputs.values()))
    made_from = [name for name in choices if isinstance(name, str) and name in contents]
    return step.last in contents and all(contents[step.last].changed >= contents[name].changed for name in made_from)


def has_locks(path: Path) -> bool:
    """Whether responsibility grids of a workspace are locked."""
    from citygrid_plugin.storage.zone_records import is_locked  # noqa: PLC0415 - loads shapely and pandas

    return is_locked(path)


def parameters(step: Step, path: Path, contents: Mapping[str, Content]) -> dict[str, Any]:
    """Parameters with which the dialog of a step opens."""
    values: dict[str, Any] = {step.empty: _NOTHING} if step.empty else {}
    for parameter in step.inputs:
        present = [source(path, name) for name in _present(step, parameter, contents)]
        if present:
            values[parameter] = present if parameter == step.several else present[0]
    if step.last and goes_on(step, contents):
        values[next(iter(step.inputs))] = source(path, step.last)
        if has_locks(path):
            values[step.locks] = LOCKED
    for parameter, name in step.outputs.items():
        if step.only_with.get(parameter, parameter) not in {parameter, *values}:
            continue
        # No destination project: the box "open after the run" of the dialog says whether QGIS adds the layer.
        # Where it does, the dock moves that layer to its place rather than adding another.
        layer = free_layer(path, name) if BY_NAME[name].numbered else name
        values[parameter] = QgsProcessingOutputLayerDefinition(destination(path, layer), None)
    if step.folder:
        values[step.folder] = str(delivery_folder(path))
    if step.file:
        values[step.file] = str(made_file(step, path))
    return values
