"""The local classes of a city, kept in the workspace beside its layers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pyogrio
import pyogrio.errors

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.core.schemes import COMPONENT, Scheme

from .layers import write_layer
from .scheme_files import load_scheme

LOCAL_CLASSES: Final = "local_classes"
"""The table of a workspace: one row a local class of one scheme."""

_COLUMNS: Final = {
    "scheme": "Scheme",
    "kind": "Kind",
    "code": "ClassCode",
    "name": "ClassName",
    "major_name": "MajorName",
    "geometry": "Geometry",
    "aliases": "Aliases",
    "source": "Source",
}


def scheme_of(workspace: Path | None, scheme_id: str) -> Scheme:
    """A scheme with the local classes that the workspace holds for it.

    Raises what ``Scheme.with_extension`` does where somebody has changed the table since it was stored.
    """
    scheme = load_scheme(scheme_id)
    if workspace is None:
        return scheme
    return scheme.with_extension(load_local_classes(workspace, scheme_id), f"{workspace.name}, {LOCAL_CLASSES}")


def load_local_classes(workspace: Path, scheme_id: str) -> pd.DataFrame:
    """The local classes of one scheme: kind, code, name, major_name, geometry, aliases, source; maybe no row.

    Raises ``UnreadableFile``.
    """
    table = _all(workspace)
    return table[table["scheme"] == scheme_id].drop(columns="scheme").reset_index(drop=True)


def store_local_classes(workspace: Path, scheme_id: str, table: pd.DataFrame, source: str) -> None:
    """Check a city's table and store it, in place of what was stored for the scheme; all or nothing.

    ``table`` as for ``Scheme.with_extension``, which tells the errors; ``source`` names where it comes from.
    """
    extended = load_scheme(scheme_id).with_extension(table, source).classes
    classes = extended[extended["status"] == source].drop(columns="status")
    said = table.reindex(columns=["kind", "name", "aliases"]).fillna("").astype(object)
    keys = zip(said["kind"].where(said["kind"] != "", COMPONENT), said["name"].str.strip(), strict=True)
    aliases = dict(zip(keys, said["aliases"], strict=True))
    of_rows = [aliases[key] for key in zip(classes["kind"], classes["name"], strict=True)]
    rows = classes.assign(scheme=scheme_id, source=source, aliases=of_rows)
    _replace(workspace, scheme_id, rows)


def remove_local_classes(workspace: Path, scheme_id: str) -> None:
    """Take the local classes of a scheme out of the workspace; all or nothing."""
    _replace(workspace, scheme_id, pd.DataFrame(columns=list(_COLUMNS), dtype=object))


def _replace(workspace: Path, scheme_id: str, rows: pd.DataFrame) -> None:
    table = _all(workspace)
    table = pd.concat([table[table["scheme"] != scheme_id], rows[list(_COLUMNS)]], ignore_index=True)
    write_layer(table.rename(columns=_COLUMNS), workspace, LOCAL_CLASSES, "NoGeometry")


def _all(workspace: Path) -> pd.DataFrame:
    """The table of all schemes, as text; empty where there is none yet."""
    nothing = pd.DataFrame(columns=list(_COLUMNS), dtype=object)
    if not workspace.exists():
        return nothing
    try:
        if LOCAL_CLASSES not in pyogrio.list_layers(workspace)[:, 0]:
            return nothing
        table = pyogrio.read_dataframe(workspace, layer=LOCAL_CLASSES, read_geometry=False)
    except pyogrio.errors.DataSourceError as error:
        raise UnreadableFile(path=str(workspace), why=str(error)) from error
    names = {field: name for name, field in _COLUMNS.items()}
    return table.rename(columns=names).reindex(columns=list(_COLUMNS)).fillna("").astype(object)
