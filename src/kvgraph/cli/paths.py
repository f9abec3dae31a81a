"""Tell how a practice got from one actor to another, hop by hop, or why it did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kvgraph.analysis.paths import ANALYSIS
from kvgraph.cli._flows import ask, question_options
from kvgraph.cli._writing_back import check_write_back, write_back
from kvgraph.inquiry import put


@click.command("paths")
@question_options(ANALYSIS)
def COMMAND(format_name: str, output: Path | None, **options: Any) -> None:  # noqa: N802
    """Tell how a practice got from one actor to another, each hop with its dates and sources.

    The best paths come first: certain before possible, then the fewest hops, then the
    earliest arrival. With --why-not: the nearest chain of transfers and what breaks it.

    With --actor, --network, --programme, --theme, --country or --query only the transfers that
    these select are looked at. A period cannot be selected here: --from is an actor, and what
    came before a day is what later steps rest on.
    """
    check_write_back(options)
    asked = ask(options)
    table = put(asked, ANALYSIS, options)
    from kvgraph.cli._tell import answer
    from kvgraph.cli._tell_paths import tell_paths, tell_why_not

    answer(table, asked, format_name, output, tell_why_not if options["why_not"] else tell_paths)
    write_back(ANALYSIS, table, options)
