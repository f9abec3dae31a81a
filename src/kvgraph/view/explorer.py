"""The explorer: a page to search, filter and follow what is known, each fact with its sources.

One file that opens from anywhere and asks nothing of any network. pyvis holds the nodes and
edges as vis-network takes them, and brings the copy of vis-network that draws them; the page
around them is our own, since that of pyvis loads from a CDN, runs scripts from data and takes
long to settle.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

from kvgraph import __version__, vocabulary
from kvgraph.coverage import asked, judged, line, summary
from kvgraph.diagram import CLASSES, Frame, classes_of, draw_things
from kvgraph.diagram.layout import GOVERNANCE, lanes, place, place_in_lanes
from kvgraph.dossier import named, property_in_words, statements, value_in_words
from kvgraph.links import ENDS, Link
from kvgraph.model import Diagram, Edge, Iri, Node, Parameter, View
from kvgraph.names import label, names_of
from kvgraph.namespaces import ID, code_iri, expand, kind_of, mint
from kvgraph.palette import PALETTE, PATH_COLOUR, PATH_WIDTH, class_of, kind_of_class
from kvgraph.proof import cite, is_synthetic
from kvgraph.scene import embedded
from kvgraph.selection import Selected
from kvgraph.store import Dataset
from kvgraph.tables import definitions
from kvgraph.words import sentences, word

LANGUAGES: Final = ("fi", "sv", "en")
WORDS: Final = "view.explorer."

LANES, SOME, MANY = 150, 600, 3000
"""The ladder: up to so many nodes lanes with all labels; labels for the most linked; edges
hidden while dragging. What is more than the last is put together by country and class."""

_INK, _GREY = "#27313B", "#8A939C"
LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "stated": {"width": 0.7, "colour": _GREY, "dashes": False},
    "proven": {"width": 2.6, "colour": _INK, "dashes": False},
    "possible": {"width": 1.0, "colour": _INK, "dashes": False},
    "uncounted": {"width": 1.6, "colour": _INK, "dashes": [1, 5]},
    "derived": {"width": 0.7, "colour": _GREY, "dashes": [7, 5]},
}
"""How lines look: what is documented and no transfer is thin and grey, a transfer is dark, and
thick only if it is proven."""

Wording = str | tuple[str, ...]
"""A text that is the same in every language, or one for each."""


def draw(dataset: Dataset, selected: Selected, by: Frame, *, classes: str | None = None) -> str:
    """Give the page as one HTML file.

    Click a thing or a line for everything that is known of it; filter by the legend; search
    by any name; find the shortest documented connection between two things. Above 3,000
    things they are put together by country and class.
    """
    wanted = classes_of(classes)
    diagram = draw_things(dataset, selected, by, wanted)
    whole = Counter(n.attributes["country"] for n in diagram.nodes if n.attributes["country"])
    known = summary(dataset, _drawn(diagram, selected))
    left_out = len(diagram.nodes) if len(diagram.nodes) > MANY else 0
    if left_out:
        diagram = condense(diagram)
    data = _Page(dataset, diagram, by).data()
    data["coverage"] = [
        judged(diagram, line(known, lang, selected.undated), lang) for lang in LANGUAGES
    ]
    data["leftOut"] = left_out
    data["narrow"] = sorted(whole.items(), key=lambda pair: (-pair[1], pair[0])) if left_out else []
    return _html(data, by.lang)


def _drawn(diagram: Diagram, selected: Selected) -> list[Link]:
    """Give the links that a diagram draws."""
    iris = {edge.attributes["iri"] for edge in diagram.edges}
    return [link for link in selected.links if link.iri in iris]


def condense(diagram: Diagram) -> Diagram:
    """Put together the nodes by country and class, and what goes between two of them by kind.

    A node tells how many it stands for (``count``), an edge how many (``count``) of one kind.
    """
    groups = {
        node.id: (str(a["country"] or ""), class_of(str(a["kind"]), a["class"]))
        for node in diagram.nodes
        for a in (node.attributes,)
    }
    names = {group: f"{group[0] or '-'} {_local(group[1])}" for group in set(groups.values())}
    nodes = [
        Node(
            names[country, iri],
            {
                "label": names[country, iri], "kind": kind_of_class(iri), "class": None,
                "class_iri": iri, "level": None, "country": country, "count": size, "iri": None,
            },
        )
        for (country, iri), size in Counter(groups.values()).items()
    ]  # fmt: skip
    between: Counter[tuple[str, str, str, str]] = Counter()
    for edge in diagram.edges:
        ends = names[groups[edge.source]], names[groups[edge.target]]
        between[(*ends, str(edge.attributes["kind"]), line_of(edge.attributes))] += 1
    properties = {str(e.attributes["kind"]): e.attributes["property"] for e in diagram.edges}
    edges = [
        Edge(
            f"{source} {kind} {line} {target}",
            source,
            target,
            {"label": str(n), "kind": kind, "line": line, "count": n, "practice": None,
             "property": properties[kind], "sources": (), "iri": None},
        )
        for (source, target, kind, line), n in between.items()
    ]  # fmt: skip
    return Diagram(
        tuple(sorted(nodes, key=lambda n: n.id)),
        tuple(sorted(edges, key=lambda e: e.id)),
        diagram.head,
    )


def line_of(attributes: Mapping[str, Any]) -> str:
    """Give the style of an edge's line, a key of :data:`LOOKS`.

    *proven* and *possible* are transfers that take part in reach, *uncounted* those that do
    not; *derived* is what a rule made, *stated* whatever else is documented.
    """
    if "line" in attributes:
        return str(attributes["line"])
    if attributes["derived"]:
        return "derived"
    if attributes["kind"] != "transfer":
        return "stated"
    if attributes["left_out"]:
        return "uncounted"
    return "proven" if attributes["proven"] else "possible"


def most_labels(n: int) -> int:
    """Give how many names are shown at once among so many nodes: the ladder's rungs."""
    return n if n <= LANES else 60 if n <= SOME else 30


@dataclass(slots=True)
class _Texts:
    """Texts, each held once and named by its number."""

    texts: list[Wording]
    numbers: dict[Wording, int]

    def put(self, texts: Iterable[str]) -> int:
        """Give the number of a text in the three languages."""
        found = tuple(texts)
        text: Wording = found[0] if len(set(found)) == 1 else found
        if text not in self.numbers:
            self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return self.numbers[text]


class _Page:
    """Everything that the page holds, as JSON can hold it."""

    def __init__(self, dataset: Dataset, diagram: Diagram, by: Frame) -> None:
        self.dataset = dataset
        self.diagram = diagram
        self.by = by
        self.texts = _Texts([], {})
        self.places = {node.id: i for i, node in enumerate(diagram.nodes)}
        self.by_iri = {str(n.attributes["iri"]): i for i, n in enumerate(diagram.nodes)}
        self.sources: dict[str, int] = {}
        self.cited: list[tuple[str, str, str]] = []
        self.kinds: dict[str, int] = {}
        self._words: dict[tuple[str, str], int] = {}

    def data(self) -> dict[str, Any]:
        """Give the data of the page."""
        by_level = place_in_lanes(self.diagram)
        by_links = place(self.diagram)
        positions = by_level if len(self.diagram.nodes) <= LANES else by_links
        nodes, edges = self._built()
        things = [self._thing(node) for node in self.diagram.nodes]
        kinds = Counter(str(edge.attributes["kind"]) for edge in self.diagram.edges)
        self.kinds = {kind: i for i, kind in enumerate(sorted(kinds, key=_kind_order))}
        relations = [self._relation(edge) for edge in self.diagram.edges]
        return {
            "version": __version__,
            "dataset": self.dataset.digest,
            "base": ID,
            "synthetic": is_synthetic(self.dataset),
            "empty": self.diagram.empty,
            "words": _page_words(),
            "classes": [
                {
                    "id": _local(iri),
                    "label": [_class_label(iri, lang) for lang in LANGUAGES],
                    "colour": style.colour,
                    "shape": style.shape,
                    "letter": style.letter,
                    "kind": kind_of_class(iri),
                }
                for iri, style in PALETTE.items()
            ],
            "kinds": [{"id": kind, "label": self._kind(kind)} for kind in self.kinds],
            "lines": [
                {
                    "id": line,
                    "label": [word(f"view.line.{line}", lang) for lang in LANGUAGES],
                    **look,
                }
                for line, look in LOOKS.items()
            ],
            "path": {"colour": PATH_COLOUR, "width": PATH_WIDTH},
            "labels": most_labels(len(nodes)),
            "selection": self._selection(),
            "lanesNamed": self._lanes(),
            "nodes": nodes,
            "edges": edges,
            "things": things,
            "relations": relations,
            "sources": self.cited,
            "texts": self.texts.texts,
            "lanes": [by_level[node.id] for node in self.diagram.nodes],
            "links": [by_links[node.id] for node in self.diagram.nodes],
            "start": "lanes" if positions is by_level else "links",
            "hideEdges": len(nodes) > SOME,
        }

    def _built(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Let pyvis build what vis-network draws."""
        from pyvis.network import Network

        degree = Counter(end for e in self.diagram.edges for end in {e.source, e.target})
        built = Network(directed=True)
        # add_node and add_edge look through all that is there already, each time.
        built.nodes = [
            self._node(i, node, degree[node.id]) for i, node in enumerate(self.diagram.nodes)
        ]
        seen: Counter[tuple[str, str]] = Counter()
        for i, edge in enumerate(self.diagram.edges):
            pair = (min(edge.source, edge.target), max(edge.source, edge.target))
            built.edges.append(self._edge(i, edge, seen[pair]))
            seen[pair] += 1
        nodes, edges, *_ = built.get_network_data()
        return nodes, edges

    def _node(self, i: int, node: Node, degree: int) -> dict[str, Any]:
        count = node.attributes.get("count")
        weight = count if isinstance(count, int) else degree
        # Colour and shape are those of the group, which is the class.
        group = list(PALETTE).index(_class_iri(node))
        return {"id": i, "group": group, "size": round(9 + min(weight, 400) ** 0.5 * 1.6, 1)}

    def _edge(self, i: int, edge: Edge, nth: int) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": i,
            "from": self.places[edge.source],
            "to": self.places[edge.target],
        }
        if edge.attributes["kind"] == "transfer":
            made["arrows"] = "to"
        if nth:
            # Parallel edges are bent apart; straight ones are drawn much faster.
            made["bend"] = round(0.12 * ((nth + 1) // 2) * (1 if nth % 2 else -1), 2)
        return made

    def _thing(self, node: Node) -> dict[str, Any]:
        """Give what is told of a node: its names, and every fact with its sources."""
        iri = node.attributes["iri"]
        told: dict[str, Any] = {"id": node.id}
        told |= {k: v for k in ("country", "level") if (v := node.attributes.get(k))}
        if not isinstance(iri, Iri):
            count = node.attributes["count"]
            labels = []
            for lang in LANGUAGES:
                where = told.get("country") or word("view.explorer.no_country", lang)
                labels.append(f"{where} · {_class_label(_class_iri(node), lang)} ({count})")
            return {**told, "count": count, "label": self.texts.put(labels), "facts": []}
        labels = [label(self.dataset, iri, lang) for lang in LANGUAGES]
        facts, sources = self._facts(iri)
        told |= {"label": self.texts.put(labels), "facts": facts, "sources": sources}
        # The page makes the IRI of kind and id itself, where it can.
        plain = iri == f"{ID}{kind_of(iri)}/{quote(node.id, safe='')}"
        if not plain:
            told["iri"] = str(iri)
        others = [name for name in names_of(self.dataset, iri) if name not in labels]
        if others:
            told["names"] = [self.texts.put([name]) for name in others]
        return told

    def _relation(self, edge: Edge) -> dict[str, Any]:
        """Give what is told of an edge: its kind, how it is drawn, its facts and sources."""
        a = edge.attributes
        iri = a["iri"]
        practice = a.get("practice")
        told: dict[str, Any] = {
            "id": edge.id,
            "kind": self.kinds[str(a["kind"])],
            "line": list(LOOKS).index(line_of(a)),
            "sources": [self._source(s) for s in a["sources"] or ()],  # type: ignore[union-attr]
            "when": _when(a),
        }
        if isinstance(a.get("count"), int):
            told["count"] = a["count"]
        if practice is not None:
            told["label"] = self.texts.put(
                label(self.dataset, mint("practice", str(practice)), lang) for lang in LANGUAGES
            )
            place = self.by_iri.get(mint("practice", str(practice)))
            if place is not None:
                told["practice"] = place
        record = isinstance(iri, Iri) and kind_of(iri) == str(a["kind"])
        if record:
            told["facts"] = self._facts(str(iri))[0]
        return {key: value for key, value in told.items() if value not in ("", [])}

    def _facts(self, iri: str) -> tuple[list[list[int]], list[int]]:
        """Give each fact as numbers, and the sources that back those that no rule made.

        A fact is its property, its value and, where a rule made it, the rule.
        """
        rows: list[tuple[int, list[int]]] = []
        sources: dict[str, None] = {}
        order = _order()
        for said in statements(self.dataset, iri):
            row = [self._word(said.predicate, ""), self._word(said.value, said.predicate)]
            if said.rule:
                row.append(self.texts.put(named("rule", said.rule, lang) for lang in LANGUAGES))
            sources |= dict.fromkeys(said.sources)
            place = order.get(said.predicate, len(order))
            # One name may be said in several languages, or a kind by two rules.
            if (place, row) not in rows:
                rows.append((place, row))
        texts = self.texts.texts
        rows.sort(key=lambda r: (len(r[1]), r[0], *(str(texts[number]) for number in r[1])))
        return [row for _, row in rows], [self._source(name) for name in sources]

    def _selection(self) -> list[tuple[list[str], list[str]]]:
        """Give what was asked for, each option and what it names in the three languages."""
        told = [asked(self.dataset, self.diagram, lang) for lang in LANGUAGES]
        return [
            ([option for option, _ in same], [value for _, value in same])
            for same in zip(*told, strict=True)
        ]

    def _lanes(self) -> list[tuple[int, list[str]]]:
        """Give each lane's height and name: a level of governance, or a class."""
        found = []
        for key, y in lanes(self.diagram).items():
            if key in GOVERNANCE:
                told = [vocabulary.label(code_iri("level", key), lang) for lang in LANGUAGES]
            elif key:
                told = [_class_label(class_of(key), lang) for lang in LANGUAGES]
            else:
                told = [word("view.explorer.no_level", lang) for lang in LANGUAGES]
            found.append((y, told))
        return found

    def _word(self, value: str, predicate: str) -> int:
        """Give the number of a value in words, or of a property where there is no value."""
        key = (value, predicate)
        if key not in self._words:
            self._words[key] = self.texts.put(
                value_in_words(self.dataset, value, predicate, lang)
                if predicate
                else property_in_words(self.dataset, value, lang)
                for lang in LANGUAGES
            )
        return self._words[key]

    def _source(self, name: str) -> int:
        """Give the number of a source, by its id."""
        if name not in self.sources:
            source = cite(self.dataset, mint("source", name))
            self.sources[name] = len(self.cited)
            self.cited.append((source.id, source.title, source.url))
        return self.sources[name]

    def _kind(self, kind: str) -> list[str]:
        """Give what a kind of edge is called: a record by its kind, a relation by its property."""
        edges = (e.attributes for e in self.diagram.edges if e.attributes["kind"] == kind)
        iri = next(edges)["property"]
        if iri is None:
            return [named("kind", kind, lang) for lang in LANGUAGES]
        return [property_in_words(self.dataset, str(iri), lang) for lang in LANGUAGES]


def _class_iri(node: Node) -> str:
    given = node.attributes.get("class_iri")
    return str(given) if given else class_of(str(node.attributes["kind"]), node.attributes["class"])


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]


def _class_label(iri: str, lang: str) -> str:
    """Give what a class of the legend is called."""
    return word(f"view.class.{_local(iri).lower()}", lang)


def _kind_order(kind: str) -> tuple[int, str]:
    """Order kinds of edges: records first, transfers before all."""
    return (list(ENDS).index(kind) if kind in ENDS else len(ENDS), kind)


def _when(attributes: Mapping[str, Any]) -> str:
    """Give the time of an edge as worded, else as the days that bound it."""
    worded = [attributes.get(name) for name in ("start", "end")]
    if not any(worded):
        worded = [attributes.get(name) for name in ("earliest", "latest")]
    first, last = ("" if value is None else str(value) for value in worded)
    return first if first == last or not last else f"{first} – {last}"


@cache
def _order() -> dict[str, int]:
    """Give the order in which properties are told: names first, then as in the tables."""
    first = ["rdfs:label", "dcterms:title", "skos:altLabel", "rdf:type"]
    columns = (c for d in definitions().values() for c in d.columns)
    names = [*first, *(c.property for c in columns if c.property)]
    return {expand(name): i for i, name in enumerate(dict.fromkeys(names))}


@cache
def _page_words() -> dict[str, list[str]]:
    """Give what the page says, by key, in the three languages."""
    return {
        key.removeprefix(WORDS): [texts[lang] for lang in LANGUAGES]
        for key, texts in sentences().items()
        if key.startswith(WORDS)
    }


def _html(data: Mapping[str, Any], lang: str) -> str:
    """Put the page together: one file, whose policy allows its own scripts and styles alone."""
    import pyvis
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    page = files("kvgraph").joinpath("view/page")
    library = files(pyvis).joinpath("lib/vis-9.1.2/vis-network.min.js").read_text("utf-8")
    # The map is a file of the library's makers, which a browser would ask for.
    library = library.partition("//# sourceMappingURL")[0]
    held = embedded(data)
    style = page.joinpath("explorer.css").read_text("utf-8")
    # Without indents and remarks, which only weigh in a file that is mailed.
    lines = map(str.strip, page.joinpath("explorer.js").read_text("utf-8").splitlines())
    script = "\n".join(line for line in lines if line and not line.startswith("//"))
    sha = hashlib.sha256("\0".join((held, library, style, script)).encode())
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(page.joinpath("explorer.html").read_text("utf-8"))
    return template.render(
        lang=lang,
        title=word("view.explorer.title", lang),
        noscript=word("view.explorer.noscript", lang),
        # Of the content, so that the same input is the same page.
        nonce=base64.b64encode(sha.digest()[:18]).decode(),
        data=Markup(held),
        library=Markup(library),
        style=Markup(style),
        script=Markup(script),
    )


VIEW = View(
    "explorer",
    "Write a page to search, filter and follow what is known, each fact with its sources.",
    ".html",
    (
        Parameter(
            "classes", "text", "only things of these classes, between commas: " + ", ".join(CLASSES)
        ),
    ),
    draw,
)
