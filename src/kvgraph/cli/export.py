"""Write a selection to a file for another program, and say what the file cannot hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from kvgraph.cli._common import (
    answering,
    lang_option,
    output_option,
    progress,
    say,
    store_option,
    writing,
)
from kvgraph.cli._selection import selected, selection_options
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import counted
from kvgraph.inquiry import frame_of

if TYPE_CHECKING:
    from kvgraph.diagram import Frame
    from kvgraph.model import Diagram, Exporter, Loss
    from kvgraph.selection import Selected
    from kvgraph.store import Dataset

_LEVELS: Final = ("transfer", "actor", "jurisdiction", "member-state")
_PLACED: Final = ("cx2", "dot", "gexf", "graphml", "pajek")
"""The formats that have a place for positions."""

_BINARY: Final = ("parquet", "xlsx")
_LARGE: Final = 300_000
"""From so many quads on each step is told of."""

_COUNTED: Final = ("transfers", "undated", "left_out", "coverage")
"""What of a diagram's head stands in the report too."""

_MANY: Final = 1000
"""More nodes than this take seconds to place."""


def _exporters() -> dict[str, Exporter]:
    """Give all formats for diagrams and quads by name."""
    from kvgraph import registry

    found = {name: registry.entry("export", name, "EXPORTER") for name in registry.names("export")}
    return {n: e for n, e in found.items() if e.write_diagram or e.write_quads}


class _Format(click.ParamType):  # type: ignore[type-arg]
    """A format by its name, an alias or a file ending."""

    name = "format"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Exporter:
        """Find the format."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        wanted = value.casefold().removeprefix(".")
        exporters = _exporters()
        for exporter in exporters.values():
            endings = (suffix.removeprefix(".") for suffix in exporter.suffixes)
            if wanted in (exporter.name, *exporter.aliases, *endings):
                return exporter
        extra = ' For the JSON of nodes and edges say "node-link".' if wanted == "json" else ""
        text = f'there is no format "{value}". Known: {", ".join(exporters)}.{extra}'
        raise click.BadParameter(text, ctx, param)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[click.shell_completion.CompletionItem]:
        """Offer the names that begin so."""
        return [
            click.shell_completion.CompletionItem(name, help=exporter.summary)
            for name, exporter in _exporters().items()
            if name.startswith(incomplete)
        ]


class _Export(click.Command):
    """A command whose help lists the formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the formats with what they are for."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Formats"):
            formatter.write_dl([(name, e.summary) for name, e in _exporters().items()])


@click.command("export", cls=_Export)
@click.argument("exporter", metavar="FORMAT", type=_Format())
@output_option
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    help="An edge for each transfer (the default), or one for all transfers between two actors, "
    "jurisdictions or member states.",
)
@click.option(
    "--classes",
    metavar="CLASS,...",
    help="Things of these classes with all records and relations between them, or all.",
)
@selection_options
@lang_option
@store_option
def COMMAND(  # noqa: N802
    exporter: Exporter,
    output: Path | None,
    level: str | None,
    classes: str | None,
    store_path: Path | None,
    **options: Any,
) -> None:
    """Write what is selected in a FORMAT: a name listed below, or a file ending such as nq.

    Formats for graphs hold the transfers as edges between actors; with --classes other things
    and their relations too. RDF formats hold all that is stated of the selected records and of
    the things that they link; all of the dataset, if nothing is selected.

    What a format cannot hold is summary_line in FILE.loss.json and told on the standard error.
    """
    _check(exporter, output, level, classes)
    dataset = open_dataset(store_path)
    with progress() as tell:
        step: Callable[[str], None] = tell if dataset.about.quads >= _LARGE else lambda _: None
        step("selecting")
        if exporter.write_diagram is None:
            _export_quads(exporter, dataset, selected(dataset, options), options, output, step)
        else:
            by = frame_of(dataset, options)
            diagram = _drawn(exporter, dataset, by, level, classes, options, step)
            drawn = {"level": None if classes else level or "transfer", "classes": classes}
            _export_diagram(exporter, dataset, diagram, drawn, output, step)


def _check(exporter: Exporter, output: Path | None, level: str | None, classes: str | None) -> None:
    """Refuse what cannot be asked for together."""
    if level and classes:
        raise click.UsageError("--level and --classes cannot be given together")
    if exporter.write_diagram is None and (level or classes):
        option = "--level" if level else "--classes"
        raise click.UsageError(f"{exporter.name} holds statements, to which {option} says nothing")
    if exporter.beside and (output is None or _special(output)):
        raise click.UsageError(f"{exporter.name} needs several files: name the first with -o FILE")
    if output is not None:
        return
    if exporter.name in _BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{exporter.name} is not for a terminal: name a file with -o FILE")


def _drawn(
    exporter: Exporter,
    dataset: Dataset,
    by: Frame,
    level: str | None,
    classes: str | None,
    options: Mapping[str, Any],
    step: Callable[[str], None],
) -> Diagram:
    """Draw what is asked for."""
    from kvgraph.diagram import classes_of, draw_things, draw_transfers, groups_at

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
        diagram = _placed(diagram)
    return diagram


def _placed(diagram: Diagram) -> Diagram:
    """Give the nodes the positions that the pictures have."""
    from dataclasses import replace

    from kvgraph.diagram.layout import place

    at = place(diagram)
    nodes = tuple(
        replace(node, attributes={**node.attributes, "x": at[node.id][0], "y": at[node.id][1]})
        for node in diagram.nodes
    )
    return replace(diagram, nodes=nodes)


def _export_diagram(
    exporter: Exporter,
    dataset: Dataset,
    diagram: Diagram,
    drawn: Mapping[str, str | None],
    output: Path | None,
    step: Callable[[str], None],
) -> None:
    """Write a diagram with its further files and its loss report."""
    from kvgraph.export._names import beside

    write = exporter.write_diagram
    assert write is not None
    report = {
        "selection": diagram.head.get("selection"),
        **drawn,
        "stage": diagram.head.get("stage"),
        "horizon": diagram.head.get("horizon"),
        "nodes": len(diagram.nodes),
        "edges": len(diagram.edges),
        **{name: diagram.head.get(name) for name in _COUNTED},
    }
    further: dict[str, Callable[[IO[bytes]], object]] = {}
    for pattern, more in exporter.beside.items() if output is not None else ():
        name = output.name  # type: ignore[union-attr]
        further[beside(pattern, name)] = partial(_beside, more, diagram, name)
    step(f"writing {len(diagram.nodes):,} nodes and {len(diagram.edges):,} edges")
    summary_line = f"{counted(len(diagram.nodes), 'node')}, {counted(len(diagram.edges), 'edge')}"
    lost = list(_uncounted(diagram)) if not diagram.parallel else []
    _write(
        exporter,
        dataset,
        lambda stream: [*lost, *write(diagram, stream)],
        further,
        report,
        output,
        summary_line,
    )
    if diagram.empty:
        say(f"note: {diagram.empty}")


def _uncounted(diagram: Diagram) -> Iterator[Loss]:
    """Tell which transfers are in no edge of those that put several together."""
    from kvgraph.model import Loss

    head: Mapping[str, Any] = diagram.head
    if head["outside_every_group"]:
        yield Loss("left out transfers", "", head["outside_every_group"],
                   "one of their ends belongs to no group of this level")  # fmt: skip
    for reason, number in head["left_out"].items():
        yield Loss("left out transfers", reason, number, "they take no part in reach")


def _beside(
    write: Callable[[Diagram, IO[bytes], str], None],
    diagram: Diagram,
    name: str,
    stream: IO[bytes],
) -> None:
    """Write one of the further files."""
    write(diagram, stream, name)


def _export_quads(
    exporter: Exporter,
    dataset: Dataset,
    chosen: Selected,
    options: Mapping[str, Any],
    output: Path | None,
    step: Callable[[str], None],
) -> None:
    """Write the statements of a selection with their loss report."""
    from kvgraph.coverage import line, summary
    from kvgraph.excerpt import excerpt
    from kvgraph.model import Loss

    write = exporter.write_quads
    assert write is not None
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

    step(f"writing {len(quads):,} statements")
    summary_line = f"{counted(len(quads), 'statement')} in {counted(graphs, 'graph')}"
    _write(
        exporter,
        dataset,
        write_all,
        {},
        report,
        output,
        summary_line,
    )
    if not chosen.links:
        say("note: no record meets the selection; only what was asked for by name is written")


def _remarked(exporter: Exporter, line: str, stream: IO[bytes]) -> IO[bytes]:
    """Begin a file with the coverage line, where its format has remarks."""
    if exporter.remark:
        stream.write(f"{exporter.remark} {line}\n".encode())
    return stream


def _write(
    exporter: Exporter,
    dataset: Dataset,
    write: Callable[[IO[bytes]], Sequence[Loss]],
    further: Mapping[str, Callable[[IO[bytes]], object]],
    report: Mapping[str, Any],
    output: Path | None,
    summary_line: str,
) -> None:
    """Write all files of an export, or none of them, and tell what was lost."""
    from kvgraph import __version__
    from kvgraph.aside import write_aside

    if output is None or _special(output):
        losses = _write_out(write, output)
        say(f"{exporter.name}: {summary_line}; {_told(losses)}")
        return
    name = f"{output.name}.loss.json"
    with writing(output), ExitStack() as files:
        # What is opened first is renamed last: once the file itself stands, the others do.
        main = files.enter_context(write_aside(output, "wb"))
        losses = write(main)
        for other, more in further.items():
            more(files.enter_context(write_aside(output.with_name(other), "wb")))
        head = {
            "format": exporter.name,
            "file": output.name,
            "beside": tuple(further),
            "kvgraph": __version__,
            "dataset": dataset.digest,
        }
        beside = files.enter_context(write_aside(output.with_name(name), "wb"))
        beside.write(_report({**head, **report}, losses))
    say(f"{exporter.name}: {summary_line}; {_told(losses)}" + (f"; see {name}" if losses else ""))


def _special(output: Path) -> bool:
    """Tell whether something other than a file is there, such as a pipe: it has no neighbours."""
    return output.exists() and not output.is_file()


def _write_out(write: Callable[[IO[bytes]], Sequence[Loss]], output: Path | None) -> Sequence[Loss]:
    """Write one file to the standard output, or to a device or pipe."""
    if output is not None:
        with writing(output), output.open("wb") as stream:
            return write(stream)
    with answering():
        losses = write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return losses


def _report(head: Mapping[str, Any], losses: Iterable[Loss]) -> bytes:
    """Give the loss report as JSON."""
    import json

    from kvgraph.export._cells import cell_json

    rows = [
        {"what": x.what, "field": x.field, "count": x.count, "reason": x.reason} for x in losses
    ]
    told = json.loads(cell_json({**head, "losses": tuple(rows)}))
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _told(losses: Iterable[Loss]) -> str:
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
