"""What readers of deliveries remark: keys with their English sentences, as in ``account.TEXTS``."""

from __future__ import annotations

from typing import Final

TEXTS: Final = {
    # Coordinates
    "zone_taken": "The eastings begin with the number of a belt ({zone}); {crs} was taken.",
    "zones_joined": "{count} rows lie in another belt ({zones}); they were converted to {crs}.",
    "zone_not_stated": (
        "The eastings begin with the number of a belt ({zone}), but the coordinate reference system ({stated}) has "
        "none in its eastings. Was {crs} meant?"
    ),
    # Layers
    "layers_ignored": "Layers that are no delivered records were left alone: {names}.",
    "records_beyond": (
        "The file holds {count} records more than the {stated} that it announces; these were not read. "
        "Ask for it again, or repair it."
    ),
    "records_missing": "The file announces {stated} records, but only {count} can be read. Is it cut short?",
    "shapes_missing": "{count} records have lost their place: the .shp file is cut short. Ask for it again.",
    "shapes_unnamed": "{count} shapes have no row in the table (.dbf) and were not read.",
    "text_transcoded": "The text is {encoding}, though this format is UTF-8; it was decoded as {encoding}.",
    # Spreadsheets
    "title_rows": "The column titles were found in row {row} of the sheet; what stands above was left out.",
    "formulas_empty": (
        "{count} formulas have no stored value and count as empty, the first in cell {cell}. "
        "Open and save the file in a spreadsheet program to store them."
    ),
    "merged_cells": "{count} cells got the value of the merged cell that they are a part of.",
    "long_numbers": (
        "{count} cells ({names}) are numbers of more than 15 digits, of which a spreadsheet keeps only 15. "
        "Ids must be stored as text."
    ),
    "error_cells": "{count} cells show an error of the spreadsheet, such as {example}; it was read as text.",
    "sheets_hidden": "Hidden sheets were not read: {names}.",
    # Drawings
    "texts_skipped": "{count} texts of the drawing are no components and were skipped (layers: {names}).",
    "entities_unread": "{count} entities of the drawing are of kinds that have no place, and were skipped: {kinds}.",
    # Folders and archives
    "files_ignored": "{count} files are no records and were left alone: {names}.",
    "files_empty": "{count} files or layers hold no record: {names}.",
}
"""The interface translates them and fills in their values."""
