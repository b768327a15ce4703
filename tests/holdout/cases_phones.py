"""Sites with more numbers than the list has, and digits that nobody can call. The numbers are kept for fiction."""

from tests.holdout.studies import study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

HOST = """<h2>Hébergeur</h2><p>OVH SAS, 2 rue Kellermann, 59100 Roubaix, RCS Lille Métropole 424 761 419 00045.
Téléphone : 09 72 10 10 07</p>"""

PHONES = (
    study(
        "plomberie-garnaud.fr",
        bandeau,
        Frame("Plomberie Garnaud", top='<a class="btn" href="tel:0199001234">01 99 00 12 34</a>'),
        "<h1>Dépannage jour et nuit</h1><p>Bureau : 01 99 00 12 34 - Fax : 01 99 00 12 35<br>Portable : 06 39 "
        "98 12 34</p>",
        {"telephones_extra": "+33639981234", "telephone_mobile": "+33639981234"},
        telephone="01 99 00 12 34",
    ),
    study(
        "cabinet-ferrand-notaires.fr",
        sections,
        Frame("Ferrand Notaires", foot="Office notarial Ferrand"),
        "<p>Deux offices à votre service.</p>",
        {"telephones_extra": "+33465711020", "telephone_mobile": None},
        pages={
            "/contact": (
                "Nous trouver",
                """<h2>Paris</h2><address>8 rue Cadet, 75009 Paris<br>T. +33 (0)1 99 00 40 10<br>F. +33 (0)1 99 00 40 11
</address><h2>Nîmes</h2><address>3 place de la Maison-Carrée, 30000 Nîmes<br>T. +33 (0)4 65 71 10 20<br>
F. +33 (0)4 65 71 10 21</address>""",
            )
        },
        telephone="+33199004010",
    ),
    study(
        "creperie-du-donjon.fr",
        blocs,
        Frame(
            "Crêperie du Donjon",
            foot="<p>Création : Agence Kastell, 02 61 91 77 77 - <a href='tel:+33261917777'>nous appeler</a></p>",
        ),
        "<p>Réservations au 02 61 91 30 12.</p>",
        {"telephones_extra": None, "telephone_mobile": None},
        pages={"/mentions-legales": ("Mentions légales", "<h1>Mentions légales</h1><p>Crêperie du Donjon</p>" + HOST)},
        telephone="02 61 91 30 12",
    ),
    study(
        "elagage-montserrat.fr",
        tableau,
        Frame("Élagage Montserrat", foot="Siret 814 724 639 00012 - Tél. 05.36.49.10.20 - TVA FR36814724639"),
        """<p>Devis sous 48 heures. Fermé du 01 08 24 au 05 09 24. Décennale n° 0536491099877.<br>
Position : 43.6045, 1.4440. Client n° 05364910.</p>""",
        {"telephones_extra": "+33536491020", "telephone_mobile": None},
    ),
    study(
        "ostheopathe-carole-vidal.fr",
        bandeau,
        Frame(
            "Carole Vidal, ostéopathe",
            head="""<script type="application/ld+json">{"@context":"https://schema.org","@type":"MedicalBusiness",
"name":"Carole Vidal","telephone":"+33 4 65 71 55 10","contactPoint":[{"@type":"ContactPoint",
"telephone":"+33-6-39-98-55-10","contactType":"rendez-vous"}],
"openingHours":"Mo-Fr 09:00-12:00","geo":{"latitude":"44.9334","longitude":"4.8924"}}</script>""",
        ),
        "<h1>Ostéopathe à Valence</h1><p>Lundi au vendredi, 09h00 - 12h00 / 14h00 - 19h00. En urgence : le 15 "
        "ou le 112.</p>",
        {"telephones_extra": "+33465715510, +33639985510", "telephone_mobile": "+33639985510"},
    ),
    study(
        "imprimerie-colombier.fr",
        tableau,
        Frame("Imprimerie Colombier"),
        """<table><tr><th>Standard</th><td>03 53 01 22 00</td></tr><tr><th>Télécopie</th><td>03 53 01 22 01</td></tr>
<tr><th>Atelier</th><td>03 53 01 22 02</td></tr><tr><th>SIREN</th><td>823 210 091</td></tr></table>""",
        {"telephones_extra": "+33353012202", "telephone_mobile": None},
        telephone="03 53 01 22 00",
    ),
    study(
        "immobiliere-du-lez.fr",
        application,
        Frame("Immobilière du Lez", top='<a href="tel:+33465718800">Appeler</a>'),
        "<h1>Vendre, louer, gérer</h1><p>Studio 28 m², 640 € par mois. Réf. 0465718899A.</p>",
        {
            "telephones_extra": "+33465718811, +33465718812, +33465718813, +33639988811",
            "telephone_mobile": "+33639988811",
        },
        pages={
            "/equipe": (
                "L'équipe",
                """<div class="card"><h3>Nadia Roussel</h3><p>Transaction<br>04 65 71 88 11</p></div>
<div class="card"><h3>Paul Aubert</h3><p>Location<br>04 65 71 88 12 / 06 39 98 88 11</p></div>
<div class="card"><h3>Inès Morel</h3><p>Syndic<br>04 65 71 88 13</p></div>""",
            )
        },
        telephone="04 65 71 88 00",
    ),
    study(
        "tischlerei-wendt.de",
        bandeau,
        Frame("Tischlerei Wendt", lang="de", foot="Tischlerei Wendt, Berlin"),
        "<h1>Möbel nach Maß</h1><p>Mo-Fr 7:00-16:00</p>",
        {"telephones_extra": "+491713920012", "telephone_mobile": "+491713920012"},
        pages={
            "/impressum": (
                "Impressum",
                """<h1>Impressum</h1><p>Karl Wendt, Gartenstr. 12, 10115 Berlin<br>Telefon: 030 23125 042<br>
Telefax: 030 23125-043<br>Mobil: 0171 39 200 12<br>Steuernummer: 27/123/45678</p>""",
            )
        },
        telephone="+49 30 23125042",
    ),
    study(
        "harbour-lane-dental.co.uk",
        sections,
        Frame("Harbour Lane Dental", lang="en", foot="Company number 01234567. VAT GB 123 4567 82."),
        "<p>Call the practice on 020 7946 0123, or our second surgery on (020) 7946 0456. Open 09:00 - 17:30.</p>",
        {"telephones_extra": "+442079460456", "telephone_mobile": None},
        telephone="020 7946 0123",
    ),
    study(
        "couvreur-sambron.fr",
        blocs,
        Frame("Couverture Sambron"),
        "<p>Toiture, zinguerie, Velux. Appelez le 02 61 91 48 20.</p>",
        {"telephones_extra": "+33261914820", "telephone_mobile": None},
        pages={
            "/mentions-legales": (
                "Mentions légales",
                """<h2>Éditeur</h2><p>EURL Sambron, 2 impasse du Four, 44500 La Baule, 02 61 91 48 20</p>
<h2>Assurance</h2><p>Garantie décennale : Mutuelle du Bâtiment Ligérien, 14 quai Ceineray, Nantes, tél. 02 61 91 90
01</p>
<h2>Médiation</h2><p>Médiateur de la consommation : Médiation Ouest, tél. 02 61 91 90 02</p>
<h2>Vos données</h2><p>Réclamation : CNIL, 3 place de Fontenoy, 75007 Paris, tél. 01 53 73 22 22</p>"""
                + HOST,
            )
        },
    ),
    study(
        "taxi-du-hurepoix.fr",
        bandeau,
        Frame("Taxi du Hurepoix"),
        "<h1>Gares, aéroports, hôpitaux</h1><p>Tél : 0199007010/0639987010</p><!-- ancien : 06 39 98 99 99 -->"
        "<script>var suivi = {id: '0639980001', mobile: '0639980002'};</script>",
        {"telephones_extra": "+33199007010, +33639987010", "telephone_mobile": "+33639987010"},
    ),
    study(
        "psychologue-anna-keller.fr",
        sections,
        Frame(
            "Anna Keller, psychologue",
            foot='<a href="tel:%2B33%206%2039%2098%2061%2061" title="Appeler"><i class="tel"></i></a>',
        ),
        "<p>Cabinet à Strasbourg. N° ADELI 679312345. Séance 60 €.</p>",
        {"telephones_extra": "+33639986161", "telephone_mobile": "+33639986161"},
    ),
    study(
        "gite-des-aulnes.fr",
        tableau,
        Frame("Gîte des Aulnes"),
        "<p>Location à la semaine : 450,00 € - 690,00 €.<br>Chez M. et Mme Dulac : (33) 3.53.01.66.40</p>",
        {"telephones_extra": None, "telephone_mobile": None},
        telephone="0353016640",
    ),
    study(
        "brasserie-des-hauts-fonds.be",
        bandeau,
        Frame("Brasserie des Hauts-Fonds"),
        "<h1>Bières artisanales</h1><p>Bureau pour la France : 0033 3 53 01 44 55. TVA BE 0412.345.678. "
        "IBAN BE68 5390 0754 7034.</p>",
        {"telephones_extra": "+33353014455", "telephone_mobile": None},
    ),
    study(
        "harmonie-municipale-de-guise.fr",
        tableau,
        Frame("Harmonie municipale de Guise"),
        """<p>Fondée le 03.06.1891, 45 musiciens. RNA W021001234. IBAN FR76 3000 6000 0112 3456 7890 189. Licence
d'entrepreneur de spectacles 2-0353018899. Prochain concert : 21/06/2025 20:30.<br>Renseignements auprès du président :
06-39-98-02-10.</p>""",
        {"telephones_extra": "+33639980210", "telephone_mobile": "+33639980210"},
    ),
    study(
        "poterie-de-la-bresse.fr",
        bandeau,
        Frame(
            "Poterie de la Bresse",
            head="""<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite",
"name":"Poterie de la Bresse","creator":{"@type":"Organization","name":"Agence Saône Digitale",
"telephone":"+33 3 53 01 70 70"}},{"@type":"Store","name":"Poterie de la Bresse","telephone":"03 53 01 71
71"}]}</script>""",
        ),
        "<h1>Grès et faïence</h1><p>Revendeur à Lyon : Galerie Ombre, voir <a "
        'href="https://galerie-ombre.fr">son site</a>.</p>',
        {"telephones_extra": "+33353017171", "telephone_mobile": None},
    ),
)
