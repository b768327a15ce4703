"""What the invented businesses say, in five languages: labels of pages and a few neutral paragraphs."""

from dataclasses import dataclass

from tests.holdout.kinds import Language, Site


@dataclass(frozen=True, slots=True)
class Words:
    """Labels of links and titles. `pitch` and `story` take name, trade and city."""

    home: str
    contact: str
    legal: str
    about: str
    services: str
    phone: str
    hours: str
    pitch: str
    story: str


WORDS: dict[Language, Words] = {
    "fr": Words(
        "Accueil",
        "Contact",
        "Mentions légales",
        "Notre équipe",
        "Prestations",
        "Téléphone",
        "Ouvert du mardi au samedi, 9h-12h30 et 14h-19h",
        "{name}, {trade} à {city} : un travail soigné, des délais tenus et un devis clair avant de commencer.",
        "Installée à {city} depuis plus de vingt ans, la maison travaille avec des fournisseurs de la région. "
        "Chaque demande est étudiée sur place ; nous expliquons les choix possibles et leur prix. "
        "Nos clients reviennent pour le conseil autant que pour le résultat, et nous les en remercions.",
    ),
    "de": Words(
        "Startseite",
        "Kontakt",
        "Impressum",
        "Über uns",
        "Leistungen",
        "Telefon",
        "Montag bis Freitag 8 bis 17 Uhr",
        "{name}, {trade} in {city}: saubere Arbeit, feste Termine und ein ehrliches Angebot.",
        "Seit drei Generationen arbeiten wir in {city} und Umgebung. Wir beraten vor Ort, rechnen nach Aufwand ab "
        "und bilden selbst aus. Sprechen Sie uns an, wir nehmen uns Zeit für Ihr Anliegen.",
    ),
    "it": Words(
        "Home",
        "Contatti",
        "Note legali",
        "Chi siamo",
        "Servizi",
        "Telefono",
        "Dal lunedì al sabato, 9-13 e 15-19",
        "{name}, {trade} a {city}: passione, materiali scelti e consegne puntuali.",
        "Lavoriamo a {city} dal 1987 con la stessa cura di allora. Ogni progetto nasce da un sopralluogo gratuito "
        "e da un preventivo scritto. Vi aspettiamo nel nostro laboratorio.",
    ),
    "es": Words(
        "Inicio",
        "Contacto",
        "Aviso legal",
        "Quiénes somos",
        "Servicios",
        "Teléfono",
        "De lunes a viernes, de 9 a 14 y de 17 a 20",
        "{name}, {trade} en {city}: trato cercano, buenos materiales y precios claros.",
        "Somos una empresa familiar de {city} con más de quince años de oficio. Visitamos su casa sin compromiso "
        "y entregamos un presupuesto detallado en dos días.",
    ),
    "en": Words(
        "Home",
        "Contact",
        "Legal notice",
        "About us",
        "Services",
        "Phone",
        "Monday to Friday, 9am to 5pm",
        "{name}, {trade} in {city}: careful work, fair prices and answers within a day.",
        "We have worked in and around {city} since 1998. Every job starts with a visit and a written quote. "
        "Ask our neighbours, they sent us most of our customers.",
    ),
}


def words_of(site: Site) -> Words:
    return WORDS[site.language]


def pitch(site: Site) -> str:
    return words_of(site).pitch.format(name=site.name, trade=site.trade, city=site.city)


def story(site: Site) -> str:
    return words_of(site).story.format(name=site.name, trade=site.trade, city=site.city)


def phone_of(site: Site) -> str:
    """A number of the range that the French regulator keeps for fiction (01 99 00 ..), fixed by the domain."""
    digits = sum(map(ord, site.domain)) % 10_000
    return f"01 99 00 {digits // 100:02d} {digits % 100:02d}"


def document(site: Site, title: str, body: str, *, head: str = "", doctype: str = "<!DOCTYPE html>") -> str:
    """The whole page: the template's body between what the site's technologies put at both ends."""
    return f"""{doctype}
<html lang="{site.language}"{site.attributes}>
<head>
<meta charset="{site.encoding}">
<title>{title}</title>
{head}
{site.head}
</head>
{body.replace("</body>", f"{site.tail}</body>")}
</html>
"""
