"""The door for Python: one handle on a dataset, and what can be asked of it.

::

    import kvgraph

    data = kvgraph.open()                              # the shipped data
    data = kvgraph.open("my-store")                    # a store, or an RDF file
    data = kvgraph.open("http://localhost:8000")       # kvgraph serve, or any SPARQL endpoint
    data.ask("transfers/of-practice", practice="Anti-rumour strategy")
    data.ask("SELECT ?s { ?s a <https://w3id.org/kvgraph/def#Practice> }")
    data.reach("Barcelona").to_pandas()

A thing may be named by its id, IRI, label or alias. Options are those of the command line, with
``_`` for ``-`` (``with_planned=True``), and one more ``_`` where Python takes the name: ``from_``.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kvgraph.drawn import HEIGHT, Drawn
from kvgraph.errors import KvgraphError, QueryError, StoreError
from kvgraph.tabular import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvgraph.model import Analysis, Parameter, View
    from kvgraph.query import Query
    from kvgraph.store import Dataset


class Handle:
    """A dataset that can be asked; :func:`kvgraph.open` gives one."""

    def __init__(self, dataset: Dataset, place: str) -> None:
        self.dataset = dataset
        self.place = place

    def __repr__(self) -> str:
        return f"<kvgraph dataset {self.place}>"

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to an endpoint."""
        from kvgraph.remote import Remote

        if isinstance(self.dataset, Remote):
            self.dataset.client.close()

    def ask(self, question: str | Path, /, **values: object) -> Answer:
        """Answer a question of the library by its name, a query file, or SPARQL.

        :raises QueryError: with line and column if it is wrong, or for an unknown parameter.
        :raises UnknownNameError: if a value names nothing, or several things.
        """
        from kvgraph.query import ask

        query = _query(question)
        given = {_name(name): value for name, value in values.items() if value is not None}
        self._see(query, given)
        return Answer.of(ask(self.dataset, query, given))

    def reach(
        self, from_: str | None = None, to: str | None = None, practice: str | None = None,
        **options: object,
    ) -> Answer:  # fmt: skip
        """Tell whom the practices of an actor can have reached, or where it can have them from."""
        return self.analyse("reach", from_=from_, to=to, practice=practice, **options)

    def paths(
        self, from_: str | None = None, to: str | None = None, practice: str | None = None,
        **options: object,
    ) -> Answer:  # fmt: skip
        """Tell how a practice got from one actor to another, hop by hop."""
        return self.analyse("paths", from_=from_, to=to, practice=practice, **options)

    def flows(self, practice: str | None = None, **options: object) -> Answer:
        """List the transfers that take part in reach, each in its interval of days."""
        from dataclasses import replace

        from kvgraph.analysis.reach import ANALYSIS
        from kvgraph.flows.listing import listed
        from kvgraph.inquiry import ask_of

        asked = ask_of(self.dataset, _options(ANALYSIS, {**options, "practice": practice}))
        flows = asked.flows
        if asked.question.practice is not None:
            from kvgraph.flows import moments, only

            t = flows.transfers
            wanted = {t.ids[i] for i, p in enumerate(t.practice.tolist())
                      if t.practices[p] == asked.question.practice}  # fmt: skip
            read = _options(ANALYSIS, {**options, "practice": practice})
            flows = moments(
                only(t, wanted), stage=asked.stage, horizon=flows.horizon,
                **{n: read[n] for n in _COUNTING},
            )  # fmt: skip
        table = asked.told(listed(flows))
        head = {**table.head, "lang": asked.question.lang, "dataset": asked.digest}
        return Answer.of(replace(table, head=head))

    def show(self, thing: str, lang: str = "en") -> Answer:
        """Tell everything known of a thing, each line with its source."""
        from kvgraph.dossier import dossier
        from kvgraph.names import resolve

        return Answer.of(dossier(self.dataset, resolve(self.dataset, thing), lang))

    def analyse(self, name: str, /, **options: object) -> Answer:
        """Give the answer of an analysis by its name, as ``kvgraph analyse`` does.

        :raises KvgraphError: for an unknown analysis or option, and whatever names nothing.
        """
        from kvgraph import registry
        from kvgraph.inquiry import inquire

        analysis: Analysis = registry.entry("analysis", name, "ANALYSIS")
        return Answer.of(inquire(self.dataset, analysis, _options(analysis, options)).table)

    def view(
        self, name: str, /, *, height: int = HEIGHT, suffix: str | None = None, **options: object
    ) -> Drawn:
        """Draw a view by its name, as ``kvgraph view`` does; a notebook shows it as it stands.

        :raises KvgraphError: for an unknown view or option, and whatever names nothing.
        """
        from kvgraph import registry
        from kvgraph.inquiry import LANG, viewed
        from kvgraph.selection import SELECTION

        view: View = registry.entry("view", name, "VIEW")
        read = _read(view.name, (*view.parameters, *SELECTION, LANG), options)
        text = viewed(self.dataset, view, read, suffix)
        return Drawn(view.name, text, suffix or view.suffix, height)

    def _see(self, query: Query, given: Mapping[str, object]) -> None:
        """See that an endpoint answers a question of the library as others do.

        :raises QueryError: if it is known not to.
        """
        from kvgraph.remote import Remote, unfit

        if not isinstance(self.dataset, Remote) or not query.topic:
            return
        why = unfit(self.dataset.server, query.name, given)
        if why:
            raise QueryError(
                f"{query.name} is not answered rightly by {self.place}: {why}",
                hint="Load its data and ask them here: kvgraph.open(FILE.nq).",
            )


_COUNTING: Final = ("with_planned", "with_abandoned", "with_exposure", "min_certainty")
"""The options that say which transfers count."""


def opened(place: str | Path) -> Handle:
    """Give a handle on a store, an RDF file or the endpoint at an address.

    :raises StoreError: if there is none.
    """
    if not str(place):
        raise StoreError("no store is named", hint="Leave it out for the shipped data.")
    if "://" in str(place):
        from kvgraph.remote import Remote

        return Handle(Remote.at(str(place)), str(place))
    from kvgraph.store import Dataset

    return Handle(Dataset.open(Path(place)), str(place))


def _query(question: str | Path) -> Query:
    """Find or read a query: text with a space or a bracket is SPARQL, a file goes before a name.

    :raises KvgraphError: if there is none.
    """
    from kvgraph.query import find, read_query

    if isinstance(question, str) and any(c in question for c in " \n\t{"):
        return read_query(question, "the query")
    path = Path(question)
    with suppress(OSError):
        if path.is_file():
            try:
                return read_query(path.read_text("utf-8"), str(path))
            except UnicodeDecodeError as error:
                raise QueryError(f"{path} is not UTF-8") from error
    return find(str(question))


def _name(variable: str) -> str:
    """Give the name of a parameter from that of a Python argument."""
    bare = variable.removesuffix("_")
    return bare if keyword.iskeyword(bare) else variable


def _options(analysis: Analysis, given: Mapping[str, object]) -> dict[str, Any]:
    """Read the values of options as the texts of a command line are read.

    :raises KvgraphError: for one that the analysis does not have, or a value that it cannot have.
    """
    from kvgraph.inquiry import taken

    return _read(analysis.name, taken(analysis), given)


def _read(asked: str, taken: Iterable[Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Read the values of the options that something takes.

    :raises KvgraphError: for one that it does not have, or a value that it cannot have.
    """
    from kvgraph.inquiry import read_options, variable

    parameters = {variable(p): p for p in taken}
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        if name not in parameters:
            raise KvgraphError(
                f"{asked} has no option {name}",
                hint="It takes: " + ", ".join(parameters) + ".",
            )
        if value is not None:
            pairs += [(parameters[name].name, text) for text in _texts(parameters[name], value)]
    return read_options(list(parameters.values()), pairs)


def _texts(parameter: Parameter, value: object) -> Iterator[str]:
    """Write a value as it is written on a command line; several, one by one."""
    if isinstance(value, list | tuple | set | frozenset):
        for one in value if isinstance(value, list | tuple) else sorted(value, key=str):
            yield from _texts(parameter, one)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, date):
        yield value.isoformat()
    elif parameter.kind == "file":
        yield _query(value if isinstance(value, Path) else str(value)).text
    else:
        yield str(value)
