"""What a site's technologies write into its pages."""

import random
from dataclasses import dataclass
from string import Template

from engine.sandbox.sites.technologies.advertising import ADVERTISING
from engine.sandbox.sites.technologies.consent import CONSENT_LOADERS, gated
from engine.sandbox.sites.technologies.ids import account_ids
from engine.sandbox.sites.technologies.lures import LURES, Lure
from engine.sandbox.sites.technologies.measuring import MEASURING, TAG_MANAGER
from engine.sandbox.sites.technologies.stack import Stack


@dataclass(frozen=True, slots=True)
class Marks:
    """HTML for the head, for right after <body>, for before </body>; `block` is a lure for the home page's body."""

    head: str = ""
    top: str = ""
    tail: str = ""
    block: str = ""


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
    return Marks(*(Template(text).substitute(ids) for text in texts))
