"""How sites write their prices: tables, cards, lists, sentences, JSON-LD, and amounts that are no price of theirs."""

import html
import json
import random
from collections.abc import Callable

from engine.sandbox.sites.prices import Offer, currency, is_cards, offers, pricing
from engine.sandbox.sites.site import Language, Site

PER: dict[Language, dict[str, tuple[str, ...]]] = {
    "fr": {
        "month": (" / mois HT", " par mois HT", "/mois", " HT par mois"),
        "year": (" / an HT", " par an", "/an"),
        "hour": (" / heure", " de l'heure", "/h"),
        "night": (" / nuit", " la nuit", " par nuit"),
    },
    "de": {
        "month": (" / Monat", " pro Monat", " monatlich"),
        "year": (" / Jahr", " pro Jahr"),
        "hour": (" / Stunde", " pro Stunde"),
        "night": (" / Nacht", " pro Nacht"),
    },
    "en": {
        "month": (" / month", " per month", "/mo"),
        "year": (" / year", " per year"),
        "hour": (" / hour", " per hour"),
        "night": (" / night", " per night"),
    },
}
FROM: dict[Language, tuple[str, ...]] = {
    "fr": ("à partir de ", "dès ", ""),
    "de": ("ab ", ""),
    "en": ("from ", ""),
}
REQUEST: dict[Language, str] = {"fr": "Sur devis", "de": "Auf Anfrage", "en": "On request"}
TRIALS: dict[Language, tuple[str, ...]] = {
    "fr": ("Essai gratuit de 14 jours", "30 jours d'essai gratuit, sans engagement", "Essayez gratuitement 15 jours"),
    "de": ("14 Tage kostenlos testen",),
    "en": ("14-day free trial", "Start your free trial"),
}
SENTENCES: dict[Language, tuple[str, ...]] = {
    "fr": ("{label} : comptez {price} TTC.", "{label} est à {price}.", "Pour {label}, notre prix est de {price}."),
    "de": ("{label} kostet {price}.",),
    "en": ("{label} costs {price}.",),
}
# Amounts that a shop's pages hold and that are no price of its services.
LURES: dict[Language, tuple[str, ...]] = {
    "fr": (
        '<div class="cart">Panier (0) : 0,00 €</div>',
        "<p>Frais de livraison : 4,90 €. Livraison offerte dès 1 500 € d'achat.</p>",
        "<p>Devis gratuit, livraison gratuite le samedi.</p>",
    ),
    "de": ('<div class="cart">Warenkorb (0): 0,00 €</div>', "<p>Versandkosten: 4,90 €</p>"),
    "en": ('<div class="cart">Basket (0): €0.00</div>', "<p>Delivery charge: €4.90</p>"),
}


def price_blocks(site: Site) -> list[str]:
    """The prices page's blocks; [] where the site has no such page."""
    if "prices" not in site.pages:
        return []
    case = site.facts.prices
    special: dict[str, Callable[[Site], str]] = {
        "prose": _prose,
        "ranges": _ranges,
        "json_ld_only": _labels_alone,
        "aggregate": _from_to,
        "both_taxes": _both_taxes,
        "toggle": _toggle,
        "on_request": _on_request,
    }
    forms = {"table": _table, "cards": _cards, "list": _list}
    maker = special.get(case) or (_cards if is_cards(site) else _list if site.prices == "cards" else forms[site.prices])
    found = [maker(site)]
    if case == "trial":
        found.append(f"<p>{random.Random(f'{site.seed} trial').choice(TRIALS[site.language])}</p>")
    if case == "lures":
        found += LURES[site.language]
    return [*found, *_data(site)]


def home_lure(site: Site) -> str:
    """What a shop's home page says of delivery, on every fourth site; '' on the others."""
    rng = random.Random(f"{site.seed} price lure")
    return rng.choice(LURES[site.language][:2]) if rng.random() < 0.25 else ""


def written(amount: float, site: Site) -> str:
    """The amount with its currency as the site's language writes it, with no markup but entities."""
    rng = random.Random(f"{site.seed} amounts")
    whole, cents = divmod(round(amount * 100), 100)
    code, grouped = currency(site), f"{whole:,}"
    exact = rng.random() < 0.4
    tail = f"{cents:02d}" if cents or exact else ""
    if code == "GBP":
        return f"£{grouped}{f'.{tail}' if tail else ''}"
    if code == "CHF":
        grouped = grouped.replace(",", "'")
        return rng.choice((f"CHF {grouped}.{tail or '–'}", f"{grouped}{f'.{tail}' if tail else ''} CHF"))
    if site.language == "en":
        return f"€{grouped}{f'.{tail}' if tail else ''}"
    grouped = grouped.replace(",", "." if site.language == "de" else rng.choice((" ", "&nbsp;", "&#8239;")))
    return f"{grouped}{f',{tail}' if tail else ''}{rng.choice((' €', '&nbsp;€', '€', ' EUR', ' euros'))}"


def _table(site: Site) -> str:
    per = _per(site)
    rows = "".join(
        f"<tr><td>{html.escape(one.label)}</td><td>{_price(one, site)}{per}</td></tr>" for one in offers(site)
    )
    return f"<table class='tarifs'>{rows}</table>"


def _list(site: Site) -> str:
    per, tax = _per(site), " TTC" if site.language == "fr" else ""
    start = random.Random(f"{site.seed} from").choice(FROM[site.language])
    items = "".join(f"<li>{html.escape(one.label)} : {start}{_price(one, site)}{tax}{per}</li>" for one in offers(site))
    return f"<ul class='prix'>{items}</ul>"


def _prose(site: Site) -> str:
    rng = random.Random(f"{site.seed} prose")
    texts = (
        rng.choice(SENTENCES[site.language]).format(label=html.escape(one.label), price=_price(one, site))
        for one in offers(site)
    )
    return f"<p>{' '.join(texts)}</p>"


def _ranges(site: Site) -> str:
    rng = random.Random(f"{site.seed} ranges")
    forms = ("{a}-{b}", "{a} – {b}", "de {a} à {b}", "entre {a} et {b}") if site.language == "fr" else ("{a} - {b}",)
    items: list[str] = []
    for one in offers(site):
        form = rng.choice(forms)
        low, high = one.price or 0, one.high or 0
        # '50-80 €': the first amount goes without its currency.
        first = f"{low:g}" if form[0] == "{" and site.language != "en" else written(low, site)
        items.append(f"<li>{html.escape(one.label)} : {form.format(a=first, b=written(high, site))}</li>")
    return f"<ul class='prix'>{''.join(items)}</ul>"


def _from_to(site: Site) -> str:
    found = pricing(site)
    low, high = written(found.low or 0, site), written(found.high or 0, site)
    labels = ", ".join(html.escape(one.label) for one in offers(site))
    return f"<p>{labels} : de {low} à {high}.</p>" if site.language == "fr" else f"<p>{labels}: {low} – {high}.</p>"


def _labels_alone(site: Site) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(one.label)}</li>' for one in offers(site))}</ul>"


def _on_request(site: Site) -> str:
    said = REQUEST[site.language]
    return f"<ul>{''.join(f'<li>{html.escape(one.label)} : {said}</li>' for one in offers(site))}</ul>"


def _both_taxes(site: Site) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(one.label)}</td><td>{written(one.price or 0, site)} HT</td>"
        f"<td>{written((one.price or 0) * 1.2, site)} TTC</td></tr>"
        for one in offers(site)
    )
    return f"<table>{rows}</table>"


def _cards(site: Site) -> str:
    return f'<div class="pricing-grid">{"".join(_card(one, _price(one, site), site) for one in offers(site))}</div>'


def _toggle(site: Site) -> str:
    """Plans with the price of a month and, behind a switch, that of a year."""
    month, year = (PER[site.language][one][0] for one in ("month", "year"))
    cards = ""
    for one in offers(site):
        shown = _price(one, site)
        if one.price:
            shown = (
                f'<span class="monthly">{written(one.price, site)}{month}</span> '
                f'<span class="yearly" style="display:none">{written(one.price * 10, site)}{year}</span>'
            )
        cards += f'<div class="pricing-card"><h3>{html.escape(one.label)}</h3><p>{shown}</p></div>'
    return f'<div class="switch">Mensuel / Annuel</div><div class="pricing-grid">{cards}</div>'


def _card(one: Offer, price: str, site: Site) -> str:
    before = f'<del class="old-price">{written(one.before, site)}</del> ' if one.before else ""
    shown = price if one.price is None else f'{before}<strong class="price">{price}</strong>{_per(site)}'
    return (
        f'<div class="pricing-card"><h3>{html.escape(one.label)}</h3><p>{shown}</p>'
        "<ul><li>Sans engagement</li><li>Assistance par téléphone</li></ul>"
        '<a class="btn" href="#contact">Choisir</a></div>'
    )


def _price(one: Offer, site: Site) -> str:
    return REQUEST[site.language] if one.price is None else written(one.price, site)


def _per(site: Site) -> str:
    """What a price is for, as words after it; '' for a price that is paid once."""
    period = pricing(site).period or "once"
    forms = PER[site.language].get(period, ("",))
    return random.Random(f"{site.seed} per").choice(forms)


def _data(site: Site) -> list[str]:
    """The offers as JSON-LD, where the site has them that way."""
    found, case = pricing(site), site.facts.prices
    coded: list[dict[str, object]] = [
        {"@type": "Offer", "name": one.label, "price": f"{one.price:.2f}", "priceCurrency": found.currency}
        for one in found.offers
        if one.price is not None
    ]
    things: dict[str, dict[str, object]] = {
        "json_ld": {"@type": "Service", "name": site.business.category.label, "offers": coded},
        "json_ld_only": {"@type": "Product", "name": site.business.category.label, "offers": coded},
        "aggregate": {
            "@type": "Product",
            "name": site.business.category.label,
            "offers": {
                "@type": "AggregateOffer",
                "lowPrice": found.low,
                "highPrice": found.high,
                "offerCount": len(coded),
                "priceCurrency": found.currency,
            },
        },
        # Written by hand: neither the type nor the currency is a word of the vocabulary.
        "wrong_type": {
            "@type": "Produit",
            "offers": {"@type": "Tarif", "price": "voir ci-dessous", "priceCurrency": "€"},
        },
    }
    if case not in things:
        return []
    document = json.dumps({"@context": "https://schema.org", **things[case]}, ensure_ascii=False)
    return [f'<script type="application/ld+json">{document}</script>']
