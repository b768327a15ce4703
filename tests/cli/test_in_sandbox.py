"""The command line in the sandbox internet: the demo, Ctrl-C and resume, doctor, a worker of its own."""

import csv
import json
import signal
import sqlite3
from pathlib import Path

import pytest

from engine.db.migrate import head_revision
from engine.sandbox.process import RunningSandbox
from tests.cli.terminal import Terminal, interrupt, until


@pytest.fixture
def terminal(tmp_path: Path, running_sandbox: RunningSandbox) -> Terminal:
    return Terminal(tmp_path, running_sandbox.environment)


def rows_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def stored(terminal: Terminal, query: str) -> list[tuple[object, ...]]:
    """What a query on the terminal's database finds; nothing while there is none."""
    path = terminal.folder / "data" / "outsend.db"
    if not path.exists():
        return []
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        database.close()


@pytest.mark.slow(120)
def test_the_demo_ends_in_a_table_of_verified_leads_with_their_files(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)

    said = terminal.run("demo", "--sites", "120", seconds=110)

    assert said.code == 0, said.err
    assert "verified leads" in said.out and "recall" in said.out and "Next:" in said.out
    folder = next((tmp_path / "data").glob("demo-*"))
    leads = rows_in(folder / "leads.csv")
    assert leads and {row["email_status"] for row in leads} == {"valid"}
    assert len(json.loads((folder / "leads.json").read_text())) == len(leads)
    assert (folder / "leads.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.slow(90)
def test_ctrl_c_keeps_the_rows_so_far_and_resume_goes_on(terminal: Terminal) -> None:
    words = ("--query", "restaurant", "--query", "plombier", "--zone", "Lyon", "--zone", "Tours", "--zone", "Lille")
    process = terminal.start("run", "scrap,dead_check", *words, "--output", "part.csv")
    until(lambda: stored(terminal, "SELECT 1 FROM jobs WHERE processed > 3 AND results > 3") != [])
    said = interrupt(process)
    part = rows_in(terminal.folder / "part.csv")
    (job,) = stored(terminal, "SELECT id FROM jobs WHERE status = 'cancelled' AND job_type = 'scrap'")

    resumed = terminal.run("run", "--resume", str(job[0]), "--output", "all.csv", "--json")

    assert said.code == 130
    assert f"--resume {job[0]}" in said.err
    assert resumed.code == 0, resumed.err
    assert resumed.json["status"] == "done"
    places = stored(terminal, "SELECT count(*), count(DISTINCT json_extract(data, '$.place_id')) FROM job_rows r"
                    " JOIN jobs j ON j.seq = r.job_seq WHERE j.job_type = 'scrap' AND j.attempt = 2")  # fmt: skip
    assert places[0][0] == places[0][1] and int(str(places[0][0])) > len(part)


@pytest.mark.slow(60)
def test_verify_alone_works_on_a_list_of_addresses(terminal: Terminal, running_sandbox: RunningSandbox) -> None:
    truth = running_sandbox.truth().addresses
    known = [address for address, right in truth.items() if right.allowed == ("valid",)][:5]
    terminal.write("list.csv", "E-mail\n" + "\n".join(known) + "\n")

    said = terminal.run("run", "verify", "--input", "list.csv", "--output", "out.csv")

    assert said.code == 0, said.err
    assert [row["email_status"] for row in rows_in(terminal.folder / "out.csv")] == ["valid"] * len(known)


@pytest.mark.slow(60)
def test_a_site_on_a_private_address_is_an_error_of_its_row(terminal: Terminal) -> None:
    terminal.write("list.csv", "nom;site_web\nA;http://127.0.0.1:22/\nB;http://10.0.0.1/\nC;http://169.254.169.254/\n")

    said = terminal.run("run", "emails", "--input", "list.csv", "--output", "out.csv", "--json")

    assert said.code == 0, said.err
    assert said.json["jobs"][0]["error_count"] == 3
    assert [row["nom"] for row in rows_in(terminal.folder / "out.csv")] == ["A", "B", "C"]
    messages = [message for (message,) in stored(terminal, "SELECT message FROM job_logs")]
    assert all("forbidden_address" in str(message) for message in messages) and len(messages) == 3


@pytest.mark.slow(60)
def test_an_import_from_a_private_address_is_refused(terminal: Terminal) -> None:
    node = {"id": "n", "type": "import", "config": {"url": "http://192.168.0.1/leads.csv"}}
    terminal.write("recipe.json", json.dumps({"nodes": [node], "edges": []}))

    said = terminal.run("run", "recipe.json")

    assert said.code == 1
    assert "192.168.0.1" in said.err and "Traceback" not in said.err


@pytest.mark.slow(60)
def test_doctor_names_each_finding_and_finds_the_sandbox_well(terminal: Terminal) -> None:
    said = terminal.run("doctor", "--json")

    states = {finding["name"]: finding["state"] for finding in said.json}
    assert said.code == 0, said.out
    assert {
        "data",
        "database",
        "clock",
        "dns",
        "egress",
        "port 25",
        "mail name",
        "maps",
        "filter lists",
        "seeds",
    } <= states.keys()
    assert "failure" not in states.values()


@pytest.mark.slow(60)
def test_doctor_tells_what_to_do_about_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    broken = Terminal(tmp_path, {"OUTSEND_EGRESS_PROXIES": "http://127.0.0.1:9", "OUTSEND_DNS_SERVERS": "127.0.0.1:9"})

    said = broken.run("doctor")

    assert said.code == 1
    assert "127.0.0.1:9 is not reached" in said.err and "OUTSEND_EGRESS_PROXIES" in said.err


@pytest.mark.slow(60)
def test_doctor_starts_the_chromium_it_finds_and_names_the_remedy_for_one_that_does_not_start(
    terminal: Terminal, tmp_path: Path
) -> None:
    broken = tmp_path / "broken-chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    found = {finding["name"]: finding for finding in terminal.run("doctor", "--json").json}["chromium"]
    terminal.environment["OUTSEND_CHROMIUM"] = str(broken)
    other = {finding["name"]: finding for finding in terminal.run("doctor", "--json").json}["chromium"]

    assert "starts" in found["told"]
    assert (other["state"], other["told"]) == ("warning", f"{broken} does not start")
    assert "OUTSEND_CHROMIUM" in other["remedy"]


@pytest.mark.slow(60)
def test_migrate_says_the_revision_and_may_be_repeated(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)

    first, second = terminal.run("migrate", "--json"), terminal.run("migrate", "--json")

    assert first.json == second.json == {"revision": head_revision()}


@pytest.mark.slow(60)
def test_a_worker_stops_within_ten_seconds_of_sigterm(tmp_path: Path) -> None:
    worker = Terminal(tmp_path).start("worker")
    until(lambda: (tmp_path / "data" / "worker.sock").exists())

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=10) == 0
    worker.communicate()
