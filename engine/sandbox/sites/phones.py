"""Numbers that stand on a site beside the map's, in the forms in which sites write them, and what only looks like one.

All are of ranges that nobody gets: Arcep's and the Bundesnetzagentur's for films and books.
"""

import random
from dataclasses import dataclass

from engine.sandbox.business import Business
from engine.sandbox.communes import COMMUNES
from engine.sandbox.sites.site import Language, Site

MOBILE = "06 39 98"
GERMAN = (("30", "23125"), ("69", "90009"), ("89", "99998"))  # three more digits make a number
LABELS: dict[Language, dict[str, tuple[str, ...]]] = {
    "fr": {
        "mobile": ("Portable", "Mobile", "Tél. portable", "Urgences"),
        "office": ("Deuxième agence", "Atelier", "Secrétariat", "Tél. 2"),
        "abroad": ("Depuis l'Allemagne", "Bureau allemand"),
        "fax": ("Fax", "Télécopie", "Télécopieur", "Fax."),
        "call": ("Appelez-nous", "Appeler", "Nous appeler"),
    },
    "de": {
        "mobile": ("Mobil", "Handy"),
        "office": ("Zweigstelle", "Büro"),
        "abroad": ("Büro Deutschland",),
        "fax": ("Fax", "Telefax"),
        "call": ("Jetzt anrufen",),
    },
    "en": {
        "mobile": ("Mobile", "Cell"),
        "office": ("Second office", "Workshop"),
        "abroad": ("German office",),
        "fax": ("Fax",),
        "call": ("Call us",),
    },
}


@dataclass(frozen=True, slots=True)
class Phone:
    """`digits` come after the country's code. `place` is where it stands: a page, 'footer' or 'json_ld'."""

    country: str
    digits: str
    label: str  # a key of LABELS
    place: str

    @property
    def e164(self) -> str:
        return f"+{self.country}{self.digits}"

    @property
    def mobile(self) -> bool:
        return self.country == "33" and self.digits[0] in "67"


def own_number(business: Business) -> str:
    """The map's number in E.164."""
    return f"+33{business.phone.replace(' ', '')[1:]}"


def extra_phones(site: Site) -> tuple[Phone, ...]:
    """The company's numbers on this site beside the map's, fax left out."""
    rng = random.Random(f"{site.seed} phones")
    labels: dict[str, tuple[str, ...]] = {
        "mobile": ("mobile",),
        "office": ("office",),
        "mobile_and_office": ("mobile", "office"),
        "mobile_and_fax": ("mobile",),
        "json_ld": (rng.choice(("mobile", "office")),),
        "link_only": (rng.choice(("mobile", "office")),),
        "legal_mobile": ("mobile",),
        "abroad": ("abroad",),
    }
    found = labels.get(site.facts.phones, ())
    return tuple(_phone(label, _place(site, rng), site.business, rng) for label in found)


def fax(site: Site) -> Phone | None:
    """The number of the fax machine, where the site has one."""
    if site.facts.phones not in ("fax", "mobile_and_fax"):
        return None
    rng = random.Random(f"{site.seed} fax")
    return _phone("fax", rng.choice(("home", "footer")), site.business, rng)


def phone_block(site: Site, place: str) -> str:
    """The numbers of this place as one block; '' when it has none."""
    rng = random.Random(f"{site.seed} phones {place}")
    words = LABELS[site.language]
    lines = [_line(site, one, rng) for one in extra_phones(site) if one.place == place]
    machine = fax(site)
    if machine and machine.place == place:
        shown = written(machine, rng)
        before = rng.choice(("", f"Tél. {site.business.phone} – ", f"Tél : {site.business.phone} / "))
        lines.append(f"{before}{rng.choice(words['fax'])} : {shown}")
    if site.facts.phones == "repeated" and place in ("home", "footer"):
        own = Phone("33", own_number(site.business)[3:], "office", place)
        lines.append(f"{rng.choice(('Tél.', 'Tél./Fax', 'Tel'))} : {written(own, rng)}")
    return f'<p class="numeros">{"<br>".join(lines)}</p>' if lines else ""


def written(phone: Phone, rng: random.Random) -> str:
    """The number as text, in one of the forms of its country."""
    if phone.country == "49":
        area, rest = phone.digits[:2], phone.digits[2:]
        form = rng.choice(("+49 {a} {r}", "0049 {a} {r}", "+49 (0){a} {r}", "+49 (0) {a} / {r}", "+49-{a}-{r}"))
        return form.format(a=area, r=rest)
    pairs = [phone.digits[0], *(phone.digits[at : at + 2] for at in range(1, 9, 2))]
    prefix, joint = rng.choice(
        (
            *(("0", " "), ("0", " "), ("0", "."), ("0", "-"), ("0", "&nbsp;"), ("0", "&#8239;"), ("0", "")),
            *(("+33 ", " "), ("+33 (0)", " "), ("+33(0)", ""), ("0033 ", " "), ("+33.", "."), ("(+33) ", " ")),
        )
    )
    return f"{prefix}{joint.join(pairs)}"


def json_phones(site: Site) -> dict[str, object]:
    """What JSON-LD says of the company's numbers: `telephone`, `contactPoint`, `faxNumber`; empty for nothing."""
    rng = random.Random(f"{site.seed} phones json")
    found: dict[str, object] = {}
    for one in extra_phones(site):
        if one.place == "json_ld":
            value = rng.choice((one.e164, f"+{one.country} {one.digits}", f"+{one.country}-{one.digits}"))
            points = [{"@type": "ContactPoint", "telephone": value, "contactType": "customer service"}]
            found |= (
                {"contactPoint": points} if rng.random() < 0.5 else {"telephone": [own_number(site.business), value]}
            )
    machine = fax(site)
    if machine and rng.random() < 0.5:
        found["faxNumber"] = machine.e164
    return found


def _phone(label: str, place: str, business: Business, rng: random.Random) -> Phone:
    if label == "abroad":
        area, start = rng.choice(GERMAN)
        return Phone("49", f"{area}{start}{rng.randrange(1000):03d}", label, place)
    if label == "mobile":
        return Phone("33", f"{MOBILE[1:].replace(' ', '')}{rng.randrange(10_000):04d}", label, place)
    # Never the map's, whose range it may share.
    other = next(one for one in rng.sample(COMMUNES, len(COMMUNES)) if one.phone != business.commune.phone)
    return Phone("33", f"{other.phone[1:].replace(' ', '')}{rng.randrange(10_000):04d}", label, place)


def _place(site: Site, rng: random.Random) -> str:
    # No number stands only where some readers do not come: on a page that is forbidden, or that nothing links.
    readable = "contact" in site.pages and not site.contact_unlinked and not site.contact_disallowed
    chosen = rng.choice(("home", "footer", "contact" if readable else "home"))
    if site.facts.phones == "json_ld":
        return "json_ld"
    in_notice = site.facts.phones == "legal_mobile" and "legal" in site.pages and site.facts.notice != "terms"
    return "legal" if in_notice else chosen


def _line(site: Site, one: Phone, rng: random.Random) -> str:
    words, shown = LABELS[site.language], written(one, rng)
    if site.facts.phones == "link_only":
        national = f"0{one.digits}"
        target = rng.choice((one.e164, national, ".".join(national[at : at + 2] for at in range(0, 10, 2))))
        return f'<a class="btn" href="tel:{target}">{rng.choice(words["call"])}</a>'
    link = f'<a href="tel:{one.e164}">{shown}</a>'
    return f"{rng.choice(words[one.label])} : {rng.choice((shown, shown, link))}"
