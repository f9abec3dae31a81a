"""A store is the same whoever builds it, and is there whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvgraph import aside, resources, store
from kvgraph.aside import make_aside, write_aside
from kvgraph.errors import KvgraphError, QueryError, StoreError
from kvgraph.graph import rules
from kvgraph.graph.rules import derive
from kvgraph.namespaces import GRAPH
from kvgraph.store import Dataset, survey

ROOT = Path(__file__).parents[1]


def kvgraph(*arguments: str, seed: str = "0", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    code = "from kvgraph.cli.main import main; main()"
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed, "COLUMNS": "200"
    } | more  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, check=False, env=environment, timeout=300,
    )  # fmt: skip


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    """Under different hash seeds the N-Quads are equal byte for byte, and so is the digest."""
    outputs = []
    for seed in ("0", "12345"):
        target, dump = tmp_path / f"store{seed}", tmp_path / f"{seed}.nq"
        done = kvgraph("build", "-o", str(target), "--dump", str(dump), seed=seed)
        assert done.returncode == 0, done.stderr
        outputs.append((dump.read_bytes(), done.stdout.partition(":")[2]))
    assert outputs[0] == outputs[1]
    assert outputs[0][0].count(b"\n") > 40_000


COUNTS = {
    # The sum of what data.md asks of each package; READMEs of the packages say what stands where.
    "kv:MemberState": 28,
    "kv:Country": 40,
    "kv:SupranationalBody": 2,
    "kv:Organisation": 287 + 126 - 3,  # three bodies of esf-networks stand in transfer-networks
    "kv:Network": 72 + 142 + 40,
    "kv:EsfNetwork": 37,
    "kv:NetworkMembership": 336 + 1320 + 287,
    "kv:ProjectMembership": 280 + 13,  # partner countries of projects
    "kv:ActivityObservation": 143,
    "kv:Transfer": 245 + 36,
    "kv:Adoption": 15 + 1,
    "kv:Event": 48 + 61,
    "kv:CallForProposals": 3,
    "kv:Participation": 269 + 93 - 2,  # the text names no caller of its two calls
    "kv:Discrepancy": 21 + 6,
    "kv:Practice": 141 + 38,
    "kv:Adaptation": 5,
    "kv:Programme": 14 + 13,
    "kv:PriorityAxis": 3,
    "kv:DevelopmentProgramme": 3,
    "kv:Project": 29 + 21 - 6,  # six of the 21 rows are programmes
    "kv:SupportStructure": 2,
    "kv:Output": 46,
    "kv:Claim": 81,
    "kv:QuantifiedClaim": 5,
    "kv:SourcePassage": 26,
}


@pytest.mark.parametrize("name", sorted(COUNTS))
@pytest.mark.parametrize("distinct", ["", "DISTINCT "])
def test_the_counts_are_those_of_the_design(name: str, distinct: str, shipped: Dataset) -> None:
    """Plain COUNT and COUNT DISTINCT agree, since each triple stands in one graph."""
    counted = shipped.query(
        f"PREFIX kv: <https://w3id.org/kvgraph/def#> "
        f"SELECT (COUNT({distinct}?x) AS ?n) WHERE {{ ?x a {name} }}"
    )
    assert int(next(iter(counted))["n"].value) == COUNTS[name]


@pytest.mark.parametrize("distinct", ["", "DISTINCT "])
def test_places_aliases_and_sources_are_all_there(distinct: str, shipped: Dataset) -> None:
    """715 places, 39 more of esf-networks; aliases and sources are told by their graph."""

    def count(pattern: str) -> int:
        text = (
            "PREFIX kv: <https://w3id.org/kvgraph/def#> "
            f"SELECT (COUNT({distinct}?x) AS ?n) WHERE {{ {pattern} }}"
        )
        return int(next(iter(shipped.query(text)))["n"].value)

    in_package = f"GRAPH <{GRAPH}%s> {{ ?x a %s }}"
    assert count("?x a kv:Jurisdiction") == 715 + 39
    assert count(in_package % ("transfer-networks", "kv:Alias")) == 123
    assert count(in_package % ("transfer-networks", "kv:Source")) == 113
    # 196 = 185 here, 2 in base, 2 in s11089, 7 the same documents as in transfer-networks.
    assert count(in_package % ("esf-networks", "kv:Source")) == 185
    assert count(in_package % ("s11089", "kv:Source")) == 2


def test_each_triple_stands_in_exactly_one_graph(shipped: Dataset) -> None:
    """In the union graph nothing is counted twice."""
    assert survey(shipped.store)[1] == []


def test_a_triple_in_two_graphs_is_found() -> None:
    """The check above can fail."""
    node = [ox.NamedNode(f"http://example.org/{x}") for x in "spogh"]
    one = ox.Quad(node[0], node[1], node[2], node[3])
    dataset = Dataset.memory([one, ox.Quad(node[0], node[1], node[2], node[4])])
    assert survey(dataset.store)[1] == [one.triple]


_ODD = st.text(alphabet='<>"\\ _:.@a^\n', max_size=6)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["iri", "plain", "language", "datatype"]), _ODD, st.sampled_from("gh-")
        ),
        max_size=8,
    )
)
def test_triples_in_several_graphs_are_found_whatever_they_hold(
    said: list[tuple[str, str, str]],
) -> None:
    """The lines of the canonical form tell as much as the quads themselves."""

    def term(kind: str, text: str) -> ox.NamedNode | ox.Literal:
        match kind:
            case "iri":
                return ox.NamedNode(f"http://example.org/{len(text)}")
            case "language":
                return ox.Literal(text, language="en")
            case "datatype":
                return ox.Literal(text, datatype=ox.NamedNode("http://example.org/type"))
        return ox.Literal(text)

    s, p = (ox.NamedNode(f"http://example.org/{x}") for x in "sp")
    graphs = {"g": ox.NamedNode("http://example.org/g"), "h": ox.BlankNode("h"), "-": None}
    quads = {ox.Quad(s, p, term(kind, text), graphs[g]) for kind, text, g in said}
    counts = Counter(quad.triple for quad in quads)
    assert set(survey(Dataset.memory(quads).store)[1]) == {t for t, n in counts.items() if n > 1}


def test_a_large_store_has_the_digest_of_a_small_one(
    shipped: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorting in runs on disk gives the lines in the same order."""
    monkeypatch.setattr(store, "_IN_MEMORY", 10_000)
    assert survey(shipped.store) == (shipped.digest, [])


def test_deriving_again_adds_nothing(shipped: Dataset) -> None:
    """The rules are at rest."""
    copy = ox.Store()
    copy.extend(shipped.store)
    assert sum(derive(copy).values()) == 0


def test_a_rule_without_end_is_stopped(tmp_path: Path) -> None:
    """A faulty rule gives an error and not a hanging build."""
    rule = tmp_path / "endless.rq"
    rule.write_text(
        "CONSTRUCT { ?y <http://e/next> ?z } WHERE { ?x <http://e/next> ?y . "
        'BIND(IRI(CONCAT(STR(?y), "1")) AS ?z) }'
    )
    node = [ox.NamedNode(f"http://e/{x}") for x in ("a", "next", "b")]
    dataset = Dataset.memory([ox.Quad(*node)])
    with pytest.raises(KvgraphError, match="do not come to rest"):
        derive(dataset.store, [rule])


def test_a_store_opens_as_it_was_written(tmp_path: Path, shipped: Dataset) -> None:
    """On disk and in memory the dataset is the same."""
    path = tmp_path / "store"
    with store.create(path) as write:
        write(shipped.store, shipped.about)
    opened = Dataset.open(path)
    assert opened.digest == shipped.digest == store.digest(opened.store)
    assert opened.about == shipped.about


def test_an_rdf_file_opens_as_a_dataset(tmp_path: Path, shipped: Dataset) -> None:
    """A dump is a store too."""
    path = tmp_path / "all.nq"
    path.write_bytes(b"".join(shipped.dump()))
    assert Dataset.open(path).digest == shipped.digest


def test_blank_nodes_do_not_change_the_digest() -> None:
    """The digest is of the canonical form (RDFC-1.0)."""
    texts = [
        "_:a <http://e/p> _:b .\n_:b <http://e/p> 'x' .",
        "_:z <http://e/p> 'x' .\n_:q <http://e/p> _:z .",
    ]
    digests = set()
    for text in texts:
        s = ox.Store()
        s.load(text.replace("'", '"'), format=ox.RdfFormat.N_QUADS)
        digests.add(store.digest(s))
    assert len(digests) == 1


@pytest.mark.parametrize("what", ["missing", "folder", "file", "damaged", "no rdf"])
def test_a_store_that_cannot_be_read_is_named(what: str, tmp_path: Path) -> None:
    """Every way of not being a store has a message and a hint."""
    path = tmp_path / ("x.ttl" if what == "no rdf" else "x.doc" if what == "file" else "x")
    if what == "folder":
        path.mkdir()
    elif what == "file":
        path.write_text("hello")
    elif what == "no rdf":
        path.write_text("this is not Turtle")
    elif what == "damaged":
        path.mkdir()
        (path / "kvgraph.json").write_text("{}")
    with pytest.raises(StoreError) as caught:
        Dataset.open(path)
    assert str(path) in caught.value.message


def test_a_folder_that_is_no_store_is_not_written_over(tmp_path: Path, shipped: Dataset) -> None:
    """Nothing of the user's is lost by a slip in a name."""
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(StoreError, match="is not a kvgraph store"), store.create(tmp_path) as write:
        write(shipped.store, shipped.about)
    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_a_faulty_package_writes_nothing(tmp_path: Path) -> None:
    """Exit code 2, the fault by file and row, and neither a store nor a half of one."""
    package = tmp_path / "mine"
    package.mkdir()
    (package / "package.toml").write_text('name = "mine"\nneeds = ["base"]\n')
    (package / "practices.csv").write_text("id,name,origin\np1,One,country-xx\n")
    done = kvgraph("build", str(package), "-o", str(tmp_path / "out"))
    assert done.returncode == 2
    assert f'{package}/practices.csv:2: origin "country-xx" is not an id of actors' in done.stderr
    assert done.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


def test_a_package_brings_what_it_needs(tmp_path: Path) -> None:
    """Building one package builds those that it names under needs."""
    done = kvgraph("build", "urbact-context", "-o", str(tmp_path / "s"))
    assert done.returncode == 0, done.stderr
    names = [p["name"] for p in Dataset.open(tmp_path / "s").about.packages]
    assert sorted(names) == ["base", "transfer-networks", "urbact-context"]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """A file or folder is replaced only when its successor is whole."""
    file, folder = tmp_path / "a.txt", tmp_path / "b"
    file.write_text("old")
    folder.mkdir()
    (folder / "old").touch()

    def half_a_file() -> None:
        with write_aside(file) as stream:
            stream.write("half")
            raise RuntimeError

    def half_a_folder() -> None:
        with make_aside(folder) as draft:
            (draft / "new").touch()
            raise RuntimeError

    for half in (half_a_file, half_a_folder):
        with pytest.raises(RuntimeError):
            half()
    assert file.read_text() == "old"
    assert [p.name for p in folder.iterdir()] == ["old"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b"]
    with make_aside(folder) as draft:
        (draft / "new").touch()
    assert [p.name for p in folder.iterdir()] == ["new"]
    assert file.exists()


@pytest.mark.parametrize("after", [0.15, 0.5, 1.0, 1.5, 2.0, 2.5])
def test_ctrl_c_leaves_the_store_as_it_was(after: float, tmp_path: Path, shipped: Dataset) -> None:
    """Whenever a build is interrupted, the old store is whole and nothing lies about."""
    path = tmp_path / "store"
    with store.create(path) as write:
        write(shipped.store, shipped.about)
    code = "from kvgraph.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "build", "-o", str(path)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert [p.name for p in tmp_path.iterdir()] == ["store"]
    assert store.digest(Dataset.open(path).store) == shipped.digest


def test_ctrl_c_stops_a_long_query_at_once(tmp_path: Path) -> None:
    """The engine does not hold the interruption up."""
    data = tmp_path / "many.nt"
    data.write_text(
        "".join(f"<http://e/{i}> <http://e/p> <http://e/{i + 1}> .\n" for i in range(900))
    )
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER(?b != ?f) }"
    output = tmp_path / "answer.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", "from kvgraph.cli.main import main; main()", "query", "-",
         "--store", str(data), "--format", "csv", "-o", str(output)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        process.stdin.write(query.encode())
        process.stdin.close()
        time.sleep(2)
        assert process.poll() is None, "the query was meant to be long"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
    assert sorted(p.name for p in tmp_path.iterdir()) == ["many.nt"]


def test_a_query_error_has_its_place() -> None:
    """Line and column come from the engine's own message."""
    with pytest.raises(QueryError) as caught:
        Dataset.memory().query("SELECT ?x\nWHERE { ?x ?y }")
    assert (caught.value.line, caught.value.column) == (2, 16)


def _mine(folder: Path, about: str, sources: str = "id,title\n") -> Path:
    """Write a small package."""
    folder.mkdir(parents=True)
    (folder / "package.toml").write_text(about)
    (folder / "sources.csv").write_text(sources)
    return folder


def test_packages_in_folders_of_one_last_name_are_both_built(tmp_path: Path) -> None:
    """And so is a folder that is called as a shipped package is; needs may be neighbours."""
    one = _mine(tmp_path / "a" / "data", 'name = "one"\nneeds = ["base"]\n')
    two = _mine(tmp_path / "b" / "data", 'name = "two"\nneeds = ["more", "../extra"]\n')
    own = _mine(tmp_path / "c" / "base", 'name = "own"\n')
    _mine(tmp_path / "b" / "more", 'name = "more"\n')
    _mine(tmp_path / "b" / "extra", 'name = "named-otherwise"\n')
    out = tmp_path / "s"
    done = kvgraph("build", str(one), str(two), str(own), "-o", str(out))
    assert done.returncode == 0, done.stderr
    dataset = Dataset.open(out)
    names = [p["name"] for p in dataset.about.packages]
    assert names == ["base", "one", "more", "named-otherwise", "two", "own"]
    needs = dataset.query(
        f"SELECT ?n {{ <{GRAPH}two> <https://w3id.org/kvgraph/def#needs> ?n }} ORDER BY ?n"
    )
    assert [n["n"].value for n in needs] == [GRAPH + "more", GRAPH + "named-otherwise"]


def test_two_packages_of_one_name_are_an_error(tmp_path: Path) -> None:
    """It names both folders."""
    one = _mine(tmp_path / "one", 'name = "base"\n')
    done = kvgraph("build", "base", str(one), "-o", str(tmp_path / "s"))
    assert done.returncode == 2
    assert f'data/base and {one} are both called "base"' in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_dump_that_cannot_be_written_leaves_no_store(tmp_path: Path) -> None:
    """Both or neither, and the message names the file."""
    dump = tmp_path / "no" / "x.nq"
    done = kvgraph("build", "base", "-o", str(tmp_path / "s"), "--dump", str(dump))
    assert done.returncode == 2
    assert f"{dump} cannot be written: No such file" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    """As with ``| head``."""
    data = tmp_path / "many.nt"
    data.write_text("".join(f"<http://e/{i}> <http://e/p> 'x' .\n" for i in range(9000))
                    .replace("'", '"'))  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", "from kvgraph.cli.main import main; main()", "query", "-",
         "--store", str(data), "--format", "csv"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b"SELECT * { ?s ?p ?o }")
        process.stdin.close()
        said = process.stderr.read().decode()
        assert (process.wait(timeout=60), "error" in said, "Traceback" in said) == (0, False, False)


def test_only_what_concerns_the_output_is_told_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file that fails is named, and an end asked for by a library keeps its code."""
    from kvgraph.cli import main

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/some/file")

    monkeypatch.setattr(main.cli, "main", fail)
    assert main._run([]) == 2
    assert capsys.readouterr().err == "error: /some/file: Permission denied\n"

    def leave(*_: object, **__: object) -> None:
        raise SystemExit(7)

    monkeypatch.setattr(main.cli, "main", leave)
    assert main._run([]) == 7


def test_a_terminal_without_a_letter_shows_its_number(tmp_path: Path) -> None:
    """And no traceback."""
    data = tmp_path / "a.nt"
    data.write_text('<http://e/a> <http://e/p> "h\u00e4" .\n', "utf-8")
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?o { ?s ?p ?o }")
    done = kvgraph("query", str(query), "--store", str(data), "--format", "csv",
                   PYTHONIOENCODING="ascii")  # fmt: skip
    assert (done.returncode, "h\\xe4" in done.stdout) == (0, True), done.stderr


def test_a_damaged_store_is_told_as_such(tmp_path: Path, shipped: Dataset) -> None:
    """Whether the engine finds it or we do."""
    path = tmp_path / "store"
    with store.create(path) as write:
        write(shipped.store, shipped.about)
    file = path / store.ABOUT
    raw = json.loads(file.read_text("utf-8"))
    for change in ({"counts": {}}, {"counts": []}, {"horizon": 5}, {"packages": ["base"]}):
        file.write_text(json.dumps(raw | change), "utf-8")
        with pytest.raises(StoreError, match="cannot be read"):
            Dataset.open(path)
    file.write_text(json.dumps(raw), "utf-8")
    for table in (path / store.QUADS).glob("*.sst"):
        table.write_bytes(table.read_bytes()[:100])
    with pytest.raises(StoreError, match="cannot be read"):
        Dataset.open(path)


def test_an_engine_that_fails_on_a_query_gives_an_error_of_ours() -> None:
    """Corruption that shows only while reading."""

    class Broken:
        def query(self, *_: object, **__: object) -> None:
            raise RuntimeError("Corruption: block checksum mismatch")

    with pytest.raises(QueryError, match="Corruption"):
        Dataset(Broken()).query("ASK {}")  # type: ignore[arg-type]


def test_a_store_swapped_while_it_is_opened_is_opened_again(
    tmp_path: Path, shipped: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of it belongs to the quads that are read."""
    path = tmp_path / "store"
    with store.create(path) as write:
        write(Dataset.memory().store, store.About(version="old"))
    real = store._about
    calls = []

    def about(raw: dict[str, object]) -> store.About:
        calls.append(1)
        if len(calls) == 1:
            with store.create(path) as write:
                write(shipped.store, shipped.about)
        return real(raw)

    monkeypatch.setattr(store, "_about", about)
    assert Dataset.open(path).about == shipped.about


@pytest.mark.parametrize("platform", [sys.platform, "other"])
def test_what_is_replaced_counts_as_unfinished_until_it_is_gone(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that an interruption removes it too, however the two folders changed places."""
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / "old").touch()
    monkeypatch.setattr(aside.sys, "platform", platform)
    removed = []
    real = aside._delete

    def delete(path: Path) -> None:
        removed.append(([p.name for p in path.iterdir()], path in aside._unfinished))
        real(path)

    monkeypatch.setattr(aside, "_delete", delete)
    with make_aside(folder) as draft:
        (draft / "new").touch()
    assert removed == [(["old"], True)]
    assert [p.name for p in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]
    assert aside._unfinished == set()


def test_who_comes_second_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the first came between our look and our rename."""
    folder = tmp_path / "b"
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with make_aside(folder, replace=False) as draft:
        (draft / "second").touch()
        folder.mkdir()
        (folder / "first").touch()
    assert [p.name for p in folder.iterdir()] == ["first"]
    assert list(tmp_path.iterdir()) == [folder]


def test_drafts_of_the_dead_are_removed_and_no_others(tmp_path: Path) -> None:
    """A killed process cannot tidy up after itself; two threads do not share a draft."""
    dead, alive = tmp_path / ".b.999999999.0f.part", tmp_path / f".b.{os.getpid()}.0f.part"
    other = tmp_path / ".c.999999999.0f.part"
    for path in (dead, alive, other):
        path.mkdir()
    with make_aside(tmp_path / "b") as one, make_aside(tmp_path / "b") as two:
        assert one != two
        assert not dead.exists()
        assert alive.exists()
        assert other.exists()


def test_a_link_stays_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    """What a link leads to is written."""
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    with write_aside(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_what_is_no_regular_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    """A pipe is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with write_aside(pipe, "wb") as stream:
            stream.write(b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_what_is_read_from_a_file_has_the_same_horizon(shipped: Dataset, tmp_path: Path) -> None:
    """A dump tells until when things are known as the store does."""
    path = tmp_path / "dump.nq"
    path.write_bytes(b"".join(shipped.dump()))
    read = Dataset.read(path)
    assert read.about.horizon == shipped.about.horizon == "2026-11-24"
    assert read.digest == shipped.digest


def test_a_rule_that_is_not_run_again_would_have_added_nothing(shipped: Dataset) -> None:
    """Rules wake each other by what they write and ask for; running all again finds no more."""
    said = {q for q in shipped.store if "/graph/derived/" not in q.graph_name.value}
    again = ox.Store()
    again.bulk_extend(said)
    rules.derive(again)
    texts = [(f.stem, f.read_text("utf-8")) for f in resources.rule_files()]
    assert [(name, rules._run(again, name, text)) for name, text in texts] == [
        (n, 0) for n, _ in texts
    ]
    assert {q for q in again if "/graph/derived/" in q.graph_name.value} == {
        q for q in shipped.store if "/graph/derived/" in q.graph_name.value
    }


def test_which_rules_wake_which_is_read_off_their_texts() -> None:
    """A new mode is a new class; a new stage is nothing that any rule asks for."""
    texts = {f.stem: f.read_text("utf-8") for f in resources.rule_files()}
    asked = {name: rules._asked(text) for name, text in texts.items()}

    def woken(name: str) -> set[str]:
        made = rules._terms(texts[name].partition("CONSTRUCT")[2].partition("WHERE")[0])
        return {other for other in asked if rules._meet(made, asked[other])}

    assert woken("furthest-stage") == set()
    assert woken("lineage") == {"lineage"}
    assert woken("governance-level") == {"governance-level", "mode"}
    assert "superclasses" in woken("mode")
    assert "mode" not in woken("mode")
