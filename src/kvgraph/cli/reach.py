"""Tell whom a practice can have reached, or come from: certain and possible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kvgraph.analysis.reach import ANALYSIS
from kvgraph.cli._flows import ask, question_options
from kvgraph.cli._writing_back import check_write_back, write_back
from kvgraph.inquiry import Answered, put


@click.command("reach")
@question_options(ANALYSIS)
def COMMAND(format_name: str, output: Path | None, **options: Any) -> None:  # noqa: N802
    """Tell whom the practices of an actor can have reached, or where those it has can come from.

    Certain: in every way in which the dates and outcomes can have been. Possible: in some.
    Each row names the transfers that prove it. Times are days; a practice is followed into
    its documented adaptations.

    With --actor, --network, --programme, --theme, --country or --query only the transfers that
    these select are looked at. A period cannot be selected here: --from is an actor, and what
    came before a day is what later steps rest on.
    """
    check_write_back(options)
    asked = ask(options)
    table = put(asked, ANALYSIS, options)
    from kvgraph.cli._plots import plot
    from kvgraph.cli._tell import Teller, answer
    from kvgraph.cli._tell_reach import tell_reach

    if options["plot"] is not None:
        teller = Teller(asked)
        ends = [r["actor"] for r in table.records()]
        ends += [table.head[name] for name in ("from", "to") if table.head.get(name)]
        named = {str(end): teller.name(end) for end in ends}
        plot(options["plot"], "reach", Answered(table, named), asked.dataset, options["lang"])
    answer(table, asked, format_name, output, tell_reach)
    write_back(ANALYSIS, table, options)
