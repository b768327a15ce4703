"""verify_emails in the sandbox internet, with the settings alone: no wrong verdict."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.modules.verify_emails import VerifyEmailsConfig, module
from engine.network.world import Gateway
from engine.rows.types import Row
from engine.sandbox.process import start
from engine.settings import Settings, read_settings
from tests.modules.scripted_mail import ScriptedWorld


async def verify(addresses: list[str], settings: Settings) -> dict[str, Row]:
    """The columns of each address, all domains at once."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for address in addresses:
        groups[module.group_key({"email": address})].append(address)
    gateway = Gateway(settings, Clock())
    run = replace(ScriptedWorld().run(), dns=gateway.dns, smtp=gateway.smtp)

    async def group(members: list[str]) -> dict[str, Row]:
        columns = await module.enrich_group([{"email": one} for one in members], VerifyEmailsConfig(), run)
        return dict(zip(members, columns, strict=True))

    done = await asyncio.gather(*map(group, groups.values()))
    await gateway.close()
    return {address: columns for part in done for address, columns in part.items()}


@pytest.mark.slow(60)  # the tarpits among the servers are given their ten seconds
async def test_every_verdict_agrees_with_the_truth(tmp_path: Path) -> None:
    with start(sites=60, directory=tmp_path) as sandbox:
        truth = sandbox.truth().addresses

        rows = await verify(list(truth), read_settings(sandbox.environment))

    wrong = {
        address: (truth[address].cause, row)
        for address, row in rows.items()
        if row["email_status"] != truth[address].email_status
    }
    assert wrong == {}
    assert {row["email_status"] for row in rows.values()} == {"valid", "invalid", "risky", "unknown"}
