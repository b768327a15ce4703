"""What a site of the hold-out family is made of, and the truth that it carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.sandbox.certificates import TlsState

TechColumn: TypeAlias = Literal["tech_cms", "tech_analytics", "tech_ads_pixels"]
SocialColumn: TypeAlias = Literal[
    "facebook", "instagram", "linkedin", "x_twitter", "youtube", "tiktok", "pinterest", "whatsapp"
]
PhoneColumn: TypeAlias = Literal["telephones_extra", "telephone_mobile"]
LegalIdColumn: TypeAlias = Literal["siren", "siret", "tva_intra"]
MentionColumn: TypeAlias = Literal[
    "mentions_url",
    "mentions_raison_sociale",
    "mentions_capital",
    "mentions_rcs",
    "mentions_directeur",
    "mentions_hebergeur",
    "mentions_email",
    "mentions_telephone",
]
PriceColumn: TypeAlias = Literal[
    "pricing_found",
    "pricing_min",
    "pricing_max",
    "pricing_currency",
    "pricing_period",
    "pricing_free_trial",
    "pricing_url",
]
AdsColumn: TypeAlias = Literal[
    "ads_score",
    "pixels_detected",
    "crm_detected",
    "chat_widgets",
    "cmp_vendor",
    "retargeting",
    "pixel_meta",
    "pixel_google_ads",
]
BrandColumn: TypeAlias = Literal["logo_url", "favicon_url", "brand_color"]
SubjectColumn: TypeAlias = (
    SocialColumn | PhoneColumn | LegalIdColumn | MentionColumn | PriceColumn | AdsColumn | BrandColumn
)
Column: TypeAlias = Literal["email", "email_personal", "site_alive"] | TechColumn | SubjectColumn
Language: TypeAlias = Literal["fr", "de", "it", "es", "en"]
Place: TypeAlias = Literal["header", "home", "contact", "legal", "team", "footer"]

TECH_COLUMNS: tuple[TechColumn, ...] = ("tech_cms", "tech_analytics", "tech_ads_pixels")
LISTS: frozenset[Column] = frozenset(  # cells of several values, joined by ', '
    (*TECH_COLUMNS, "telephones_extra", "pixels_detected", "crm_detected", "chat_widgets", "cmp_vendor", "retargeting")
)

Allowed: TypeAlias = frozenset[str | None]
Truth: TypeAlias = Mapping[Column, Allowed]  # a column that is left out has no documented answer and isn't scored
Pages: TypeAlias = Mapping[str, str]  # path -> document
File: TypeAlias = tuple[str, bytes]  # content type, content
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


@dataclass(frozen=True, slots=True)
class Study:
    """A site written out whole that states the truth of one subject's columns. `telephone`: the row's own."""

    domain: str
    name: str
    pages: Pages
    truth: Truth
    files: Mapping[str, File]
    telephone: str = ""

    @property
    def address(self) -> str:
        """What a list of businesses holds as `site_web`."""
        return f"https://{self.domain}/"

    @property
    def row(self) -> Mapping[str, str]:
        """The row of the list."""
        row = {"nom": self.name, "site_web": self.address, "telephone": self.telephone}
        return {column: value for column, value in row.items() if value}
