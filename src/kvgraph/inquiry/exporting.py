"""What is selected in a format for another program, with all that goes beside it.

Nothing is written here: an :class:`Export` tells how each file is, whoever opens them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final

from kvgraph.errors import KvgraphError, counted
from kvgraph.inquiry.reading import LANG
from kvgraph.inquiry.selecting import frame_of, selected
from kvgraph.model import Loss, Parameter
from kvgraph.selection import SELECTION

if TYPE_CHECKING:
    from kvgraph.diagram import Frame
    from kvgraph.model import Diagram, Exporter
    from kvgraph.store import Dataset

DRAWING: Final = (
    Parameter(
        "level", "choice",
        "an edge for each transfer (the default), or one for all transfers between two actors, "
        "jurisdictions or member states",
        choices=("transfer", "actor", "jurisdiction", "member-state"),
    ),
    Parameter(
        "classes", "text",
        "things of these classes (separated by commas) with all records and relations between "
        "them, or all",
    ),
)  # fmt: skip
"""What can be told of the edges of a diagram."""

BINARY: Final = ("parquet", "xlsx")
"""The formats that are no text."""

_PLACED: Final = ("cx2", "dot", "gexf", "graphml", "pajek")
"""The formats that have a place for positions."""

_COUNTED: Final = ("transfers", "undated", "left_out", "coverage")
"""What of a diagram's head stands in the report too."""

_MANY: Final = 1000
"""More nodes than this take seconds to place."""

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Export:
    """Something that can be written to files: the first one, and those beside it by their names.

    ``write`` tells what the format could not hold. ``told`` counts what is in it, ``rows`` in one
    number; ``report`` is what the report says besides, ``note`` why there is nothing in it, where
    there is nothing.
    """

    exporter: Exporter
    dataset: Dataset
    told: str
    rows: int
    report: Mapping[str, Any]
    write: Callable[[IO[bytes]], Sequence[Loss]]
    note: str = ""
    _further: Mapping[str, Callable[[IO[bytes], str], object]] = field(default_factory=dict)

    def beside(self, name: str) -> dict[str, Callable[[IO[bytes]], object]]:
        """Give the further files of one of this name, each by its own."""
        from kvgraph.export._names import beside

        return {
            beside(pattern, name): lambda stream, write=write: write(stream, name)  # type: ignore[misc]
            for pattern, write in self._further.items()
        }

    def loss_report(self, name: str, losses: Iterable[Loss]) -> bytes:
        """Give the report of what a file of this name could not hold, as JSON."""
        from kvgraph import __version__
        from kvgraph.export._cells import cell_json

        head = {
            "format": self.exporter.name,
            "file": name,
            "beside": tuple(self.beside(name)),
            "kvgraph": __version__,
            "dataset": self.dataset.digest,
        }
        rows = [
            {"what": x.what, "field": x.field, "count": x.count, "reason": x.reason} for x in losses
        ]
        told = json.loads(cell_json({**head, **self.report, "losses": tuple(rows)}))
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def exporters() -> dict[str, Exporter]:
    """Give all formats for diagrams and quads by name."""
    from kvgraph import registry

    found = {name: registry.entry("export", name, "EXPORTER") for name in registry.names("export")}
    return {n: e for n, e in found.items() if e.write_diagram or e.write_quads}


def exporter_of(text: str) -> Exporter | None:
    """Give a format by its name, an alias or a file ending; ``None`` if there is none."""
    wanted = text.casefold().removeprefix(".")
    for exporter in exporters().values():
        endings = (suffix.removeprefix(".") for suffix in exporter.suffixes)
        if wanted in (exporter.name, *exporter.aliases, *endings):
            return exporter
    return None


def exporting(exporter: Exporter) -> tuple[Parameter, ...]:
    """Give all that can be told to an export in a format."""
    return (*(DRAWING if exporter.write_diagram else ()), *SELECTION, LANG)


def check_export(exporter: Exporter, level: str | None, classes: str | None) -> None:
    """Refuse what cannot be asked for together.

    :raises KvgraphError: if it is.
    """
    if level and classes:
        raise KvgraphError(
            "--level and --classes cannot be given together", hint="Leave one of them out."
        )
    if exporter.write_diagram is None and (level or classes):
        option = "--level" if level else "--classes"
        raise KvgraphError(
            f"{exporter.name} holds statements, to which {option} says nothing",
            hint="Leave it out.",
        )


def export_of(
    dataset: Dataset,
    exporter: Exporter,
    options: Mapping[str, Any],
    step: Step = lambda _: None,
    say: Step = lambda _: None,
) -> Export:
    """Give what options select as an export; ``step`` hears of each step, ``say`` of long ones.

    :raises KvgraphError: for whatever names nothing, or does not go together.
    """
    check_export(exporter, options.get("level"), options.get("classes"))
    step("selecting")
    if exporter.write_diagram is None:
        return _of_quads(exporter, dataset, options)
    return _of_diagram(exporter, dataset, options, step, say)


def lost(losses: Iterable[Loss]) -> str:
    """Tell what was lost, in a line."""
    fields: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for loss in losses:
        fields.setdefault(loss.what, [])
        if loss.field:
            fields[loss.what].append(loss.field)
        counts[loss.what] = counts.get(loss.what, 0) + loss.count
    if not fields:
        return "nothing was lost"
    parts = []
    for what, names in fields.items():
        where = f" in {', '.join(dict.fromkeys(names))}" if names else ""
        # Whatever is in the data must not steer the terminal.
        shown = "".join(c if c.isprintable() else "\ufffd" for c in where)
        parts.append(f"{what}{shown} ({counts[what]})")
    return "changed: " + "; ".join(parts)


# --- diagrams ----------------------------------------------------------------------------------


def _of_diagram(
    exporter: Exporter, dataset: Dataset, options: Mapping[str, Any], step: Step, say: Step
) -> Export:
    """Give the export of a diagram with its further files."""
    level, classes = options.get("level"), options.get("classes")
    diagram = _drawn(exporter, dataset, frame_of(dataset, options), options, step, say)
    write = exporter.write_diagram
    assert write is not None
    losses = list(_uncounted(diagram)) if not diagram.parallel else []
    nodes, edges = len(diagram.nodes), len(diagram.edges)
    step(f"writing {nodes:,} nodes and {edges:,} edges")
    report = {
        "selection": diagram.head.get("selection"),
        "level": None if classes else level or "transfer",
        "classes": classes,
        "stage": diagram.head.get("stage"),
        "horizon": diagram.head.get("horizon"),
        "nodes": nodes,
        "edges": edges,
        **{name: diagram.head.get(name) for name in _COUNTED},
    }
    further = {pattern: partial(more, diagram) for pattern, more in exporter.beside.items()}
    return Export(
        exporter, dataset, f"{counted(nodes, 'node')}, {counted(edges, 'edge')}", edges, report,
        lambda stream: [*losses, *write(diagram, stream)], diagram.empty, further,
    )  # fmt: skip


def _drawn(
    exporter: Exporter,
    dataset: Dataset,
    by: Frame,
    options: Mapping[str, Any],
    step: Step,
    say: Step,
) -> Diagram:
    """Draw what is asked for."""
    from kvgraph.diagram import classes_of, draw_things, draw_transfers, groups_at

    level, classes = options.get("level"), options.get("classes")
    if classes:
        wanted = classes_of(classes)
        chosen = selected(dataset, options)
        step("drawing")
        diagram = draw_things(dataset, chosen, by, wanted)
    else:
        chosen = selected(dataset, options, ("transfer",))
        step("drawing")
        diagram = draw_transfers(dataset, chosen, by)
        if level not in (None, "transfer"):
            diagram = groups_at(dataset, diagram, str(level), by).of(diagram)
    if exporter.name in _PLACED and diagram.nodes:
        if len(diagram.nodes) > _MANY:
            say(f"placing {len(diagram.nodes):,} nodes")
        diagram = placed(diagram)
    return diagram


def placed(diagram: Diagram) -> Diagram:
    """Give the nodes the positions that the pictures have."""
    from kvgraph.diagram.layout import place

    at = place(diagram)
    nodes = tuple(
        replace(node, attributes={**node.attributes, "x": at[node.id][0], "y": at[node.id][1]})
        for node in diagram.nodes
    )
    return replace(diagram, nodes=nodes)


def _uncounted(diagram: Diagram) -> Iterator[Loss]:
    """Tell which transfers are in no edge of those that put several together."""
    head: Mapping[str, Any] = diagram.head
    if head["outside_every_group"]:
        yield Loss("left out transfers", "", head["outside_every_group"],
                   "one of their ends belongs to no group of this level")  # fmt: skip
    for reason, number in head["left_out"].items():
        yield Loss("left out transfers", reason, number, "they take no part in reach")


# --- statements --------------------------------------------------------------------------------


def _of_quads(exporter: Exporter, dataset: Dataset, options: Mapping[str, Any]) -> Export:
    """Give the export of the statements of a selection."""
    from kvgraph.coverage import line, summary
    from kvgraph.excerpt import excerpt

    write = exporter.write_quads
    assert write is not None
    chosen = selected(dataset, options)
    part = excerpt(dataset, chosen)
    quads = list(part.quads)
    head = chosen.head()
    graphs = len({quad.graph_name for quad in quads})
    known = line(summary(dataset, chosen.links), options["lang"], chosen.undated)
    report = {
        "selection": head["selection"],
        "stage": options.get("stage"),
        "horizon": dataset.about.horizon,
        "quads": len(quads),
        "graphs": graphs,
        "transfers": len({link.iri for link in chosen.links if link.kind == "transfer"}),
        "undated_left_out": head.get("undated_left_out", 0),
        "coverage": known,
    }

    def write_all(stream: IO[bytes]) -> list[Loss]:
        losses = [*part.losses, *write(quads, _remarked(exporter, known, stream))]
        if not exporter.remark:
            reason = f"{exporter.name} has no place for remarks; it stands in the report"
            losses.append(Loss("left out the coverage line", "", 1, reason))
        return losses

    note = ""
    if not chosen.links:
        note = "no record meets the selection; only what was asked for by name is written"
    told = f"{counted(len(quads), 'statement')} in {counted(graphs, 'graph')}"
    return Export(exporter, dataset, told, len(quads), report, write_all, note)


def _remarked(exporter: Exporter, line: str, stream: IO[bytes]) -> IO[bytes]:
    """Begin a file with the coverage line, where its format has remarks."""
    if exporter.remark:
        stream.write(f"{exporter.remark} {line}\n".encode())
    return stream
