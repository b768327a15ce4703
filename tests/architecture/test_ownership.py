"""One writer of each state: the gate writes a job's status, the store touches what jobs hold."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = sorted(path for path in (ROOT / "engine").rglob("*.py") if "migrations" not in path.parts)
HELD = {"JobRow", "JobInput", "JobReport"}
HELD_TABLES = ("job_rows", "job_inputs", "job_reports")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.Module) -> set[str]:
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


def writes_job_status(path: Path) -> bool:
    """Whether the file sets the status of a thing called job, or updates the jobs table in SQL."""
    text = path.read_text()
    stores = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store)
    )
    by_hand = any("job" in ast.unparse(node.value).lower() for node in stores)
    return by_hand or ("update(Job)" in text and path.name != "store.py")


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_gate_alone_writes_the_status_of_a_job(path: Path) -> None:
    if path.name != "gate.py":
        assert not writes_job_status(path)


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_store_alone_touches_the_rows_of_a_job(path: Path) -> None:
    text = path.read_text()

    if path.name not in ("store.py", "models.py"):
        assert not HELD & imported(ast.parse(text))
        assert not any(f" {table}" in text and "SELECT" in text for table in HELD_TABLES)


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_only_the_network_layer_imports_a_client_of_the_outside(path: Path) -> None:
    outside = {"aiohttp", "httpx", "socket", "smtplib", "imaplib", "aiodns", "playwright", "urllib.request"}
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    # The sandbox is the outside; the embedded driver's socket is a local file.
    if not {"network", "sandbox", "mail"} & set(path.parts) and name_of(path) != "engine/worker/embedded.py":
        assert not outside & names


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_only_the_wires_import_an_sdk_of_models_and_nobody_its_catalogue(path: Path) -> None:
    """C-407: the key of an account is in nobody else's hands."""
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    sdks = {name.partition(".")[0] for name in names} & {"openai", "anthropic", "litellm"}

    assert not sdks or name_of(path) in (f"engine/ai/{sdk}_wire.py" for sdk in sdks)
