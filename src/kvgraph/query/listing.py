"""Tell what questions and their parameters are, as rows: for a list, a form or another program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kvgraph.model import Parameter, Table
from kvgraph.query.files import Query


def listed(found: Iterable[Query]) -> Table:
    """Make a table of queries: what each asks, takes and answers, and its examples."""
    return Table(
        ("name", "summary", "tags", "parameters", "columns", "examples"),
        tuple(
            (
                q.name,
                q.summary,
                q.tags,
                tuple(map(spelled, q.parameters)),
                tuple({"name": c.name, "type": c.type, "help": c.help} for c in q.columns),
                tuple({"values": dict(e.values), "rows": e.rows} for e in q.examples),
            )
            for q in found
        ),
    )


def spelled(parameter: Parameter) -> Mapping[str, Any]:
    """Give what a parameter is, by name; what goes without saying is left out.

    >>> spelled(Parameter("k", "number", "how many", default=5))
    {'name': 'k', 'kind': 'number', 'help': 'how many', 'default': 5}
    """
    p = parameter
    more = {
        "default": p.default, "choices": p.choices, "things": p.things, "required": p.required,
        "many": p.many, "least": p.least, "most": p.most,
    }  # fmt: skip
    told = {name: value for name, value in more.items() if value not in (None, (), False)}
    return {"name": p.name, "kind": p.kind, "help": p.help, **told}
