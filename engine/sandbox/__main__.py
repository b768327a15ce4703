"""`python -m engine.sandbox --sites N --seed S --directory D`: the sandbox internet as a process of its own."""

import argparse
import contextlib
from pathlib import Path

from engine.sandbox.process import SITES_MAX, SITES_MIN
from engine.sandbox.server import serve

try:
    from uvloop import run
except ImportError:  # not made for Windows
    from asyncio import run


def _sites(text: str) -> int:
    count = int(text)
    if not SITES_MIN <= count <= SITES_MAX:
        raise argparse.ArgumentTypeError(f"between {SITES_MIN} and {SITES_MAX}")
    return count


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m engine.sandbox", description=__doc__)
    parser.add_argument("--sites", type=_sites, default=400, help=f"{SITES_MIN} to {SITES_MAX} (default: 400)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same world (default: 7)")
    parser.add_argument("--directory", type=Path, required=True, help="for the authority's certificate and the truth")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end when the parent goes away")
    parser.add_argument("--visits", type=Path, help="a file for a line of each request that reaches a web server")
    chosen = parser.parse_args()
    work = serve(
        chosen.sites,
        chosen.seed,
        chosen.directory,
        visits=chosen.visits,
        until_stdin_ends=chosen.until_stdin_ends,
    )
    with contextlib.suppress(KeyboardInterrupt):
        run(work)


main()
