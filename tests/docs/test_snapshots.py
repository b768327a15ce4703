"""Public shapes are committed, so that a change of one is seen and reviewed like code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.pipelines.schema import pipeline_schema
from engine.registry.snapshot import modules_registry
from outsend_api.app import document

FOLDER = Path(__file__).parents[1] / "snapshots"


SHAPES: dict[str, Callable[[], Any]] = {
    "pipeline_schema": lambda: pipeline_schema().model_dump(mode="json"),
    "modules_registry": lambda: modules_registry().model_dump(mode="json"),
    "openapi": lambda: {**document(), "info": {}},  # the version changes with every release
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_public_shape_changes_only_on_purpose(name: str) -> None:
    now = json.dumps(SHAPES[name](), ensure_ascii=False, indent=1) + "\n"
    path = FOLDER / f"{name}.json"
    if not path.exists():
        path.write_text(now)
        pytest.fail(f"{path.name} was written anew: look at it, commit it, and add a line to CHANGELOG.md")

    assert json.loads(now) == json.loads(path.read_text()), f"wanted? delete tests/snapshots/{path.name} and run again"
