"""Choose a business's own profile on each social network among all that its pages link and declare. Pure.

What a page declares of its organisation (`sameAs`) comes first, then links: in header, menu and footer before those in
the text, and those that bear the business's name before others. Profiles of software makers, of the host, of the agency
and of partners are left out; where two are equally likely in the text, the cell stays empty.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from engine.extract.business import folded_words, telling_words
from engine.extract.emails import foreign_domains
from engine.extract.html import Document, Link
from engine.extract.pages import PageKind, is_same_site
from engine.extract.sections import PARTIES, Section
from engine.extract.social_addresses import NETWORKS, Network, Profile, profile_of
from engine.rows.columns import fold
from engine.rows.data import words
from engine.rows.sites import is_aggregator, registrable_domain
from engine.rows.types import Value

Method = Literal["json_ld", "link", "meta"]
Likeness = Literal[0, 2, 4]  # none; a word of the name; the name or the domain

SIGHTINGS_MAX = 500  # of a page
ICON_LETTERS_MAX = 2  # of the text of a link that is an icon: what an icon font draws instead of 'f'
NAME_MIN = 4  # letters of a name by which a profile may be told
PAGES_COUNTED = 3
# What a sighting weighs: the best of a profile counts, with its likeness and the number of its pages.
DECLARED, PLACED, HEADED, LABELLED, MENTIONED = 4, 3, 2, 1, 0
LANDMARKS: frozenset[Section] = frozenset(("header", "nav", "footer"))

_LETTERS = re.compile(r"[a-z0-9]+")
_SUFFIX = re.compile(r"(?:fr|france|official|officiel|hq|app|com|org|inc)$")
# How a link in the text calls the site's own profile. Anything else is the name of somebody.
_OWN_LABEL = re.compile(
    r"facebook|\bfb\b|insta|linkedin|twitter|\bx\b|youtube|tik ?tok|pinterest|whats ?app|suiv|rejoi|retrouve|follow"
    r"|find us|folge|besuch|\bpage\b|profil|compte|chaine|reseau|\bnotre\b|\bnos\b|\bnous\b|\bour\b|\bunser|\buns\b"
    r"|social|abonne|discut|ecri|\bchat|contact|message|aime|\blike\b|\bfan|sigue|segui"
)
_PERSONS = frozenset(("Person",))
_OTHER_THINGS = re.compile(r"Article|Posting|Product|Review|Event|Book|Movie|Breadcrumb|Image|Video|Recipe|Course|List")
_PUBLISHER, _AUTHOR_SITE = "article:publisher", "twitter:site"


class Sighting(NamedTuple):
    """A profile where it stands. `weight`: how much the place says that it is the site's own; `called`: by the link."""

    profile: Profile
    page: str
    kind: PageKind
    section: Section
    method: Method
    weight: int
    called: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    """Whose profiles are looked for: `name` as the row gives it, `domain` of the site, '' where unknown."""

    name: str
    domain: str

    def likeness(self, profile: Profile, called: Iterable[str] = ()) -> Likeness:
        """How much a profile's name is that of the business; of one that bears a number, what links call it."""
        if profile.opaque and (telling := telling_words(self.name)):
            return 4 if any(telling <= folded_words(text) for text in called) else 0
        called = _letters(profile.name)
        if profile.opaque or len(called) < NAME_MIN:
            return 0
        label = _letters(self.domain.partition(".")[0])
        for whole in (label, _letters(self.name)):
            if len(whole) >= NAME_MIN and (whole in called or called in whole):
                return 4
        telling = telling_words(self.name)
        found = sum(word in called for word in telling)
        return 0 if not found else 4 if found == len(telling) else 2


class Chosen(NamedTuple):
    """The profile of a network, its best sighting, and the number of pages that link it."""

    profile: Profile
    best: Sighting
    pages: int


def find_profiles(document: Document, *, page: str, kind: PageKind) -> list[Sighting]:
    """Every profile that a page declares or links for its visitors, others' than the site's own included."""
    found = [*_declared(document, page), *_linked(document), *_headed(document)]
    return [
        Sighting(profile, page, kind, section, method, weight, called)
        for profile, section, method, weight, called in found[:SIGHTINGS_MAX]
    ]


def makers_of(document: Document) -> frozenset[str]:
    """What those are called of whom the page speaks as its host or its agency."""
    names = (_letters(domain.partition(".")[0]) for domain in foreign_domains(document))
    return frozenset(name for name in names if len(name) >= NAME_MIN)


def choose(sightings: Iterable[Sighting], business: Business, *, makers: frozenset[str]) -> dict[Network, Chosen]:
    """The business's profile on each network that it has one on."""
    by_network: dict[Network, dict[str, list[Sighting]]] = {}
    for one in sightings:
        if one.section not in PARTIES:
            by_network.setdefault(one.profile.network, {}).setdefault(one.profile.address.lower(), []).append(one)
    chosen: dict[Network, Chosen] = {}
    for network in NETWORKS:
        if best := _best(list(by_network.get(network, {}).values()), business, makers):
            chosen[network] = best
    return chosen


_Found = tuple[Profile, Section, Method, int, str]  # as in `Sighting`


def _best(candidates: Sequence[list[Sighting]], business: Business, makers: frozenset[str]) -> Chosen | None:
    """The likeliest of a network's profiles; None when none is likely, or several alike in the text."""
    scored: list[tuple[int, Chosen]] = []
    for seen in candidates:
        likeness = business.likeness(seen[0].profile, [one.called for one in seen])
        best = max(seen, key=lambda one: one.weight)
        # Somebody's name in the text is the business's own only where it is called so.
        if (best.weight == MENTIONED and likeness < 4) or (likeness < 4 and _is_others(seen[0].profile, makers)):
            continue
        pages = len({one.page for one in seen})
        score = best.weight + likeness + min(pages, PAGES_COUNTED) - best.profile.person
        scored.append((score, Chosen(best.profile, best, pages)))
    if not scored:
        return None
    top = max(score for score, _ in scored)
    first, *others = [chosen for score, chosen in scored if score == top]
    return None if others and first.best.weight <= LABELLED else first


def _is_others(profile: Profile, makers: frozenset[str]) -> bool:
    """Whether it is the profile of a software maker, a platform, or of who made this site."""
    name = _letters(profile.name)
    return name in _vendors() or _SUFFIX.sub("", name) in _vendors() or any(maker in name for maker in makers)


@cache
def _vendors() -> frozenset[str]:
    domains = (_letters(domain.partition(".")[0]) for domain in words("vendor_domains"))
    return words("vendor_profiles") | frozenset(domains)


def _declared(document: Document, page: str) -> Iterator[_Found]:
    for thing in document.json_ld:
        for holder in (thing, thing.get("publisher"), thing.get("mainEntity")):
            if not isinstance(holder, dict) or not _is_of_site(holder, page):
                continue
            same = holder.get("sameAs")
            for url in same if isinstance(same, list) else [same]:
                if isinstance(url, str) and (profile := profile_of(url)):
                    yield profile, "main", "json_ld", DECLARED, ""


def _is_of_site(thing: Mapping[str, Value], page: str) -> bool:
    """Whether structured data speaks of whoever the site belongs to: no article, no author, no other company."""
    given = thing.get("@type")
    types = {str(one) for one in (given if isinstance(given, list) else [given])}
    url = thing.get("url")
    elsewhere = isinstance(url, str) and url.startswith("http") and not is_same_site(url, page)
    return not (
        types <= _PERSONS or any(map(_OTHER_THINGS.search, types)) or (elsewhere and not is_aggregator(str(url)))
    )


def _linked(document: Document) -> Iterator[_Found]:
    for row in _rows(document.links):
        networks = {profile.network for _, profile in row}
        for link, profile in row:
            section = link.section
            weight = PLACED if section in LANDMARKS else _weight_in_text(link, in_row=len(networks) > 1)
            yield profile, section, "link", weight, _called(link)


def _rows(links: Iterable[Link]) -> Iterator[list[tuple[Link, Profile]]]:
    """The profiles that are linked one after the other, without any other link between them."""
    row: list[tuple[Link, Profile]] = []
    for link in links:
        if profile := profile_of(link.href):
            row.append((link, profile))
        elif row:
            yield row
            row = []
    yield row


def _weight_in_text(link: Link, *, in_row: bool) -> int:
    """What a link outside of every landmark weighs. Icons in a row are the site's own, whatever their tooltips say."""
    label = _called(link)
    is_icon = len(_letters(link.text if in_row else label)) <= ICON_LETTERS_MAX
    if not (is_icon or _OWN_LABEL.search(label)):
        return MENTIONED
    return PLACED if link.is_on_top else LABELLED  # a bar on top is a header by another name


def _called(link: Link) -> str:
    """All that a link is called, folded."""
    texts = (link.text, link.attributes.get("aria-label") or "", link.attributes.get("title") or "")
    return fold(" ".join(texts)).strip()


def _headed(document: Document) -> Iterator[_Found]:
    if (profile := profile_of(document.metas.get(_PUBLISHER, ""))) and profile.network == "facebook":
        yield profile, "main", "meta", HEADED, ""
    account = document.metas.get(_AUTHOR_SITE, "").strip()
    # Themes come with their maker's: it counts where it is called as the business is.
    if account.startswith("@") and (profile := profile_of(f"https://x.com/{account}")):
        yield profile, "main", "meta", MENTIONED, ""


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(fold(text)))


def business_of(name: str, url: str) -> Business:
    """The business by its row's name and its site's address; the domain of a platform names nobody."""
    domain = registrable_domain(url)
    return Business(name, "" if domain in words("vendor_domains") else domain)
