"""One OpenAPI 3.1 document of all doors, made from the headers of questions and analyses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kvgraph import __version__, registry
from kvgraph.inquiry import LANG, explained, taken
from kvgraph.inquiry.exporting import exporters, exporting
from kvgraph.inquiry.reading import FLAGS
from kvgraph.model import Analysis, Exporter, Parameter, View
from kvgraph.plots import is_drawn
from kvgraph.query import Column, Query, find, library
from kvgraph.selection import SELECTION
from kvgraph.serve._jobs_pictures import (
    FILES,
    LOSSES,
    format_of,
    media_of,
    view_of,
    viewing,
)
from kvgraph.serve._jobs_rest import analysis_of, kinds_of_things, searching
from kvgraph.serve._telling import EMPTY, HEAD
from kvgraph.serve.answers import DIGEST, ROWS
from kvgraph.serve.description import FORMS, SHORT
from kvgraph.serve.forms import (
    ANSWERS,
    CSV,
    FIGURES,
    JSON,
    JSON_LD,
    LISTS,
    PNG,
    SVG,
    TURTLE,
    XLSX,
    short_of,
)
from kvgraph.serve.problems import MEDIA
from kvgraph.serve.requests import FORM
from kvgraph.serve.work import GRAPHS, RESULTS

JsonObject = dict[str, Any]

_ABOUT: Final = """\
Transfers of good practices as a knowledge graph: questions of the library, analyses, things with
all that is known of them, and SPARQL.

Every answer names the dataset (`KVGraph-Dataset`), counts its rows (`KVGraph-Rows`) and tells the
limits (`KVGraph-Limits`). An answer that is larger than one part comes in chunks; rows and digest
stand in its trailer, and one that had to be broken off ends without the last chunk, so that it
cannot be taken for whole. `format` goes before `Accept`. Whatever goes wrong is a problem document
(RFC 9457) with a hint.

JSON holds what was asked and counted, and `rows`; where there is no row, `empty` says why. For the
other forms that stands in the headers `KVGraph-Head` and `KVGraph-Empty`. JSON-LD and Turtle hold
the run, its columns, and a node each row, whose properties are the columns."""

_NOT_EMPTY: Final = {"type": "string", "minLength": 1, "pattern": r"\S"}
_DAY: Final = {
    "type": "string",
    "anyOf": [
        {"format": "date"},
        {"pattern": "^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$"},
        {"pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])/[12][0-9]{3}-(0[1-9]|1[0-2])$"},
    ],
}
"""A day, a month, a year, or from one month to another; EDTF has more."""

_CELLS: Final[Mapping[str, JsonObject]] = {
    "iri": {"type": ["string", "null"], "format": "iri"},
    "code": {"type": ["string", "null"], "format": "iri"},
    "text": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"]},
    "number": {"type": ["number", "string", "null"]},
    "flag": {"type": ["boolean", "null"]},
}
"""What stands in a column, by its type."""

_PROBLEMS: Final = {
    "400": ("BadRequest", "It cannot be understood: an unknown parameter, or a value that is none"),
    "404": ("NotFound", "A name fits nothing, or several things; `candidates` come close"),
    "406": ("NotAcceptable", "It cannot be had in a form that is accepted"),
    "429": ("TooMany", "Too many requests of this client are being answered"),
    "503": ("TooMuch", "It takes more than may be taken; `limit` says of what"),
    "default": ("Problem", "It could not be done"),
}
"""What may go wrong, by status."""

_HEADERS: Final[Mapping[str, tuple[str, JsonObject]]] = {
    ROWS: ("Rows of the answer; of one in chunks it stands in the trailer.", {"type": "integer"}),
    DIGEST: ("Digest of the body (RFC 9530); likewise.", {"type": "string"}),
    "KVGraph-Dataset": ("Digest of the dataset.", {"type": "string"}),
    "KVGraph-Limits": ("How much one answer may take.", {"type": "string"}),
    HEAD: ("What was asked and counted, as JSON.", {"type": "string"}),
    EMPTY: ("Why there is no row, percent-encoded.", {"type": "string"}),
    "ETag": ("Changes with the dataset.", {"type": "string"}),
}


def document(limits: Mapping[str, Any], doors: Sequence[str]) -> JsonObject:
    """Give the document of a server with these limits and doors."""
    paths = {
        "/api/queries": _listing("queries", "List the questions of the library"),
        **{f"/api/queries/{name}": _question(find(name)) for name in library()},
        "/api/analyse": _listing("analyses", "List the analyses"),
        **{f"/api/analyse/{n}": _analysis(analysis_of(n)) for n in registry.names("analysis")},
        **_things(),
        **_pictures(),
        **{path: told for path, told in _others(limits).items() if path in doors},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kvgraph",
            "version": __version__,
            "summary": "Who learned what from whom",
            "description": _ABOUT,
            "license": {"name": "MIT AND CC-BY-4.0", "identifier": "MIT AND CC-BY-4.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "queries", "description": "Questions of the library"},
            {"name": "analyse", "description": "Analyses of the dataset or a selection of it"},
            {"name": "things", "description": "Things, by their names"},
            {"name": "pictures", "description": "What the workbench draws, and what is drawn"},
            {"name": "export", "description": "Files for other programs"},
            {"name": "sparql", "description": "SPARQL, and what the service says of itself"},
        ],
        "paths": paths,
        "components": _components(),
        "x-limits": dict(limits),
    }


# --- doors -------------------------------------------------------------------------------------


def _listing(name: str, summary: str) -> JsonObject:
    """Tell of a list."""
    tag = {"analyses": "analyse", "views": "pictures"}.get(name, name)
    return _get(f"list-{name}", summary, tag, [], LISTS, _rows({}), named=False)


def _question(query: Query) -> JsonObject:
    """Tell of a question: what it asks, takes and answers."""
    examples = [dict(example.values) for example in query.examples]
    parameters = [
        _parameter(p, next((e[p.name] for e in examples if p.name in e), None), query=True)
        for p in query.parameters
    ]
    told = "\n".join(f"- `{c.name}`: {c.help}" for c in query.columns)
    return _get(
        f"query-{query.name.replace('/', '-')}", query.summary, "queries", parameters, ANSWERS,
        _rows({c.name: _cell(c) for c in query.columns}), f"Columns:\n\n{told}",
    )  # fmt: skip


def _analysis(analysis: Analysis) -> JsonObject:
    """Tell of an analysis: what it measures and what it can be told."""
    parameters = [_parameter(p) for p in taken(analysis)]
    forms = (*ANSWERS, *FIGURES) if is_drawn(analysis.name) else ANSWERS
    return _get(
        f"analyse-{analysis.name}", f"{analysis.summary}.", "analyse", parameters, forms,
        _rows({}), "\n\n".join(explained(analysis)),
    )  # fmt: skip


def _things() -> JsonObject:
    """Tell of the search for things and of all that is known of one."""
    columns = ("thing", "id", "kind", "label", "name", "link")
    kind = {
        "name": "kind", "in": "path", "required": True, "description": "The kind of thing.",
        "schema": {"enum": list(kinds_of_things())},
    }  # fmt: skip
    identifier = {
        "name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
        "description": "Its id, or any other name of it that no other thing of the kind has.",
    }  # fmt: skip
    return {
        "/api/things": _get(
            "search-things", "Which things go by a name like this?", "things",
            [_parameter(p) for p in searching()], LISTS,
            _rows({name: {"type": ["string", "null"]} for name in columns}), named=False,
        ),
        "/api/things/{kind}/{id}": _get(
            "show-thing", "What is known of a thing, each line with its source?", "things",
            [kind, identifier, _parameter(LANG)], ANSWERS, _rows({}),
            "As JSON-LD and Turtle: what is stated of it, of the records that name it, and of "
            "all that they rest on.",
        ),
    }  # fmt: skip


def _pictures() -> JsonObject:
    """Tell of what the workbench draws, of the views, and of files to take along."""
    told = [_parameter(p) for p in SELECTION]
    columns = ("iri", "name", "kind", "label", "comment", "used")
    return {
        "/api/scene": _get(
            "scene", "What is selected, as the workbench takes it", "pictures", told, (JSON,),
            {"type": "object", "required": ["frame", "things", "transfers"]},
        ),
        "/api/terms": _get(
            "list-terms", "List what a query may name", "sparql", [], LISTS,
            _rows({name: {} for name in columns}), named=False,
        ),
        "/api/views": _listing("views", "List the pages and pictures that can be drawn"),
        **{f"/api/views/{name}": _view(view_of(name)) for name in registry.names("view")},
        "/api/export": _listing("export", "List the formats for other programs"),
        **{f"/api/export/{name}": _export(format_of(name)) for name in exporters()},
    }  # fmt: skip


def _view(view: View) -> JsonObject:
    """Tell of a view."""
    media = media_of(view)
    return {
        "get": _operation(
            f"view-{view.name}", f"{view.summary}.", "pictures",
            [_parameter(p) for p in viewing(view)],
            {media: {"schema": {"type": "string", "contentMediaType": media}}},
        )
    }  # fmt: skip


def _export(exporter: Exporter) -> JsonObject:
    """Tell of a format, by address and as a form."""
    media = FILES[exporter.name]
    body = {} if media.endswith("json") else {"type": "string", "contentMediaType": media}
    content = {media: {"schema": body}}
    parameters = [_parameter(p) for p in exporting(exporter)]
    form = {
        "type": "object",
        "properties": {p["name"]: {**p["schema"], "description": p["description"]}
                       for p in parameters},
    }  # fmt: skip
    summary = f"{exporter.summary}."
    files = " Several files come as one archive." if exporter.beside else ""
    told = f"What the format could not hold is counted in `{LOSSES}`.{files}"
    headers = {LOSSES: {"description": "How much was changed.", "schema": {"type": "integer"}}}
    return {
        "get": _operation(f"export-{exporter.name}", summary, "export", parameters, content,
                          headers, description=told),
        "post": _operation(
            f"export-{exporter.name}-form", summary, "export", [], content, headers,
            description=told, requestBody={"content": {FORM: {"schema": form}}},
        ),
    }  # fmt: skip


def _operation(
    identifier: str,
    summary: str,
    tag: str,
    parameters: Sequence[JsonObject],
    content: JsonObject,
    headers: Mapping[str, JsonObject] = {},
    **more: Any,
) -> JsonObject:
    """Make an operation whose answer is a file, with more headers than all have."""
    return {
        "operationId": identifier, "summary": summary, "tags": [tag],
        **({"parameters": list(parameters)} if parameters else {}), **more,
        "responses": {
            "200": {
                "description": "The file",
                "headers": {
                    **{n: {"$ref": f"#/components/headers/{n}"} for n in _HEADERS}, **headers
                },
                "content": content,
            },
            **_failures(),
        },
    }  # fmt: skip


def _others(limits: Mapping[str, Any]) -> JsonObject:
    """Tell of the doors that speak SPARQL's own protocols, and of those for machines."""
    text = {"type": "string"}
    forms = {media: {"schema": text} for media in (*RESULTS, *GRAPHS)}
    answer = {"description": "The answer", "content": forms}
    graph = {"description": "The graph", "content": {media: {"schema": text} for media in GRAPHS}}
    said = {"description": "The graph", "content": {media: {"schema": text} for media in FORMS}}
    form = {"name": "format", "in": "query", "schema": {"type": "string", "enum": list(SHORT)},
            "description": "The form of the answer; it goes before what Accept says."}  # fmt: skip
    named = [
        {"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string"}},
         "description": told}
        for name, told in (
            ("default-graph-uri", "Ask these graphs as one; all, if none is named."),
            ("named-graph-uri", "Graphs that GRAPH may name."),
        )
    ]  # fmt: skip
    query = {
        "name": "query", "in": "query", "required": True, "schema": text,
        "description": f"A query; brackets within each other: {limits['depth']} at most.",
    }  # fmt: skip
    body = {"required": True, "content": {
        "application/sparql-query": {"schema": text},
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "required": ["query"], "properties": {"query": text}}},
    }}  # fmt: skip
    update = {"required": True, "content": {
        "application/sparql-update": {"schema": text},
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "required": ["update"], "properties": {"update": text}}},
    }}  # fmt: skip
    rdf = {"required": True, "content": {media: {"schema": text} for media in GRAPHS}}
    which = [
        {"name": "graph", "in": "query", "schema": text, "description": "The IRI of a graph."},
        {"name": "default", "in": "query", "schema": text, "allowEmptyValue": True,
         "description": "The default graph; one of both is named."},
    ]  # fmt: skip
    done = {"description": "It is done"}

    def operation(name: str, summary: str, answer: JsonObject, **more: Any) -> JsonObject:
        failures = {status: told for status, told in _failures().items() if status != "404"}
        responses = {"200": answer, **failures}
        return {"operationId": name, "summary": summary, "tags": ["sparql"], **more,
                "responses": responses}  # fmt: skip

    json_told = {"description": "How it is", "content": {JSON: {"schema": {"type": "object"}}}}
    token: list[JsonObject] = [{"token": []}, {}]
    return {
        "/openapi.json": {"get": operation("openapi", "This document.", json_told)},
        "/sparql": {
            "get": operation("sparql-get", "Ask a query (SPARQL 1.1 Protocol).", answer,
                             parameters=[query, *named]),
            "post": operation("sparql-post", "Ask a query (SPARQL 1.1 Protocol).", answer,
                              parameters=named, requestBody=body),
        },
        "/void": {"get": operation("void", "What is in the dataset (VoID).", said,
                                   parameters=[form])},
        "/healthz": {"get": operation("healthz", "Whether it answers.", json_told)},
        "/update": {"post": operation(
            "update", "Change the dataset (SPARQL 1.1 Update), where the server may write.", done,
            requestBody=update, security=token)},
        "/store": {
            "get": operation("store-get", "Read a graph (Graph Store Protocol).", graph,
                             parameters=which),
            "put": operation("store-put", "Replace a graph, where the server may write.", done,
                             parameters=which, requestBody=rdf, security=token),
            "post": operation("store-post", "Add to a graph, where the server may write.", done,
                              parameters=which, requestBody=rdf, security=token),
            "delete": operation("store-delete", "Remove a graph, where the server may write.",
                                done, parameters=which, security=token),
        },
    }  # fmt: skip


def _get(
    identifier: str,
    summary: str,
    tag: str,
    parameters: Sequence[JsonObject],
    forms: Sequence[str],
    rows: JsonObject,
    description: str = "",
    *,
    named: bool = True,
) -> JsonObject:
    """Make a path that is read; where nothing is named, nothing can be unknown."""
    form = {
        "name": "format", "in": "query", "description": "The form of the answer; it goes before "
        "what Accept says.", "schema": {"type": "string", "enum": short_of(forms)},
    }  # fmt: skip
    content = {media: {"schema": rows if media == JSON else _BODIES[media]} for media in forms}
    answer = {
        "description": "The answer",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS},
        "content": content,
    }
    failures = _failures()
    if not named:
        del failures["404"]
    more = {"description": description} if description else {}
    return {
        "get": {
            "operationId": identifier,
            "summary": summary,
            **more,
            "tags": [tag],
            "parameters": [*parameters, form],
            "responses": {"200": answer, **failures},
        }
    }


_BODIES: Final[Mapping[str, JsonObject]] = {
    CSV: {"type": "string", "contentMediaType": CSV},
    XLSX: {"type": "string", "contentMediaType": XLSX, "contentEncoding": "binary"},
    JSON_LD: {"type": "object", "required": ["@context", "@graph"]},
    TURTLE: {"type": "string", "contentMediaType": TURTLE},
    SVG: {"type": "string", "contentMediaType": SVG},
    PNG: {"type": "string", "contentMediaType": PNG, "contentEncoding": "binary"},
}
"""What a body is, in the forms other than JSON."""


# --- parameters and answers --------------------------------------------------------------------


def _parameter(
    parameter: Parameter, example: str | None = None, *, query: bool = False
) -> JsonObject:
    """Give a parameter as the document has it."""
    p = parameter
    schema = _schema(p, query=query)
    if p.many:
        schema = {"type": "array", "items": schema}
    if p.default is not None:
        schema = {**schema, "default": p.default}
    told = p.help + ("; may be given again" if p.many else "")
    if p.kind == "iri":
        kinds = f" ({' or '.join(p.things)})" if p.things else ""
        told += f". A thing{kinds} by its id, IRI, name or alias"
    elif p.kind == "file":
        told += ": its text"
    found: JsonObject = {
        "name": p.name,
        "in": "query",
        "description": f"{told[0].upper()}{told[1:]}.",
        "schema": schema,
    }
    if p.required:
        found["required"] = True
    if p.kind == "flag":
        found["allowEmptyValue"] = True
    if example is not None:
        found["examples"] = {"one": {"value": example}}
    return found


def _schema(parameter: Parameter, *, query: bool) -> JsonObject:
    """Give what a value of a parameter can be."""
    p = parameter
    if p.kind == "number":
        bounds = {"minimum": p.least, "maximum": p.most}
        told = {name: value for name, value in bounds.items() if value is not None}
        return {"type": "number" if query else "integer", **told}
    if p.kind == "choice":
        return {"type": "string", "enum": list(p.choices)}
    if p.kind == "flag":
        return {"type": "string", "enum": list(FLAGS), "default": "false"}
    if p.kind == "date":
        return {"type": "string", "format": "date"} if query else dict(_DAY)
    return dict(_NOT_EMPTY)


def _cell(column: Column) -> JsonObject:
    """Give what stands in a column."""
    return {**_CELLS[column.type], "description": column.help}


def _rows(columns: Mapping[str, JsonObject]) -> JsonObject:
    """Give what an answer in JSON is."""
    row: JsonObject = {"type": "object"}
    if columns:
        row |= {"properties": dict(columns), "required": list(columns)}
    return {
        "type": "object",
        "required": ["rows"],
        "properties": {"rows": {"type": "array", "items": row}, "empty": {"type": "string"}},
    }


def _failures() -> JsonObject:
    """Give what may go wrong."""
    return {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, (name, _) in _PROBLEMS.items()
    }


def _components() -> JsonObject:
    """Give what the doors share."""
    problem = {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong"},
            "hint": {"type": "string", "description": "What to try"},
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "candidates": {"type": "array", "items": {"type": "string"}},
            "limit": {"type": "string", "description": "The limit that was met"},
        },
    }
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "schemas": {"Problem": problem},
        "responses": {
            name: {"description": told, "content": content} for name, told in _PROBLEMS.values()
        },
        "headers": {
            name: {"description": told, "schema": schema}
            for name, (told, schema) in _HEADERS.items()
        },
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
