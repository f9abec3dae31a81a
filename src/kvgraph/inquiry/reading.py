"""From texts to values: what a word on the command line, or in a request, says to a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError
from kvgraph.inquiry.asking import NARROWING
from kvgraph.inquiry.selecting import variable
from kvgraph.model import Parameter
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.model import Analysis

FLAGS: Final[Mapping[str, bool]] = {"true": True, "1": True, "": True, "false": False, "0": False}
"""What a flag can be told; one that is only named is set."""

LANG: Final = Parameter(
    "lang", "choice", "language of the answer", default="en", choices=("fi", "sv", "en")
)
"""The language of an answer, which everything can be told that answers in words."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")


def taken(analysis: Analysis) -> tuple[Parameter, ...]:
    """Give all that an analysis of a dataset can be told: its own, the selection, the language.

    >>> from kvgraph.analysis.paths import ANALYSIS
    >>> [p.name for p in taken(ANALYSIS)][-3:]
    ['country', 'query', 'lang']
    """
    narrowing = NARROWING if analysis.takes == "flows" else SELECTION
    return (*analysis.parameters, *narrowing, LANG)


def read_value(parameter: Parameter, text: str) -> Any:
    """Give the value that a text is for a parameter.

    A thing and a date stay texts: only the dataset knows what it calls its things, and of plain
    csv times can be numbers. A query is one in SPARQL.

    >>> read_value(Parameter("k", "number", ""), "12"), read_value(Parameter("s", "flag", ""), "")
    (12, True)

    :raises KvgraphError: if it is none.
    """
    if parameter.kind == "flag":
        if text not in FLAGS:
            raise _unfit(parameter, text, "true or false")
        return FLAGS[text]
    if not text.strip():
        raise KvgraphError(f"{parameter.name} is empty", hint="Say what it is, or leave it out.")
    if parameter.kind == "number":
        if not _NUMBER.fullmatch(text):
            raise _unfit(parameter, text, "a whole number of at most 18 digits")
        return _within(parameter, int(text))
    if parameter.kind == "choice":
        if text not in parameter.choices:
            raise _unfit(parameter, text, "one of " + ", ".join(parameter.choices))
        return text
    if parameter.kind == "file":
        from kvgraph.query import check_query, read_query

        query = read_query(text, parameter.name)
        check_query(query)
        return query
    return text


def read_options(
    parameters: Sequence[Parameter], pairs: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Give the value of every parameter by its variable, from names and texts in any order.

    What is not given has its default; a flag is ``False`` then, and what takes many is empty.

    :raises KvgraphError: for a name that is none of the parameters, one that is given twice, one
        that is missing, and whatever a parameter cannot be told.
    """
    given = given_of(parameters, pairs)
    options: dict[str, Any] = {}
    for parameter in parameters:
        values = [read_value(parameter, text) for text in given.get(parameter.name, ())]
        if parameter.many:
            options[variable(parameter)] = tuple(values)
        elif values:
            options[variable(parameter)] = values[0]
        else:
            missing = False if parameter.kind == "flag" else None
            options[variable(parameter)] = (
                missing if parameter.default is None else parameter.default
            )
    return options


def given_of(
    parameters: Sequence[Parameter], pairs: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    """Give the texts that are given for each parameter, by its name.

    :raises KvgraphError: as :func:`read_options`, but for what a single text can be.
    """
    known = {p.name: p for p in parameters}
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in known:
            raise KvgraphError(
                f'there is no parameter "{name}"',
                hint="It takes: " + ", ".join(known) + "." if known else "It takes none.",
            )
        given.setdefault(name, []).append(text)
    for name, texts in given.items():
        if len(texts) > 1 and not known[name].many:
            raise KvgraphError(f"{name} is given {len(texts)} times", hint="Give it once.")
    for parameter in parameters:
        if parameter.required and parameter.name not in given:
            raise KvgraphError(
                f"{parameter.name} is missing: {parameter.help}", hint=f"Add {parameter.name}."
            )
    return given


def _within(parameter: Parameter, number: int) -> int:
    """Give a number that lies where it may.

    :raises KvgraphError: if it does not.
    """
    least, most = parameter.least, parameter.most
    if (least is not None and number < least) or (most is not None and number > most):
        bounds = f"at least {least}" if most is None else f"from {least} to {most}"
        raise _unfit(parameter, str(number), bounds)
    return number


def _unfit(parameter: Parameter, text: str, wanted: str) -> KvgraphError:
    """Make the error of a text that is no value."""
    from kvgraph.errors import shorten

    return KvgraphError(f'{parameter.name}: "{shorten(text)}" is not {wanted}')
