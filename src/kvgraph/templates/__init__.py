"""The tables empty, to be filled in; a filled example; and filled ones with their faults marked.

The command line takes from here :func:`pick_example`, :func:`blank_folder`,
:func:`example_folder`, :func:`blank_workbook`, :func:`example_workbook` and
:func:`mark_faults`.
"""

from kvgraph.templates._example import Example, pick_example
from kvgraph.templates._folder import blank_folder, example_folder
from kvgraph.templates._marked import mark_faults
from kvgraph.templates._workbook import blank_workbook, example_workbook

__all__ = [
    "Example",
    "blank_folder",
    "blank_workbook",
    "example_folder",
    "example_workbook",
    "mark_faults",
    "pick_example",
]
