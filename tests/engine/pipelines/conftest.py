"""Fixtures of the pipeline tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.pipelines.bench import Bench, open_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as made:
        yield made
