"""The ontology is well formed, means what it says, and each of its checks can fail.

What is checked and what must break it are files in ``cases/ontology``:

``good.ttl``   every class and property once, nothing wrong
``lint/``      for each query of ``ontology/lint`` a file of faults; ``# finds:`` names each
``owl/``       contradictions that a reasoner must find
``shapes/``    for each constraint of ``shapes.ttl`` a file that breaks it; ``# fires:`` names it
``rules/``     for each rule inputs and what the rule adds to them

The terms of other vocabularies stand in two frozen lists, ``foreign_terms.txt`` (used) and
``mapped_terms.txt`` (pointed at); ``unknown_terms.ttl`` uses some that are in neither.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS, XSD

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
CASES = Path(__file__).resolve().parent / "cases" / "ontology"

BASE = "https://w3id.org/kvgraph/"
KV = rdflib.Namespace(BASE + "def#")
KSH = rdflib.Namespace(BASE + "shapes#")

PREFIXES = {
    "cv": "http://data.europa.eu/m8g/",
    "dcterms": "http://purl.org/dc/terms/",
    "dg": "https://w3id.org/dingo#",
    "eurio": "http://data.europa.eu/s66#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "ksh": str(KSH),
    "kv": str(KV),
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": str(OWL),
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": str(SH),
    "skos": str(SKOS),
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vivo": "http://vivoweb.org/ontology/core#",
    "void": "http://rdfs.org/ns/void#",
    "voc": BASE + "voc/",
    "xsd": str(XSD),
}

TURTLE = sorted(ONTOLOGY.glob("*.ttl"))
LINTS = sorted((ONTOLOGY / "lint").glob("*.rq"))
RULES = sorted((ONTOLOGY / "rules").glob("*.rq"))
BROKEN = sorted((CASES / "shapes").glob("*.ttl"))
CONTRADICTIONS = sorted((CASES / "owl").glob("*.ttl"))
RULE_CASES = sorted((CASES / "rules").iterdir())


def expand(name: str) -> str:
    """Give the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def shorten(iri: str) -> str:
    """Give the prefixed name of a term, by the longest prefix that fits."""
    fitting = [(len(start), p) for p, start in PREFIXES.items() if iri.startswith(start)]
    return f"{max(fitting)[1]}:{iri[max(fitting)[0] :]}" if fitting else iri


def graph(*files: Path) -> rdflib.Graph:
    """Read Turtle files into one rdflib graph."""
    read = rdflib.Graph()
    for file in files:
        read.parse(file, format="turtle")
    return read


def store(*files: Path) -> ox.Store:
    """Read Turtle files into one store, each into a graph of its own."""
    read = ox.Store()
    for file in files:
        name = ox.NamedNode(f"{BASE}graph/{file.stem}")
        read.load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=name)
    return read


def comments(file: Path, key: str) -> list[list[str]]:
    """Give the words of each ``# key: ...`` line of a case."""
    found = re.findall(rf"^# {key}: (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return [line.split() for line in found]


@cache
def terms() -> rdflib.Graph:
    return graph(ONTOLOGY / "kv.ttl")


@cache
def tables() -> dict[str, Any]:
    read = tomllib.loads((ROOT / "src" / "kvgraph" / "tables.toml").read_text("utf-8"))
    return {name: table for name, table in read.items() if "columns" in table}


def own(*sorts: rdflib.URIRef) -> set[str]:
    """Give the kv: terms of these sorts."""
    found = {str(s) for sort in sorts for s in terms().subjects(RDF.type, sort)}
    return {iri for iri in found if iri.startswith(str(KV))}


# ---------------------------------------------------------------------------------- parsing


@pytest.mark.parametrize("file", TURTLE, ids=lambda f: f.name)
def test_both_parsers_read_the_same_number_of_triples(file: Path) -> None:
    """A file that one parser reads more tolerantly than the other would mean two datasets."""
    triples = list(ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))
    assert len(graph(file)) == len(set(triples)) == len(triples) > 0


def test_what_is_loaded_has_no_blank_nodes_and_says_nothing_twice() -> None:
    """A dataset has the same bytes in every run, and each of its triples stands in one graph."""
    files = [set(graph(ONTOLOGY / name)) for name in ("kv.ttl", "vocab.ttl")]
    assert sum(len(f) for f in files) == len(set().union(*files))
    assert not any(isinstance(node, rdflib.BNode) for f in files for t in f for node in t)


def newest(changes: str) -> str:
    """Give the version that a changelog speaks of first."""
    return re.findall(r"^## \[?v?(\d[^\s\]]*)", changes, re.MULTILINE)[0]


def test_the_version_of_the_ontology_is_that_of_the_package_and_the_changelog() -> None:
    """A dataset names the ontology it follows; two version numbers would be one too many."""
    import kvgraph

    versions = [str(v) for v in graph(*TURTLE).objects(None, OWL.versionInfo)]
    files = {"kv.ttl", "mappings.ttl", "vocab.ttl"}
    assert len(versions) == len(files & {f.name for f in TURTLE}) == 3
    assert {kvgraph.__version__} == set(versions)
    assert kvgraph.__version__ == newest((ROOT / "CHANGELOG.md").read_text("utf-8"))


def test_the_newest_version_is_the_first_heading_of_the_changelog() -> None:
    """A release that nobody wrote down is seen."""
    assert newest("# Changes\n\n## 0.2.0 (2027-01-01)\n\n- New.\n\n## 0.1.0\n") == "0.2.0"
    assert newest("# Changes\n\n## [v1.0]\n") == "1.0"


# ------------------------------------------------------------------------------------- lint


def findings(query: Path, *files: Path) -> list[tuple[str, str]]:
    """Give what a lint query finds in files: thing and property, a blank node as ``_``."""
    found = store(*files).query(query.read_text("utf-8"), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert [v.value for v in found.variables] == ["thing", "property", "value"]
    return [
        (
            shorten(row["thing"].value) if isinstance(row["thing"], ox.NamedNode) else "_",
            shorten(row["property"].value),
        )
        for row in found
    ]


@pytest.mark.parametrize("query", LINTS, ids=lambda f: f.stem)
def test_the_ontology_is_clean(query: Path) -> None:
    """Every lint query answers with nothing on terms, code lists and mappings together."""
    assert findings(query, *(ONTOLOGY / f"{n}.ttl" for n in ("kv", "vocab", "mappings"))) == []


@pytest.mark.parametrize("query", LINTS, ids=lambda f: f.stem)
def test_each_lint_finds_the_faults_of_its_case(query: Path) -> None:
    """A check that cannot fail checks nothing."""
    case = CASES / "lint" / f"{query.stem}.ttl"
    expected = {(thing, property_) for thing, property_ in comments(case, "finds")}
    assert expected
    assert expected == set(findings(query, case))


def foreign(*graphs: rdflib.Graph) -> set[str]:
    """Give the foreign terms that graphs use as classes or properties."""
    used: set[str] = set()
    links = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, SH["class"]}
    links |= {SH.path, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.disjoint}
    for g in graphs:
        declared = set(g.subjects(RDF.type, None))
        for s, p, o in g:
            used.add(str(p))
            if p in links and isinstance(o, rdflib.URIRef):
                used.add(str(o))
            if isinstance(s, rdflib.URIRef) and s in declared:
                used.add(str(s))
    return {shorten(iri) for iri in used if not iri.startswith(BASE)}


def mapped(g: rdflib.Graph) -> set[str]:
    """Give the terms of other vocabularies that a graph says ours match."""
    ways = (SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    return {shorten(str(o)) for way in ways for o in g.objects(None, way)}


def frozen(name: str) -> list[str]:
    """Read a frozen list of terms, which is sorted so that a change is seen at once."""
    lines = (CASES / name).read_text("utf-8").splitlines()
    terms = [line for line in lines if line and not line.startswith("#")]
    assert sorted(set(terms)) == terms
    return terms


def test_foreign_terms_are_the_frozen_list() -> None:
    """A new foreign term is a decision, so it is written down; one that is gone is struck out."""
    used = foreign(*(graph(f) for f in TURTLE))
    for table in tables().values():
        for column in table["columns"]:
            used |= {column[k] for k in ("property", "earliest", "latest") if k in column}
    prefixed = re.compile(rf"\b(?:{'|'.join(PREFIXES)}):\w+")
    for rule in RULES:
        used |= set(prefixed.findall(re.sub("(?m)#.*$", "", rule.read_text("utf-8"))))
    languages = ("kv:", "voc:", "owl:", "rdf:", "rdfs:", "sh:", "xsd:")  # ours, and what ours use
    used = {name for name in used if not name.startswith(languages)}
    assert sorted(used) == frozen("foreign_terms.txt")


def test_mappings_are_of_our_terms_to_the_frozen_list() -> None:
    """A match with a term that its vocabulary does not have would mislead whoever follows it."""
    mappings = graph(ONTOLOGY / "mappings.ttl")
    assert sorted(mapped(mappings)) == frozen("mapped_terms.txt")
    subjects = {str(s) for s in mappings.subjects()} - {BASE + "mappings"}
    assert subjects - own(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) == set()


def test_a_term_that_is_in_no_frozen_list_is_seen() -> None:
    """The two lists can catch something: each planted term is found, and none of them is listed."""
    case = CASES / "unknown_terms.ttl"
    planted: dict[str, set[str]] = {"foreign": set(), "mapped": set()}
    for sort, term in comments(case, "finds"):
        planted[sort].add(term)
    known = {"rdf:type", "rdfs:subClassOf", *frozen("foreign_terms.txt")}
    assert planted["foreign"] == foreign(graph(case)) - known != set()
    assert planted["mapped"] == mapped(graph(case)) - set(frozen("mapped_terms.txt")) != set()


def test_whatever_the_tables_name_is_defined() -> None:
    """Every class, property and code list of tables.toml is in the ontology."""
    classes: set[str] = set()
    properties: set[str] = set()
    schemes: set[str] = set()
    for table in tables().values():
        classes |= {table["class"]} if "class" in table else set()
        classes |= set(table.get("classes", {}).values())
        classes |= set(table.get("class_if", {}).values())
        classes |= set(table.get("classes_by_ref", {}).get("tables", {}).values())
        for column in table["columns"]:
            properties |= {column[k] for k in ("property", "earliest", "latest") if k in column}
            schemes |= {column["scheme"]} if "scheme" in column else set()
    declared = {
        shorten(str(s))
        for sort in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
        for s in terms().subjects(RDF.type, sort)
    } | {"rdfs:label"}
    lists = set(graph(ONTOLOGY / "vocab.ttl").subjects(RDF.type, SKOS.ConceptScheme))
    assert classes - {shorten(c) for c in own(OWL.Class)} == set()
    assert properties - declared == set()
    assert {s for s in schemes if rdflib.URIRef(f"{BASE}voc/{s}") not in lists} == set()


def test_the_codes_that_decide_a_class_exist() -> None:
    """``classes`` of a table maps codes to classes; a code that is in no list maps nothing."""
    codes = graph(ONTOLOGY / "vocab.ttl")
    for name, table in tables().items():
        if "classes" in table:
            column = next(c for c in table["columns"] if c["name"] == table["class_by"])
            scheme = rdflib.URIRef(f"{BASE}voc/{column['scheme']}")
            notations = {
                str(codes.value(c, SKOS.notation)) for c in codes.subjects(SKOS.inScheme, scheme)
            }
            assert set(table["classes"]) - notations == set(), name


def test_statuses_rank_as_the_diffusion_rules_say() -> None:
    """What counts as having moved is defined once; the code list says the same."""
    codes = graph(ONTOLOGY / "vocab.ttl")
    scheme = rdflib.URIRef(BASE + "voc/status")
    ranks = {
        str(codes.value(c, SKOS.notation)): str(codes.value(c, KV.statusRank))
        for c in codes.subjects(SKOS.inScheme, scheme)
    }
    assert ranks == {
        "planned": "0",
        "visited": "1",
        "in progress": "1",
        "outcome unknown": "1",
        "piloted": "2",
        "adopted": "3",
        "adapted": "3",
        "embedded": "4",
        "mainstreamed": "5",
        "abandoned": "None",
        "refused": "None",
    }


# -------------------------------------------------------------------------------- reasoning


def reasonable(*files: Path) -> rdflib.Graph:
    """Read files and leave out what HermiT has no datatype for; no axiom looks at it."""
    read = graph(*files)
    for s, p, o in list(read):
        if isinstance(o, rdflib.Literal) and o.datatype in {XSD.date, XSD.anyURI}:
            read.remove((s, p, o))
    return read


HERMIT = """
import sys
import owlready2
world = owlready2.World()
world.get_ontology("file://" + sys.argv[1]).load()
try:
    owlready2.sync_reasoner_hermit(world, debug=0)
except owlready2.OwlReadyInconsistentOntologyError:
    print("inconsistent")
else:
    empty = sorted(c.name for c in world.inconsistent_classes())
    print("consistent", *empty)
"""
"""Run outside the tests' process: owlready2 keeps state and hides its warnings' origin."""


def hermit(read: rdflib.Graph, folder: Path) -> str:
    """Give HermiT's verdict on a graph, with the names of classes that cannot have members."""
    file = folder / "ontology.nt"
    file.write_text(read.serialize(format="nt"), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", HERMIT, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def reasoner() -> None:
    """Skip where HermiT cannot run."""
    pytest.importorskip("owlready2", reason="owlready2, which brings HermiT, is not installed")
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java, and there is no java on the path")


@pytest.mark.usefixtures("reasoner")
def test_hermit_finds_the_ontology_consistent(tmp_path: Path) -> None:
    """Terms, codes and one example of everything fit together, and every class can have members."""
    read = reasonable(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", CASES / "good.ttl")
    assert hermit(read, tmp_path) == "consistent"


@pytest.mark.usefixtures("reasoner")
@pytest.mark.parametrize("case", CONTRADICTIONS, ids=lambda f: f.stem)
def test_hermit_finds_planted_contradictions(case: Path, tmp_path: Path) -> None:
    """The disjointness axioms catch what they are there for."""
    read = reasonable(ONTOLOGY / "kv.ttl", CASES / "good.ttl", case)
    assert hermit(read, tmp_path) == "inconsistent"


def test_the_rules_close_lineage_and_classes_as_owl_does() -> None:
    """owlrl, which knows nothing of the rules, derives the same kv: triples from the axioms."""
    owlrl = pytest.importorskip("owlrl", reason="owlrl, the oracle of this test, is not installed")
    kept = {RDFS.subClassOf, RDFS.subPropertyOf, RDF.type, KV.adaptedFrom}
    closed = rdflib.Graph()
    for s, p, o in graph(ONTOLOGY / "kv.ttl", CASES / "good.ttl"):
        if p in kept and not isinstance(s, rdflib.BNode) and (p != RDF.type or o != OWL.Class):
            closed.add((s, p, o))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)

    data = store(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", CASES / "good.ttl")
    derive(data)
    things = {s for s in graph(CASES / "good.ttl").subjects() if isinstance(s, rdflib.URIRef)}
    mode = re.compile("Transfer$")  # the modes are not in OWL: owlrl cannot know them
    by_rules = {
        (q.subject.value, q.predicate.value, q.object.value)
        for q in data
        if isinstance(q.subject, ox.NamedNode) and rdflib.URIRef(q.subject.value) in things
    }

    def comparable(triples: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        return {
            (s, p, o)
            for s, p, o in triples
            if p == str(KV.descendsFrom)
            or (p == str(RDF.type) and o.startswith(str(KV)) and not mode.search(o))
        }

    by_owl = {(str(s), str(p), str(o)) for s, p, o in closed if s in things}
    assert comparable(by_owl) == comparable(by_rules)
    assert Counter(p for _, p, _ in comparable(by_owl))[str(KV.descendsFrom)] == 3


# ------------------------------------------------------------------------------------ rules


def graph_of(rule: Path) -> ox.NamedNode:
    """Give the graph that a rule writes to: what its header names, else one of its own."""
    named = re.findall(r"^#\+ graph: (\S+)$", rule.read_text("utf-8"), re.MULTILINE)
    assert len(named) < 2
    return ox.NamedNode(f"{BASE}graph/{named[0] if named else 'derived/' + rule.stem}")


def derive(data: ox.Store) -> dict[str, set[ox.Triple]]:
    """Run the rules in name order until none adds anything; give what each rule added.

    Kept apart from the package's own runner on purpose: the rules are tested, not the runner.
    """
    added: dict[str, set[ox.Triple]] = {rule.stem: set() for rule in RULES}
    for _ in range(20):
        new = 0
        for rule in RULES:
            found = data.query(rule.read_text("utf-8"), use_default_graph_as_union=True)
            assert isinstance(found, ox.QueryTriples)
            triples = set(found)
            for t in triples:
                known = list(data.quads_for_pattern(t.subject, t.predicate, t.object))
                assert not known, f"{rule.stem} says again: {t}"
                data.add(ox.Quad(t.subject, t.predicate, t.object, graph_of(rule)))
            added[rule.stem] |= triples
            new += len(triples)
        if not new:
            return added
    raise AssertionError("the rules do not come to rest")


def rule_of(case: Path) -> str:
    """Give the rule that a case is named after."""
    return max((r.stem for r in RULES if case.name.startswith(r.stem + "-")), key=len, default="")


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda f: f.name)
def test_rules_add_what_is_expected_and_nothing_else(case: Path) -> None:
    """Run with all the others, a rule adds exactly the triples of the case, each new."""
    data = store(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", case / "input.ttl")
    added = derive(data)
    expected = set(ox.parse(path=str(case / "expected.ttl"), format=ox.RdfFormat.TURTLE))
    assert {str(q.triple) for q in expected} == {str(t) for t in added[rule_of(case)]}


def test_readings_stand_in_a_graph_of_their_own() -> None:
    """What we read into the words of a source can be left out; what follows from data cannot."""
    assert {r.stem: graph_of(r).value for r in RULES if "derived" not in graph_of(r).value} == {
        "reading": BASE + "graph/reading"
    }
    data = store(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", CASES / "good.ttl")
    derive(data)
    claims = {
        q.graph_name
        for name in ("shareMin", "shareMax")
        for q in data.quads_for_pattern(None, ox.NamedNode(KV[name]), None)
        if "/id/claim/" in str(q.subject)
    }
    assert claims == {ox.NamedNode(BASE + "graph/reading")}


def test_every_rule_has_a_case_and_a_summary() -> None:
    """A rule without a case is not known to do anything."""
    assert {r.stem for r in RULES} == {rule_of(case) for case in RULE_CASES}
    assert all(r.read_text("utf-8").startswith("#+ summary: ") for r in RULES)


# ----------------------------------------------------------------------------------- shapes


def validate(data: rdflib.Graph) -> list[tuple[str, str, str, str]]:
    """Give the results of SHACL validation: focus node, shape, constraint component, severity."""
    import pyshacl

    shapes = graph(ONTOLOGY / "shapes.ttl")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, rdflib.Graph)
    return [
        (
            str(report.value(result, SH.focusNode)),
            shorten(str(report.value(result, SH.sourceShape))),
            shorten(str(report.value(result, SH.sourceConstraintComponent))),
            shorten(str(report.value(result, SH.resultSeverity))),
        )
        for result in report.objects(None, SH.result)  # not those below it, in sh:detail
    ]


@cache
def broken() -> dict[str, set[tuple[str, str]]]:
    """Validate all the faulty cases at once; give what fired for the things of each.

    SHACL judges one focus node at a time and the cases share no things, so this says the same
    as validating each beside ``good.ttl`` alone, in a hundredth of the time.
    """
    owner: dict[str, str] = {}
    data = graph(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", CASES / "good.ttl")
    shared = set(data.subjects())
    for case in BROKEN:
        read = graph(case)
        for thing in set(read.subjects()):
            assert thing not in shared, f"{case.name} speaks of a thing that is not its own"
            assert owner.setdefault(str(thing), case.stem) == case.stem
        data += read
    fired: dict[str, set[tuple[str, str]]] = {case.stem: set() for case in BROKEN}
    for focus, shape, component, _ in validate(data):
        fired[owner[focus]].add((shape, component))
    return fired


def constraints() -> set[tuple[str, str]]:
    """Give every constraint of shapes.ttl: the shape that reports it and its component.

    Shapes that only other constraints refer to (sh:node, sh:or) report under those.
    """
    shapes = graph(ONTOLOGY / "shapes.ttl")
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    reporting = {s for target in targets for s in shapes.subjects(target, None)}
    reporting |= {p for s in reporting for p in shapes.objects(s, SH.property)}
    silent = {SH.path, SH.property, SH.message, SH.severity, RDF.type, *targets}
    names = {
        p: "SPARQL" if p == SH.sparql else str(p).removeprefix(str(SH))
        for _, p, _ in shapes
        if str(p).startswith(str(SH)) and p not in silent
    }
    return {
        (shorten(str(s)), f"sh:{names[p][0].upper()}{names[p][1:]}ConstraintComponent")
        for s in reporting
        for p in set(shapes.predicates(s, None))
        if p in names
    }


@pytest.mark.parametrize("case", BROKEN, ids=lambda f: f.stem)
def test_each_faulty_case_breaks_its_constraint_and_no_other(case: Path) -> None:
    """What the case says must fire, fires, and nothing besides."""
    expected = {(shape, component) for shape, component in comments(case, "fires")}
    assert expected
    assert expected == broken()[case.stem]


def test_every_constraint_has_a_case_that_breaks_it() -> None:
    """A constraint that no data can break is decoration."""
    first = {tuple(comments(case, "fires")[0]) for case in BROKEN}
    assert constraints() == first
    assert len(first) == len(BROKEN)


def test_good_data_pass_with_everything_derived() -> None:
    """The example of everything, with what the rules add, breaks nothing, not even a warning."""
    data = store(ONTOLOGY / "kv.ttl", ONTOLOGY / "vocab.ttl", CASES / "good.ttl")
    derive(data)
    whole = rdflib.Graph().parse(
        data=ox.serialize((q.triple for q in data), format=ox.RdfFormat.N_TRIPLES),
        format="nt",
    )
    results = validate(whole)
    assert results == []
    used = {str(p) for p in whole.predicates()} | {str(o) for o in whole.objects(None, RDF.type)}
    unused = own(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) - used
    assert unused == {str(KV.transferredItem)}, "only what others are put under may stand unused"


def test_every_shape_speaks_three_languages() -> None:
    """A report is read by officials in Finland and Sweden too."""
    shapes = graph(ONTOLOGY / "shapes.ttl")
    reporting = {shape for shape, _ in constraints()}
    for name in sorted(reporting):
        shape = rdflib.URIRef(expand(name))
        at = shapes.value(shape, SH.sparql) or shape
        texts = [m for m in shapes.objects(at, SH.message) if isinstance(m, rdflib.Literal)]
        assert sorted(str(text.language) for text in texts) == ["en", "fi", "sv"], name
