"""The village: an invented data set so small that every number can be worked out by hand.

SYNTHETIC. Five actors, two practices, six transfers; the tables stand in
``cases/village/package`` in the format of any data package.

Actors
======
======================= ============= ======= ======== ==================================
id                      kind          country level    level comes from
======================= ============= ======= ======== ==================================
country-xa Varnia       member state  XA      national its kind
country-xb Oreland      country       XB      national its kind
xa-aspby Aspby          city          XA      local    its kind; part of Varnia
xb-birkton Birkton      city          XB      local    its kind; part of Oreland
org-birkton-youth       organisation  XB      local    Birkton, for which it acts
======================= ============= ======= ======== ==================================

The networks ``n-kitchens`` and the later ``n-pans`` are actors too by the ontology, but give
and receive nothing.

Practices
=========
- ``p-kitchen`` Street kitchen, of Aspby since 2010.
- ``p-harbour`` Harbour kitchen, adapted from it by Birkton on 2015-03-01. Birkton received the
  street kitchen (v1), so a path may cross there. Lineage closure: p-harbour descends from
  p-kitchen, one pair.

Transfers
=========
The horizon is the latest day on which a source was read: 2025-11-30. At stage *adopted*:

== ========= ================================ ========== ========================== ========
id practice  from, to                         status     [lo, hi]                   proven
== ========= ================================ ========== ========================== ========
v1 p-kitchen xa-aspby, xb-birkton             adopted    2012-01-01 .. 2013-06-30   yes
v2 p-harbour xb-birkton, org-birkton-youth    adapted    2015-03-01 .. 2015-06-30   yes
v3 p-harbour org-birkton-youth, country-xb    embedded   2015-05-01 .. 2017-02-15   yes
v4 p-kitchen xa-aspby, country-xa             piloted    2013-01-01 .. 2025-11-30   no
v5 p-kitchen country-xa, org-birkton-youth    adopted    2011-01-01 .. 2012-12-31   yes
v6 p-harbour xb-birkton, country-xa           planned    left out                   no
== ========= ================================ ========== ========================== ========

- v1: of the end 2013 (31 December) and the status as of 2013-06-30 the earlier bounds it.
- v2: of the end 2015-06 and the status as of 2015-12 likewise.
- v3: the earliest of the end (2018-12-31), the status (2018-05-31), the attainments of
  *adopted* (2017-02-15) and of *embedded* (2018-04-30). At *embedded* the first of the two
  attainments no longer counts: 2018-04-30. At *mainstreamed* it is not proven and ends at
  the horizon.
- v4: not proven at *adopted*; at *visited* and *piloted* proven, 2013-01-01 .. 2014-12-31.
- v6: taken in by ``with_planned`` it is not proven, 2025-09-01 .. 2025-11-30. Its status is
  of 2025-01, before its start, so it would count as planned whatever the status.

All have a start or an end: none is undated. Modes: v1 and v2 horizontal, v3, v4 and v6
upward, v5 downward. Furthest stages: v1, v2 and v5 adopted, v3 embedded, v4 piloted, v6
planned. Certainty: v1 and v2 high, v3 and v4 medium, v5 and v6 low.

Reach at stage adopted, with lineage
====================================
``--from xa-aspby`` (gave p-kitchen), five rows, three of them certain:

========= ================= ======== ============ ============= ==== =========== ==========
practice  actor             reach    best_arrival worst_arrival hops adaptations transfers
========= ================= ======== ============ ============= ==== =========== ==========
p-harbour xb-birkton        certain  2015-03-01   2015-03-01    1    1           v1
p-harbour org-birkton-youth certain  2015-03-01   2015-06-30    2    1           v1 v2
p-harbour country-xb        possible 2015-05-01                 3    1           v1 v2 v3
p-kitchen xb-birkton        certain  2012-01-01   2013-06-30    1    0           v1
p-kitchen country-xa        possible 2013-01-01                 1    0           v4
========= ================= ======== ============ ============= ==== =========== ==========

- p-harbour, Birkton: the later of 2012-01-01 and the origin, 2015-03-01, at best; the
  origin's own day at worst, as v1 is certain.
- p-harbour, the office: certain, as the origin 2015-03-01 is not after the first day of v2.
  With ``--strict`` the same day will not do: possible, from 2015-03-02.
- p-harbour, Oreland: v2 may have ended (2015-06-30) after v3 began (2015-05-01).
- p-kitchen, the office is not reached: v4 cannot have moved before 2013-01-01, and v5 had
  by 2012-12-31. That is what ``--why-not --no-lineage`` names.

``--from xb-birkton`` (gave p-harbour): org-birkton-youth certain, 2015-03-01 .. 2015-06-30,
v2; country-xb possible, 2015-05-01, v2 v3. ``--from org-birkton-youth``: country-xb certain,
2015-05-01 .. 2017-02-15, v3. ``--from country-xa`` (gave p-kitchen): org-birkton-youth
certain, 2011-01-01 .. 2012-12-31, v5. Over all givers: 9 rows, 6 certain, 3 possible.

With ``with_planned`` there are two more: p-harbour at country-xa from 2025-09-01, possible,
``--from xa-aspby`` by v1 v6 (2 hops, 1 adaptation) and ``--from xb-birkton`` by v6.

``--to org-birkton-youth``: xa-aspby (p-kitchen, become p-harbour; v1 v2), xb-birkton
(p-harbour; v2) and country-xa (p-kitchen; v5), all certain.

``--from country-xa --from-adoption``: it adopted in 2011-06, so v5 (from 2011-01-01) may
lie before: org-birkton-youth possible, from 2011-06-01. From xa-aspby, which adopted in
2010, nothing changes but that it begins on 2010-01-01 .. 2010-12-31.

Projects, claims and the rest
=============================
``prog-river`` (2010–2020) has the axis ``prog-river-food``, and that the development programme
``prog-boats``. The call ``e-call`` of the axis chose two projects, and its list is complete:
``pj-galley`` (prog-boats, 2014 to 2016-06, responsible: the office) and ``pj-ladle`` (from
2014-02). The harbour kitchen was made in the galley; nothing went via either project. So of the
claims on the projects chosen, c5 (about half made something new; 1 of 2) lies inside its range
0.4–0.6, c6 (all brought something home; 0 of 2) and c7 (0.75–0.85 spread it abroad; 0 of 2)
outside. Of the two aims of the galley c1 has a result (c3), c2 has none; c4 says that it began
late. The office, a substance authority, was on the study visit ``e-visit`` as official of the
responsible organisation; the transition step h1 belongs to v3. ``n-pans`` succeeds
``n-kitchens``; its list is complete, so Varnia is known to be absent from it. Varnia's adoption a2
changed the programme ``prog-river``: a practice of its own, since Aspby is a part of it.

Exposure
========
Two: Birkton met the street kitchen with Aspby in ``n-kitchens``, 2011-05-01 .. 2013-12-31,
and Varnia met the harbour kitchen with Birkton at ``e-review``, 2016-09-20 .. 2016-09-21.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from kvgraph import flows as kvflows
from kvgraph.dates import read_date
from kvgraph.model import Package
from kvgraph.namespaces import mint
from kvgraph.readers import check_references, read_package
from kvgraph.store import Dataset
from shipped import built

FOLDER: Final = Path(__file__).resolve().parent / "cases" / "village" / "package"
"""The package folder."""

HORIZON: Final = read_date("2025-11-30").latest
"""The latest day on which a source was read."""

COUNTS: Final = {
    "sources": 2,
    "programmes": 3,
    "actors": 5,
    "aliases": 1,
    "roles": 1,
    "projects": 2,
    "networks": 2,
    "memberships": 3,
    "practices": 2,
    "events": 3,
    "participations": 3,
    "transfers": 6,
    "attainments": 2,
    "adoptions": 2,
    "handovers": 1,
    "claims": 7,
    "discrepancies": 1,
}
"""The rows of each table."""


@cache
def package() -> Package:
    """Give the village as a checked package."""
    found, faults = read_package(FOLDER, shown="village")
    faults += check_references([found])
    assert not faults, faults
    return found


@cache
def dataset() -> Dataset:
    """Give the village as a dataset in memory; it is shared, so it must not be written to."""
    return Dataset(built(package()))


@cache
def transfers() -> kvflows.Transfers:
    """Give the columns of the six transfers and the two exposures."""
    return kvflows.draw(dataset())


def flows(**asked: Any) -> kvflows.Flows:
    """Give the flows of the village for a question, at the village's own horizon."""
    return kvflows.moments(transfers(), **{"horizon": HORIZON, **asked})


def iri(identifier: str) -> str:
    """Give the IRI of an actor, practice or transfer of the village by its id."""
    kind = {"p": "practice", "v": "transfer"}.get(identifier[0], "actor")
    return mint(kind, identifier)
