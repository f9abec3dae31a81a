"""Raw files to records; one file per kind of file.

A file that ends in a constant ``READER`` reads a kind of tables that users hold. The other rooms
take what they need from here, by the names below, which are looked up only when used: no command
waits for a reader that it does not need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kvgraph.readers._chronology import follow_dates
    from kvgraph.readers._csv import CsvFile, read_csv
    from kvgraph.readers._edges import EdgeTable, read_edges
    from kvgraph.readers._inputs import accessed_on, choose_reader, open_inputs, sheets_for
    from kvgraph.readers._intake import Intake, Tally, take_in, without
    from kvgraph.readers._mapping import read_mapping
    from kvgraph.readers._measured import Measured, read_measured
    from kvgraph.readers._package import margins_of, package_of, read_package
    from kvgraph.readers._rdf import RdfFile, read_rdf
    from kvgraph.readers._references import check_references
    from kvgraph.readers._rml import run_rml
    from kvgraph.readers._sheet import Sheet

_PLACES: Final = {
    "CsvFile": "_csv",
    "EdgeTable": "_edges",
    "Intake": "_intake",
    "Measured": "_measured",
    "RdfFile": "_rdf",
    "Sheet": "_sheet",
    "Tally": "_intake",
    "accessed_on": "_inputs",
    "check_references": "_references",
    "choose_reader": "_inputs",
    "follow_dates": "_chronology",
    "margins_of": "_package",
    "open_inputs": "_inputs",
    "package_of": "_package",
    "read_csv": "_csv",
    "read_edges": "_edges",
    "read_mapping": "_mapping",
    "read_measured": "_measured",
    "read_package": "_package",
    "read_rdf": "_rdf",
    "run_rml": "_rml",
    "sheets_for": "_inputs",
    "take_in": "_intake",
    "without": "_intake",
}
"""The file in which each name stands."""

__all__ = [
    "CsvFile",
    "EdgeTable",
    "Intake",
    "Measured",
    "RdfFile",
    "Sheet",
    "Tally",
    "accessed_on",
    "check_references",
    "choose_reader",
    "follow_dates",
    "margins_of",
    "open_inputs",
    "package_of",
    "read_csv",
    "read_edges",
    "read_mapping",
    "read_measured",
    "read_package",
    "read_rdf",
    "run_rml",
    "sheets_for",
    "take_in",
    "without",
]


def __getattr__(name: str) -> Any:
    """Import the file in which a name stands."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
