"""Keeps what is the same for every scene of a dataset, for as long as the dataset is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kvgraph.store import Dataset

Found = TypeVar("Found")


def kept(make: Callable[..., Found]) -> Callable[..., Found]:
    """Let a function of a dataset, and of other things that can be hashed, work once for each.

    A dataset that is read does not change: a server that is written to opens another one.
    """
    held: WeakKeyDictionary[Dataset, dict[Any, Found]] = WeakKeyDictionary()

    @wraps(make)
    def once(dataset: Dataset, *more: Any) -> Found:
        of_dataset = held.setdefault(dataset, {})
        if more not in of_dataset:
            of_dataset[more] = make(dataset, *more)
        return of_dataset[more]

    return once
