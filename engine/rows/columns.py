"""The canonical columns, the names people give them, and how names are compared."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

# Accepted names, the most usual first (French, English, German, Spanish, Italian). Case, accents, spaces, hyphens,
# underscores and dots don't count, so each name stands here once.
ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nom": (
            "nom", "name", "raison sociale", "entreprise", "société", "établissement", "enseigne", "dénomination",
            "nom entreprise", "nom de l'entreprise", "nom société", "nom de la société", "nom établissement",
            "nom de l'établissement", "nom commercial", "company", "company name", "business", "business name",
            "organization", "organisation", "organization name", "account name", "place name", "title", "firma",
            "firmenname", "unternehmen", "empresa", "nombre", "nombre de la empresa", "razón social", "azienda",
            "nome", "nome azienda", "ragione sociale", "denominazione",
        ),
        "site_web": (
            "site web", "website", "url", "site", "web", "site internet", "web site", "adresse web", "adresse du site",
            "page web", "lien site", "url site", "url du site", "website url", "web url", "company website",
            "company url", "homepage", "home page", "domain", "domaine", "nom de domaine", "domain name",
            "company domain", "webseite", "internetseite", "internet", "sitio web", "página web", "sitio", "sito web",
            "sito", "sito internet", "pagina web",
        ),
        "telephone": (
            "téléphone", "phone", "tel", "tél", "numéro de téléphone", "numéro téléphone", "n° téléphone",
            "no téléphone", "num téléphone", "n° tel", "num tel", "téléphone fixe", "tel fixe", "téléphone 1",
            "phone number", "phone 1", "telephone number", "business phone", "company phone", "work phone", "mobile",
            "portable", "tel mobile", "téléphone mobile", "mobile phone", "gsm", "telefon", "telefonnummer",
            "rufnummer", "teléfono", "móvil", "número de teléfono", "telefono", "numero di telefono", "cellulare",
        ),
        "email": (
            "email", "mail", "courriel", "adresse email", "adresse mail", "adresse e-mail", "adresse électronique",
            "email address", "e-mail address", "mail address", "email professionnel", "mail pro", "email pro",
            "email 1", "contact email", "email contact", "company email", "business email", "work email",
            "e-mail-adresse", "mailadresse", "correo", "correo electrónico", "posta elettronica", "indirizzo email",
        ),
        "adresse": (
            "adresse", "address", "adresse postale", "adresse complète", "adresse 1", "rue", "voie", "full address",
            "formatted address", "street", "street address", "address line 1", "address 1", "anschrift", "straße",
            "dirección", "direccion postal", "calle", "indirizzo", "via",
        ),
        "ville": (
            "ville", "city", "commune", "localité", "town", "locality", "stadt", "ort", "ciudad", "localidad",
            "municipio", "città", "comune",
        ),
        "code_postal": (
            "code postal", "cp", "postal code", "postcode", "post code", "zip", "zip code", "plz", "postleitzahl",
            "código postal", "codigo postal", "cap", "codice postale",
        ),
        "categorie": (
            "catégorie", "category", "activité", "secteur", "secteur d'activité", "type d'établissement", "métier",
            "main category", "primary category", "industry", "business type", "kategorie", "branche", "categoría",
            "sector", "actividad", "categoria", "settore",
        ),
        "note": (
            "note", "rating", "note google", "note moyenne", "score avis", "average rating", "google rating", "stars",
            "étoiles", "bewertung", "valoración", "puntuación", "valutazione", "voto",
        ),
        "nb_avis": (
            "nb avis", "nombre d'avis", "nombre avis", "avis google", "reviews", "review count", "reviews count",
            "number of reviews", "user ratings total", "total reviews", "anzahl bewertungen", "bewertungen", "reseñas",
            "número de reseñas", "recensioni", "numero recensioni",
        ),
        "lien_google_maps": (
            "lien google maps", "google maps", "google maps url", "maps url", "google maps link", "maps link",
            "lien maps", "url google maps", "lien gmaps", "gmaps url", "place url", "fiche google",
            "google my business", "google url",
        ),
        "place_id": ("place id", "google place id", "id google", "gmaps id"),
        "horaires": (
            "horaires", "horaires d'ouverture", "heures d'ouverture", "opening hours", "hours", "business hours",
            "öffnungszeiten", "horario", "horarios", "orari", "orari di apertura",
        ),
        "lat": ("lat", "latitude", "gps lat", "breitengrad", "latitud", "latitudine"),
        "lon": ("lon", "lng", "long", "longitude", "gps lon", "längengrad", "longitud", "longitudine"),
        "departement": ("département",),
        "region": ("région", "région administrative"),
        "siren": ("siren", "n° siren", "no siren", "numéro siren"),
        "siret": ("siret", "n° siret", "no siret", "numéro siret", "siret siège"),
    }
)  # fmt: skip

# Beside a person's first name, `nom` is the person's: the business is then under one of these.
FIRST_NAME_HEADERS = ("prénom", "first name", "firstname", "given name", "vorname", "nombre de pila")
PERSON_NAME_HEADERS = ("nom", "name", "nombre", "nome")

_SEPARATORS = re.compile(r"[\W_]+")
# Letters that Unicode doesn't decompose, though people type them in two ways.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "’": "'", "ʼ": "'"})


def fold(text: str) -> str:
    """`text` without case, accents and superfluous white space: `Crème  Brûlée` becomes `creme brulee`."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(text.lower().split())


def header_key(header: str) -> str:
    """What two headers have in common when they are the same name: `E-Mail` and `e_mail` are both `email`."""
    return _SEPARATORS.sub("", fold(header))


def aliases_of(column: str) -> tuple[str, ...]:
    """The accepted names of a canonical column, the canonical one first; itself alone when it has no other."""
    return tuple(dict.fromkeys((column, *ALIASES.get(column, ()))))


def canonical_of(header: str) -> str | None:
    """The canonical column that `header` names, or None."""
    found = _by_key().get(header_key(header))
    return found[0] if found else None


def alias_rank(header: str) -> int:
    """How usual `header` is among the names of its column: 0 is the canonical name itself.

    Raises:
        KeyError: `header` names no canonical column.
    """
    return _by_key()[header_key(header)][1]


def find_column(name: str, columns: Collection[str]) -> str | None:
    """The one of `columns` that `name` means: itself, another spelling of it, or the canonical column it names."""
    if name in columns:
        return name
    key = header_key(name)
    spelled = next((column for column in columns if key and header_key(column) == key), None)
    canonical = canonical_of(name)
    return spelled or (canonical if canonical in columns else None)


@cache
def _by_key() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for column in ALIASES:
        for rank, alias in enumerate(aliases_of(column)):
            found.setdefault(header_key(alias), (column, rank))
    return found


@cache
def keys_of(names: tuple[str, ...]) -> frozenset[str]:
    """The header keys of several names."""
    return frozenset(header_key(name) for name in names)
