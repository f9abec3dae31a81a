"""Raw files to records; one file per kind of file.

The other rooms take what they need from here: :func:`read_package`, :func:`check_references`,
:func:`read_edges` and :func:`read_csv`.
"""

from kvgraph.readers._csv import CsvFile, read_csv
from kvgraph.readers._edges import HEADERS, EdgeTable, read_edges
from kvgraph.readers._package import read_package
from kvgraph.readers._references import check_references

__all__ = [
    "HEADERS",
    "CsvFile",
    "EdgeTable",
    "check_references",
    "read_csv",
    "read_edges",
    "read_package",
]
