"""A user's RDF file is read in any syntax, judged by the shapes, and told of by its lines."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kvgraph import resources
from kvgraph.errors import Fault, KvgraphError, StoreError
from kvgraph.graph.rdf_checks import check_rdf
from kvgraph.guard import DEEPEST
from kvgraph.namespaces import ID, PREFIXES
from kvgraph.readers._rdf import RdfFile, parse_rdf, read_rdf
from kvgraph.store import FORMATS, Dataset
from shipped import built

CASES = Path(__file__).resolve().parent / "cases"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:e="http://e/">'
THING = f'{XML}<rdf:Description rdf:about="http://e/x"><e:p>{{}}</e:p></rdf:Description></rdf:RDF>'


@cache
def context() -> ox.Store:
    """Give a dataset with a practice, a source and the actor bb, but without aa."""
    store = built()
    text = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    text += (
        '<practice/pr-x> a kv:Practice ; dcterms:identifier "pr-x" ; rdfs:label "X" .'
        '<source/s> a kv:Source ; dcterms:identifier "s" ; dcterms:title "S" .'
        '<actor/bb> a kv:City ; dcterms:identifier "bb" ; rdfs:label "B" .'
        "<actor/broken> a kv:City ."
    )
    store.load(input=text, format=ox.RdfFormat.TURTLE, base_iri=ID)
    return store


def judged(found: RdfFile, lang: str = "en") -> tuple[list[Fault], list[Fault]]:
    """Judge a file beside the context."""
    assert found.faults == ()
    return check_rdf(found.quads, context(), found.line_of, found.shown, lang)


def turtle(text: str, shown: str = "my.ttl") -> RdfFile:
    """Read Turtle with all prefixes declared on its first line, and ``:`` for example.org."""
    prefixes = " ".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items())
    raw = f"{prefixes} @prefix : <http://example.org/> .\n{text}".encode()
    return parse_rdf(raw, ox.RdfFormat.TURTLE, shown)


# ------------------------------------------------------------------------- syntaxes and lines


LINES = {
    "faulty.ttl": (10, 11, 13, 15),
    "faulty.n3": (10, 11, 13, 15),
    "faulty.trig": (8, 11, 14, 16),
    "faulty.nt": (6, 7, 9, 11),
    "faulty.nq": (6, 7, 9, 11),
    "faulty.rdf": (9, 10, 12, 14),
    "faulty.jsonld": (12, 12, 12, 12),  # of a thing alone
}


def test_there_is_a_case_for_every_syntax() -> None:
    """What can be opened as a dataset can be judged."""
    assert {FORMATS[Path(name).suffix] for name in LINES} == set(FORMATS.values())


@pytest.mark.parametrize("name", LINES)
def test_the_same_faults_are_told_in_every_syntax_by_their_lines(name: str) -> None:
    """Giver without a row, misspelt property, misspelt code, no such day; each with its hint."""
    found = read_rdf(CASES / "rdf" / name, name)
    faults, told = judged(found)
    assert told == []
    giver, property_, code, day = LINES[name]
    assert sorted(
        (f.row, f.column, f.value, f.problem.partition(") ")[2][:30], f.hint) for f in faults
    ) == sorted(
        [
            (giver, "giver", "aa", "A transfer has exactly one giv",
             "Nothing is said of aa."),
            (property_, "", "kv:reciever", "is not a term of kvgraph", "Did you mean kv:receiver?"),
            (code, "status", "voc:status/adoptd", "is not a code of a list",
             "Did you mean voc:status/adopted?"),
            (day, "earliest begin", "2019-02-29", "The earliest begin is at most ", ""),
        ]
    )  # fmt: skip
    assert all("(http://example.org/t1)" in f.problem and f.file == name for f in faults)


@pytest.mark.parametrize(
    "file",
    [*sorted((Path(__file__).resolve().parents[1] / "ontology").glob("*.ttl")),
     CASES / "ontology" / "good.ttl"],
    ids=lambda file: file.name,
)  # fmt: skip
def test_every_property_of_a_turtle_file_is_found_on_its_line(file: Path) -> None:
    """The light reading follows lists, things without names, texts of several lines and bases."""
    found = read_rdf(file)
    lines = file.read_text("utf-8").splitlines()
    for quad in found.quads:
        if isinstance(quad.subject, ox.NamedNode):
            line = lines[found.line_of(quad.subject, quad.predicate.value) - 1]
            local = re.split("[#/]", quad.predicate.value)[-1]
            assert re.search(r"\ba\b" if local == "type" else rf":{local}\b", line), quad
            line = lines[found.line_of(quad.subject) - 1]
            assert re.split("[#/]", quad.subject.value)[-1] in line, quad


def test_lines_of_odd_turtle() -> None:
    """Numbers with points, blank nodes, lists, brackets, escapes and words of the language."""
    found = turtle(
        ":a :n 1.5 , .5e3 ; :m -2. # the end\n"  # 2
        ":b :list ( 1 :x ( :y ) [ :inside :a ] ) ;\n"  # 3
        "  :next [ :inside [ :deeper :b ] ; :other 1 ] ;;\n"  # 4
        "  :text \"a \\\" . ; b\"@en , '''x\n"  # 5
        "[ :z ] ''' ; a :C .\n"  # 6
        "[ :p :q ] :r :s . [] :r :t .\n"  # 7
        "_:n1 :r true ; :s _:n2 .\n"  # 8
        ":c\\~d :r <http://example.org/e#f> .\n"  # 9
    )
    assert found.faults == ()

    def line(thing: str, path: str = "") -> int:
        iri = f"http://example.org/{path}" if path else ""
        return found.line_of(ox.NamedNode(f"http://example.org/{thing}"), iri)

    assert [line("a"), line("a", "n"), line("a", "m")] == [2, 2, 2]
    assert [line("b", p) for p in ("list", "next", "text")] == [3, 4, 5]
    assert found.line_of(ox.NamedNode("http://example.org/b"), RDF + "type") == 6
    assert [line("c~d"), line("s"), line("x")] == [9, 0, 0]
    named = {q.subject for q in found.quads if str(q.subject).endswith("n1")}
    assert [found.line_of(node, "http://example.org/s") for node in named] == [8]  # type: ignore[arg-type]
    assert line("b", "unknown") == 3, "a property that is missing stands where the thing does"


def test_named_graphs_are_told_and_everything_stands_in_one() -> None:
    """A package is one graph; the file's own graphs are not lost without a word."""
    found = read_rdf(CASES / "rdf" / "faulty.trig")
    assert found.graphs == ("<http://example.org/g1>", "<http://example.org/g2>")
    assert {q.graph_name for q in found.quads} == {ox.DefaultGraph()}
    assert read_rdf(CASES / "rdf" / "faulty.ttl").graphs == ()


def test_what_is_said_twice_is_said_once() -> None:
    """Also in two graphs of the file."""
    raw = b"<http://e/a> <http://e/b> <http://e/c> <http://e/g> .\n" * 2
    raw += b"<http://e/a> <http://e/b> <http://e/c> .\n"
    assert len(parse_rdf(raw, ox.RdfFormat.N_QUADS, "x").quads) == 1


def test_blank_nodes_are_those_of_their_file_alone_and_the_same_each_time() -> None:
    """Two files may both have a ``_:b``, and reading one twice changes nothing."""
    one, again = turtle("_:b :p 1 ."), turtle("_:b :p 1 .")
    other = turtle("_:b :p 2 .")
    assert [q.subject for q in one.quads] == [q.subject for q in again.quads]
    assert {q.subject for q in one.quads}.isdisjoint(q.subject for q in other.quads)


# ------------------------------------------------------------------------------- what is judged


def test_only_the_things_of_the_file_are_judged() -> None:
    """A fault that the dataset had before is not that of the file; what it adds to may be."""
    faults, _ = judged(turtle(":a rdfs:seeAlso <https://w3id.org/kvgraph/id/actor/broken> ."))
    assert faults == []
    faults, _ = judged(turtle("<https://w3id.org/kvgraph/id/actor/broken> rdfs:label 'B' ."))
    assert [(f.row, f.column) for f in faults] == [(2, "identifier")]


def test_terms_of_other_vocabularies_are_fine() -> None:
    """Whatever classes and properties a file uses besides ours, nobody minds."""
    faults, told = judged(
        turtle(":a a :Whatever ; foaf:knows :b ; skos:note 'n' . :p a owl:Thing .")
    )
    assert faults == told == []


@pytest.mark.parametrize(
    ("text", "value", "hint"),
    [
        (":a a kv:Trnsfer .", "kv:Trnsfer", "Did you mean kv:Transfer?"),
        (":a kv:somethingElseEntirely 1 .", "kv:somethingElseEntirely", ""),
        (":a kv:theme <https://w3id.org/kvgraph/voc/theme/inclusio> .", "voc:theme/inclusio",
         "Did you mean voc:theme/inclusion?"),
    ],
)  # fmt: skip
def test_terms_of_ours_that_are_not_there_are_faults(text: str, value: str, hint: str) -> None:
    """With the closest that is there; each is told once."""
    faults, _ = judged(turtle(text))
    assert [(f.row, f.value, f.hint) for f in faults] == [(2, value, hint)]


def test_a_file_cannot_change_the_ontology() -> None:
    """It may say again what is there, as an export does, and add codes of its own to no list."""
    faults, _ = judged(turtle("kv:giver rdfs:label 'benefactor'@en ."))
    assert [(f.row, f.value) for f in faults] == [(2, "kv:giver")]
    ontology = resources.ontology_files()[0]
    assert judged(read_rdf(ontology)) == ([], [])


def test_a_circle_of_adaptations_is_found_although_it_follows_only_from_rules() -> None:
    """What follows from the statements is judged with them."""
    found = turtle(
        ':a a kv:Adaptation ; dcterms:identifier "a" ; rdfs:label "A" ; kv:adaptedFrom :b ;\n'
        "  dcterms:source <https://w3id.org/kvgraph/id/source/s> .\n"
        ':b a kv:Adaptation ; dcterms:identifier "b" ; rdfs:label "B" ; kv:adaptedFrom :a ;\n'
        "  dcterms:source <https://w3id.org/kvgraph/id/source/s> .\n"
    )
    faults, _ = judged(found)
    assert sorted((f.row, f.problem) for f in faults) == [
        (2, "(http://example.org/a) A practice cannot descend from itself."),
        (4, "(http://example.org/b) A practice cannot descend from itself."),
    ]


def test_warnings_are_told_and_are_no_faults() -> None:
    """A practice without a source is taken."""
    found = turtle(':a a kv:Practice ; dcterms:identifier "a" ; rdfs:label "A" .')
    faults, told = judged(found)
    assert faults == []
    assert [str(fault) for fault in told] == [
        "my.ttl:2: source (http://example.org/a) No source backs this."
    ]


@pytest.mark.parametrize(
    ("lang", "column", "said"),
    [("fi", "antaja", "Siirrolla on"), ("sv", "givare", "En överföring har")],
)
def test_faults_are_told_in_the_language(lang: str, column: str, said: str) -> None:
    """The property and the message."""
    faults, _ = judged(read_rdf(CASES / "rdf" / "faulty.ttl"), lang)
    (fault,) = (f for f in faults if f.value == "aa")
    assert fault.column == column
    assert said in fault.problem


def test_a_thing_without_a_name_is_judged_too() -> None:
    """Its line is known if it has a label."""
    faults, _ = judged(
        turtle("_:x a kv:Alias ; kv:aliasText 'x' .\n[] a kv:Alias ; kv:aliasOf :y .")
    )
    assert [(f.row, f.column, f.problem.partition(")")[0]) for f in faults] == [
        (0, "alias text", "(a thing without a name"),
        (2, "alias of", "(a thing without a name"),
    ]


def test_the_context_stays_as_it_is() -> None:
    """Judging a file writes nothing anywhere."""
    before = len(context())
    judged(read_rdf(CASES / "rdf" / "faulty.ttl"))
    assert len(context()) == before


# ------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("suffix", "text", "row", "problem", "hint"),
    [
        (".ttl", "<http://e/a> <http://e/b>\n  'x' ;; <http://e/c> .", 2, "column", ""),
        (".ttl", "kv:a kv:b kv:c .", 1, "The prefix kv: has not been declared", "@prefix kv:"),
        (".ttl", "<a> <b> <c> .", 1, "No scheme", "@base"),
        (".nt", "<http://e/a> <http://e/b> 'x' .\n", 1, "column 27", ""),
        (".nq", "\n\n<http://e/a> <http://e/b> .", 3, "The object of a triple", ""),
        (".jsonld", '{"@id": "http://e/a",\n"http://e/b": }', 2, "Unexpected closing", ""),
        (".jsonld", '{\n"@context": "http://e/context", "@id": "http://e/a"}', 2,
         "nothing is fetched", "into the file itself"),
        (".rdf", f"{XML}\n<e:A>\n</e:B></rdf:RDF>", 3, "mismatched tag", ""),
        (".rdf", "", 1, "no element found", ""),
        (".rdf", "<a><b></b></a>", 0, "is not sound RDF", ""),
    ],
)  # fmt: skip
def test_what_is_no_sound_rdf_is_told_with_its_line(
    suffix: str, text: str, row: int, problem: str, hint: str, tmp_path: Path
) -> None:
    """As one fault, with the column where the parser knows it; nothing else is read."""
    path = tmp_path / f"my{suffix}"
    path.write_text(text)
    found = read_rdf(path, path.name)
    assert found.quads == ()
    (fault,) = found.faults
    assert (fault.file, fault.row) == (path.name, row)
    assert problem in fault.problem
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("<http://e/a> <http://e/b> 'x' .".encode("utf-16"), "is UTF-16"),
        ("<http://e/a> <http://e/b> 'ä' .".encode("latin-1"), "UTF-8"),
    ],
)
def test_other_encodings_are_refused(raw: bytes, problem: str) -> None:
    """With what to do."""
    (fault,) = parse_rdf(raw, ox.RdfFormat.TURTLE, "x").faults
    assert problem in fault.problem
    assert fault.hint == "Save the file as UTF-8."


def test_a_byte_order_mark_is_accepted() -> None:
    """Some editors write one."""
    raw = "<http://e/a> <http://e/b> 'ä' .".encode("utf-8-sig")
    assert len(parse_rdf(raw, ox.RdfFormat.TURTLE, "x").quads) == 1


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """And so is an ending that no syntax has."""
    with pytest.raises(KvgraphError, match="cannot be read"):
        read_rdf(tmp_path / "none.ttl")
    with pytest.raises(StoreError):
        read_rdf(tmp_path / "table.csv")


def test_entities_that_stand_for_namespaces_are_read() -> None:
    """As ontology editors write them."""
    raw = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "http://e/">]>' + THING.format("&e;y")
    (quad,) = parse_rdf(raw.encode(), ox.RdfFormat.RDF_XML, "x").quads
    assert quad.object == ox.Literal("http://e/y")


def _dtd(declarations: str, text: str) -> str:
    return f'<?xml version="1.0"?>\n<!DOCTYPE r [\n{declarations}]>' + THING.format(text)


DANGERS = {
    "a billion laughs": (
        ".rdf",
        _dtd('<!ENTITY a0 "haha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)), "&a9;"),
        "unfolds",
    ),
    "laughs behind numbers": (
        ".rdf",
        _dtd('<!ENTITY a0 "haha">' + "".join(
            f'<!ENTITY a{n} "{f"&#38;a{n - 1};" * 10}">' for n in range(1, 10)), "&a9;"),
        "unfolds",
    ),
    "one long entity, often": (
        ".rdf", _dtd(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 100_000), "unfolds",
    ),
    "an entity of itself": (".rdf", _dtd('<!ENTITY a "&a;">', "&a;"), "unfolds"),
    "another file": (
        ".rdf", _dtd('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"), "another file",
    ),
    "a parameter": (
        ".rdf", _dtd('<!ENTITY % a SYSTEM "http://e/a.dtd"> %a;', "x"), "another file",
    ),
    "deep XML": (".rdf", XML + "<e:A><e:p>" * 50_000, "levels deep"),
    "deep JSON-LD": (".jsonld", '{"http://e/p":' * 50_000, "levels deep"),
    "deep brackets": (".ttl", "<http://e/a> <http://e/p> " + "[ <http://e/p> " * 10**5, "levels"),
    "deep lists": (".trig", "<http://e/a> <http://e/p> " + "( " * 10**5, "levels deep"),
    "deep formulas": (".n3", "<http://e/a> <http://e/p> " + "{ <http://e/p> " * 10**5, "levels"),
    "deep triples": (
        ".nt", "<http://e/a> <http://e/p> " + "<<( <http://e/a> <http://e/p> " * 10**5, "levels",
    ),
}  # fmt: skip

_JUDGE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from pathlib import Path
from kvgraph.readers._rdf import read_rdf
(fault,) = read_rdf(Path(sys.argv[1]), "x").faults
print(fault)
"""


@pytest.mark.parametrize("name", DANGERS)
def test_what_would_take_all_memory_is_refused(name: str, tmp_path: Path) -> None:
    """Within seconds and two gigabytes, with the reason: the parser itself would not stop."""
    suffix, text, problem = DANGERS[name]
    path = tmp_path / f"x{suffix}"
    path.write_text(text)
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _JUDGE, str(path)], capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    assert problem in done.stdout
    assert time.monotonic() - begun < 20


def test_what_is_nested_as_deep_as_people_nest_is_read() -> None:
    """The limit is far above that."""
    depth = DEEPEST - 1
    assert len(turtle(":a :p " + "[ :p " * depth + "1" + " ]" * depth + " .").quads) == depth + 1
    text = ":a :p '" + "( [ { <<(" * 1000 + "' . # " + "( [ {" * 1000
    assert turtle(text).faults == ()


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        (ox.RdfFormat.JSON_LD, '{"a": "' + '\\"' * 300_000),
        (ox.RdfFormat.TURTLE, "<http://e/a> <http://e/b> '" + "\\'" * 300_000),
        (ox.RdfFormat.TURTLE, "<http://e/a> <http://e/b> '''" + "\\'" * 300_000),
        (ox.RdfFormat.TURTLE, "<http://e/a> <http://e/b> " + "<a " * 300_000),
        (ox.RdfFormat.N_TRIPLES, "<<( " + '"' * 300_001),
    ],
)
def test_what_does_not_close_is_refused_soon(syntax: ox.RdfFormat, text: str) -> None:
    """Looking for its end takes no longer than reading it."""
    begun = time.process_time()
    assert len(parse_rdf(text.encode(), syntax, "x").faults) == 1
    assert time.process_time() - begun < 5


def test_a_bomb_is_no_store_either(tmp_path: Path) -> None:
    """A file that is opened as a dataset is looked at in the same way."""
    bomb = tmp_path / "bomb.rdf"
    bomb.write_text(
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>',
        "utf-8",
    )
    with pytest.raises(StoreError, match=r'bomb\.rdf:1: entity "b" unfolds') as told:
        Dataset.open(bomb)
    assert told.value.hint == "Write what it stands for where it is used."
