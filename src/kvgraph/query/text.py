"""A SPARQL text taken apart: its tokens, what it selects, and the patterns that it matches.

Light on purpose. The engine alone decides whether a text is a query; this reads one that
the engine has taken, or shows where one that it has not taken goes wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

_LOCAL: Final = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])"
_TOKEN: Final = re.compile(
    rf"""
    (?P<skip>\s+|\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
  | (?P<var>[?$]\w+)
  | (?P<bnode>_:\w(?:[\w.\-]*[\w\-])?)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?)
  | (?P<pname>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?
      :(?:{_LOCAL}(?:(?:{_LOCAL}|[.\-·])*(?:{_LOCAL}|[\-·]))?)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|[{{}}()\[\].,;*/|^?!=<>+\-~])
  | (?P<bad>.)
    """,
    re.VERBOSE | re.DOTALL,
)
FORMS: Final = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
UPDATES: Final = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH",
)  # fmt: skip
_CLAUSES: Final = frozenset(
    ("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "LATERAL", "FILTER", "BIND", "VALUES", "UNION")
)
_OPENING: Final = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}


class Token(NamedTuple):
    """One word of a SPARQL text, with its place in it."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the token ends."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The keyword that this is, in capitals, else the empty text."""
        return self.text.upper() if self.kind == "word" else ""


class Span(NamedTuple):
    """A stretch of a SPARQL text, and the keyword by which it is known."""

    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern or path: its three parts as written, and the variables in it.

    Blank nodes, which join patterns like variables do, stand as variables with a name that
    no query has.
    """

    subject: str
    predicate: str
    object: str
    start: int
    variables: frozenset[str]

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(slots=True)
class Block:
    """A group and what stands in it.

    ``kind`` is group, optional, union (its items are the branches), minus, graph, select,
    filter, bind or values. ``name`` is what follows GRAPH, or the variable of a VALUES that
    gives it one value; ``variables`` are those that a SELECT projects, or that BIND or VALUES
    give a value.
    """

    kind: str
    start: int
    end: int = 0
    inner: int = 0
    name: str = ""
    variables: tuple[str, ...] = ()
    items: list[Pattern | Block] = field(default_factory=list)

    def walk(self) -> Iterator[Pattern | Block]:
        """Give every item at any depth, in the order of the text."""
        for item in self.items:
            yield item
            if isinstance(item, Block):
                yield from item.walk()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a query is made of."""

    form: str
    prologue: str
    prefixes: dict[str, Token]
    variables: tuple[str, ...]
    everything: bool
    froms: tuple[Span, ...]
    where: Block
    tail: tuple[Span, ...]
    tokens: tuple[Token, ...]

    def projected(self) -> tuple[str, ...]:
        """Name the variables that come out, in their order."""
        if not self.everything:
            return self.variables
        return tuple(dict.fromkeys(n for n in _visible(self.where) if not n.startswith("_")))

    def required(self) -> frozenset[str]:
        """Name the variables that a triple pattern binds in every answer."""
        return _required(self.where)

    def defaults(self) -> dict[str, list[Block]]:
        """Give the ``VALUES ?name { value }`` clauses of one variable and one value, by name."""
        found: dict[str, list[Block]] = {}
        for block in self.where.walk():
            if isinstance(block, Block) and block.kind == "values" and block.name:
                found.setdefault(block.name, []).append(block)
        return found


def tokens(text: str) -> list[Token]:
    """Give the tokens of a SPARQL text without spaces and comments.

    >>> [t.text for t in tokens("SELECT ?x { ?x a kv:Actor } # all")]
    ['SELECT', '?x', '{', '?x', 'a', 'kv:Actor', '}']
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "skip":
            found.append(Token(kind, match.group(), match.start()))
    return found


def place(text: str, offset: int) -> tuple[int, int]:
    """Give line and column of a place in a text, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def shape(text: str) -> Shape:
    """Take a query apart. Of a text that is no query, what can be made out is given."""
    return _Reader(text).read()


def _required(block: Block) -> frozenset[str]:
    """Name the variables that a triple pattern in this block binds in every answer."""
    if block.kind == "union":
        branches = [_required(b) for b in block.items if isinstance(b, Block)]
        return frozenset.intersection(*branches) if branches else frozenset()
    names: set[str] = set()
    for item in block.items:
        if isinstance(item, Pattern):
            names |= item.variables
        elif item.kind in ("group", "union", "graph", "select"):
            names |= _required(item)
    if block.kind == "graph" and block.name[:1] in ("?", "$"):
        names.add(block.name[1:])
    if block.kind == "select" and block.variables:
        names &= set(block.variables)
    return frozenset(names)


def _visible(block: Block) -> Iterator[str]:
    """Give the variables that ``*`` stands for, in the order of the text."""
    if block.kind == "graph" and block.name[:1] in ("?", "$"):
        yield block.name[1:]
    yield from block.variables
    if block.kind == "minus" or (block.kind == "select" and block.variables):
        return
    for item in block.items:
        if isinstance(item, Block):
            yield from _visible(item)
        else:
            yield from (t.text[1:] for t in tokens(str(item)) if t.kind == "var")


class _Reader:
    """Reads a query from its tokens, leniently and in one pass."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.blanks = 0

    # --- looking and moving -------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token:
        """Give the next token without taking it; beyond the end an empty one."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else Token("end", "", len(self.text))

    def take(self) -> Token:
        """Give the next token and go on."""
        token = self.peek()
        self.at += 1
        return token

    def last_end(self) -> int:
        """Give the end of the token taken last."""
        return self.tokens[min(self.at, len(self.tokens)) - 1].end if self.tokens else 0

    def skip_balanced(self) -> None:
        """Go on behind the bracket that closes the one that stands next."""
        depth = 0
        while self.peek().kind != "end":
            token = self.take()
            if token.kind == "mark":
                depth += token.text in _OPENING
                depth -= token.text in _OPENING.values()
            if depth <= 0:
                return

    # --- the query ----------------------------------------------------------------------------

    def read(self) -> Shape:
        """Read it all."""
        prefixes: dict[str, Token] = {}
        while self.peek().word in ("PREFIX", "BASE", "VERSION"):
            if self.take().word == "PREFIX" and self.peek().kind == "pname":
                prefixes[self.peek().text.rstrip(":")] = self.peek()
                self.take()
            if self.peek().kind in ("iri", "string"):
                self.take()
        prologue = self.text[: self.last_end()] if self.at else ""
        form = self.take().word if self.peek().kind == "word" else ""
        variables, everything = self.selection(form)
        froms = []
        while self.peek().word == "FROM":
            start = self.take().start
            if self.peek().word == "NAMED":
                self.take()
            self.take()
            froms.append(Span("FROM", start, self.last_end()))
        if self.peek().word == "WHERE":
            self.take()
        where = self.group("group", self.peek().start)
        if form == "CONSTRUCT" and not variables:
            variables = tuple(dict.fromkeys(t.text[1:] for t in self.tokens if t.kind == "var"))
        return Shape(
            form, prologue, prefixes, variables, everything, tuple(froms), where,
            tuple(self.solution_modifiers()), tuple(self.tokens),
        )  # fmt: skip

    def selection(self, form: str) -> tuple[tuple[str, ...], bool]:
        """Read what is selected, constructed or described, up to FROM, WHERE or ``{``."""
        names: list[str] = []
        if form == "CONSTRUCT" and self.peek().text == "{":
            begin = self.at
            self.skip_balanced()
            names = [t.text[1:] for t in self.tokens[begin : self.at] if t.kind == "var"]
            return tuple(dict.fromkeys(names)), False
        everything = form == "ASK"
        while (token := self.peek()).kind != "end" and token.text != "{":
            if token.word in ("FROM", "WHERE"):
                break
            if token.text == "(":
                begin = self.at
                self.skip_balanced()
                inner = self.tokens[begin : self.at]
                names += [
                    b.text[1:] for a, b in pairwise(inner) if a.word == "AS" and b.kind == "var"
                ]
                continue
            self.take()
            everything |= token.text == "*"
            if token.kind == "var":
                names.append(token.text[1:])
        return tuple(dict.fromkeys(names)), everything

    def solution_modifiers(self) -> Iterator[Span]:
        """Read what follows the WHERE clause: a stretch for each keyword."""
        heads = {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}
        while self.peek().kind != "end" and self.peek().text != "}":
            token = self.take()
            if token.word not in heads:
                continue
            while self.peek().kind != "end" and self.peek().word not in heads:
                if self.peek().text in ("(", "{"):
                    self.skip_balanced()
                elif self.peek().text == "}":
                    break
                else:
                    self.take()
            yield Span(token.word, token.start, self.last_end())

    # --- groups -------------------------------------------------------------------------------

    def group(self, kind: str, start: int, name: str = "") -> Block:
        """Read ``{ ... }``."""
        block = Block(kind, start, name=name, inner=self.peek().start)
        if self.peek().text != "{":
            return block
        self.take()
        if self.peek().word == "SELECT":
            self.take()
            block.kind = "select"
            names, everything = self.selection("SELECT")
            block.variables = () if everything else names
            if self.peek().word == "WHERE":
                self.take()
            block.items = self.group("group", start).items
            list(self.solution_modifiers())
        else:
            while self.peek().kind != "end" and self.peek().text != "}":
                self.item(block)
        self.take()
        block.end = self.last_end()
        return block

    def item(self, block: Block) -> None:
        """Read the next thing in a group."""
        token = self.peek()
        if token.text == "{":
            first = self.group("group", token.start)
            if self.peek().word != "UNION":
                block.items.append(first)
                return
            union = Block("union", token.start, items=[first])
            while self.peek().word == "UNION":
                self.take()
                union.items.append(self.group("group", self.peek().start))
            union.end = self.last_end()
            block.items.append(union)
        elif token.word in ("OPTIONAL", "MINUS", "LATERAL"):
            self.take()
            kind = "group" if token.word == "LATERAL" else token.word.lower()
            block.items.append(self.group(kind, token.start))
        elif token.word in ("GRAPH", "SERVICE"):
            self.take()
            if self.peek().word == "SILENT":
                self.take()
            block.items.append(self.group("graph", token.start, self.take().text))
        elif token.word in ("FILTER", "BIND", "VALUES"):
            block.items.append(self.clause(token))
        elif token.text in (".", ";", ",") or token.word == "UNION":
            self.take()
        else:
            before = self.at
            self.triples(block)
            self.at = max(self.at, before + 1)

    def clause(self, token: Token) -> Block:
        """Read FILTER, BIND or VALUES; what they compute is left to the engine."""
        self.take()
        begin = self.at
        single = False
        if token.word == "VALUES":
            while self.peek().kind != "end" and self.peek().text != "{":
                self.take()
            names = [t.text[1:] for t in self.tokens[begin : self.at] if t.kind == "var"]
            alone = self.at - begin == 1
            opened = self.at
            self.skip_balanced()
            held = self.tokens[opened + 1 : self.at - 1]
            # One value is one token, or a literal with its datatype or language behind it.
            single = alone and (len(held) == 1 or (len(held) == 3 and held[1].text == "^^"))
        else:
            while (
                self.peek().word
                or self.peek().kind in ("iri", "pname")
                or (self.peek().text == "!")
            ):
                self.take()
            self.skip_balanced()
            inner = self.tokens[begin : self.at]
            bound = token.word == "BIND" and len(inner) > 2 and inner[-2].kind == "var"
            names = [inner[-2].text[1:]] if bound else []
        block = Block(token.word.lower(), token.start, self.last_end())
        block.variables = tuple(names)
        if token.word == "VALUES" and single:
            block.name = names[0]
        return block

    # --- triples ------------------------------------------------------------------------------

    def triples(self, block: Block) -> None:
        """Read a subject and all that is said of it."""
        start = self.peek().start
        subject = self.node(block)
        self.properties(block, subject, start, ("", ".", "}", "{"))

    def properties(self, block: Block, subject: str, start: int, stops: Sequence[str]) -> None:
        """Read predicates and objects up to a stop."""
        while True:
            while self.peek().text == ";":
                self.take()
            token = self.peek()
            if token.text in stops or token.kind == "end" or token.word in _CLAUSES:
                return
            begin = self.at
            predicate = self.path()
            while True:
                value = self.node(block)
                self.add(block, subject, predicate, value, start)
                self.annotations()
                if self.peek().text != ",":
                    break
                self.take()
            if self.at == begin:
                return
            if self.peek().text != ";":
                return
            start = self.peek(1).start

    def annotations(self) -> None:
        """Go past what is said of the triple itself."""
        while self.peek().text in ("~", "{|"):
            if self.peek().text == "~":
                self.take()
                if self.peek().kind in ("iri", "pname", "var", "bnode"):
                    self.take()
            else:
                self.skip_balanced()

    def node(self, block: Block) -> str:
        """Read a subject or object; give it as text, a blank node as a variable."""
        token = self.peek()
        if token.text == "[":
            self.take()
            name = self.blank()
            self.properties(block, name, token.start, ("]", ""))
            if self.peek().text == "]":
                self.take()
            return name
        if token.text in ("(", "<<", "<<("):
            self.skip_balanced()
            return self.blank()
        self.take()
        if token.kind == "bnode":
            return "?_" + re.sub(r"\W", "_", token.text)
        end = token.end
        if token.text in ("+", "-"):
            end = self.take().end
        if token.kind == "string" and self.peek().kind == "lang":
            end = self.take().end
        elif token.kind == "string" and self.peek().text == "^^":
            self.take()
            end = self.take().end
        return self.text[token.start : end]

    def blank(self) -> str:
        """Make a variable that stands for a blank node."""
        self.blanks += 1
        return f"?__{self.blanks}"

    def path(self) -> str:
        """Read a predicate: a variable, an IRI, ``a`` or a property path; give it as text."""
        start = self.peek().start
        if self.peek().kind == "var":
            return self.take().text
        while True:
            while self.peek().text in ("^", "!"):
                self.take()
            if self.peek().text == "(":
                self.skip_balanced()
            else:
                self.take()
            while self.peek().text in ("*", "+", "?"):
                self.take()
            if self.peek().text not in ("/", "|"):
                return self.text[start : self.last_end()]
            self.take()

    def add(self, block: Block, subject: str, predicate: str, value: str, start: int) -> None:
        """Note one pattern."""
        written = tokens(f"{subject} {predicate} {value}")
        names = frozenset(t.text[1:] for t in written if t.kind == "var")
        block.items.append(Pattern(subject, predicate, value, start, names))
