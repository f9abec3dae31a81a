"""Which jurisdiction or member state each actor of a dataset belongs to."""

from __future__ import annotations

from kvgraph.namespaces import KV, PREFIXES
from kvgraph.store import Dataset, pivot

_COUNTRY = frozenset({KV + "MemberState", KV + "Country"})
_JURISDICTION = KV + "Jurisdiction"


def rollup(dataset: Dataset, level: str) -> dict[str, str]:
    """Give the group of each actor at a level: ``jurisdiction`` or ``member-state``.

    At *jurisdiction* an organisation stands for the jurisdiction that it acts for, if that
    is known, else for itself. At *member-state* an actor stands for the country (a member
    state of the EU or not) whose code it bears, or of which the jurisdiction is a part that
    it stands for; who has none, such as a European network, stands for nothing and is left
    out.
    """
    types = pivot(dataset, PREFIXES["rdf"] + "type")
    acts_for = {a: v[0] for a, v in pivot(dataset, KV + "actsFor").items()}
    part_of = {a: v[0] for a, v in pivot(dataset, PREFIXES["dcterms"] + "isPartOf").items()}
    code = {a: v[0] for a, v in pivot(dataset, KV + "countryCode").items()}
    countries = {code[a]: a for a, kinds in types.items() if a in code and _COUNTRY & set(kinds)}
    actors = sorted(a for a, kinds in types.items() if KV + "Actor" in kinds)
    groups: dict[str, str] = {}
    for actor in actors:
        own = actor if _JURISDICTION in types[actor] else acts_for.get(actor, actor)
        if level == "jurisdiction":
            groups[actor] = own
            continue
        state = countries.get(code.get(actor, ""), "") or countries.get(code.get(own, ""), "")
        seen = {own}
        while not state and own in part_of and part_of[own] not in seen:
            own = part_of[own]
            seen.add(own)
            if _COUNTRY & set(types.get(own, ())):
                state = own
        if state:
            groups[actor] = state
    return groups
