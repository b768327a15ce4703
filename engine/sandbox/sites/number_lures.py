"""Digits that look like a telephone number and are none."""

import random

from engine.sandbox.sites.companies import Company
from engine.sandbox.sites.site import Site

LURES = (
    "<p>Assurance décennale, contrat n° 0199004{n}</p>",
    "<p>Commande suivie : n° 2025-0639-98{n}</p>",
    '<div class="map" data-lat="45.{n}0412" data-lng="4.83{n}97"></div><p>GPS : 45.{n}04, 4.83{n}</p>',
    "<p>Fermé du 01.08.2025 au 24.08.2025, réouverture le 25/08/2025 à 09:00.</p>",
    "<p>RPPS 10 100 {n} 456 – ADELI 67 9 01{n} 5</p>",
    "<p>IBAN FR76 3000 4000 0312 3{n} 7890 143 – ORIAS 07 012 {n}</p>",
    "<p>Plus de 12 500 000 pièces posées depuis 1987 – EAN 3 760123 45{n} 9</p>",
    '<img src="/photos/0465710{n}.jpg" alt="Vitrine">',
    '<script>window.suivi = {{"compte": "0199004{n}", "id": 33639980{n}}};</script>',
    '<div data-account="0261910{n}" id="bloc-0536490{n}"></div>',
)


def number_lures(site: Site) -> str:
    """Two or three of them for the home page of every second site."""
    rng = random.Random(f"{site.seed} number lures")
    if rng.random() < 0.5:
        return ""
    return "\n".join(one.format(n=rng.randint(100, 999)) for one in rng.sample(LURES, rng.randint(2, 3)))


def maker_phone(site: Site, agency: Company) -> str:
    """The number of who made the site, for the credits of every third."""
    return f" – Tél. {agency.phone}" if random.Random(f"{site.seed} maker phone").random() < 0.34 else ""
