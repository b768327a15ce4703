"""Sites with a legal notice: as a list, in sentences, in tables and forms, beside the host's and the maker's own.

The publishers' numbers are invented, with sound checksums. Those of the hosts are public facts.
"""

from collections.abc import Mapping
from typing import get_args

from tests.holdout.kinds import Column, MentionColumn
from tests.holdout.studies import Told, either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

LABEL = "Mentions légales"


def _mentions(url: str, **known: Told) -> Mapping[Column, Told]:
    """All eight columns; what is not named does not stand there."""
    columns: tuple[MentionColumn, ...] = get_args(MentionColumn)
    return {
        column: url if column == "mentions_url" else known.get(column.removeprefix("mentions_")) for column in columns
    }


MENTIONS = (
    study(
        "maison-taillandier.fr",
        bandeau,
        Frame("Maison Taillandier"),
        "<h1>Traiteur à Limoges</h1>",
        _mentions(
            "https://maison-taillandier.fr/mentions-legales",
            raison_sociale=either("Maison Taillandier SARL", "SARL Maison Taillandier"),
            capital="10 000 €",
            rcs="RCS Limoges 874 618 051",
            directeur=either("Hélène Taillandier", "Mme Hélène Taillandier"),
            hebergeur=either("OVH", "OVH SAS"),
            email="bonjour@maison-taillandier.fr",
            telephone="+33536491201",
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<h1>Mentions légales</h1><ul><li><b>Raison sociale :</b> Maison Taillandier SARL</li>
<li><b>Capital social :</b> 10 000 €</li><li><b>RCS :</b> Limoges 874 618 051</li>
<li><b>Siège :</b> 5 rue du Consulat, 87000 Limoges</li><li><b>Téléphone :</b> 05 36 49 12 01</li>
<li><b>E-mail :</b> bonjour@maison-taillandier.fr</li>
<li><b>Directrice de la publication :</b> Mme Hélène Taillandier</li>
<li><b>Hébergeur :</b> OVH SAS, 2 rue Kellermann, 59100 Roubaix, tél. 1007</li></ul>""",
            )
        },
    ),
    study(
        "kerloch-nautic.fr",
        sections,
        Frame("Kerloc'h Nautic"),
        "<p>Vente et entretien de bateaux.</p>",
        _mentions(
            "https://kerloch-nautic.fr/mentions-legales/",
            raison_sociale=either(
                "Kerloc'h Nautic", "Kerloc'h Nautic, SAS", "Kerloc'h Nautic SAS", "SAS Kerloc'h Nautic"
            ),
            capital=either("45 000 euros", "45 000 €"),
            rcs="RCS Brest 888 872 728",
            directeur=either("Yann Kerloc'h", "Monsieur Yann Kerloc'h"),
            hebergeur=either("Scaleway SAS", "Scaleway"),
        ),
        pages={
            "/mentions-legales/": (
                LABEL,
                """<p>Le site kerloch-nautic.fr est édité par la société Kerloc'h Nautic, SAS au capital de 45 000
euros,
immatriculée au RCS de Brest sous le numéro 888 872 728, dont le siège social est situé quai de la Douane, 29200 Brest.
</p><p>Le directeur de la publication est Monsieur Yann Kerloc'h, en sa qualité de président.</p>
<p>Le site est hébergé par la société Scaleway SAS, BP 438, 75366 Paris Cedex 08, immatriculée au RCS de Paris sous le
numéro 433 115 904, au capital de 214 410,50 €.</p>""",
            )
        },
    ),
    study(
        "cabinet-moreau-expertise.fr",
        tableau,
        Frame("Cabinet Moreau"),
        "<p>Expertise comptable et audit.</p>",
        _mentions(
            "https://cabinet-moreau-expertise.fr/legal.html",
            raison_sociale=either("SELARL Moreau & Associés", "Moreau & Associés"),
            capital="120.000 €",
            rcs="RCS Angers 897 730 123",
            directeur="Bruno Moreau",
            hebergeur=either("IONOS SARL", "IONOS"),
            email="contact@cabinet-moreau-expertise.fr",
            telephone="+33261914040",
        ),
        pages={
            "/legal.html": (
                LABEL,
                """<table><tr><td>Dénomination sociale</td><td>SELARL Moreau &amp; Associés</td></tr>
<tr><td>Capital</td><td>120.000 €</td></tr><tr><td>Immatriculation</td><td>897 730 123 RCS Angers</td></tr>
<tr><td>Responsable de la publication</td><td>Bruno Moreau</td></tr><tr><td>Téléphone</td><td>02.61.91.40.40</td></tr>
<tr><td>Télécopie</td><td>02.61.91.40.41</td></tr><tr><td>Courriel</td><td>contact@cabinet-moreau-expertise.fr</td></tr>
<tr><td>Hébergement</td><td>IONOS SARL, 7 place de la Gare, 57200 Sarreguemines, RCS Sarreguemines 431 303 775</td></tr>
</table>""",
            )
        },
    ),
    study(
        "moulin-de-sancerre.fr",
        blocs,
        Frame("Les Amis du Moulin de Sancerre"),
        "<p>Visites le dimanche.</p>",
        _mentions(
            "https://moulin-de-sancerre.fr/mentions",
            raison_sociale=either(
                "Association Les Amis du Moulin de Sancerre",
                "Les Amis du Moulin de Sancerre",
                "l'association Les Amis du Moulin de Sancerre",
            ),
            directeur=either("Josette Pinson", "Mme Josette Pinson"),
            hebergeur=either("o2switch", "o2switch SARL"),
            email="moulin@moulin-de-sancerre.fr",
        ),
        pages={
            "/mentions": (
                LABEL,
                """<h2>Qui édite ce site ?</h2><p>Association Les Amis du Moulin de Sancerre<br>Mairie, 18300
Sancerre<br>
moulin@moulin-de-sancerre.fr</p><h2>Directrice de la publication</h2><p>Mme Josette Pinson, présidente</p>
<h2>Hébergeur</h2><p>o2switch<br>222-224 boulevard Gustave Flaubert<br>63000 Clermont-Ferrand<br>04 65 71 60 01</p>""",
            )
        },
    ),
    study(
        "tournelia-logistique.fr",
        application,
        Frame("Tournelia Logistique"),
        "<h1>Logiciel de tournées</h1>",
        _mentions(
            "https://tournelia-logistique.fr/legal/mentions-legales",
            raison_sociale=either("TOURNELIA", "TOURNELIA SAS", "SAS TOURNELIA"),
            capital="52 340,00 €",
            rcs="RCS Nanterre 796 076 966",
            directeur=either("Sarah Benhamou", "Madame Sarah Benhamou"),
            hebergeur=either("Amazon Web Services EMEA SARL", "Amazon Web Services"),
            email="hello@tournelia-logistique.fr",
        ),
        pages={
            "/legal/mentions-legales": (
                LABEL,
                """<h2>Éditeur</h2><p>TOURNELIA</p><p>Société par actions simplifiée au capital de 52 340,00 €</p>
<p>RCS Nanterre 796 076 966</p><p>12 rue Baudin, 92300 Levallois-Perret</p>
<p>Contact : <a href="mailto:hello@tournelia-logistique.fr">hello@tournelia-logistique.fr</a></p>
<h2>Directeur de la publication</h2><p>Madame Sarah Benhamou</p><h2>Hébergement</h2><p>Amazon Web Services EMEA SARL<br>
38 avenue John F. Kennedy, L-1855 Luxembourg</p><h2>Propriété intellectuelle</h2><p>Toute reproduction
interdite.</p>""",
            )
        },
    ),
    study(
        "ferronnerie-lagarde.fr",
        bandeau,
        Frame("Ferronnerie Lagarde"),
        "<h1>Portails et garde-corps</h1>",
        _mentions(
            "https://ferronnerie-lagarde.fr/mentions-legales",
            raison_sociale=either("EURL Ferronnerie Lagarde", "Ferronnerie Lagarde"),
            capital="5000 €",
            rcs="RCS Périgueux 823 210 091",
            directeur=either("Michel Lagarde", "M. Michel Lagarde"),
            hebergeur=either("OVH", "OVH SAS"),
            telephone="+33536497070",
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<h2>Identification</h2><p>EURL Ferronnerie Lagarde au capital de 5000 € - R.C.S. Périgueux 823
210 091 -
Gérant : M. Michel Lagarde - Tél. 05 36 49 70 70</p><h2>Création du site</h2><p>Agence Fil Rouge, SARL au capital de
20 000 €, RCS Bordeaux 305 888 299, gérante : Lucie Cazals, 05 36 49 88 88, studio@agence-filrouge.fr</p>
<h2>Hébergement</h2><p>OVH - SAS au capital de 10 174 560 € - RCS Lille Métropole 424 761 419 00045</p>""",
            )
        },
    ),
    study(
        "camille-renaud-sophrologue.fr",
        sections,
        Frame("Camille Renaud"),
        "<p>Sophrologue à Dijon.</p>",
        _mentions(
            "https://camille-renaud-sophrologue.fr/mentions-legales",
            raison_sociale=either("Camille Renaud EI", "Camille Renaud", "EI Camille Renaud"),
            directeur="Camille Renaud",
            hebergeur=either("Wix.com Ltd", "Wix.com Ltd.", "Wix", "Wix.com"),
            email="camille@camille-renaud-sophrologue.fr",
            telephone="+33639983030",
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<p>Éditeur du site : Camille Renaud EI<br>Adresse : 6 rue Monge, 21000 Dijon<br>
Téléphone : 06 39 98 30 30<br>Email : camille@camille-renaud-sophrologue.fr<br>
Directrice de publication : Camille Renaud<br>Hébergeur : Wix.com Ltd, 40 Namal Tel Aviv St., Tel Aviv</p>""",
            )
        },
    ),
    study(
        "relais-de-la-chartreuse.fr",
        blocs,
        Frame("Le Relais de la Chartreuse"),
        "<p>Auberge et chambres.</p>",
        {
            "mentions_raison_sociale": either(
                "Société Hôtelière du Guiers", "Société Hôtelière du Guiers, SAS", "Société Hôtelière du Guiers SAS"
            ),
            "mentions_capital": "76 224,51 €",
            "mentions_rcs": "RCS Grenoble 906 619 820",
            "mentions_directeur": "Philippe Arnaud",
            "mentions_hebergeur": either("Infomaniak Network SA", "Infomaniak"),
        },
        pages={
            "/infos-legales": (
                "Informations légales",
                """<p>Ce site est la propriété de la Société Hôtelière du Guiers, SAS au capital de 76 224,51 €,
RCS Grenoble
906 619 820.<br>Président et directeur de la publication : Philippe Arnaud<br>Hébergement : Infomaniak Network SA, rue
Eugène-Marziano 25, 1227 Genève<br>Crédits photos : Louise Perrin, Gérard Blanc</p>""",
            )
        },
    ),
    study(
        "cave-du-prieure-beaune.fr",
        tableau,
        Frame("Cave du Prieuré"),
        "<p>Vins de Bourgogne.</p>",
        _mentions(
            "https://cave-du-prieure-beaune.fr/cgv",
            raison_sociale=either("SCEA Cave du Prieuré", "Cave du Prieuré"),
            capital="30 489 €",
            rcs="RCS Dijon 819 779 950",
            email="cave@cave-du-prieure-beaune.fr",
        ),
        pages={
            "/cgv": (
                "Conditions générales de vente",
                """<h1>Conditions générales de vente</h1><p>Les ventes sont conclues avec la SCEA Cave du Prieuré,
au capital
de 30 489 €, immatriculée au RCS de Dijon sous le n° 819 779 950, 2 rue du Prieuré, 21200 Beaune. Adresse électronique :
cave@cave-du-prieure-beaune.fr.</p><h2>Frais de port</h2><p>Offerts dès 300 €.</p>""",
            )
        },
    ),
    study(
        "ecole-de-voile-du-blavet.fr",
        bandeau,
        Frame("École de voile du Blavet"),
        "<h1>Stages d'été</h1>",
        {
            "mentions_rcs": None,
            "mentions_capital": None,
            "mentions_hebergeur": either("Gandi SAS", "Gandi"),
            "mentions_directeur": either("Erwan Le Gall", "M. Erwan Le Gall"),
        },
        pages={
            "/mentions-legales": (
                LABEL,
                "<h2>Direction de la publication</h2><p>Directeur de la publication : M. Erwan Le Gall</p>"
                "<h2>Hébergement</h2><p>Ce site est hébergé chez Gandi SAS, 63-65 boulevard Masséna, 75013 Paris, "
                "RCS Paris 423 093 459, capital de 800 000 €.</p>",
            )
        },
    ),
    study(
        "carrelage-piemontesi.fr",
        sections,
        Frame("Carrelage Piemontesi"),
        "<p>Pose de carrelage et faïence.</p>",
        _mentions(
            "https://carrelage-piemontesi.fr/mentions-legales",
            raison_sociale=either("SASU Piemontesi", "Piemontesi"),
            capital="1 000 €",
            directeur=either("Dino Piemontesi"),
            hebergeur=either("Hostinger International Ltd", "Hostinger"),
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<p><u>Société</u> : SASU Piemontesi</p><p><u>Au capital de</u> : 1 000 €</p><p><u>RCS</u> : Nice
909 387 871
</p><p><u>Directeur de publication</u> : Dino Piemontesi</p><p><u>Webmaster</u> : Kevin Rossi</p>
<p><u>Hébergeur du site</u> : Hostinger International Ltd, 61 Lordou Vironos, Larnaca</p>""",
            )
        },
    ),
    study(
        "depannage-volets-faure.fr",
        blocs,
        Frame("Volets Faure", foot="<p>© Volets Faure, tous droits réservés</p>"),
        "<p>Réparation de volets roulants à Avignon.</p>",
        _mentions(
            "https://depannage-volets-faure.fr/mentions-legales",
            raison_sociale=either("SARL Volets Faure", "Volets Faure", "Volets Faure SARL"),
            capital="7 622,45 €",
            rcs="RCS Avignon 424 731 255",
            directeur=either("Thierry Faure", "M. Thierry Faure"),
            hebergeur=either("OVH", "OVH SAS"),
            email="contact@depannage-volets-faure.fr",
            telephone="+33465719191",
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<h1>1. Présentation du site</h1><p>En application de la loi pour la confiance dans l'économie
numérique, voici
qui intervient sur ce site :</p><p><strong>Propriétaire</strong> : SARL Volets Faure - Capital social de 7 622,45 €
- RCS
Avignon 424 731 255 - 18 route de Morières, 84000 Avignon<br><strong>Créateur</strong> : Agence Mistral Web, SARL au
capital de 3 000 €, RCS Nîmes 402 880 603<br><strong>Responsable de la publication</strong> : M. Thierry Faure -
contact@depannage-volets-faure.fr - 04 65 71 91 91<br><strong>Webmaster</strong> : Agence Mistral Web -
aide@mistral-web.fr<br><strong>Hébergeur</strong> : OVH - 2 rue Kellermann 59100 Roubaix</p>""",
            )
        },
    ),
    study(
        "cooperative-les-semailles.fr",
        sections,
        Frame("Les Semailles"),
        "<p>Magasin bio et coopératif.</p>",
        _mentions(
            "https://cooperative-les-semailles.fr/mentions-legales",
            raison_sociale=either("SCOP Les Semailles", "Les Semailles", "Les Semailles SCOP"),
            capital=either("18 500 €", "18 500 € variable"),
            rcs="RCS Rennes 869 705 681",
            directeur=either("Anne-Lise Bodin", "Mme Anne-Lise Bodin"),
            hebergeur=either("Infomaniak Network SA", "Infomaniak"),
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<h2>Éditeur</h2><p>SCOP Les Semailles, société à capital variable<br>Capital : 18 500 €<br>869
705 681
R.C.S. Rennes</p><h2>Gérance</h2><p>Gérante : Mme Anne-Lise Bodin</p><h2>Assureur</h2><p>Mutuelle des Coopératives,
12 rue de Paris, 75010 Paris, RCS Paris 380 769 422</p><h2>Hébergeur</h2><p>Infomaniak Network SA<br>Genève,
Suisse</p>""",
            )
        },
    ),
    study(
        "toilettage-canin-mirepoix.fr",
        bandeau,
        Frame("Poil et Patte"),
        "<h1>Toilettage à Mirepoix</h1>",
        _mentions(
            "https://toilettage-canin-mirepoix.fr/mentions-legales",
            raison_sociale=either(
                "Julie Estève EI", "Julie Estève", "Poil et Patte", "Poil et Patte - Julie Estève EI"
            ),
            directeur="Julie Estève",
            hebergeur=either("IONOS SARL", "IONOS"),
            telephone="+33536492626",
        ),
        pages={
            "/mentions-legales": (
                LABEL,
                """<table><tr><td>Éditrice</td><td>Julie Estève EI</td></tr><tr><td>SIREN</td><td>301 377 065</td></tr>
<tr><td>Téléphone</td><td>05 36 49 26 26</td></tr><tr><td>Directrice de la publication</td><td>Julie Estève</td></tr>
<tr><td>Hébergeur</td><td>IONOS SARL, SARL au capital de 100 000 €, RCS Sarreguemines 431 303 775</td></tr></table>""",
            )
        },
    ),
)
