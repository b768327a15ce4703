"""Public shapes are committed, so that a change of one is seen and reviewed like code."""

import json
from pathlib import Path

import pytest

from engine.pipelines.schema import pipeline_schema

FOLDER = Path(__file__).parents[1] / "snapshots"


@pytest.mark.parametrize(("name", "shape"), [("pipeline_schema", pipeline_schema)])
def test_a_public_shape_changes_only_on_purpose(name: str, shape: object) -> None:
    assert callable(shape)
    now = json.dumps(shape().model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    path = FOLDER / f"{name}.json"
    if not path.exists():
        path.write_text(now)
        pytest.fail(f"{path.name} was written anew: look at it, commit it, and add a line to CHANGELOG.md")

    assert json.loads(now) == json.loads(path.read_text()), f"wanted? delete tests/snapshots/{path.name} and run again"
