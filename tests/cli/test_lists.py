"""`outsend lists update` in the sandbox internet, and a job that goes by what it fetched."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.sandbox.process import RunningSandbox
from tests.cli.terminal import Terminal


@pytest.mark.slow(60)
def test_fetched_lists_are_told_and_jobs_go_by_them(tmp_path: Path, running_sandbox: RunningSandbox) -> None:
    """C-444."""
    terminal = Terminal(tmp_path, running_sandbox.environment)
    site = next(one for one in running_sandbox.truth().of_kind("healthy") if "meta" in (one.tech_ads_pixels or ""))
    terminal.write("sites.csv", f"nom;site_web\nA;{site.site_web}\n")

    fetched = terminal.run("lists", "update")
    ran = terminal.run("run", "ads_intelligence", "--input", "sites.csv", "--output", "out.csv")

    assert (fetched.code, ran.code) == (0, 0), fetched.err + ran.err
    assert "easylist" in fetched.err and "new, 10 rules" in fetched.err
    assert len(list((tmp_path / "data" / "lists").glob("*.txt"))) == 4
    with closing(sqlite3.connect(tmp_path / "data" / "outsend.db")) as database:
        ((report,),) = database.execute("SELECT data FROM job_reports").fetchall()
    assert json.loads(report)["filter_lists"]["installed"] is True


@pytest.mark.slow(60)
def test_without_a_network_it_names_the_hosts_and_leaves_with_1(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"OUTSEND_DNS_SERVERS": "127.0.0.1:9"})

    said = terminal.run("lists", "update", "--json")

    assert said.code == 1
    assert {one["state"] for one in said.json} == {"failed"}
    assert "easylist.to" in said.json[0]["error"]["message"] and "Traceback" not in said.err
