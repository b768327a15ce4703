"""The seed mailboxes that the operator names: a TOML file with one `[[seed]]` table each, at most fifteen.

[[seed]]
address = "seed-1@gmail.com"
kind = "gmail"
host = "imap.gmail.com"
password = "..."        # an app password
# user = the address; port = 993, without tls 143; tls = true
"""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import BadSetting
from engine.limits import DELIVERY_SEEDS
from engine.settings import PREFIX, Settings

NAME = f"{PREFIX}DELIVERY_SEEDS"
# What goes over the wire as it is: app passwords are of such characters.
PRINTABLE = r"^[\x20-\x7e]+$"


class SeedBox(BaseModel):
    """A mailbox and the way into it. `tls` false: by STARTTLS, or without any on this machine alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)
    kind: str = Field(min_length=1, max_length=40)
    host: str = Field(min_length=1, max_length=253)
    port: int | None = Field(None, ge=1, le=65_535)
    user: str | None = Field(None, pattern=PRINTABLE, max_length=254)
    password: str = Field(repr=False, pattern=PRINTABLE, max_length=1_000)
    tls: bool = True


class _SeedFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: list[SeedBox] = Field([], max_length=DELIVERY_SEEDS)


def seed_boxes(settings: Settings) -> tuple[SeedBox, ...]:
    """Those of the file, in its order; none where no file is set.

    Raises:
        BadSetting: the file is not as it should be. It never tells a value of it.
    """
    if settings.delivery_seeds is None:
        return ()
    try:
        boxes = _SeedFile.model_validate(_read(settings.delivery_seeds)).seed
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = " ".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        raise BadSetting(name=NAME, problem=f"{where}: {first['msg']}") from None
    if len({box.address.lower() for box in boxes}) < len(boxes):
        raise BadSetting(name=NAME, problem="the same address stands there twice")
    return tuple(boxes)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSetting(name=NAME, problem=f"{path}: {error.strerror}") from None
    except ValueError as error:  # no TOML, no UTF-8
        raise BadSetting(name=NAME, problem=f"{path}: {type(error).__name__}, no TOML in UTF-8") from None
