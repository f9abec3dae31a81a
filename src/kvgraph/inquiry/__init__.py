"""Put an analysis to a dataset by the values of its options, whoever asks: command line or server.

Options come by the names of :func:`variable`, as values and no longer as texts of a command line:
flags as booleans, numbers as integers, a query as a :class:`~kvgraph.query.Query`.
"""

from __future__ import annotations

from kvgraph.inquiry.answering import ACTORS, Answered, inquire, measure, own_options
from kvgraph.inquiry.asking import NARROWING, Asked, ask_of, day_of, put, question, time_of
from kvgraph.inquiry.explaining import explained
from kvgraph.inquiry.reading import LANG, given_of, read_options, read_value, taken
from kvgraph.inquiry.selecting import frame_of, selected, variable, viewed

__all__ = [
    "ACTORS",
    "LANG",
    "NARROWING",
    "Answered",
    "Asked",
    "ask_of",
    "day_of",
    "explained",
    "frame_of",
    "given_of",
    "inquire",
    "measure",
    "own_options",
    "put",
    "question",
    "read_options",
    "read_value",
    "selected",
    "taken",
    "time_of",
    "variable",
    "viewed",
]
