"""Sites that publish prices as plans, menus, tables or offers, and sites whose amounts are no prices of theirs."""

from collections.abc import Mapping

from tests.holdout.kinds import Column
from tests.holdout.studies import Told, either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

NOTHING: Mapping[Column, Told] = {
    "pricing_found": None,
    "pricing_min": None,
    "pricing_max": None,
    "pricing_currency": None,
    "pricing_period": None,
    "pricing_free_trial": None,
    "pricing_url": None,
}


def _prices(
    url: str, low: float, high: float, period: Told, *, currency: str = "EUR", trial: bool = False
) -> Mapping[Column, Told]:
    return {
        "pricing_found": True,
        "pricing_min": low,
        "pricing_max": high,
        "pricing_currency": currency,
        "pricing_period": period,
        "pricing_free_trial": trial,
        "pricing_url": url,
    }


PRICES = (
    study(
        "devisio-app.fr",
        application,
        Frame("Devisio"),
        "<h1>Vos devis en ligne</h1><p>Essai gratuit de 14 jours, sans carte bancaire.</p>",
        _prices("https://devisio-app.fr/tarifs", 19, 89, "month", trial=True),
        pages={
            "/tarifs": (
                "Tarifs",
                """<h1>Des tarifs simples</h1><div class="grid"><div class="plan"><h3>Solo</h3><p><b>19 €</b> HT /
mois</p>
<ul><li>1 utilisateur</li><li>50 devis</li></ul><a>Essayer gratuitement</a></div><div class="plan"><h3>Équipe</h3>
<p><b>49 €</b> HT / mois</p><ul><li>5 utilisateurs</li></ul><a>Essayer gratuitement</a></div><div class="plan">
<h3>Agence</h3><p><b>89 €</b> HT / mois</p><ul><li>20 utilisateurs</li></ul></div><div class="plan"><h3>Grand
compte</h3>
<p>Sur devis</p></div></div>""",
            )
        },
    ),
    study(
        "coiffure-eclat-morlaix.fr",
        blocs,
        Frame("Coiffure Éclat"),
        "<p>Sans rendez-vous le jeudi.</p>",
        _prices("https://coiffure-eclat-morlaix.fr/nos-tarifs", 12, 95, either("once", None)),
        pages={
            "/nos-tarifs": (
                "Nos tarifs",
                """<h2>Femmes</h2><table><tr><td>Coupe brushing</td><td>42 €</td></tr><tr><td>Couleur</td><td>38,50
€</td>
</tr><tr><td>Balayage</td><td>95 €</td></tr></table><h2>Enfants</h2><table><tr><td>Moins de 6 ans</td><td>12 €</td></tr>
</table>""",
            )
        },
    ),
    study(
        "terrassement-bousquet.fr",
        tableau,
        Frame("Terrassement Bousquet", foot="SARL au capital de 15 000 €"),
        "<p>Étude et devis gratuits. Garantie décennale jusqu'à 500 000 €. Plus de 2 M€ de travaux depuis 2003.</p>",
        NOTHING,
    ),
    study(
        "meubles-en-pin-savoie.fr",
        bandeau,
        Frame("Meubles en pin de Savoie"),
        """<h1>Soldes d'hiver</h1><ul class="products"><li><h3>Table de chalet</h3><del>890,00 €</del>
<ins>690,00 €</ins></li><li><h3>Tabouret</h3><s>75,00 €</s> <b>59,00 €</b></li><li><h3>Buffet</h3><span>1 290,00
€</span>
</li></ul><p>Livraison : 49 € ; offerte dès 1 500 € d'achat.</p>""",
        _prices("https://meubles-en-pin-savoie.fr/", 59, 1290, either("once", None)),
    ),
    study(
        "salle-de-sport-vitalis.fr",
        sections,
        Frame("Vitalis"),
        """<h2>Abonnements</h2><div class="card"><h3>Liberté</h3><p class="price">34,90 €<small>/mois</small></p>
<p>Sans engagement</p></div><div class="card"><h3>Annuel</h3><p class="price">24,90 €<small>/mois</small></p>
<p>Engagement 12 mois</p></div><div class="card"><h3>Étudiant</h3><p class="price">19,90 €<small>/mois</small></p></div>
<p>Une séance d'essai gratuite vous attend.</p>""",
        {
            **_prices("https://salle-de-sport-vitalis.fr/", 19.9, 34.9, "month"),
            "pricing_free_trial": either(True, None),
        },
    ),
    study(
        "trattoria-del-porto-sete.fr",
        blocs,
        Frame("Trattoria del Porto"),
        "<p>Pâtes fraîches maison, pizzas au feu de bois.</p>",
        _prices("https://trattoria-del-porto-sete.fr/la-carte", 6.5, 24, either("once", None)),
        pages={
            "/la-carte": (
                "La carte",
                """<h2>Antipasti</h2><p>Burrata ..... 11,50 €</p><p>Bruschetta ..... 6,50 €</p><h2>Pizze</h2>
<p>Margherita ..... 12,00 €</p><p>Tartufo ..... 18,00 €</p><h2>Secondi</h2><p>Osso buco ..... 24,00 €</p>""",
            )
        },
    ),
    study(
        "paieclair.fr",
        application,
        Frame("PaieClair"),
        "<h1>La paie sans stress</h1>",
        {
            "pricing_found": True,
            "pricing_min": 290,
            "pricing_max": 990,
            "pricing_currency": "EUR",
            "pricing_period": "year",
            "pricing_free_trial": None,
            "pricing_url": "https://paieclair.fr/pricing",
        },
        pages={
            "/pricing": (
                "Tarifs",
                """<div class="plan"><h3>Essentiel</h3><p>290 € HT par an</p></div><div
class="plan"><h3>Pro</h3><p>590 € HT
par an</p></div><div class="plan"><h3>Expert</h3><p>990 € HT par an</p></div><p>Plus de 1 200 clients
satisfaits.</p>""",
            )
        },
    ),
    study(
        "velo-electrique-annecy.fr",
        bandeau,
        Frame(
            "Vélo électrique Annecy",
            head="""<script
type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Vélo Glacier",
"offers":{"@type":"AggregateOffer","lowPrice":"1890.00","highPrice":"3490.00","priceCurrency":"EUR"}}</script>""",
        ),
        "<h1>Le Glacier</h1><p>Moteur central, batterie 625 Wh, 24 kg.</p>",
        _prices("https://velo-electrique-annecy.fr/", 1890, 3490, either("once", None)),
    ),
    study(
        "hundeschule-rosenthal.de",
        sections,
        Frame("Hundeschule Rosenthal", lang="de"),
        "<p>Welpenkurse in Leipzig.</p>",
        _prices("https://hundeschule-rosenthal.de/preise", 18, 149, either("once", None)),
        pages={
            "/preise": (
                "Preise",
                """<table><tr><td>Einzelstunde</td><td>45,00 €</td></tr><tr><td>Gruppenstunde</td><td>18,00 €</td></tr>
<tr><td>Welpenkurs, 8 Stunden</td><td>149,00 €</td></tr></table><p>Alle Preise inkl. MwSt.</p>""",
            )
        },
    ),
    study(
        "rotaplan.co.uk",
        application,
        Frame("Rotaplan", lang="en"),
        "<h1>Staff rotas that write themselves</h1>",
        _prices("https://rotaplan.co.uk/pricing", 12, 39, "month", currency="GBP", trial=True),
        pages={
            "/pricing": (
                "Pricing",
                """<div class="tier"><h3>Starter</h3><p>£12<span>/month</span></p></div><div
class="tier"><h3>Growth</h3>
<p>£39<span>/month</span></p></div><div class="tier"><h3>Enterprise</h3><p>Contact us</p></div>
<p>Every plan starts with a 30-day free trial. Prices exclude VAT.</p>""",
            )
        },
    ),
    study(
        "cabinet-dentaire-chaux.ch",
        bandeau,
        Frame("Cabinet dentaire de la Chaux"),
        "<h1>Soins et prévention</h1>",
        _prices("https://cabinet-dentaire-chaux.ch/tarifs", 90, 160, either("once", None), currency="CHF"),
        pages={
            "/tarifs": (
                "Tarifs",
                "<ul><li>Contrôle annuel : CHF 90.-</li><li>Détartrage : CHF 135.-</li><li>Blanchiment : CHF "
                "160.-</li></ul>",
            )
        },
    ),
    study(
        "avocat-delorme-liege.be",
        sections,
        Frame("Maître Delorme"),
        "<h2>Honoraires</h2><p>Nos honoraires font l'objet d'une convention ; tarif sur demande.</p>"
        "<p>Affaire gagnée : 45 000 € d'indemnités pour notre cliente.</p>",
        {"pricing_found": None, "pricing_min": None, "pricing_max": None, "pricing_free_trial": None},
    ),
    study(
        "hotel-du-beffroi-douai.fr",
        bandeau,
        Frame("Hôtel du Beffroi"),
        "<h1>Au cœur de la ville</h1>",
        {
            "pricing_found": True,
            "pricing_max": 140,
            "pricing_currency": "EUR",
            "pricing_free_trial": None,
            "pricing_url": "https://hotel-du-beffroi-douai.fr/chambres-et-tarifs",
        },
        pages={
            "/chambres-et-tarifs": (
                "Chambres et tarifs",
                """<table><thead><tr><th>Chambre</th><th>Basse saison</th><th>Haute
saison</th></tr></thead><tbody><tr><td>Simple
</td><td>78 €</td><td>92 €</td></tr><tr><td>Double</td><td>95 €</td><td>118 €</td></tr><tr><td>Suite</td><td>125 €</td>
<td>140 €</td></tr></tbody></table><p>Petit-déjeuner : 12 €. Taxe de séjour : 0,80 €.</p>""",
            ),
            "/contact": ("Contact", "<p>Dépôt de garantie pour les groupes : 800 €.</p>"),
        },
    ),
    study(
        "archives-moreau-generalogie.fr",
        tableau,
        Frame("Recherches Moreau"),
        "<p>Sur devis uniquement. Budget communal de 1793 : 12 000 livres. Tél. 03 53 01 40 40, ouvert à 9 h 30.</p>",
        NOTHING,
    ),
    study(
        "formation-soudure-ardennes.fr",
        sections,
        Frame(
            "Soudure Ardennes Formation",
            head="""<script
type="application/ld+json">[{"@type":"Course","name":"TIG","offers":{"@type":"Offer","price":"1450",
"priceCurrency":"EUR"}},{"@type":"Course","name":"MIG","offers":{"@type":"Offer","price":"980","priceCurrency":"EUR"}}]
</script>""",
        ),
        "<p>Financement jusqu'à 2 500 € par votre OPCO. Plus de 300 stagiaires par an.</p>",
        _prices("https://formation-soudure-ardennes.fr/", 980, 1450, either("once", None)),
    ),
)
