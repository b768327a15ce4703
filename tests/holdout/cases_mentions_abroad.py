"""Sites with a legal notice by the law of a neighbour."""

from tests.holdout.studies import either, study
from tests.holdout.templates.shells import Frame, bandeau, tableau

MENTIONS_ABROAD = (
    study(
        "metzgerei-hofstetter.de",
        bandeau,
        Frame("Metzgerei Hofstetter", lang="de"),
        "<h1>Wurst und Fleisch</h1>",
        {
            "mentions_url": "https://metzgerei-hofstetter.de/impressum",
            "mentions_raison_sociale": either("Metzgerei Hofstetter GmbH"),
            "mentions_rcs": None,
            "mentions_email": "info@metzgerei-hofstetter.de",
            "mentions_telephone": "+493023125077",
        },
        pages={
            "/impressum": (
                "Impressum",
                """<h1>Impressum</h1><p>Angaben gemäß § 5 DDG</p><p>Metzgerei Hofstetter GmbH<br>Marktplatz
3<br>13597 Berlin
</p><p>Vertreten durch: Anton Hofstetter</p><p>Telefon: 030 23125077<br>E-Mail: info@metzgerei-hofstetter.de</p>
<p>Registergericht: Amtsgericht Charlottenburg, HRB 98765</p>""",
            )
        },
    ),
    study(
        "menuiserie-dethier.be",
        tableau,
        Frame("Menuiserie Dethier"),
        "<p>Châssis et portes à Verviers.</p>",
        {
            "mentions_url": "https://menuiserie-dethier.be/mentions-legales",
            "mentions_raison_sociale": either("Menuiserie Dethier SRL", "SRL Menuiserie Dethier"),
            "mentions_rcs": None,
            "mentions_capital": None,
            "mentions_hebergeur": either("Combell NV", "Combell"),
            "mentions_email": "info@menuiserie-dethier.be",
            "mentions_telephone": None,
        },
        pages={
            "/mentions-legales": (
                "Mentions légales",
                """<p>Éditeur : Menuiserie Dethier SRL<br>BCE : 0412.345.678<br>Courriel :
info@menuiserie-dethier.be<br>
Hébergeur : Combell NV, Skaldenstraat 121, 9042 Gand, support@combell.com</p>""",
            )
        },
    ),
)
