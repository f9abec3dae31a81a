"""Suggest which things of two packages are the same, and take in what a person decided."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvgraph.cli._common import emit, format_option, output_option, progress, say, store_option
from kvgraph.cli._stores import open_dataset
from kvgraph.errors import FaultyInputError, KvgraphError, StoreError, counted

if TYPE_CHECKING:
    from kvgraph.graph.match.decisions import Checked
    from kvgraph.store import Dataset

_KINDS = ("actor", "practice", "project", "network", "programme")


@click.command("match", short_help="Suggest which things are the same; take in what was decided.")
@click.argument("one", required=False, metavar="A")
@click.argument("other", required=False, metavar="B")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Compare only things of this kind; may be given again.",
)
@click.option(
    "--min-score",
    type=click.IntRange(50, 100),
    help="The lowest score that is suggested: 70 for places and 78 for all else if not given.",
)
@click.option(
    "--apply",
    "applied",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="DECISIONS.csv",
    help="Take the decisions of a file into the store.",
)
@click.option(
    "--accepted",
    "shown",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="DECISIONS.csv",
    help="Give the accepted pairs of a file with the addresses of both things.",
)
@click.option("--name", help="What the decisions are called in the store, if not as the file.")
@click.option(
    "--undo",
    metavar="NAME",
    help="Take the decisions, or the answer written back, of this name out of the store.",
)
@format_option("csv", "table", "tsv", "json", "jsonl")
@output_option
@store_option
def COMMAND(  # noqa: N802
    one: str | None,
    other: str | None,
    kinds: tuple[str, ...],
    min_score: int | None,
    applied: Path | None,
    shown: Path | None,
    name: str | None,
    undo: str | None,
    format_name: str,
    output: Path | None,
    store_path: Path | None,
) -> None:
    """Suggest which things of A and B may be the same, each with the reason and a score.

    A and B are each a package of the store, a store, an RDF file or a shipped package. They may
    be the same: then duplicates inside it are suggested. Nothing is merged. Write accept or
    reject into the column decision, and take the file into the store:

    \b
      kvgraph match my-package transfer-networks --store STORE -o suggestions.csv
      kvgraph match --apply suggestions.csv --store STORE
      kvgraph match --undo suggestions --store STORE

    What was accepted links both things as the same (skos:exactMatch), in a graph of its own;
    what was rejected is not suggested again. kvgraph query matches lists both. --undo gives the
    store back as it was; it takes out an answer of kvgraph analyse --write-back too.
    """
    asked = [text for text, value in (
        ("A B", one or other), ("--apply", applied), ("--accepted", shown), ("--undo", undo)
    ) if value is not None]  # fmt: skip
    if len(asked) != 1:
        what = " and ".join(asked) + " cannot be given together" if asked else "say what to match"
        raise click.UsageError(f"{what}: A B, --apply, --accepted or --undo")
    if (one is None) != (other is None):
        raise click.UsageError("two packages are matched: give A and B, which may be the same")
    if one is not None and other is not None:
        emit(_suggest(one, other, kinds, min_score, store_path), format_name, output)
        return
    if store_path is None:
        raise click.UsageError(f"{asked[0]} needs --store: the store with the two packages")
    if shown is not None:
        from kvgraph.graph.match.quads import accepted

        dataset = open_dataset(store_path)
        checked, _ = _check(shown, dataset, None)
        emit(accepted(checked.decisions, dataset), format_name, output)
    elif applied is not None:
        _apply(applied, store_path, _name(name, applied))
    elif undo is not None:
        _undo(undo, store_path)


def _suggest(
    one: str, other: str, kinds: tuple[str, ...], min_score: int | None, store_path: Path | None
) -> Any:
    """Compare the things of two packages, and tell what was left out."""
    from kvgraph.graph.match.suggest import suggest
    from kvgraph.graph.match.things import candidates, decided

    known: set[frozenset[str]] = set()
    sides = []
    with progress() as step:
        opened: dict[Path | None, Dataset] = {}
        if store_path is not None:
            opened[store_path] = open_dataset(store_path)
        for text in (one, other):
            path, graph = _where(text, store_path, opened)
            if path not in opened:
                opened[path] = open_dataset(path)
            step(f"reading {text}")
            sides.append(candidates(opened[path], graph, kinds or _KINDS))
        for dataset in opened.values():
            known |= decided(dataset).keys()
        step(f"comparing {len(sides[0]):,} things with {len(sides[1]):,}")
        table = suggest(*sides, min_score=min_score, decided=known)
        step("done")
    head = table.head
    left = {
        "decided on already": head["left_out_decided"],
        "parts, versions or successors of one another": head["left_out_related"],
        "of kinds that no thing is at once": head["left_out_kinds"],
        "things of both under one IRI, so the same already": one != other and head["in_both"],
    }
    for why, number in left.items():
        if number:
            say(f"left out: {number} {why}")
    say(f"{head['count']} suggestions" if table.rows else table.empty)
    return table


def _where(
    text: str, store_path: Path | None, opened: dict[Path | None, Dataset]
) -> tuple[Path | None, str]:
    """Tell where what is to be matched stands: the store (``None`` is the shipped one), the graph.

    :raises StoreError: if it stands nowhere.
    """
    from kvgraph import resources
    from kvgraph.graph.match.things import packages
    from kvgraph.store import ABOUT

    there = packages(opened[store_path]) if store_path is not None else []
    shipped = [folder.name for folder in resources.package_folders()]
    path = Path(text)
    if text in there:
        return store_path, text
    if path.is_file() or (path / ABOUT).is_file():
        return path, ""
    if text in shipped:
        return None, text
    hint = "One of: " + ", ".join(dict.fromkeys([*there, *shipped])) + "; or a store or RDF file."
    if (path / "package.toml").is_file():
        hint = f"Build it first: kvgraph build {text} -o STORE; then match it with --store STORE."
    raise StoreError(f'"{text}" is no package, store or RDF file', hint=hint)


def _name(name: str | None, file: Path) -> str:
    """Give the name of the graph that decisions go into.

    :raises KvgraphError: if it cannot be one.
    """
    found = name if name is not None else file.stem
    if not re.fullmatch(r"[\w.~-]+", found):
        raise KvgraphError(
            f'decisions cannot be called "{found}"',
            hint="Letters, digits, hyphens, dots and underscores will do: --name autumn.",
        )
    return found


def _check(file: Path, dataset: Dataset, name: str | None) -> tuple[Checked, str]:
    """Read a file of decisions; give it with the digest of the file.

    :raises FaultyInputError: if anything is wrong in it, with every fault.
    """
    import dataclasses
    import hashlib

    from kvgraph.export._separated import as_it_was
    from kvgraph.graph.match.decisions import check_decisions
    from kvgraph.readers import read_csv

    read = read_csv(file)
    rows = tuple((row, [as_it_was(cell) for cell in cells]) for row, cells in read.rows)
    checked = check_decisions(dataclasses.replace(read, rows=rows), dataset, name)
    if checked.faults:
        raise FaultyInputError(
            f"{counted(len(checked.faults), 'fault')}; nothing was taken in", checked.faults,
            hint="Mend the rows named above and try again.",
        )  # fmt: skip
    return checked, f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def _apply(file: Path, store_path: Path, name: str) -> None:
    """Take decisions into a store, in the place of what it holds under their name."""
    from kvgraph.graph.match.quads import match_quads

    dataset = open_dataset(store_path)
    checked, digest = _check(file, dataset, name)
    quads = list(match_quads(checked.decisions, name, digest, dataset))
    yes = sum(one.same for one in checked.decisions)
    say(f"{yes} accepted, {len(checked.decisions) - yes} rejected")
    if checked.undecided:
        say(f"{checked.undecided} rows are not decided yet, and left out")
    if checked.known:
        say(f"{checked.known} rows say what the store knows already, and are left out")
    if not quads:
        raise KvgraphError(
            f"{file} holds no new decision", hint="Write accept or reject into its first column."
        )
    _write(store_path, dataset, name, quads, digest)


def _undo(name: str, store_path: Path) -> None:
    """Take the decisions, or the answer written back, of a name out of a store.

    :raises StoreError: if it holds none of that name.
    """
    from kvgraph.cli._writing_back import take_out
    from kvgraph.graph.answers import written_back
    from kvgraph.graph.match.things import MATCHES

    dataset = open_dataset(store_path)
    there = [p["name"].removeprefix(MATCHES) for p in dataset.about.packages
             if p["name"].startswith(MATCHES)]  # fmt: skip
    answers = written_back(dataset)
    # Decisions can be told from an answer of the same name by what their graph is called.
    if name in answers:
        say(take_out(store_path, name))
        return
    name = name.removeprefix(MATCHES)
    if name not in there:
        known = [*there, *answers]
        raise StoreError(
            f'{store_path} holds no decisions called "{name}", and no answer written back',
            hint="It holds: " + ", ".join(known) + "." if known else "It holds none.",
        )
    _write(store_path, dataset, name, [], "")


def _write(path: Path, dataset: Dataset, name: str, quads: list[Any], digest: str) -> None:
    """Write a store anew, aside, with these statements in the graph of matches of this name."""
    from kvgraph.cli._stores import write_store
    from kvgraph.graph.kept import Kept
    from kvgraph.graph.match.things import MATCHES
    from kvgraph.model import Package

    called = MATCHES + name
    new = Package(
        called, digest[:19], {}, {}, "", (), "", "", False, (), tuple(q.triple for q in quads)
    )
    with progress() as step:
        about = write_store(
            path,
            [new] if quads else [],
            step,
            kept=Kept.all_but(dataset, {called}),
            before=dataset.about.digest,
        )
        step("nothing has changed" if about.digest == dataset.about.digest else "done")
    click.echo(f"{path}: {about.quads} quads, {about.digest}")
