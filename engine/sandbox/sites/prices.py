"""What a business asks for its services, in the forms in which sites show prices."""

import html
import random
from dataclasses import dataclass

from engine.sandbox.sites.site import Site


@dataclass(frozen=True, slots=True)
class Offer:
    """`euros` None: on request. `before` is a struck-out former price."""

    label: str
    euros: int | None
    before: int | None = None


def offers(site: Site) -> tuple[Offer, ...]:
    """The offers of the prices page; none where the site has no such page."""
    if "prices" not in site.pages:
        return ()
    rng = random.Random(f"{site.seed} offers")
    if site.prices != "cards":
        return tuple(Offer(one, rng.randint(2, 24) * 5) for one in site.business.category.services)
    start = rng.randint(3, 9) * 10 - 1
    return (
        Offer("Essentiel", start, before=start + 10 if rng.random() < 0.5 else None),
        Offer("Confort", start * 2 + 1),
        Offer("Sur mesure", None),
    )


def price_blocks(site: Site) -> list[str]:
    """The offers as HTML blocks."""
    makers = {"table": _table, "cards": _cards, "list": _list}
    return [makers[site.prices](offers(site))]


def _table(found: tuple[Offer, ...]) -> str:
    rows = "".join(f"<tr><td>{html.escape(one.label)}</td><td>{one.euros},00 €</td></tr>" for one in found)
    return f"<table class='tarifs'>{rows}</table>"


def _list(found: tuple[Offer, ...]) -> str:
    items = "".join(f"<li>{html.escape(one.label)} : à partir de {one.euros}&nbsp;€ TTC</li>" for one in found)
    return f"<ul class='prix'>{items}</ul>"


def _cards(found: tuple[Offer, ...]) -> str:
    return f'<div class="pricing-grid">{"".join(map(_card, found))}</div>'


def _card(one: Offer) -> str:
    before = f'<del class="old-price">{one.before} €</del> ' if one.before else ""
    price = "Sur devis" if one.euros is None else f'{before}<strong class="price">{one.euros} €</strong> / mois HT'
    return (
        f'<div class="pricing-card"><h3>{html.escape(one.label)}</h3><p>{price}</p>'
        "<ul><li>Sans engagement</li><li>Assistance par téléphone</li></ul>"
        '<a class="btn" href="#contact">Choisir</a></div>'
    )
