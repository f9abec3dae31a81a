"""Keep drawn columns beside a store on disk, under the dataset's digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from kvgraph.flows.columns import Lineage, Transfers
from kvgraph.store import Dataset

_KEPT_FORMAT: Final = 2


def kept_path(dataset: Dataset) -> Path | None:
    """Give the file in which a store's columns are kept, named after the dataset's digest."""
    if dataset.path is None or not dataset.path.is_dir():
        return None
    return dataset.path / f"columns-{_KEPT_FORMAT}-{dataset.digest[-16:]}.npz"


def keep(path: Path, t: Transfers) -> None:
    """Keep drawn columns beside the store; a store that cannot be written to is left alone."""
    from kvgraph.aside import write_aside

    arrays: dict[str, Any] = {
        name: getattr(t, name)
        for name in (
            "practice", "giver", "receiver", "begin", "end", "told", "rank", "certainty",
            "exposure", "origin", "blank",
        )
    }  # fmt: skip
    for name in ("practices", "actors", "ids"):
        arrays[name] = np.frombuffer("\n".join(getattr(t, name)).encode(), dtype=np.uint8)
    arrays["attained"] = np.array(t.attained, dtype=np.int64).reshape(-1, 3)
    arrays["lineage"] = np.array(
        [(x.parent, x.child, x.origin, x.earliest, x.latest) for x in t.lineage], dtype=np.int64
    ).reshape(-1, 5)
    arrays["adopted"] = np.array(
        [(*key, *interval) for key, interval in t.adopted.items()], dtype=np.int64
    ).reshape(-1, 4)
    try:
        with write_aside(path, "wb") as stream:
            np.savez(stream, **arrays)
    except OSError:
        return


def load(path: Path) -> Transfers | None:
    """Load kept columns; a file that is not whole is drawn anew."""
    import zipfile

    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            texts = {
                name: tuple(kept[name].tobytes().decode().split("\n")) if kept[name].size else ()
                for name in ("practices", "actors", "ids")
            }
            return Transfers(
                practices=texts["practices"],
                actors=texts["actors"],
                ids=texts["ids"],
                practice=kept["practice"],
                giver=kept["giver"],
                receiver=kept["receiver"],
                begin=kept["begin"],
                end=kept["end"],
                told=kept["told"],
                rank=kept["rank"],
                certainty=kept["certainty"],
                exposure=kept["exposure"],
                origin=kept["origin"],
                blank=kept["blank"],
                attained=tuple((int(a), int(b), int(c)) for a, b, c in kept["attained"]),
                lineage=tuple(Lineage(*map(int, row)) for row in kept["lineage"]),
                adopted={(int(p), int(a)): (int(x), int(y)) for p, a, x, y in kept["adopted"]},
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
