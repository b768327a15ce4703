"""Sites with marketing tools as their vendors embed them, waiting for consent, taken out, or only talked about."""

from collections.abc import Mapping
from typing import get_args

from tests.holdout import tags, traps
from tests.holdout.kinds import AdsColumn, Column
from tests.holdout.studies import Told, either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

CRISP = (
    '<script>window.$crisp=[];window.CRISP_WEBSITE_ID="5b1f7c1a-2222-4333-8444-555566667777";(function(){'
    'var d=document;var s=d.createElement("script");s.src="https://client.crisp.chat/l.js";s.async=1;'
    'd.getElementsByTagName("head")[0].appendChild(s);})();</script>'
)
INTERCOM = (
    "<script>window.intercomSettings={api_base:'https://api-iam.intercom.io',app_id:'k3v9qz1x'};(function(){"
    "var s=document.createElement('script');s.async=true;s.src='https://widget.intercom.io/widget/k3v9qz1x';"
    "document.head.appendChild(s);})();</script>"
)
HUBSPOT = '<script id="hs-script-loader" async defer src="//js-eu1.hs-scripts.com/26112233.js"></script>'
KLAVIYO = '<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=XyZ1Ab"></script>'
BREVO_FORM = (
    '<form id="sib-form" method="POST" action="https://5f3a1b2c.sibforms.com/serve/MUIFAB12cd34ef56">'
    '<input name="EMAIL" type="email"></form><script defer src="https://sibforms.com/forms/end-form/build/main.js"></script>'
)
MAILCHIMP = (
    '<form action="https://atelier.us21.list-manage.com/subscribe/post?u=0a1b2c3d4e5f&amp;id=9f8e7d" method="post">'
    '<input type="email" name="EMAIL"></form>'
)


def _tools(**known: Told) -> Mapping[Column, Told]:
    """What is named; the two booleans follow from the pixels, and a page without anything scores 0."""
    listed = set(str(known.get("pixels_detected") or "").split(", "))
    columns: tuple[AdsColumn, ...] = get_args(AdsColumn)
    told: dict[Column, Told] = {column: known.get(column) for column in columns if column != "ads_score"}
    told["pixel_meta"] = "meta" in listed
    told["pixel_google_ads"] = "google_ads" in listed
    if "ads_score" in known:
        told["ads_score"] = known["ads_score"]
    return told


MARKETING = (
    study(
        "literie-du-berry.fr",
        blocs,
        Frame("Literie du Berry", head=tags.META.head + tags.GA4.head + tags.AXEPTIO.body, tail=CRISP),
        "<p>Matelas, sommiers, canapés convertibles.</p>",
        _tools(pixels_detected="meta", cmp_vendor="axeptio", chat_widgets="crisp"),
    ),
    study(
        "fromagerie-des-combes.fr",
        tableau,
        Frame("Fromagerie des Combes"),
        "<p>Comté, morbier, cancoillotte.</p>" + traps.SOCIAL_LINKS.body,
        _tools(ads_score=0),
    ),
    study(
        "agence-clic-et-co.fr",
        bandeau,
        Frame("Clic & Co", head=tags.TAG_MANAGER.head, tail=tags.TAG_MANAGER.body),
        "<h1>Google Ads, Meta Ads, HubSpot</h1><p>Nous installons votre pixel Facebook, Axeptio et Crisp. "
        'Partenaire <a href="https://www.hubspot.fr/">HubSpot</a> et <a href="https://www.brevo.com/fr/">Brevo</a>.</p>',
        _tools(ads_score=0),
    ),
    study(
        "cuisines-bellecombe.fr",
        sections,
        Frame("Cuisines Bellecombe", head=traps.COMMENTED_OUT.head),
        "<p>Cuisines sur mesure.</p><!-- " + CRISP + " -->" + traps.CODE_SAMPLE.body,
        _tools(ads_score=0),
    ),
    study(
        "residence-seniors-arpege.fr",
        blocs,
        Frame(
            "Résidence Arpège",
            head=tags.COOKIEBOT.head
            + '<script type="text/plain" data-cookieconsent="marketing">!function(f,b){f.fbq=function(){};var t='
            "b.createElement('script');t.src='https://connect.facebook.net/fr_FR/fbevents.js';b.head.appendChild(t)}"
            "(window,document);fbq('init','774411225588963');fbq('track','PageView');</script>"
            '<script type="text/plain" data-cookieconsent="marketing" async '
            'src="https://www.googletagmanager.com/gtag/js?id=AW-11223344556"></script>',
        ),
        "<p>Appartements avec services.</p>",
        _tools(pixels_detected="google_ads, meta", cmp_vendor="cookiebot", retargeting=either(None, "google_ads")),
    ),
    study(
        "factulis.fr",
        application,
        Frame(
            "Factulis",
            head=tags.LINKEDIN.body + tags.GOOGLE_ADS.head + tags.DIDOMI.head,
            tail=INTERCOM + HUBSPOT,
        ),
        "<h1>La facture électronique, prête pour la réforme</h1>",
        _tools(
            pixels_detected="google_ads, linkedin",
            crm_detected="hubspot",
            chat_widgets=either("intercom", "hubspot, intercom"),
            cmp_vendor="didomi",
            retargeting=either(None, "google_ads"),
        ),
    ),
    study(
        "maroquinerie-solange.fr",
        bandeau,
        Frame(
            "Maroquinerie Solange",
            head=tags.META.head + tags.PINTEREST.head + tags.TIKTOK.head + KLAVIYO,
            foot=traps.SOCIAL_LINKS.body,
        ),
        "<h1>Sacs cousus main</h1>",
        _tools(pixels_detected="meta, pinterest, tiktok", crm_detected="klaviyo"),
    ),
    study(
        "electromenager-bastide.fr",
        sections,
        Frame("Électroménager Bastide", head=tags.CRITEO.head, tail=tags.ADROLL.head),
        "<p>Lave-linge, four, réfrigérateur.</p>",
        _tools(pixels_detected=either(None, "criteo", "adroll", "adroll, criteo"), retargeting="adroll, criteo"),
    ),
    study(
        "atelier-poterie-ocre.fr",
        blocs,
        Frame("Atelier Ocre", foot="<h3>La lettre</h3>" + BREVO_FORM),
        "<p>Cours de tournage.</p>",
        _tools(crm_detected="brevo"),
    ),
    study(
        "librairie-le-marque-page.fr",
        bandeau,
        Frame("Le Marque-Page", foot="<h3>Infolettre</h3>" + MAILCHIMP),
        "<h1>Rencontres et dédicaces</h1>",
        _tools(crm_detected="mailchimp"),
    ),
    study(
        "piscines-azurea.fr",
        sections,
        Frame(
            "Piscines Azuréa",
            head=tags.TARTEAUCITRON.head,
            tail=tags.META_BY_TARTEAUCITRON.body
            + "<script>tarteaucitron.user.googleadsId='AW-998877665';(tarteaucitron.job=tarteaucitron.job||[])"
            ".push('googleads');</script>",
        ),
        "<p>Coques et bassins.</p>",
        _tools(pixels_detected="google_ads, meta", cmp_vendor="tarteaucitron", retargeting=either(None, "google_ads")),
    ),
    study(
        "garage-auto-sprint.fr",
        tableau,
        Frame("Auto Sprint", tail=tags.META_IMAGE.body + tags.GOOGLE_ADS_OLD.body),
        "<p>Pneus et freins.</p>",
        _tools(pixels_detected="google_ads, meta", retargeting="google_ads"),
    ),
    study(
        "zahnarzt-am-stadtpark.de",
        bandeau,
        Frame("Zahnarzt am Stadtpark", lang="de", head=traps.MAPS_AND_FONTS.head, tail=traps.SOCIAL_WIDGETS.body),
        "<h1>Praxis in Jena</h1>" + traps.MAPS_AND_FONTS.body,
        _tools(ads_score=0),
    ),
    study(
        "tapestry-studio.co.uk",
        application,
        Frame("Tapestry Studio", lang="en", head=tags.MICROSOFT.head + tags.SNAPCHAT.head, tail=CRISP),
        "<h1>Made-to-measure curtains</h1>" + traps.COOKIE_POLICY.body,
        _tools(pixels_detected="microsoft_ads, snapchat", chat_widgets="crisp"),
    ),
    study(
        "journal-du-bocage.fr",
        blocs,
        Frame(
            "Le Journal du Bocage",
            head='<script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-'
            '1234567890123456" crossorigin="anonymous"></script>',
        ),
        '<p>Actualité locale.</p><ins class="adsbygoogle" data-ad-client="ca-pub-1234567890123456"></ins>',
        {name: told for name, told in _tools().items() if name not in ("retargeting", "cmp_vendor")},
    ),
    study(
        "residence-etudiante-campus-nord.fr",
        sections,
        Frame(
            "Campus Nord",
            tail=tags.TAG_MANAGER.body + '<noscript><img height="1" width="1" style="display:none" alt="" '
            'src="https://px.ads.linkedin.com/collect/?pid=2718281&amp;fmt=gif"></noscript>',
            head='<link rel="dns-prefetch" href="//connect.facebook.net"><link rel="preconnect" href="https://js.hs-scripts.com">',
        ),
        '<p>Studios meublés.</p><iframe src="https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com'
        '%2Fcampusnord"></iframe><iframe src="https://www.youtube.com/embed/Ab12Cd34Ef5"></iframe>',
        _tools(pixels_detected="linkedin"),
    ),
    study(
        "cave-a-cigares-du-palais.fr",
        tableau,
        Frame(
            "Le Palais",
            head="<script>/* désactivé le temps de la mise en conformité\nfbq('init', '998877665544332');\n"
            "gtag('config', 'AW-123456789');\n*/\n// ttq.load('C9Z8Y7X6W5V4');\nvar menu = 'ouvert';</script>",
        ),
        "<p>Cave climatisée.</p><!--[if lt IE 9]><script src='https://static.hotjar.com/c/hotjar-1.js'></script><![endif]-->",
        _tools(ads_score=0),
    ),
    study(
        "conseil-patrimoine-verdier.fr",
        blocs,
        Frame(
            "Verdier Patrimoine",
            head='<script type="text/plain" data-service="facebook" data-category="marketing" '
            'data-cmplz-src="https://connect.facebook.net/fr_FR/fbevents.js"></script>'
            '<script type="text/plain" data-service="facebook" '
            "data-category=\"marketing\">fbq('init','665544332211009');"
            "</script>"
            + '<script defer id="cmplz-cookiebanner-js" src="/wp-content/plugins/complianz-gdpr/cookiebanner/js/'
            'complianz.min.js?ver=7.0.5"></script>',
            tail='<script charset="utf-8" src="//js-eu1.hsforms.net/forms/embed/v2.js"></script>'
            "<script>hbspt.forms.create({portalId:'26112299',formId:'0a1b2c3d-1111-4222-8333-444455556666'});</script>"
            "<script>var Tawk_API=Tawk_API||{};(function(){var s1=document.createElement('script');"
            "s1.src='https://embed.tawk.to/5f1a2b3c4d5e6f708192a3b4/default';document.head.appendChild(s1);})();</script>",
        ),
        "<p>Bilan patrimonial offert.</p>",
        _tools(
            pixels_detected="meta",
            crm_detected="hubspot",
            chat_widgets=either("tawk", "tawk_to", "tawkto"),
            cmp_vendor="complianz",
        ),
    ),
)
