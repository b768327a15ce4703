"""The product's settings, read once from `OUTSEND_*` variables. A bad one stops the start with a clear sentence.

Source: the README's table of settings.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from engine.errors import BadSetting

PREFIX = "OUTSEND_"
# Names that the world has agreed on, and those that the contract gives without our prefix.
PLAIN_NAMES = ("HTTPS_PROXY", "NO_PROXY", "HCAPTCHA_SECRET")
# Read by the test-suite alone, and by `outsend eval`.
TEST_NAMES = ("OUTSEND_REAL_DATA", "OUTSEND_TEST_DATABASE_URL", "OUTSEND_EVAL_KEY")
PUBLIC_OVERPASS = "https://overpass-api.de/api/interpreter"
PROXY_SCHEMES = ("http", "https", "socks5")

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Texts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_split)]
Networks: TypeAlias = Annotated[tuple[Network, ...], BeforeValidator(_split)]
Seconds: TypeAlias = Annotated[tuple[float, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """Each field is the variable of the same name in upper case, with the prefix `OUTSEND_`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: str | None = None
    smtp_url: str | None = None
    mail_from: str | None = None
    mail_dir: Path | None = None
    egress_proxies: Texts = ()
    dns_servers: Texts = ()
    ca_bundle: Path | None = None
    trusted_networks: Networks = ()
    trusted_proxies: Networks = ()
    maps_source: Literal["auto", "google_maps", "places", "osm"] = "auto"
    google_places_key: str | None = Field(None, repr=False)
    pagespeed_key: str | None = Field(None, repr=False)
    osm_file: Path | None = None
    overpass_url: str = PUBLIC_OVERPASS
    delivery_seeds: Path | None = None
    chromium: Path | None = None
    serial_slots: int = Field(1, ge=1)
    parallel_slots: int = Field(6, ge=1)
    metrics_token: str | None = Field(None, repr=False)
    smtp_helo: str | None = None
    greylist_delays: Seconds = (60.0, 300.0)
    admin_email: str | None = None
    admin_password: str | None = Field(None, repr=False)
    invitation_codes: Texts = Field((), repr=False)
    secret_key: Texts = Field((), repr=False)
    hcaptcha_secret: str | None = Field(None, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    https_proxy: str | None = Field(None, repr=False)
    no_proxy: Texts = ()

    @field_validator("egress_proxies")
    @classmethod
    def _proxies(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            parts = urlsplit(proxy)
            if parts.scheme not in PROXY_SCHEMES or not parts.hostname or not parts.port:
                raise ValueError(f"{proxy!r} is no address such as http://host:port or socks5://host:port")
        return proxies

    @field_validator("dns_servers")
    @classmethod
    def _dns_servers(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        for server in servers:
            _, _, port = server.rpartition(":")
            if not port.isdigit():
                raise ValueError(f"{server!r} is not host:port")
        return servers

    @field_validator("ca_bundle", "osm_file", "chromium", "delivery_seeds")
    @classmethod
    def _exists(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(f"no file at {path}")
        return path

    @field_validator("overpass_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError(f"{url!r} is no address such as https://host/api/interpreter")
        return url

    @field_validator("public_url")
    @classmethod
    def _without_end(cls, url: str) -> str:
        return url.rstrip("/")  # paths are put behind it

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "sqlite:///")):
            raise ValueError("expected postgresql://... or sqlite:///path")
        return url

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data directory unless one is set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'outsend.db'}"

    @property
    def is_https(self) -> bool:
        """Whether clients reach the server over https."""
        return self.public_url.startswith("https:")

    @property
    def distributed(self) -> bool:
        return self.database.startswith("postgresql://")


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment (the process's own unless given), then `overrides`.

    An empty variable counts as unset. An unknown `OUTSEND_` variable is refused: it is most often a misspelling.

    Raises:
        BadSetting: names the variable and says what is wrong with it.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name, value in environment.items():
        key = name.removeprefix(PREFIX).lower() if name.startswith(PREFIX) else None
        if name in PLAIN_NAMES:
            key = name.lower()
        if key and value and name not in TEST_NAMES:
            values[key] = value
    values.setdefault("ca_bundle", environment.get("SSL_CERT_FILE") or None)
    values.update(overrides)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        shown = name if name in PLAIN_NAMES else PREFIX + name
        unknown = first["type"] == "extra_forbidden"
        problem = "no such setting" if unknown else first["msg"].removeprefix("Value error, ")
        raise BadSetting(name=shown, problem=problem) from None
