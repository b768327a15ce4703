"""The trades of the invented businesses: Google's name, the words that find them, how such a business is called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """`words` are folded (no accent, no plural); `also` are words of a second trade that a third of them has."""

    label: str  # primaryTypeDisplayName in French
    label_en: str
    type: str  # primaryType
    words: tuple[str, ...]
    also: tuple[str, ...]
    names: tuple[str, ...]
    services: tuple[str, ...]
    weight: int


RESTAURANT = Category(
    "Restaurant",
    "Restaurant",
    "restaurant",
    ("restaurant", "resto", "restauration"),
    ("pizzeria", "pizza", "traiteur"),
    ("Le Bistrot {place}", "La Table de {first}", "Chez {first}", "L'Auberge {place}", "La Cantine {place}"),
    ("Menu du jour", "Carte des vins", "Privatisation de la salle", "Plats à emporter"),
    7,
)
CATEGORIES = (
    RESTAURANT,
    Category(
        "Plombier",
        "Plumber",
        "plumber",
        ("plombier", "plomberie"),
        ("chauffagiste", "chauffage"),
        ("{last} Plomberie", "Plomberie {place}", "Ets {last} & Fils", "{last} Chauffage"),
        ("Dépannage", "Salle de bain", "Chauffe-eau", "Recherche de fuite"),
        4,
    ),
    Category(
        "Boulangerie",
        "Bakery",
        "bakery",
        ("boulangerie", "boulanger"),
        ("patisserie", "patissier"),
        ("Boulangerie {last}", "Le Fournil {place}", "Au Pain {place}", "Maison {last}"),
        ("Pains au levain", "Viennoiseries", "Gâteaux sur commande", "Sandwichs du midi"),
        4,
    ),
    Category(
        "Salon de coiffure",
        "Hair salon",
        "hair_salon",
        ("coiffeur", "coiffure", "coiffeuse", "salon"),
        ("barbier",),
        ("{first} Coiffure", "Salon {place}", "L'Atelier de {first}", "Coiffure {last}"),
        ("Coupe femme", "Coupe homme", "Couleur végétale", "Mariage"),
        4,
    ),
    Category(
        "Garage automobile",
        "Auto repair shop",
        "car_repair",
        ("garage", "garagiste", "automobile"),
        ("carrosserie", "carrossier"),
        ("Garage {last}", "Garage {place}", "{last} Automobiles", "Auto {place}"),
        ("Révision", "Pneumatiques", "Climatisation", "Pré-contrôle technique"),
        4,
    ),
    Category(
        "Dentiste",
        "Dentist",
        "dentist",
        ("dentiste", "dentaire", "chirurgien"),
        ("orthodontiste",),
        ("Cabinet dentaire {place}", "Dr {first} {last}", "Centre dentaire {place}", "Cabinet {last}"),
        ("Soins", "Implants", "Blanchiment", "Urgences"),
        3,
    ),
    Category(
        "Fleuriste",
        "Florist",
        "florist",
        ("fleuriste", "fleur"),
        ("jardinerie",),
        ("Fleurs {place}", "L'Atelier floral {last}", "Au Bouquet {place}", "{first} Fleurs"),
        ("Bouquets", "Mariage", "Deuil", "Livraison"),
        3,
    ),
    Category(
        "Avocat",
        "Lawyer",
        "lawyer",
        ("avocat", "avocate", "juridique"),
        ("notaire",),
        ("Cabinet {last} Avocats", "Maître {first} {last}", "{last} & Associés", "Cabinet d'avocats {place}"),
        ("Droit de la famille", "Droit du travail", "Droit immobilier", "Honoraires"),
        3,
    ),
    Category(
        "Agence web",
        "Website designer",
        "website_designer",
        ("agence", "web", "webdesign"),
        ("communication",),
        ("Studio {last}", "Agence {place}", "{last} Digital", "L'Atelier web {place}"),
        ("Sites vitrines", "Boutiques en ligne", "Référencement", "Maintenance"),
        2,
    ),
    Category(
        "Hôtel",
        "Hotel",
        "hotel",
        ("hotel", "hebergement"),
        ("spa",),
        ("Hôtel {place}", "Hôtel {last}", "Le Relais {place}", "La Villa {first}"),
        ("Chambres", "Petit-déjeuner", "Séminaires", "Accès"),
        2,
    ),
    Category(
        "Opticien",
        "Optician",
        "optician",
        ("opticien", "optique", "lunette"),
        ("audioprothesiste",),
        ("Optique {last}", "Optique {place}", "{last} Opticiens", "Les Lunettes de {first}"),
        ("Lunettes de vue", "Solaires", "Examen de vue", "Tiers payant"),
        2,
    ),
    Category(
        "Menuisier",
        "Carpenter",
        "carpenter",
        ("menuisier", "menuiserie"),
        ("charpentier", "charpente"),
        ("Menuiserie {last}", "{last} Bois", "L'Atelier {place}", "Ébénisterie {last}"),
        ("Escaliers", "Fenêtres", "Cuisines sur mesure", "Agencement"),
        2,
    ),
)
