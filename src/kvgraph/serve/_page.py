"""The page at ``/about``: packages, doors with examples, and limits, in three languages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from kvgraph import __version__
from kvgraph.names import in_language, texts_of
from kvgraph.namespaces import KV, PREFIXES, graph_iri
from kvgraph.words import word

if TYPE_CHECKING:
    from kvgraph.store import Dataset

_MEGA: Final = 1024 * 1024
_LANGUAGES: Final = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
_QUERY: Final = (
    f"SELECT ?transfer ?giver ?receiver {{ ?transfer <{KV}giver> ?giver ; "
    f"<{KV}receiver> ?receiver }} LIMIT 10"
)
_DOORS: Final = {
    "/": ("serve.door.workbench", "/"),
    "/sparql": ("serve.door.sparql", "/sparql?" + urlencode({"query": _QUERY, "format": "csv"})),
    "/api/queries": ("serve.door.queries", "/api/queries"),
    "/api/analyse": ("serve.door.analyse", "/api/analyse?format=csv"),
    "/api/things": ("serve.door.things", "/api/things?kind=practice&limit=10"),
    "/api/scene": ("serve.door.scene", "/api/scene"),
    "/api/views": ("serve.door.views", "/api/views?format=csv"),
    "/api/export": ("serve.door.export", "/api/export?format=csv"),
    "/api/terms": ("serve.door.terms", "/api/terms?format=csv"),
    "/openapi.json": ("serve.door.openapi", "/openapi.json"),
    "/void": ("serve.door.void", "/void?format=turtle"),
    "/healthz": ("serve.door.healthz", "/healthz"),
    "/store": ("serve.door.store", "/store?" + urlencode({"graph": graph_iri("ontology")})),
    "/update": ("serve.door.update", ""),
    "/notices": ("serve.door.notices", "/notices"),
}
"""What each door is for, and an address that shows it."""


def page(dataset: Dataset, job: Mapping[str, Any]) -> str:
    """Give the page of a dataset for a server as the job describes it."""
    from jinja2 import Environment, StrictUndefined

    lang = job["lang"]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    folder = files("kvgraph").joinpath("serve")
    template = environment.from_string(folder.joinpath("index.html").read_text("utf-8"))
    return template.render(
        lang=lang,
        languages=_LANGUAGES,
        say=lambda key, **values: word(f"serve.{key}", lang, **values),
        style=_style(),
        version=__version__,
        about=dataset.about,
        quads=_figure(dataset.about.quads, lang),
        packages=list(_packages(dataset, lang)),
        built=job["built"],
        synthetic=word("head.synthetic", lang) if _invented(dataset, None) else "",
        doors=list(_doors(job, lang)),
        limits=list(_limits(job, lang)),
    ) + "\n"  # fmt: skip


def style_digest() -> str:
    """Give the digest under which a policy may allow the style of the page."""
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


@cache
def _style() -> str:
    return files("kvgraph").joinpath("serve/index.css").read_text("utf-8")


def _packages(dataset: Dataset, lang: str) -> Iterator[dict[str, str]]:
    """Give what is said of each package."""
    for package in dataset.about.packages:
        node = ox.NamedNode(graph_iri(package["name"]))
        told = {
            name: in_language(texts_of(dataset, node.value, PREFIXES["dcterms"] + name), lang)
            for name in ("title", "description")
        }
        invented = word("head.synthetic", lang) if _invented(dataset, node) else ""
        yield {**package, **told, "synthetic": invented}


def _invented(dataset: Dataset, node: ox.NamedNode | None) -> bool:
    """Tell whether a package, or any, says that its data are invented."""
    from kvgraph.proof import is_synthetic

    if node is None:
        return is_synthetic(dataset)
    mark = ox.NamedNode(KV + "synthetic")
    found = dataset.store.quads_for_pattern(node, mark, None)
    return any(isinstance(q.object, ox.Literal) and q.object.value == "true" for q in found)


def _doors(job: Mapping[str, Any], lang: str) -> Iterator[dict[str, Any]]:
    """Give each door that stands open: its paths, what it is for, and how it is used."""
    plain = [path.replace(":path}", "}") for path in job["doors"]]
    shown = ["/about", "/assets/{file}"]
    for path, (key, example) in _DOORS.items():
        inside = [other for other in plain if other == path or other.startswith(f"{path}/{{")]
        shown += inside
        if not inside or (path == "/update" and not job["writable"]):
            continue
        if path in ("/", "/notices") and not job["built"]:
            continue
        command = ""
        if path == "/update":
            token = ' -H "Authorization: Bearer TOKEN"' if job["token"] else ""
            command = (
                f'curl -H "Content-Type: application/sparql-update"{token} '
                f"--data @update.ru {job['address']}/update"
            )
        yield {
            "paths": inside, "told": word(key, lang), "example": example, "command": command,
        }  # fmt: skip
    for path in plain:
        if path not in shown:
            yield {"paths": [path], "told": "", "example": "", "command": ""}


def _limits(job: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Give the limits, one sentence each."""
    limits = job["limits"]

    def said(key: str, **values: float) -> str:
        return word(key, lang, **{name: _figure(value, lang) for name, value in values.items()})

    yield said("serve.limit.seconds", number=limits["seconds"], waiting=limits["waiting"])
    yield said("serve.limit.answer", rows=limits["rows"], size=limits["bytes"] / _MEGA)
    yield said("serve.limit.request", size=limits["body"] / _MEGA, depth=limits["depth"])
    yield said("serve.limit.clients", client=limits["per_client"], number=limits["in_all"])
    yield said("serve.limit.whole")
    if job["services"]:
        yield word("serve.limit.services", lang, services=", ".join(job["services"]))
    else:
        yield said("serve.limit.no_services")
    if not job["writable"]:
        yield said("serve.limit.read_only")
    elif job["token"]:
        yield said("serve.limit.token")
    else:
        yield said("serve.limit.open")


def _figure(number: float, lang: str) -> str:
    """Give a number as it is written in a language.

    >>> _figure(1000000, "en"), _figure(2.5, "fi")
    ('1,000,000', '2,5')
    """
    text = f"{number:,.1f}".removesuffix(".0")
    if lang == "en":
        return text
    return text.replace(",", "\u00a0").replace(".", ",")
