"""The sandbox internet for a command: an invented world, and data of its own, so that nothing real is touched."""

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.errors import BadSetting
from engine.lazy import load
from engine.settings import read_settings

FOLDER = "sandbox"
SITES = 400
# What leads out of the sandbox, or has no counterpart in it. An empty variable counts as none.
OUTSIDE = ("OUTSEND_DATABASE_URL", "OUTSEND_SMTP_URL", "HCAPTCHA_SECRET")


@contextmanager
def world(*, sandbox: bool, sites: int = SITES) -> Generator[dict[str, str]]:
    """The environment to read the settings from, and to give to a worker: the process's own, or that of a sandbox.

    Raises:
        BadSetting, SandboxNotStarted.
    """
    if not sandbox:
        yield dict(os.environ)
        return
    with in_sandbox(os.environ, sites=sites) as environment:
        yield environment


@contextmanager
def in_sandbox(environment: Mapping[str, str], *, sites: int = SITES) -> Generator[dict[str, str]]:
    """The environment of a product that lives in a sandbox internet, which ends with the block.

    The data lies in the folder `sandbox` of the data directory: real jobs are never worked in the sandbox, nor the
    reverse, whatever runs side by side.

    Raises:
        BadSetting, SandboxNotStarted.
    """
    folder = read_settings(environment).data_dir / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(name="OUTSEND_DATA_DIR", problem=f"{folder} can't be made ({error.strerror})") from error
    start = load("engine.sandbox.process").start  # heavy, and needed by few
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="internet-", ignore_cleanup_errors=True) as files,
        start(sites=sites, directory=Path(files)) as box,
    ):
        yield {**environment, **dict.fromkeys(OUTSIDE, ""), **box.environment, "OUTSEND_DATA_DIR": str(folder)}
