"""The pages: checked and tested by their own tools, built twice alike, with nobody else's code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src" / "kvgraph" / "web"
ENVIRONMENT = Path(sys.prefix)
LOCK = json.loads((WEB / "package-lock.json").read_text("utf-8"))


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run something among the sources, with the Node that builds them."""
    return subprocess.run(
        ["sh", str(ROOT / ".ci" / "pages"), str(ENVIRONMENT), *command],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
        env={**os.environ, "NO_COLOR": "1", "CI": "1", **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def tools() -> None:
    """What checks and tests the pages."""
    done = run("tools")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_pages_hold_what_their_own_tools_ask(script: str) -> None:
    """Types and accessibility by svelte-check, logic by Vitest."""
    done = run("npm", "run", "--silent", script)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("tools")
def test_the_same_sources_are_the_same_pages(tmp_path: Path) -> None:
    """Built twice byte for byte, under another clock zone and language too."""
    found = []
    for name, zone in (("one", "UTC"), ("two", "Asia/Tokyo")):
        built = {}
        for config in ("vite.config.ts", "file.vite.config.ts"):
            folder = tmp_path / name / config
            done = run(
                "node_modules/.bin/vite", "build", "--config", config, "--outDir", str(folder),
                "--emptyOutDir", TZ=zone, LC_ALL="C",
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
            paths = (p for p in folder.rglob("*") if p.is_file())
            built |= {(config, str(p.relative_to(folder))): p.read_bytes() for p in paths}
        found.append(built)
    assert found[0].keys() == found[1].keys()
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []
    one = {name: raw for (config, name), raw in found[0].items() if config.startswith("file")}
    assert set(one) == {"file.js", "file.css", "NOTICES.txt"}
    assert one["file.js"].isascii()
    assert not re.search(rb"</script|<!--", one["file.js"], re.IGNORECASE)
    # What is mailed as one file carries its notices along.
    assert b"Mike Bostock" in one["file.js"]
    _check_notices(found[0]["vite.config.ts", "NOTICES.txt"].decode())
    _check_notices(one["NOTICES.txt"].decode())


def _check_notices(text: str) -> None:
    """Fail unless each package is told with the version of the lock and a licence."""
    told = text.split("-" * 78)[1:]
    assert len(told) > 10
    for notice in told:
        name, _, version = notice.strip().partition("\n")[0].partition(",")[0].rpartition(" ")
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version
        assert re.search(r"permission|licen[cs]e|redistribution", notice, re.IGNORECASE), name


def test_packages_are_named_and_not_where_they_come_from() -> None:
    """Exact versions with digests; whoever builds takes them from the registry of their choice."""
    assert "resolved" not in (WEB / "package-lock.json").read_text("utf-8")
    told = json.loads((WEB / "package.json").read_text("utf-8"))
    for group in ("dependencies", "devDependencies"):
        for name, version in told[group].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
            assert LOCK["packages"][f"node_modules/{name}"]["version"] == version
    for name, package in LOCK["packages"].items():
        assert not name or package["integrity"].startswith("sha512-"), name
    settings = set((WEB / ".npmrc").read_text("utf-8").split())
    assert settings >= {
        "omit-lockfile-registry-resolved=true", "save-exact=true", "ignore-scripts=true",
        "audit=false", "fund=false",
    }  # fmt: skip


def test_nobody_elses_code_is_in_the_repository() -> None:
    """What is bundled is fetched when it is built; built pages are not kept."""
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    if not tracked:
        pytest.skip("not a git checkout")
    wrong = re.compile(r"(^|/)(node_modules|static|vendor|dist)/|\.min\.(js|css)$|\.map$")
    assert [name for name in tracked if wrong.search(name)] == []
    for name in tracked:
        if name.startswith("src/kvgraph/web/") and name.endswith((".ts", ".svelte", ".css")):
            path = ROOT / name
            longest = max(map(len, path.read_text("utf-8").splitlines()), default=0)
            assert longest < 1000, f"{name} looks as if it were made by a program"


def test_text_enters_the_pages_as_text() -> None:
    """No markup is made of strings, nothing is evaluated, no style stands in an attribute."""
    wrong = re.compile(
        r"\{@html|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|"
        r"new Function|\sstyle=\"|Math\.random|https?://(?!www\.w3\.org/)[a-z0-9.]+\.[a-z]+/\S*\.js"
    )
    for path in sorted(p for p in (WEB / "src").rglob("*") if p.suffix in (".svelte", ".ts")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            assert not wrong.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_a_build_that_fails_leaves_the_old_pages(tmp_path: Path) -> None:
    """What is built goes aside first, and what went wrong is shown."""
    web = tmp_path / "src" / "kvgraph" / "web"
    (web / "node_modules" / ".bin").mkdir(parents=True)
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "pages"
    script.write_bytes((ROOT / ".ci" / "pages").read_bytes())
    (web / "package-lock.json").write_text("{}")
    (web / "node_modules" / ".all").write_text("{}")
    vite = web / "node_modules" / ".bin" / "vite"
    static = web.parent / "static"
    venv = tmp_path / "venv"
    venv.mkdir()

    def build(text: str) -> subprocess.CompletedProcess[str]:
        vite.write_text(f"#!/bin/sh\n{text}\n")
        vite.chmod(0o755)
        return subprocess.run(
            ["sh", str(script), str(venv)], capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{os.environ['PATH']}{os.pathsep}{ENVIRONMENT / '.node'}"},
        )  # fmt: skip

    writes = 'for last; do test "$before" = --outDir && mkdir -p "$last" && echo {} >"$last/page"; before="$last"; done'  # noqa: E501
    done = build("before=; " + writes.format("one"))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (static / "workbench" / "page").read_text() == "one\n"
    assert build("exit 7").returncode == 0  # nothing has changed: nothing is built
    stamp = venv / ".pages"
    os.utime(stamp, (1, 1))
    done = build("before=; " + writes.format("two") + "; echo the sources are wrong; exit 7")
    assert done.returncode != 0
    assert "the sources are wrong" in done.stderr
    for name in ("workbench", "file"):
        assert (static / name / "page").read_text() == "one\n"
    done = build("before=; " + writes.format("two"))
    assert done.returncode == 0
    assert (static / "file" / "page").read_text() == "two\n"
    assert sorted(p.name for p in static.iterdir()) == ["file", "workbench"]
