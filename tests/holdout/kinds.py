"""What a site of the hold-out family is made of, and the truth that it carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.sandbox.certificates import TlsState

Column: TypeAlias = Literal["email", "email_personal", "tech_cms", "tech_analytics", "tech_ads_pixels", "site_alive"]
TechColumn: TypeAlias = Literal["tech_cms", "tech_analytics", "tech_ads_pixels"]
Language: TypeAlias = Literal["fr", "de", "it", "es", "en"]
Place: TypeAlias = Literal["header", "home", "contact", "legal", "team", "footer"]

TECH_COLUMNS: tuple[TechColumn, ...] = ("tech_cms", "tech_analytics", "tech_ads_pixels")

Allowed: TypeAlias = frozenset[str | None]
Truth: TypeAlias = Mapping[Column, Allowed]  # a column that is left out has no documented answer and isn't scored
Pages: TypeAlias = Mapping[str, str]  # path -> document
Template: TypeAlias = "Callable[[Site], Pages]"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a technology leaves on every page of a site.

    Without a column it must not show in any: traps, consent managers, tag managers, e-commerce add-ons.
    """

    slug: str
    column: TechColumn | None = None
    head: str = ""
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attributes: str = ""  # of the html element


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of HTML at one place of a site: an address in some disguise, a rival, a decoy."""

    place: Place
    html: str


@dataclass(frozen=True, slots=True)
class Site:
    """A live site. `extra` are further files by path; `url` is what a list of businesses holds for it."""

    domain: str
    name: str
    trade: str
    city: str
    template: "Template"
    shown: tuple[Shown, ...] = ()
    marks: tuple[Mark, ...] = ()
    email: str | None = None
    personal: Literal["yes", "no", "open to both"] = "no"
    language: Language = "fr"
    url: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    encoding: Literal["utf-8", "iso-8859-1"] = "utf-8"
    secure: bool = True  # False: nobody listens on port 443
    home: str = "/"  # where "/" redirects to when it is not the home page itself
    alive: frozenset[str] = frozenset({"open"})

    @property
    def address(self) -> str:
        """What a list of businesses holds as `site_web`."""
        return self.url or f"https://{self.domain}/"

    def at(self, place: Place) -> str:
        """The HTML of one place; '' when nothing is shown there."""
        return "\n".join(shown.html for shown in self.shown if shown.place == place)

    @property
    def head(self) -> str:
        return self._of_marks([mark.head for mark in self.marks])

    @property
    def tail(self) -> str:
        return self._of_marks([mark.body for mark in self.marks])

    @property
    def attributes(self) -> str:
        return "".join(f" {mark.attributes}" for mark in self.marks if mark.attributes)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple(header for mark in self.marks for header in mark.headers)

    def _of_marks(self, pieces: list[str]) -> str:
        return "\n".join(piece for piece in pieces if piece).replace("{domain}", self.domain)

    @property
    def truth(self) -> Truth:
        """The documented answer of every module."""
        person: Allowed = frozenset({self.email}) if self.personal == "yes" else frozenset({None})
        if self.personal == "open to both":
            person = frozenset({self.email, None})
        truth: dict[Column, Allowed] = {
            "email": frozenset({self.email}),
            "email_personal": person,
            "site_alive": frozenset(self.alive),
        }
        for column in TECH_COLUMNS:
            slugs = sorted({mark.slug for mark in self.marks if mark.column == column})
            truth[column] = frozenset({", ".join(slugs) or None})
        return truth


@dataclass(frozen=True, slots=True)
class Fate:
    """A domain that is no ordinary site any more, or answers in an unusual way.

    `body` is the answer to every path; None leaves nobody at home. `settled` False: nothing is put into the world for
    it, because the name does not exist, or because it is there already (a directory).
    """

    domain: str
    alive: frozenset[str]
    body: str | None = None
    status: int = 200
    location: str = ""  # where every request is sent on to
    headers: tuple[tuple[str, str], ...] = ()
    nameservers: tuple[str, ...] = ()
    tls: TlsState = "good"
    settled: bool = True
    dns_fails: bool = False
    addressless: bool = True  # truth: no e-mail address belongs to anybody who could be written to
    url: str = ""

    @property
    def name(self) -> str:
        """The business that the domain was named after."""
        return self.domain.partition(".")[0].replace("-", " ").title()

    @property
    def address(self) -> str:
        """What a list of businesses holds as `site_web`."""
        return self.url or f"https://{self.domain}/"

    @property
    def truth(self) -> Truth:
        """The life state; and no address, no technology where the page is nobody's."""
        truth: dict[Column, Allowed] = {"site_alive": self.alive}
        if self.addressless:
            truth["email"] = truth["email_personal"] = frozenset({None})
        return truth
