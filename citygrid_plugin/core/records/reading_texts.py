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
    # JSON
    "lines_unreadable": (
        "{count} lines are no JSON objects (lines {lines}; the first: {why}). Each is a row with its text in the "
        "column {column}."
    ),
    "json_beside": "The records were read from “{name}”; what stands beside them was left alone: {names}.",
    # Services
    "service_default": "The requests of the last {days} days were asked for; SINCE asks for more.",
    "service_windows": "The service gives 90 days at a time at most; {days} days were asked for in parts.",
    "service_limit": (
        "The service gives {limit} requests at a time at most; where there are more, it was asked in shorter times."
    ),
    "service_cut": (
        "In {count} times, the first from {first} to {last}, the service gives {limit} requests and no way to the "
        "others: some may be lacking."
    ),
    "service_no_pages": "The service does not know pages; it was asked in shorter times where an answer was full.",
    "service_repeats": "{count} requests came again on a later page; each was taken once, as it came last.",
    "service_no_dates": (
        "The service does not heed the dates that it is asked for; it may know older requests than it gives."
    ),
    "service_outside": "{count} requests were reported outside the time asked for and were left out.",
    "service_no_names": "{count} requests have the code of a service only; the list of services could not be read.",
    "service_broke_off": (
        "The service broke off: {why} {count} requests were read before and are shown; what was reported before "
        "{lacking} is lacking in whole or in part."
    ),
    # Folders and archives
    "files_ignored": "{count} files are no records and were left alone: {names}.",
    "files_empty": "{count} files or layers hold no record: {names}.",
}
"""The interface translates them and fills in their values."""
