"""A look of dead_check at a small web."""

from engine.module import NoConfig
from engine.modules.dead_check import DeadCheck, module
from engine.rows.types import Row
from tests.modules.small_web import SmallWeb

HOME = "https://www.dupont.fr/"
WORKING = (
    "<title>Cabinet Dupont</title><nav><a href=/contact>Contact</a></nav><h1>Avocats à Lyon</h1><p>Nos domaines…</p>"
)


async def verdict(web: SmallWeb, site: str = HOME, name: str = "Cabinet Dupont", check: DeadCheck = module) -> str:
    """`site_alive` and the reason that decided: 'closed: parked', or 'open'."""
    row: Row = {"nom": name, "site_web": site}
    columns = await check.enrich(row, NoConfig(), web.run())
    (report,) = web.reports
    assert set(columns) == {"site_alive"}
    return f"{columns['site_alive']}: {report['reason']}" if report["reason"] else str(columns["site_alive"])
