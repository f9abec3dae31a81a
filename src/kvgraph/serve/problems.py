"""What went wrong, as problem details (RFC 9457) with line, column and hint where known."""

from __future__ import annotations

from typing import Any, Final

from kvgraph.errors import KvgraphError, QueryError, StoreError, UnknownNameError

MEDIA: Final = "application/problem+json"

_TITLES: Final = {
    400: "It cannot be understood",
    401: "It needs a token",
    403: "It is not allowed",
    404: "There is no such thing",
    405: "That cannot be done here",
    406: "It cannot be had in that form",
    408: "It took too long to arrive",
    409: "It does not fit what is there",
    411: "Its length is not told",
    413: "It is too large",
    415: "It is in a form that is not read",
    421: "It is meant for another host",
    429: "There are too many at a time",
    431: "Its head is too large",
    500: "Something went wrong here",
    503: "It was more than may be done",
}


class Problem(Exception):  # noqa: N818
    """Something that is answered with an error: a status, a sentence, and what else is known."""

    def __init__(
        self, status: int, detail: str, *, hint: str = "", headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.more = more
        self.headers = headers or {}

    def told(self) -> dict[str, Any]:
        """Give the members of the problem document, those without a value left out."""
        found = {
            "type": "about:blank",
            "title": _TITLES.get(self.status, "It could not be done"),
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
            **self.more,
        }
        return {name: value for name, value in found.items() if value not in ("", None)}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Problem:
        """Give the problem that a worker tells of."""
        known = {"type", "title", "status", "detail", "hint"}
        more = {name: value for name, value in told.items() if name not in known}
        return cls(told["status"], told["detail"], hint=told.get("hint", ""), **more)


def problem_of(error: KvgraphError) -> Problem:
    """Give the problem that an error of ours is for whoever asked.

    >>> problem_of(KvgraphError("no day from 2015", hint="Swap them.")).told()["hint"]
    'Swap them.'
    """
    more: dict[str, Any] = {}
    if isinstance(error, QueryError) and error.line:
        more = {"line": error.line, "column": error.column}
    if isinstance(error, UnknownNameError) and error.candidates:
        more["candidates"] = list(error.candidates)
    status = 503 if isinstance(error, StoreError) else 400
    return Problem(status, error.message, hint=error.hint, **more)
