"""From what a user hands over to checked packages: what `ingest` and `diff` have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kvgraph import registry
from kvgraph.cli._common import say
from kvgraph.errors import Fault, FaultyInputError, KvgraphError, counted, visible

if TYPE_CHECKING:
    from kvgraph.graph.kept import Kept
    from kvgraph.model import Package, Reader
    from kvgraph.readers import Intake, Sheet
    from kvgraph.store import Dataset

F = TypeVar("F", bound=Callable[..., Any])

RESERVED: Final = ("ontology", "vocab", "shapes", "mappings", "reading", "derived", "matches")
"""What graphs beside those of packages are called, by the first part of their names."""

_MOST_TOLD: Final = 20
"""So many warnings on RDF are told one by one."""

_WHAT: Final = "Say it, or mend what is said: ontology/README.md tells what belongs where."
"""The hint of a shape that says what is wanted, and no more."""

_MOST_ROUNDS: Final = 100
"""More rounds than any chain of rows that refer to refused rows; each takes some out."""


@dataclass(slots=True)
class Taken:
    """What was read and checked: the package, what it needs, and what stays beside it."""

    package: Package
    packages: list[Package]
    reader: str
    intake: Intake
    sheets: list[Sheet]
    kept: Kept | None
    faults: list[Fault] = field(default_factory=list)  # of a kind whose length counts them all
    left_alone: list[str] = field(default_factory=list)


def input_options(function: F) -> F:
    """Give the options that say how what is handed over is read."""
    for decorator in reversed(
        (
            click.argument(
                "inputs",
                nargs=-1,
                metavar="INPUT...",
                type=click.Path(path_type=Path),
            ),
            click.option(
                "--as",
                "reader_name",
                metavar="READER",
                help="What the input is, if it is not recognised: "
                + ", ".join(registry.names("readers")) + ".",
            ),
            click.option(
                "--mapping",
                type=click.Path(path_type=Path, dir_okay=False),
                help="A mapping.toml that says what the columns of other tables are.",
            ),
            click.option(
                "--rml",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                help="A mapping in RML (.ttl) or YARRRML (.yml) that names its tables itself, in "
                "the place of an INPUT; needs morph-kgc.",
            ),
            click.option("--name", help="What the package is called; as its package.toml says, "
                         "or as the input is called, if not given."),
            click.option(
                "--accessed",
                metavar="DAY",
                help="The day on which the input was read or downloaded, for sources that do not "
                "say it: what is known up to then.",
            ),
            click.option(
                "--with-shipped",
                is_flag=True,
                help="Put the shipped packages beside it, whose things it may then name.",
            ),
        )
    ):  # fmt: skip
        function = decorator(function)
    return function


def take(
    inputs: Sequence[Path],
    dataset: Dataset | None,
    options: dict[str, Any],
    *,
    keep: bool = False,
    step: Callable[[str], None],
) -> Taken:
    """Read and check what is handed over, beside what a dataset holds already.

    With ``keep`` the rows that are refused, and those that rest on them, are taken out; the
    faults are told all the same.

    :raises KvgraphError: if nothing can be read, or the package may not be called so.
    """
    from kvgraph.readers import margins_of, open_inputs, package_of, sheets_for, take_in

    if options["rml"] is not None:
        if inputs:
            raise click.UsageError("--rml names its tables itself: give no INPUT beside it")
        return _take_statements([], options["rml"].stem, {}, dataset, options, step)
    if not inputs:
        raise click.UsageError("name an INPUT: a folder, a workbook, csv files, a zip or RDF")
    found = open_inputs(inputs)
    if found.rdf:
        return _take_statements(found.rdf, found.name, found.about, dataset, options, step)
    reader = _reader(found, options)
    sheets = sheets_for(reader, found)
    step(f"reading {', '.join(map(str, inputs))} as {reader.name}")
    intake = take_in(reader, sheets, margins=margins_of(found.about), step=step)
    if found.faults:
        # Of what could not be opened no id is known: what names them is not at fault for it.
        intake.refused |= {(table, None) for table in _tables()}
        found.faults += intake.faults
        intake.faults = found.faults
    about = {"needs": ("base",), **reader.about, **found.about}
    package = package_of(about, options["name"] or found.name, intake)
    package = dataclasses.replace(package, name=options["name"] or package.name)
    _check_name(package.name)
    needed, kept = _beside(package, dataset, bool(options["with_shipped"]), inputs[0], step)
    package = dataclasses.replace(package, needs=tuple(Path(n).name for n in package.needs))
    taken = Taken(
        package, [*needed, package], reader.name, intake, sheets,
        kept, intake.faults, found.left_alone,
    )  # fmt: skip
    step("checking references and relative dates")
    _check_between(taken, keep)
    _check_left_behind(taken)
    return taken


def _take_statements(
    files: Sequence[Path],
    name: str,
    about: dict[str, Any],
    dataset: Dataset | None,
    options: dict[str, Any],
    step: Callable[[str], None],
) -> Taken:
    """Read and check RDF, or what a mapping in RML makes of tables.

    The shapes judge what the files say, beside what they may refer to.
    """
    from kvgraph.graph.assemble import assemble
    from kvgraph.graph.rdf_checks import check_rdf
    from kvgraph.readers import Intake, Tally, package_of, read_rdf, run_rml

    intake = Intake()
    read = []
    for path in files:
        step(f"reading {path}")
        read.append(read_rdf(path, str(path)))
    if options["rml"] is not None:
        step(f"mapping by {options['rml']}")
        read.append(run_rml(options["rml"]))
    package = package_of({"needs": ("base",), **about}, options["name"] or name, intake)
    package = dataclasses.replace(package, name=options["name"] or package.name)
    _check_name(package.name)
    place = files[0] if files else options["rml"]
    needed, kept = _beside(package, dataset, bool(options["with_shipped"]), place, step)
    said: dict[Any, None] = {}
    context, _ = assemble(needed, kept=kept)
    for file in read:
        intake.faults += file.faults
        new = [quad for quad in file.quads if quad.triple not in said]
        said |= dict.fromkeys(quad.triple for quad in new)
        number, merged = len(file.quads), len(file.quads) - len(new)
        intake.tallies[file.shown] = Tally(number, number - merged, merged)
        if file.made:
            say(
                f"note: {file.made:,} statements of {file.shown} are the ontology's, or were "
                "derived: they are left out, and made anew"
            )
        if file.graphs:
            say(f"note: the {len(file.graphs)} graphs of {file.shown} become one")
    if not said and not intake.faults:
        raise KvgraphError(
            f"{', '.join(file.shown for file in read)} says nothing",
            hint="Is it the right file, and are its lines more than remarks?",
        )
    for file in read:
        step(f"checking {file.shown} by the shapes")
        others = [q for other in read if other is not file for q in other.quads]
        context.extend(others)
        faults, told = check_rdf(
            file.quads, context, file.line_of, file.shown, options.get("lang", "en")
        )
        for quad in others:
            context.remove(quad)
        intake.faults += (f if f.hint else dataclasses.replace(f, hint=_WHAT) for f in faults)
        for fault in told[:_MOST_TOLD]:
            say(f"note: {fault}")
        if len(told) > _MOST_TOLD:
            say(f"note: ... and {len(told) - _MOST_TOLD} more; kvgraph check tells all")
    package = dataclasses.replace(package, statements=tuple(said))
    taken = Taken(package, [*needed, package], "rdf", intake, [], kept, intake.faults)
    _check_left_behind(taken)
    return taken


def _tables() -> Collection[str]:
    """Give the names of our tables."""
    from kvgraph.tables import definitions

    return definitions()


def _reader(found: Any, options: dict[str, Any]) -> Reader:
    """Give the reader that is asked for, or that fits."""
    from kvgraph.readers import accessed_on, choose_reader

    if options["mapping"] is not None:
        from kvgraph.readers import read_mapping

        if options["reader_name"]:
            raise click.UsageError("--as and --mapping cannot be given together")
        reader: Reader = read_mapping(options["mapping"])
    else:
        reader = choose_reader(found, options["reader_name"] or "")
    if options["accessed"] is not None:
        from kvgraph.dates import read_day

        reader = accessed_on(reader, read_day(options["accessed"]).isoformat())
    return reader


def _check_name(name: str) -> None:
    """Refuse a name that would take the place of something else.

    :raises KvgraphError: if it would.
    """
    from kvgraph import resources

    shipped = {folder.name for folder in resources.package_folders()}
    if not name or any(c.isspace() or c in "/\\" or not c.isprintable() for c in name):
        raise KvgraphError(
            f'a package cannot be called "{name}"', hint="Give it a name without spaces: --name."
        )
    if name in shipped or name.partition("/")[0] in RESERVED:
        raise KvgraphError(
            f'"{name}" is the name of something that kvgraph ships',
            hint="Give the package another name: --name my-data.",
        )


def _beside(
    package: Package,
    dataset: Dataset | None,
    with_shipped: bool,
    place: Path,
    step: Callable[[str], None],
) -> tuple[list[Package], Kept | None]:
    """Give the packages to read beside this one, and those of the dataset that stay."""
    from kvgraph import resources
    from kvgraph.cli._stores import read_packages
    from kvgraph.graph.kept import Kept

    shipped = [folder.name for folder in resources.package_folders()] if with_shipped else []
    kept = None if dataset is None else Kept.all_but(dataset, {package.name, *shipped})
    stays = () if kept is None else kept.names
    wanted = list(dict.fromkeys(name for name in (*shipped, *package.needs) if name not in stays))
    if not wanted:
        return [], kept
    refused: set[tuple[str, str | None]] = set()
    packages, faults = read_packages(wanted, step, refused, there=stays, beside=place)
    if faults:
        raise FaultyInputError(
            f"what the package needs has {counted(len(faults), 'fault')}; nothing was written",
            faults,
            hint="Mend the rows named above, or leave that package out of needs.",
        )  # fmt: skip
    return packages, kept


def _check_between(taken: Taken, keep: bool) -> None:
    """Check references and relative dates; with ``keep`` take out the rows that fail."""
    from kvgraph.readers import check_references, follow_dates, without

    known = taken.kept.ids if taken.kept is not None else {}
    extent = taken.kept.extent if taken.kept is not None else (lambda _table, _id: None)
    for _ in range(_MOST_ROUNDS):
        faults = check_references(taken.packages, taken.intake.refused, known, cascade=keep)
        dated, more = follow_dates(taken.packages, extent, taken.intake.refused, cascade=keep)
        faults += more
        # A fault in what the package needs cannot be left out of it.
        foreign = [f for f in faults if keep and f.file not in taken.intake.sheet_of]
        if foreign:
            raise FaultyInputError(
                f"what the package needs has {counted(len(foreign), 'fault')}; nothing was written",
                foreign,
                hint="Mend the rows named above, or leave that package out of needs.",
            )  # fmt: skip
        for fault in faults:
            taken.intake.refuse(fault.file, fault.row)
        taken.faults += faults
        if not (keep and faults):
            break
        rows = {(fault.file, fault.row) for fault in faults}
        taken.package, refused = without(taken.package, rows)
        taken.intake.refused |= refused
        taken.packages[-1] = taken.package
    taken.packages = dated
    taken.package = dated[-1]


def _check_left_behind(taken: Taken) -> None:
    """See that no package that stays names a thing that goes, or is dated by one that changes.

    :raises FaultyInputError: if a thing would be gone that another package names.
    """
    from kvgraph.graph.build import ids_of
    from kvgraph.namespaces import shorten

    if taken.kept is None:
        return
    stays = {iri for ids in ids_of(taken.packages).values() for iri in ids.values()}
    stays |= {t.subject.value for package in taken.packages for t in package.statements}
    named = taken.kept.named_of(taken.package.name)
    faults = [
        Fault(
            f"package {graph}", 0, shorten(predicate), shorten(thing),
            f"is named by {shorten(subject)}, and would be gone",
            "Keep its row, or take what names it out of that package first.",
        )
        for graph, subject, predicate, thing in named
        if thing not in stays
    ]  # fmt: skip
    if faults:
        raise FaultyInputError(
            f"{counted(len(faults), 'thing')} that other packages name would be gone; "
            "nothing was written",
            faults,
        )
    told_by = [one for one in named if one[2].endswith("#relativeTo")]
    moved = _redated(taken, {thing for *_, thing in told_by})
    for graph, subject, _, thing in told_by:
        if thing in moved:
            say(
                f"note: {graph} dates something by {shorten(thing)} ({shorten(subject)}), whose "
                f"dates change: take {graph} in again"
            )


def _redated(taken: Taken, things: Collection[str]) -> set[str]:
    """Give those of some things whose start or end is not what it was in the store."""
    from kvgraph.graph.build import record_iri
    from kvgraph.graph.kept import Kept

    if not things or taken.kept is None:
        return set()
    old = Kept(taken.kept.dataset, (taken.package.name,))
    found = set()
    for record in taken.package.records:
        if "id" not in record.values or record_iri(record) not in things:
            continue
        was = old.extent(record.table, record.values["id"]) or {}
        now = {n: record.values[n] for n in ("start", "end") if n in record.values}
        bounds = ({n: (m.earliest, m.latest) for n, m in cells.items()} for cells in (was, now))
        if len({tuple(sorted(b.items())) for b in bounds}) > 1:
            found.add(record_iri(record))
    return found


def tell_account(taken: Taken) -> None:
    """Tell what became of the rows of each table, on the standard error."""
    for name, tally in taken.intake.tallies.items():
        rest = "".join(
            f", {number:,} {word}"
            for word, number in (("merged", tally.merged), ("refused", tally.refused))
            if number
        )
        say(f"{visible(name)}: {tally.rows:,} rows, {tally.read:,} read{rest}")
    for name, columns in taken.intake.left_out.items():
        what = "the whole table" if list(columns) == ["*"] else ", ".join(columns)
        say(f"note: {name}: left out, since our tables have no place for it: {what}")
    for name in taken.left_alone:
        say(f"note: {visible(name)} is no table and was left alone")
