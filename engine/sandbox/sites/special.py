"""The sites that stand on no map: one of each kind in every world, at names that never change."""

import random
from typing import get_args

from engine.sandbox.business import invent
from engine.sandbox.sites.site import Shown, Site, SpecialKind

KINDS: tuple[SpecialKind, ...] = get_args(SpecialKind)
# Their home pages come through whole, so that the address on them is there to be found.
READABLE: frozenset[SpecialKind] = frozenset({"expiring_soon", "wrong_charset"})


def special_domain(kind: SpecialKind) -> str:
    """A name that tells nothing of the kind, as pages show their names."""
    return f"cas-{KINDS.index(kind) + 1:02d}.fr"


def special_sites() -> list[Site]:
    """Each of them, in the order of their kinds; the same in every world."""
    return [_special(kind) for kind in KINDS]


def _special(kind: SpecialKind) -> Site:
    domain = special_domain(kind)
    shown = (Shown(f"contact@{domain}", "own", "home", "mailto"),) if kind in READABLE else ()
    return Site(
        domain=domain,
        host=domain,
        url=f"https://{domain}/",
        business=invent(random.Random(domain)),
        seed=domain,
        language="fr",
        family="landing",
        charset="utf-8",
        shown=shown,
        pages=("home",),
        bad=kind,
        one_page=True,
    )
