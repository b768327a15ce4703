"""What a site's technologies write into its pages."""

import random
from dataclasses import astuple, dataclass
from string import Template

from engine.sandbox.sites.technologies.advertising import ADVERTISING
from engine.sandbox.sites.technologies.consent import CONSENT_LOADERS, gated
from engine.sandbox.sites.technologies.ids import account_ids, relation_ids
from engine.sandbox.sites.technologies.lures import LURES, Lure
from engine.sandbox.sites.technologies.measuring import MEASURING, TAG_MANAGER
from engine.sandbox.sites.technologies.mimics import MIMICS
from engine.sandbox.sites.technologies.relations import AFFILIATIONS, CHATS, CRMS, NETWORKS
from engine.sandbox.sites.technologies.stack import Stack


@dataclass(frozen=True, slots=True)
class Marks:
    """HTML for the head, for right after <body>, for before </body>; `block` is a lure for the home page's body."""

    head: str = ""
    top: str = ""
    tail: str = ""
    block: str = ""

    def and_also(self, other: "Marks") -> "Marks":
        """Both, each part of the other after this one's."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Marks(*("\n".join(filter(None, pair)) for pair in pairs))


def marks(stack: Stack, *, seed: str, domain: str) -> Marks:
    """The markup of all technologies of a site, the same on each of its pages."""
    rng = random.Random(f"{seed} technologies")
    ids = account_ids(rng, domain)
    head: list[str] = []
    tail: list[str] = []
    if stack.consent:
        head.append(CONSENT_LOADERS[stack.consent])
    for slug in (*stack.analytics, *stack.pixels):
        advertising = slug in ADVERTISING
        snippet = rng.choice(ADVERTISING[slug] if advertising else MEASURING[slug])
        if stack.gated:
            snippet = gated(snippet, slug, stack.consent, advertising=advertising)
        (tail if rng.random() < 0.3 else head).append(snippet)
    top = ""
    if stack.tag_manager:
        head.append(TAG_MANAGER[0])
        top = TAG_MANAGER[1]
    lure = LURES[stack.lure] if stack.lure else Lure()
    texts = ("\n".join([*head, lure.head]).strip(), top, "\n".join(tail), lure.body)
    own = Marks(*(Template(text).substitute(ids) for text in texts))
    return own.and_also(_relations(stack, random.Random(f"{seed} relations"), domain))


def _relations(stack: Stack, rng: random.Random, domain: str) -> Marks:
    """CRM, chats, advertising space, affiliation; their lure."""
    ids = relation_ids(rng, domain)
    found = (
        (CRMS, (stack.crm,)),
        (CHATS, stack.chats),
        (NETWORKS, stack.networks),
        (AFFILIATIONS, (stack.affiliation,)),
    )
    head: list[str] = []
    tail: list[str] = []
    for table, slug in ((table, slug) for table, slugs in found for slug in slugs if slug):
        # HubSpot's chat needs the vendor's loader; its form alone would be no chat.
        first = slug == "hubspot" and slug in stack.chats
        snippet = table[slug][0] if first else rng.choice(table[slug])
        if stack.gated and not first:
            snippet = gated(snippet, slug, stack.consent, advertising=True)
        in_body = not snippet.startswith("<script") or table is CHATS
        (tail if in_body else head).append(snippet)
    mimic = MIMICS[stack.mimic] if stack.mimic else Lure()
    texts = ("\n".join([*head, mimic.head]).strip(), "", "\n".join(tail), mimic.body)
    return Marks(*(Template(text).substitute(ids) for text in texts))
