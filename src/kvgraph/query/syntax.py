"""Say what is wrong with a SPARQL text: line, column, caret and one plain sentence.

Oxigraph reports how far its parser looked, which lies behind the fault, and lists dozens of
things that it would have taken. The place is found here by asking it whether ever longer
beginnings of the text can still be continued, and what was expected by offering it that.
"""

from __future__ import annotations

import difflib
from typing import Final

import pyoxigraph as ox

from kvgraph.errors import QueryError
from kvgraph.namespaces import PREFIXES
from kvgraph.query.text import FORMS, UPDATES, Block, Token, place, shape, tokens

_GAP: Final = 40
"""Longer than any keyword: the parser reads that far ahead before it gives up on one."""

_LIKELY: Final = {
    "bibo": "http://purl.org/ontology/bibo/",
    "cv": "http://data.europa.eu/m8g/",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dctype": "http://purl.org/dc/dcmitype/",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "frapo": "http://purl.org/cerif/frapo/",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "gn": "http://www.geonames.org/ontology#",
    "locn": "http://www.w3.org/ns/locn#",
    "oa": "http://www.w3.org/ns/oa#",
    "schema": "https://schema.org/",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}
"""Prefixes that people expect to be there, besides those of kvgraph."""

_KEYWORDS: Final = (
    *FORMS, "PREFIX", "BASE", "FROM", "NAMED", "WHERE", "DISTINCT", "REDUCED", "OPTIONAL",
    "FILTER", "UNION", "MINUS", "GRAPH", "BIND", "VALUES", "AS", "GROUP", "ORDER", "BY", "HAVING",
    "LIMIT", "OFFSET", "ASC", "DESC", "NOT", "EXISTS", "IN", "UNDEF", "COUNT", "SUM", "MIN", "MAX",
    "AVG", "SAMPLE", "GROUP_CONCAT", "BOUND", "IF", "COALESCE", "STR", "LANG", "LANGMATCHES",
    "DATATYPE", "IRI", "CONCAT", "STRLEN", "SUBSTR", "UCASE", "LCASE", "CONTAINS", "STRSTARTS",
    "STRENDS", "STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY", "REGEX", "REPLACE", "ISIRI",
    "ISBLANK", "ISLITERAL", "ISNUMERIC", "SAMETERM", "ABS", "ROUND", "CEIL", "FLOOR",
)  # fmt: skip

_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_OFFERS: Final = (
    ("a variable", "?x"), ("an IRI", "<x:x>"), ("a text", '"x"'), ("a number", "1"),
    ('"."', "."), ('";"', ";"), ('"}"', "}"), ('")"', ")"), ('"]"', "]"), ('"{"', "{"),
    ('"("', "("), ("AS", "AS"), ("BY", "BY"), ("WHERE", "WHERE"), ("SELECT", "SELECT"),
    ("a prefix with its colon", "x:"),
)  # fmt: skip
"""What is offered to the parser where it stopped, the most telling first."""


def check(text: str, where: str) -> None:
    """Look for what is no question at all, or what kvgraph does not do, before it is asked.

    :raises QueryError: for an empty text, an update, SERVICE, or a prefix that is not declared.
    """
    found = tokens(text)
    if not found:
        raise QueryError(f"{where}: there is no query in it", line=1, column=1)
    asked = shape(text)
    first = next((t for t in found if t.word in (*FORMS, *UPDATES)), None)
    if first is not None and first.word in UPDATES:
        raise _error(
            text, where, first, f"{first.word} changes data, and this only asks",
            "Data are changed in the tables of a package: edit them and build again.",
        )  # fmt: skip
    for token, after in zip(found, [*found[1:], Token("end", "", len(text))], strict=True):
        if token.word == "SERVICE" and after.kind in ("iri", "pname", "var", "word"):
            raise _error(
                text, where, token, "SERVICE asks another endpoint, which kvgraph does not do",
                "Ask that endpoint by itself, or load its data: --store FILE.ttl.",
            )  # fmt: skip
    for before, token in zip([found[0], *found], found, strict=False):
        prefix = token.text.partition(":")[0]
        if token.kind != "pname" or prefix in asked.prefixes or token.start < len(asked.prologue):
            continue
        if before.text == "<" and before.end == token.start and prefix in ("http", "https", "urn"):
            raise _error(
                text, where, before, "this IRI holds a character that an IRI cannot hold",
                "A space is %20 in an IRI, and it ends with >.",
            )  # fmt: skip
        raise _error(
            text, where, token, f'the prefix "{prefix}:" is not declared', _prefix_hint(prefix)
        )


def explain(text: str, where: str, said: str) -> QueryError:
    """Make the error that tells why the engine does not take a text.

    ``said`` is what Oxigraph said; it is used where it names the fault itself.
    """
    found = tokens(text)
    bad = next((t for t in found if t.kind == "bad"), None)
    at = _first_that_fails(text, found)
    if bad is not None and (at is None or bad.start <= at.start):
        if bad.text in "\"'":
            return _error(
                text, where, bad, "the text that begins here is not closed",
                'A text of several lines stands between """ and """.',
            )  # fmt: skip
        return _error(text, where, bad, f'the character "{bad.text}" cannot stand here')
    if at is None:
        return _meaning(text, where, said)
    bracket = _bracket(text, where, found, at)
    if bracket is not None:
        return bracket
    if at.kind == "iri" and ":" not in at.text:
        return _error(
            text, where, at, f"{at.text} is not a whole IRI",
            "Write it in full, use a prefix, or declare a BASE.",
        )  # fmt: skip
    if at.kind == "string" and "\\" in at.text:
        return _error(
            text, where, at, "this text holds a backslash that means nothing",
            "A backslash itself is written twice.",
        )  # fmt: skip
    if at.kind == "bnode":
        return _error(
            text, where, at, f"{at.text} stands in another group already",
            "Use a variable: a blank node cannot join two groups.",
        )  # fmt: skip
    return _unexpected(text, where, found, at)


def pointed(text: str, line: int, column: int) -> str:
    """Give a line of a text with a caret under one of its columns.

    >>> print(pointed("SELECT ?x\\nWHERE { ?x }", 2, 9))
        WHERE { ?x }
                ^
    """
    shown = (text.split("\n")[line - 1 : line] or [""])[0].rstrip("\r")
    before = shown[: column - 1]
    if len(before) > 90:
        cut = len(before) - 60
        shown, before = "... " + shown[cut:], "... " + before[cut:]
    if len(shown) > 110:
        shown = shown[:106] + " ..."
    return f"    {shown}\n    " + "".join("\t" if c == "\t" else " " for c in before) + "^"


def _error(text: str, where: str, token: Token, sentence: str, hint: str = "") -> QueryError:
    """Make an error that points at a token."""
    line, column = place(text, token.start)
    return QueryError(
        f"{where}:{line}:{column}: {sentence}\n{pointed(text, line, column)}",
        line=line,
        column=column,
        hint=hint,
    )


def _prefix_hint(prefix: str) -> str:
    """Say what to write at the top of a query for a prefix to be known."""
    known = {**_LIKELY, **PREFIXES}
    name = prefix if prefix in known else prefix.lower()
    if name in known:
        return f"Put this line first: PREFIX {prefix}: <{known[name]}>"
    close = difflib.get_close_matches(prefix, known, n=1)
    if close:
        return f"Is it {close[0]}:? Put this line first: PREFIX {close[0]}: <{known[close[0]]}>"
    return f"Put a line first that says what it stands for: PREFIX {prefix}: <http://...>"


def _stands(text: str) -> bool:
    """Tell whether a text can be the beginning of a query."""
    lines = text.count("\n")
    try:
        ox.Store().query(text + "\n" * _GAP + "\x01" * _GAP)
    except SyntaxError as error:
        line = str(error).removeprefix("error at ").partition(":")[0]
        return line.isdecimal() and int(line) > lines + _GAP
    except (ValueError, RuntimeError):
        return False
    return True


def _first_that_fails(text: str, found: list[Token]) -> Token | None:
    """Give the first token that cannot stand where it stands, or the end if something is missing.

    ``None`` if every word can stand where it does: then the fault is in what they mean.
    """
    # A cut between a text and its datatype would be a fault of its own.
    ends = [
        t for t, after in zip(found, [*found[1:], None], strict=True)
        if t.text != "^^" and not (after and after.text == "^^")
    ]  # fmt: skip
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if _stands(text[: ends[middle].end]):
            low = middle + 1
        else:
            high = middle
    if low < len(ends):
        return ends[low]
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        told = str(error)
        if any(words in told for words in _SAID):
            return None
    return Token("end", "", len(text.rstrip()))


def _bracket(text: str, where: str, found: list[Token], at: Token) -> QueryError | None:
    """Tell of a bracket that is not closed, or that closes nothing."""
    pairs = {"}": "{", ")": "(", "]": "["}
    still_open: list[Token] = []
    for token in found:
        if token.start >= at.start:
            break
        if token.kind == "mark" and token.text in pairs.values():
            still_open.append(token)
        elif token.kind == "mark" and token.text in pairs and still_open:
            still_open.pop()
    opener = still_open[-1] if still_open else None
    if at.text in pairs and (opener is None or opener.text != pairs[at.text]):
        if opener is None:
            return _error(text, where, at, f'"{at.text}" closes nothing')
        line, column = place(text, opener.start)
        return _error(
            text, where, at,
            f'"{at.text}" does not close the "{opener.text}" of line {line}, column {column}',
        )  # fmt: skip
    if at.kind == "end" and opener is not None:
        return _error(text, where, opener, f'the "{opener.text}" that stands here is not closed')
    return None


def _unexpected(text: str, where: str, found: list[Token], at: Token) -> QueryError:
    """Tell that a token cannot stand where it does, and what can."""
    before = text[: max((t.end for t in found if t.end <= at.start), default=0)]
    if at.kind in ("word", "pname", "var"):
        written = at.text.lstrip("?$").upper()
        for word in difflib.get_close_matches(written, _KEYWORDS, n=3, cutoff=0.75):
            if word != at.word and _stands(f"{before} {word} "):
                return _error(text, where, at, f'"{at.text}" is not known here', f"Is it {word}?")
    if at.text == "}" and _bound_twice(found, at):
        name = _bound_twice(found, at)
        return _error(
            text, where, at, f"in this group {name} has a value before BIND gives it one",
            "Use another variable after AS.",
        )  # fmt: skip
    clause = next((t.word for t in reversed(found) if t.start < at.start and t.kind == "word"), "")
    if clause == "VALUES" and at.text in (")", "}"):
        return _error(
            text, where, at,
            "each row of VALUES needs as many values as there are variables, UNDEF for none",
        )  # fmt: skip
    hint = ""
    if clause in ("SELECT", "DISTINCT", "REDUCED") and at.text == ",":
        hint = "Only spaces stand between variables."
    elif at.word in _AGGREGATES:
        hint = f"Brackets go around it and its name: ({at.word}(DISTINCT ?x) AS ?n)"
    wanted = [name for name, offer in _OFFERS if _stands(f"{before} {offer} ")]
    sentence = f'"{at.text}" cannot stand here' if at.text else "the query ends too early"
    if wanted:
        sentence += "; expected " + _either(wanted)
    return _error(text, where, at, sentence, hint)


def _either(wanted: list[str]) -> str:
    """Join what was expected, the first few of it."""
    value = {"a variable", "an IRI", "a text", "a number"}
    if value <= set(wanted):
        wanted = ["a value (variable, IRI, text or number)", *(w for w in wanted if w not in value)]
    wanted = wanted[:4]
    return wanted[0] if len(wanted) == 1 else ", ".join(wanted[:-1]) + " or " + wanted[-1]


def _bound_twice(found: list[Token], at: Token) -> str:
    """Give the variable that a BIND of the group closed at a token gives a second value."""
    depth = 0
    group: list[Token] = []
    for token in reversed([t for t in found if t.start < at.start]):
        depth += token.text == "}"
        if token.text == "{":
            if depth == 0:
                break
            depth -= 1
        group.insert(0, token)
    for index in range(2, len(group)):
        one, two, three = group[index - 2 : index + 1]
        if one.word == "AS" and two.kind == "var" and three.text == ")":
            seen = {t.text[1:] for t in group[: index - 2] if t.kind == "var"}
            if two.text[1:] in seen:
                return two.text
    return ""


_SAID: Final = {
    "The SELECT contains a variable that is unbound": "grouped",
    "The SELECT contains an expression with a variable that is unbound": "grouped",
    "Duplicated variable name in SELECT": "duplicate",
    "The SELECT overrides an existing variable using an expression": "override",
    "SELECT * is not authorized with GROUP BY": "star",
    "Unexpected aggregate": "aggregate",
}
"""What Oxigraph says of a query whose words are all in place, and what we make of it."""


def _meaning(text: str, where: str, said: str) -> QueryError:
    """Tell what is wrong with a query whose words can all stand where they do."""
    kind = next((name for words, name in _SAID.items() if words in said), "")
    asked = shape(text)
    brace = next((t.start for t in asked.tokens if t.text == "{"), len(text))
    selected = [t for t in asked.tokens if t.kind == "var" and t.start < brace]
    first = next((t for t in asked.tokens if t.word in FORMS), asked.tokens[0])
    if kind == "duplicate":
        seen: set[str] = set()
        for token in selected:
            if token.text in seen:
                return _error(text, where, token, f"{token.text} is selected twice")
            seen.add(token.text)
    if kind == "override":
        inside = {t.text[1:] for t in asked.tokens if t.kind == "var" and t.start > brace}
        for one, two in zip(asked.tokens, asked.tokens[1:], strict=False):
            if one.word == "AS" and two.kind == "var" and two.text[1:] in inside:
                return _error(
                    text, where, two, f"{two.text} has a value in the WHERE clause already",
                    "Use another variable after AS.",
                )  # fmt: skip
    if kind == "star":
        star = next((t for t in asked.tokens if t.text == "*" and t.start < brace), first)
        return _error(
            text, where, star, "with GROUP BY the variables must be named one by one",
            "Write SELECT ?a ?b (COUNT(DISTINCT ?c) AS ?n) in the place of SELECT *.",
        )  # fmt: skip
    if kind == "grouped":
        filters = [b for b in asked.where.walk() if isinstance(b, Block) and b.kind == "filter"]
        for token in asked.tokens:
            if token.word in _AGGREGATES and any(b.start < token.start < b.end for b in filters):
                return _error(
                    text, where, token, f"{token.word} cannot stand in FILTER",
                    "Use GROUP BY, and HAVING in the place of FILTER.",
                )  # fmt: skip
        grouped = " ".join(text[s.start : s.end] for s in asked.tail if s.what == "GROUP")
        in_group = {t.text for t in tokens(grouped) if t.kind == "var"}
        depth = 0
        for token in asked.tokens:
            depth += (token.text == "(") - (token.text == ")")
            if token.start >= brace:
                break
            if token.kind == "var" and depth == 0 and token.text not in in_group:
                return _error(
                    text, where, token,
                    f"{token.text} is neither counted nor in GROUP BY",
                    "Where one variable is counted, the others must stand in GROUP BY.",
                )  # fmt: skip
        return _error(
            text, where, first, "a variable is neither counted nor in GROUP BY",
            "COUNT, MIN and the like stand in SELECT, HAVING and ORDER BY only.",
        )  # fmt: skip
    return _error(text, where, first, "the query cannot be read: " + said.split("\n")[0][:200])
