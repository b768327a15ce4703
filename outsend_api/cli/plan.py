"""What `outsend run` is asked to run: a graph in a file, a list of modules, or one module on a list."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.context import Caller
from engine.errors import OutsendError
from engine.imports.operations import save_upload
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.registry.load import modules, node_types
from engine.rows.readers import read_table
from engine.rows.types import Row


class NoSuchFile(OutsendError):
    code = "no_such_file"
    message = "Fichier introuvable : {path}"
    hint = "Check the path; a pipeline is a .json file or a comma list of modules: {known}."


class NotAPipeline(OutsendError):
    code = "not_a_pipeline"
    message = "Ce fichier n'est pas un pipeline : {path} ({problem})"
    hint = "Give a JSON object with nodes and edges, or an envelope with a definition."


class InputNeeded(OutsendError):
    code = "input_needed"
    message = "Le pipeline « {modules} » a besoin d'une liste en entrée"
    hint = "Name a csv, tsv, xlsx or json file with --input, or begin the list with scrap, --query and --zone."


class InputUnused(OutsendError):
    code = "input_unused"
    message = "Ce pipeline ne lit pas de fichier en entrée"
    hint = "Leave --input out, or give the list of modules without scrap."


class UnknownModules(OutsendError):
    code = "unknown_module"
    message = "Module inconnu : {slug}"
    hint = "Known modules are {known}."


@dataclass(frozen=True, slots=True)
class Started:
    """A running pipeline, or a running stand-alone job."""

    kind: str  # pipeline | job
    id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command line."""

    pipeline: str
    input: Path | None
    queries: Sequence[str]
    zones: Sequence[str]


def start(caller: Caller, asked: Asked) -> Started:
    """Create what was asked for.

    Raises:
        NoSuchFile, NotAPipeline, InputNeeded, InputUnused, UnknownModules, and what creating may raise.
    """
    if asked.pipeline.endswith(".json") or "/" in asked.pipeline:
        return _pipeline(caller, _read_graph(Path(asked.pipeline)), asked)
    names = [name.strip().replace("-", "_") for name in asked.pipeline.split(",") if name.strip()]
    for name in names:
        _known(name)
    if len(names) == 1 and not _type_of(names[0]).is_root and _type_of(names[0]).listed:
        return _single(caller, names[0], asked)
    return _pipeline(caller, _chain(names, asked), asked)


def resume(caller: Caller, job_id: str) -> Started:
    """Go on with an interrupted job, and with its pipeline when it has one. Raises JobMissing, NotResumable."""
    job = caller.run(pipelines.resume, job_id)
    return Started("pipeline", job.pipeline_id) if job.pipeline_id else Started("job", job.id)


def _single(caller: Caller, name: str, asked: Asked) -> Started:
    if asked.input is None:
        raise InputNeeded(modules=name)
    table = read_table(_bytes(asked.input), filename=asked.input.name)
    items: list[Row] = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    return Started("job", caller.run(jobs.create, _type_of(name).slug, {}, items=items).id)


def _pipeline(caller: Caller, graph: Mapping[str, Any], asked: Asked) -> Started:
    graph = _with_input(caller, graph, asked) if asked.input else graph
    name = str(graph.get("name") or Path(asked.pipeline).stem)
    return Started("pipeline", caller.run(pipelines.create, graph, name=name).id)


def _with_input(caller: Caller, graph: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    """The graph with the given file as what its import nodes read."""
    assert asked.input is not None
    definition = graph.get("definition", graph)
    imports = [node for node in definition.get("nodes", []) if node.get("type") == "import"]
    if not imports:
        raise InputUnused()
    upload = save_upload(caller.services, caller.principal.account_id, _bytes(asked.input))
    for node in imports:
        kept = {name: value for name, value in node.get("config", {}).items() if name not in ("content", "url")}
        node["config"] = {**kept, "upload_id": upload, "filename": asked.input.name}
    return graph


def _chain(names: Sequence[str], asked: Asked) -> dict[str, Any]:
    """A straight line of modules, behind an import where the first is no source."""
    if not _type_of(names[0]).is_root:
        if asked.input is None:
            raise InputNeeded(modules=", ".join(names))
        names = ["import", *names]
    nodes: list[dict[str, Any]] = [{"id": f"n{i}", "type": name, "config": {}} for i, name in enumerate(names, 1)]
    if names[0] == "scrap":
        nodes[0]["config"] = {"queries": list(asked.queries), "zones": list(asked.zones)}
    edges = [{"from": f"n{i}", "to": f"n{i + 1}"} for i in range(1, len(names))]
    return {"name": ", ".join(names), "definition": {"nodes": nodes, "edges": edges}}


def _read_graph(path: Path) -> dict[str, Any]:
    try:
        graph: Any = json.loads(_bytes(path))
    except ValueError as error:
        raise NotAPipeline(path=path, problem=str(error)) from None
    if not isinstance(graph, dict):
        raise NotAPipeline(path=path, problem="no JSON object")
    return graph  # pyright: ignore[reportUnknownVariableType]


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise NoSuchFile(path=path, known=", ".join(node_types()))
    return path.read_bytes()


def _known(name: str) -> None:
    if name not in node_types() and name not in modules():
        raise UnknownModules(slug=name, known=", ".join(node_types()))


def _type_of(name: str) -> Any:
    return node_types().get(name) or modules()[name]
