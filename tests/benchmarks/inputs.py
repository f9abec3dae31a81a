"""The inputs: the synthetic transfers of ../shared/bench, as N-Triples and as integer csv.

The generator is deterministic, so its answers are known (:data:`ANSWERS`). Every route has
to give exactly these before its time is shown.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from kvgraph.namespaces import KV, PREFIXES, code_iri, mint

GENERATOR: Final = Path(__file__).resolve().parents[3] / "shared" / "bench" / "generate.py"

SPID: Final = GENERATOR.parents[1] / "reference" / "netinf_spid"
"""Policies of the American states, and the ties that R inferred from them."""

ANSWERS: Final = {"1e4": (1330, 10581), "1e5": (7212, 92458), "1e6": (40667, 839564)}
"""Job J by size: (practice, actor) states reached from the biggest giver, two-hop chains."""

INTERVAL_ANSWERS: Final = (6403, 7410)
"""At 1e5 with intervals: states certainly and possibly reached from the biggest giver.

Found by a plain fixpoint over all transfers, apart from the code that is measured.
"""

_DAY_ZERO: Final = date(2000, 1, 1)
_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_LABEL: Final = PREFIXES["rdfs"] + "label"
_XSD_DATE: Final = PREFIXES["xsd"] + "date"


@dataclass(frozen=True, slots=True)
class Input:
    """One size of the synthetic data: its folder, and the files that the routes read."""

    size: str
    folder: Path

    @property
    def edges(self) -> Path:
        """The generator's own table of integers."""
        return self.folder / "edges.csv"

    @property
    def organisations(self) -> Path:
        """The generator's table of organisations and their countries."""
        return self.folder / "organisations.csv"

    @property
    def points(self) -> Path:
        """The N-Triples in which a transfer happened on the day of its start."""
        return self.folder / "points.nt"

    @property
    def intervals(self) -> Path:
        """The N-Triples in which a transfer happened some day between its start and end."""
        return self.folder / "intervals.nt"

    @property
    def checked(self) -> Path:
        """The N-Triples with ontology, code lists and sources, sound but for a few faults."""
        return self.folder / "checked.nt"

    @property
    def transfers(self) -> int:
        """The number of transfers."""
        return int(float(self.size))


def make(size: str, folder: Path, *, intervals: bool = False, checked: bool = False) -> Input:
    """Generate one size of the data and write it as N-Triples."""
    made = Input(size, folder / size)
    if not made.edges.is_file():
        subprocess.run(
            [sys.executable, str(GENERATOR), size, str(made.folder)], check=True, stdout=sys.stderr
        )
    if not made.points.is_file():
        _write(made, made.points, interval=False)
    if intervals and not made.intervals.is_file():
        _write(made, made.intervals, interval=True)
    if checked and not made.checked.is_file():
        _write_checked(made)
    return made


def _write(made: Input, target: Path, *, interval: bool) -> None:
    """Write the transfers in kvgraph's ontology: eight triples each, and who and what they name.

    Point dates: the transfer ended on the day on which it began, so its moment is that day.
    """
    edges = np.loadtxt(
        made.edges, delimiter=",", skiprows=1, usecols=range(5), dtype=np.int64
    ).tolist()
    days = [(_DAY_ZERO + timedelta(n)).isoformat() for n in range(max(e[4] for e in edges) + 1)]
    status, certainty = code_iri("status", "adopted"), code_iri("certainty", "high")
    with target.open("w", encoding="ascii", newline="\n") as stream:
        for number in sorted({e[0] for e in edges}):
            thing = mint("practice", f"p{number}")
            stream.write(
                f"<{thing}> <{_RDF_TYPE}> <{KV}Practice> .\n"
                f'<{thing}> <{_LABEL}> "practice {number}" .\n'
            )
        for number in sorted({n for e in edges for n in e[1:3]}):
            thing = mint("actor", f"o{number}")
            stream.write(
                f"<{thing}> <{_RDF_TYPE}> <{KV}Organisation> .\n"
                f'<{thing}> <{_LABEL}> "organisation {number}" .\n'
                f'<{thing}> <{KV}countryCode> "FI" .\n'
            )
        for number, (practice, giver, receiver, start, end) in enumerate(edges):
            this = f"<{mint('transfer', f't{number}')}>"
            stream.write(
                f"{this} <{_RDF_TYPE}> <{KV}Transfer> .\n"
                f"{this} <{KV}practice> <{mint('practice', f'p{practice}')}> .\n"
                f"{this} <{KV}giver> <{mint('actor', f'o{giver}')}> .\n"
                f"{this} <{KV}receiver> <{mint('actor', f'o{receiver}')}> .\n"
                f'{this} <{KV}earliestBegin> "{days[start]}"^^<{_XSD_DATE}> .\n'
                f'{this} <{KV}latestEnd> "{days[end if interval else start]}"^^<{_XSD_DATE}> .\n'
                f"{this} <{KV}status> <{status}> .\n"
                f"{this} <{KV}certainty> <{certainty}> .\n"
            )


def _write_checked(made: Input) -> None:
    """Write what the shapes are applied to: all with identifiers, and what needs one with a source.

    One transfer in four hundred is faulty, in turn: without a giver, with its giver as receiver,
    with two of a status, ended before it began.
    """
    import pyoxigraph as ox

    from kvgraph import resources

    identifier, source = PREFIXES["dcterms"] + "identifier", PREFIXES["dcterms"] + "source"
    text = made.points.read_text("ascii")
    with made.checked.open("w", encoding="utf-8", newline="\n") as stream:
        for file in resources.ontology_files():
            triples = (q.triple for q in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))
            stream.write((ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode())
        book = mint("source", "s1")
        stream.write(
            f"<{book}> <{_RDF_TYPE}> <{KV}Source> .\n"
            f'<{book}> <{identifier}> "s1" .\n'
            f'<{book}> <{PREFIXES["dcterms"]}title> "source 1" .\n'
        )
        for line in text.splitlines():
            thing, predicate, value, *_ = line.split(" ")
            name = thing.rpartition("/")[2][:-1]
            fault = int(name[1:]) // 400 % 4 if name[0] == "t" and int(name[1:]) % 400 == 0 else -1
            if predicate == f"<{_RDF_TYPE}>":
                stream.write(f'{thing} <{identifier}> "{name}" .\n')
                if name[0] != "o":
                    stream.write(f"{thing} <{source}> <{book}> .\n")
            elif fault == 0 and predicate == f"<{KV}giver>":
                continue
            elif fault == 1 and predicate == f"<{KV}giver>":
                stream.write(f"{thing} <{KV}receiver> {value} .\n")
            elif fault == 2 and predicate == f"<{KV}status>":
                stream.write(f"{thing} {predicate} <{code_iri('status', 'piloted')}> .\n")
            elif fault == 3 and predicate == f"<{KV}latestEnd>":
                line = f'{thing} {predicate} "1999-12-31"^^<{_XSD_DATE}> .'
            stream.write(line + "\n")
