"""`outsend serve` as real processes: how it starts, what it tells, how it stops, and what it leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from outsend_api.serve import address_of, listening
from tests.cli.serving import ADMIN, PASSWORD, Serving, alive, children, command_of, serving
from tests.cli.terminal import Terminal, until

pytestmark = pytest.mark.slow(90)

HEAVY = {"litellm", "playwright", "anthropic", "openai", "dbos", "alembic", "aiohttp"}


@pytest.fixture
def admin(tmp_path: Path) -> Terminal:
    """A terminal whose settings name an admin."""
    return Terminal(tmp_path, ADMIN)


def test_it_says_where_everything_is_and_one_command_leads_on(terminal: Terminal) -> None:
    """C-003: one process serves the API, `/mcp` and the pages."""
    with serving(terminal) as server, server.client() as nobody:
        assert f"{server.url}/mcp" in server.out and f"{server.url}/sign-in?token=" in server.out
        assert str(terminal.folder / "data") in server.out
        assert f"OUTSEND_PUBLIC_URL={server.url} " in server.out and "connect claude-code" in server.out
        assert nobody.get("/openapi.json").json()["openapi"].startswith("3.")
        assert nobody.post("/mcp", json={}).status_code == 401
        assert nobody.get("/api/jobs").status_code == 401


def test_the_printed_link_signs_the_owner_in_once(terminal: Terminal) -> None:
    with serving(terminal) as server, server.client() as owner:
        link = server.out.partition(f"{server.url}/sign-in?token=")[2].split()[0]
        page = owner.get("/sign-in", params={"token": link})

    assert page.status_code == 200 and "<form" in page.text


def test_it_becomes_ready_once_its_worker_has_shown_life(terminal: Terminal) -> None:
    with serving(terminal) as server:
        server.ready()

        assert server.worker is not None


def test_sigterm_ends_server_and_worker_in_good_order(terminal: Terminal) -> None:
    with serving(terminal) as server:
        server.ready()
        worker = server.worker
        assert worker is not None

        code = server.stop()

        assert code == 0
        assert not alive(worker)
        assert {record["level"] for record in server.records} <= {"info"}
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/healthz")


def test_a_second_ctrl_c_ends_at_once(terminal: Terminal) -> None:
    with serving(terminal) as server:
        server.ready()
        worker = server.worker
        assert worker is not None
        os.kill(worker, signal.SIGSTOP)  # the orderly end would wait for it
        server.process.send_signal(signal.SIGINT)
        until(lambda: not answers(server))

        code = server.stop(signal.SIGINT, seconds=6)

        assert code == 130
        until(lambda: not alive(worker))


def test_the_worker_ends_when_the_server_is_killed(terminal: Terminal) -> None:
    with serving(terminal) as server:
        server.ready()
        worker = server.worker
        assert worker is not None

        server.process.kill()

        until(lambda: not alive(worker))


def test_a_worker_that_is_killed_is_replaced(terminal: Terminal) -> None:
    with serving(terminal) as server:
        server.ready()
        first = server.worker
        assert first is not None

        os.kill(first, signal.SIGKILL)
        until(lambda: server.worker not in (None, first))

        assert any("exit status -9" in record["message"] for record in server.records)


def test_without_a_worker_it_serves_and_is_not_ready(terminal: Terminal) -> None:
    with serving(terminal, "--no-worker") as server:
        assert children(server.process.pid) == []
        assert httpx.get(f"{server.url}/readyz").json()["worker"] == "missing"
        assert server.stop() == 0


def test_an_inline_worker_needs_no_process_of_its_own(terminal: Terminal) -> None:
    with serving(terminal, "--inline-worker") as server:
        server.ready()

        assert children(server.process.pid) == []
        assert server.stop() == 0


def test_a_taken_port_is_one_clear_sentence(terminal: Terminal) -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        said = terminal.run("serve", "--port", str(port))

    assert said.code == 1
    assert f"Impossible d'écouter sur 127.0.0.1:{port}" in said.err and "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "settings", "says"),
    [
        (("--host", "no.such.host.invalid"), {}, "no.such.host.invalid"),
        ((), {"OUTSEND_SERIAL_SLOTS": "many"}, "OUTSEND_SERIAL_SLOTS"),
        ((), {"OUTSEND_ADMIN_EMAIL": "a@example.com"}, "OUTSEND_ADMIN_PASSWORD"),
        ((), {"OUTSEND_DATA_DIR": "/dev/null/data"}, "OUTSEND_DATA_DIR"),
        (("--sandbox",), {"OUTSEND_DATA_DIR": "/dev/null/data"}, "OUTSEND_DATA_DIR"),
    ],
    ids=["host", "setting", "half an admin", "data directory", "data directory of a sandbox"],
)
def test_what_can_not_start_says_why(
    terminal: Terminal, words: tuple[str, ...], settings: dict[str, str], says: str
) -> None:
    terminal.environment.update(settings)

    said = terminal.run("serve", "--port", "0", *words)

    assert said.code == 1
    assert says in said.err and "Traceback" not in said.err


def test_the_two_ways_to_do_without_a_worker_process_exclude_each_other(terminal: Terminal) -> None:
    assert terminal.run("serve", "--no-worker", "--inline-worker").code == 2


@pytest.mark.parametrize(("host", "seen"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])
def test_the_public_url_follows_from_where_it_listens(host: str, seen: str) -> None:
    with listening(host, 0) as listener:
        assert address_of(listener) == f"http://{seen}:{listener.getsockname()[1]}"


def test_the_public_url_of_the_settings_is_the_one_that_is_told(terminal: Terminal) -> None:
    """C-001."""
    terminal.environment["OUTSEND_PUBLIC_URL"] = "https://outsend.xyz"

    with serving(terminal, "--no-worker") as server, server.client() as nobody:
        assert "https://outsend.xyz/sign-in?token=" in server.out
        metadata = nobody.get("/.well-known/oauth-protected-resource", headers={"Host": "outsend.xyz"}).json()

    assert metadata["resource"] == "https://outsend.xyz/mcp"


def test_each_line_of_the_log_is_json_with_the_ids_of_request_and_job(admin: Terminal) -> None:
    with serving(admin) as server, server.admin() as api:
        server.ready()
        made = api.post("/api/jobs/import", json=LEADS, headers={"X-Request-Id": "a-request-of-mine"})
        job_id = made.json()["id"]
        until(lambda: api.get(f"/api/jobs/{job_id}").json()["status"] == "done")

        records = server.records

    assert all({"time", "level", "logger", "message"} <= record.keys() for record in records)
    assert made.is_success
    assert any(record.get("request_id") == "a-request-of-mine" and "status" in record for record in records)
    assert any(record.get("job_id") == job_id for record in records)


def test_no_secret_reaches_the_log(admin: Terminal) -> None:
    with serving(admin, "--no-worker") as server, server.admin() as api:
        token = api.post("/api/tokens", json={"name": "mine", "scope": "read"}).json()["token"]
        cookie = api.cookies["outsend_session"]
        api.get("/api/jobs", params={"token": "query-secret"}, headers={"Authorization": f"Bearer {token}"})
        assert server.stop() == 0

        log = server.err

    assert "/api/jobs" in log
    assert not [secret for secret in (token, cookie, PASSWORD, "query-secret") if secret in log]


def test_run_works_beside_a_server_on_the_same_data(admin: Terminal) -> None:
    admin.write("leads.csv", "nom;note\nAlpha;4,5\nBeta;3,9\n")
    with serving(admin) as server, server.admin() as api:
        server.ready()

        said = admin.run("run", "filter", "--input", "leads.csv", "--output", "out.csv", "--json")

        assert said.code == 0, said.err
        assert said.json["rows"] == 2
        known = [job["id"] for job in api.get("/api/jobs").json()]
        assert said.json["jobs"][0]["id"] in known


def test_a_server_in_the_sandbox_has_a_world_and_data_of_its_own(admin: Terminal) -> None:
    with serving(admin, "--sandbox", "--sites", "20") as server, server.admin() as api:
        server.ready()
        sandbox = next(pid for pid in children(server.process.pid) if "engine.sandbox" in command_of(pid))
        made = api.post("/api/jobs", json={"queries": ["restaurant"], "zones": ["Tours"]})
        job_id = made.json()["id"]
        until(lambda: api.get(f"/api/jobs/{job_id}").json()["status"] not in ("pending", "running"))
        job = api.get(f"/api/jobs/{job_id}").json()

        code = server.stop()

        assert job["status"] == "done", job
        assert code == 0 and not alive(sandbox)
    assert {path.name for path in (admin.folder / "data").iterdir()} == {"sandbox"}
    assert not list((admin.folder / "data" / "sandbox").glob("internet-*"))


@pytest.mark.parametrize("name", ["outsend_api.app", "outsend_api.serve"])
def test_what_serves_pulls_in_nothing_heavy(name: str) -> None:
    words = f"import sys, {name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert HEAVY & {module.partition(".")[0] for module in done.stdout.split()} == set()


def answers(server: Serving) -> bool:
    try:
        return httpx.get(f"{server.url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


LEADS = {"content": "nom;note\nAlpha;4,5\nBeta;3,9\n", "filename": "leads.csv"}
