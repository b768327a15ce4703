"""Pipelines for the tests of the API: small lists of one's own, and how to follow them to their end."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx

PATIENCE_SECONDS = 8.0
LIST = "nom;site_web;note;Mon code\nA;a.fr;3;x1\nB;;5;x2\nC;c.fr;4;x3\n"
IMPORT = {"content": LIST}
SCRAP = {"queries": ["boulangerie"], "zones": ["37000"]}


def node(node_id: str, node_type: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "type": node_type, "config": config}


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    """The nodes one behind the other."""
    return {"nodes": list(nodes), "edges": [{"from": a["id"], "to": b["id"]} for a, b in pairwise(nodes)]}


# Keeps C and A, in this order.
CHAIN = chain(
    node("n1", "import", **IMPORT),
    node("n2", "filter", rules={"require_site": True}),
    node("n3", "sort", sort_by="note"),
)


def created(api: httpx.Client, body: Any, **headers: str) -> dict[str, Any]:
    """The answer to a pipeline that is accepted."""
    answer = api.post("/api/pipelines", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def shown(api: httpx.Client, pipeline_id: str) -> dict[str, Any]:
    return api.get(f"/api/pipelines/{pipeline_id}").json()


def over(api: httpx.Client, pipeline_id: str, *, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """The pipeline once it has ended."""
    return follow(api, pipeline_id, lambda found: found["status"] != "running", seconds=seconds)


def follow(
    api: httpx.Client, pipeline_id: str, ready: Callable[[dict[str, Any]], bool], *, seconds: float = PATIENCE_SECONDS
) -> dict[str, Any]:
    """The pipeline as soon as it is `ready`."""
    latest = time.monotonic() + seconds
    while not ready(found := shown(api, pipeline_id)):
        assert time.monotonic() < latest, found
        time.sleep(0.02)
    return found


def run(api: httpx.Client, body: Any) -> dict[str, Any]:
    """A pipeline, created and ended."""
    return over(api, created(api, body)["id"])


def jobs_by_node(pipeline: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The last job of each node."""
    return {job["pipeline_node_id"]: job for job in pipeline["jobs"]}
