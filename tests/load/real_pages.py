"""Real saved pages, and what it costs to read them. Their folder is named by `OUTSEND_REAL_DATA`."""

import gc
import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="OUTSEND_REAL_DATA names no folder with pages/")


def real_pages() -> dict[str, str]:
    """HTML by the name of its file."""
    return {file.name: file.read_text(encoding="utf-8", errors="replace") for file in sorted(FOLDER.glob("*.html"))}


@contextmanager
def settled() -> Generator[None]:
    """As in a worker, the collector passes over what is loaded: here, over all of the tests' own tools."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def milliseconds(
    steps: Sequence[Callable[[str], object]], pages: Sequence[str], *, rounds: int, slice_pages: int = 10
) -> list[float]:
    """CPU time a page of each step.

    The steps take turns over a few pages each, as machines change their speed; of each slice the best round counts,
    since whatever else runs can only add.
    """
    totals = [0.0] * len(steps)
    with settled():
        for first in range(0, len(pages), slice_pages):
            part = pages[first : first + slice_pages]
            for number, best in enumerate(_best(steps, part, rounds)):
                totals[number] += best
    return [1_000 * total / len(pages) for total in totals]


def _best(steps: Sequence[Callable[[str], object]], pages: Sequence[str], rounds: int) -> list[float]:
    best = [float("inf")] * len(steps)
    for _ in range(rounds):
        for number, step in enumerate(steps):
            begun = time.process_time()
            for html in pages:
                step(html)
            best[number] = min(best[number], time.process_time() - begun)
    return best
