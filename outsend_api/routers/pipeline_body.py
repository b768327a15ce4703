"""How the OpenAPI document describes a pipeline that is sent. The engine reads the body itself, in words of its own."""

from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field

from engine.limits import NODES_MAX, PIPELINE_NAME_MAX
from engine.webhooks.schemas import WebhookUrl
from outsend_api.routers.bodies import ShownAs


class NodeBody(BaseModel):
    """One step. What is left out is filled in: the id, the place, the defaults of the options."""

    id: str | int | None = Field(None, description="What edges name it by, at most 64 characters.")
    type: str = Field(description="A type of `GET /api/pipelines/schema`, such as `scrap`, `emails` or `filter`.")
    config: dict[str, Any] = Field({}, description="The options of this type (its `config_schema`). Also: `params`.")
    x: float | None = Field(None, description="Where an editor draws it.")
    y: float | None = None


class EdgeBody(BaseModel):
    """The rows of node `from` feed node `to`."""

    id: str | int | None = None
    source: str | int = Field(alias="from")
    target: str | int = Field(alias="to")


class DefinitionBody(BaseModel):
    """The graph. A node has at most one incoming edge; `scrap` and `import` alone have none."""

    nodes: list[NodeBody] = Field(min_length=1, max_length=NODES_MAX)
    edges: list[EdgeBody] = []
    webhook_url: WebhookUrl = None


class EnvelopeBody(BaseModel):
    """The portable envelope, as editors export it."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    definition: DefinitionBody
    name: str | None = Field(None, description=f"At most {PIPELINE_NAME_MAX} characters; `Pipeline` if left out.")
    schema_version: int | None = Field(None, description="1, if it is given.")
    webhook_url: WebhookUrl = None
    meta: dict[str, Any] | None = None


LIST = {"content": "nom;site_web;note\nDupont;dupont.fr;4,6\nMartin;;4,9", "filename": "leads.csv"}
EXAMPLES: dict[str, Any] = {
    "a list of one's own": {
        "value": {
            "name": "Best of my list",
            "definition": {
                "nodes": [
                    {"id": "n1", "type": "import", "config": LIST},
                    {"id": "n2", "type": "filter", "config": {"rules": {"require_site": True}}},
                    {"id": "n3", "type": "sort", "config": {"sort_by": "note", "top_n": 100}},
                ],
                "edges": [{"from": "n1", "to": "n2"}, {"from": "n2", "to": "n3"}],
            },
        }
    },
    "verified addresses": {
        "value": {
            "schema_version": 1,
            "name": "Dentists Paris",
            "definition": {
                "nodes": [
                    {"id": "n1", "type": "scrap", "config": {"queries": ["dentiste"], "zones": ["Paris"]}},
                    {"id": "n2", "type": "emails", "config": {"mode": "normal"}},
                    {"id": "n3", "type": "verify", "config": {}},
                ],
                "edges": [{"from": "n1", "to": "n2"}, {"from": "n2", "to": "n3"}],
            },
        }
    },
}

PipelineBody = Annotated[Any, ShownAs(EnvelopeBody | DefinitionBody), Body(openapi_examples=EXAMPLES)]
