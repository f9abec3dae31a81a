"""Tell how a practice got from one actor to another, hop by hop, or why it did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kvgraph.analysis.paths import ANALYSIS
from kvgraph.cli._flows import ask, question_options


@click.command("paths")
@question_options(ANALYSIS)
def COMMAND(  # noqa: N802
    format_name: str, output: Path | None, k: int, why_not: bool, **options: Any
) -> None:
    """Tell how a practice got from one actor to another, each hop with its dates and sources.

    The best paths come first: certain before possible, then the fewest hops, then the
    earliest arrival. With --why-not: the nearest chain of transfers and what breaks it.

    With --actor, --network, --programme, --theme, --country or --query only the transfers that
    these select are looked at. A period cannot be selected here: --from is an actor, and what
    came before a day is what later steps rest on.
    """
    from kvgraph.analysis import paths as p
    from kvgraph.errors import KvgraphError

    if k < 1:
        raise KvgraphError("-k needs at least one path", hint="Say -k 5.")
    asked = ask(options)
    if why_not:
        table = p.why_not(asked.flows, asked.question, dataset=asked.digest)
    else:
        table = p.paths(asked.flows, asked.question, k=k, dataset=asked.digest)
        if asked.dataset is not None:
            from kvgraph.namespaces import shorten
            from kvgraph.proof import open_hops

            iris = {shorten(iri): iri for iri in asked.flows.transfers.ids}
            table = open_hops(table, iris, asked.dataset)
    from kvgraph.cli._tell import answer
    from kvgraph.cli._tell_paths import tell_paths, tell_why_not

    answer(asked.told(table), asked, format_name, output, tell_why_not if why_not else tell_paths)
