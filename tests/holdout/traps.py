"""What names a technology, or looks like an address, and is neither. A detector that reports it is wrong."""

from tests.holdout.kinds import Mark


def _trap(slug: str, head: str = "", body: str = "", **headers: str) -> Mark:
    return Mark(slug, None, head, body, tuple((name.replace("_", "-"), text) for name, text in headers.items()))


PROSE = _trap(
    "prose",
    body="<article><h3>Nos conseils</h3><p>Faut-il choisir WordPress, Shopify ou Wix ? Nous avons comparé "
    "Google Analytics, Matomo et Plausible, puis les pixels Facebook et TikTok : voici notre avis.</p></article>",
)
COOKIE_POLICY = _trap(
    "cookie_policy",
    body="<table><caption>Cookies susceptibles d'être déposés</caption><tr><td>_ga</td><td>Google Analytics</td>"
    "</tr><tr><td>_fbp</td><td>Facebook, 3 mois</td></tr><tr><td>_hjid</td><td>Hotjar, 1 an</td></tr></table>",
)
COMMENTED_OUT = _trap(
    "commented_out",
    head='<!-- retiré en mars\n<script async src="https://www.googletagmanager.com/gtag/js?id=G-OLD1234567"></script>\n'
    "<script>fbq('init','111122223333444');</script>\n<link href=\"/wp-content/themes/vieux/style.css\">\n-->",
)
CODE_SAMPLE = _trap(
    "code_sample",
    body='<pre><code>&lt;script defer data-domain="exemple.fr" src="https://plausible.io/js/script.js"&gt;&lt;/script&gt;\n'
    "&lt;script&gt;fbq('init', 'VOTRE_ID');&lt;/script&gt;</code></pre>",
)
SOCIAL_LINKS = _trap(
    "social_links",
    body='<ul class="suivez"><li><a href="https://www.facebook.com/nousici">Facebook</a></li>'
    '<li><a href="https://www.linkedin.com/company/nousici">LinkedIn</a></li>'
    '<li><a href="https://www.tiktok.com/@nousici">TikTok</a></li>'
    '<li><a href="https://www.pinterest.fr/nousici/">Pinterest</a></li>'
    '<li><a href="https://twitter.com/nousici">X</a></li></ul>',
)
SOCIAL_WIDGETS = _trap(
    "social_widgets",
    body='<div class="fb-page" data-href="https://www.facebook.com/nousici"></div>'
    '<script async defer src="https://connect.facebook.net/fr_FR/sdk.js#xfbml=1&amp;version=v19.0"></script>'
    '<script async src="https://platform.twitter.com/widgets.js"></script>'
    '<script async src="https://assets.pinterest.com/js/pinit.js"></script>'
    '<script async src="https://www.tiktok.com/embed.js"></script>',
)
OWN_ANALYTICS_FILE = _trap(
    "own_file", body='<script src="/js/analytics.js"></script><script src="/js/pixel.js"></script>'
)
BORROWED_PICTURE = _trap(
    "borrowed_picture",
    body='<img src="https://www.office-du-terroir.fr/wp-content/uploads/2021/05/label.png" alt="Label du terroir">',
)
OLD_ADDRESS = _trap(
    "old_address",
    body='<p>Notre ancien blog reste en ligne : <a href="https://nousici.wordpress.com/">carnet</a>, '
    '<a href="https://nousici.wixsite.com/photos">photos</a>, <a href="https://nousici.blogspot.com/">archives</a>.</p>',
)
BUY_BUTTON = _trap(
    "buy_button",
    body='<div id="produit-1"></div>'
    '<script src="https://sdks.shopifycdn.com/buy-button/latest/buy-button-storefront.min.js" async></script>',
)
SECURITY_POLICY = _trap(
    "security_policy",
    Content_Security_Policy="default-src 'self'; script-src 'self' https://www.google-analytics.com "
    "https://connect.facebook.net https://static.hotjar.com; img-src 'self' https://www.facebook.com",
)
FRONTPAGE = _trap("frontpage", head='<meta name="GENERATOR" content="Microsoft FrontPage 6.0">')
MAPS_AND_FONTS = _trap(
    "maps_and_fonts",
    head='<link href="https://fonts.googleapis.com/css2?family=Lora&amp;display=swap" rel="stylesheet">',
    body='<iframe src="https://www.google.com/maps/embed?pb=!1m18!2d2.35" width="600" height="300"></iframe>'
    '<script src="https://www.google.com/recaptcha/api.js" async defer></script>'
    '<iframe src="https://www.youtube-nocookie.com/embed/abc123" title="Visite"></iframe>',
)
BOOTSTRAP = _trap(
    "bootstrap",
    head='<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/css/bootstrap.min.css">',
    body='<script src="https://unpkg.com/aos@2.3.1/dist/aos.js"></script>',
)
# Things with an at sign that nobody reads mail at.
SENTRY = _trap(
    "sentry",
    head="<script>window.SENTRY_DSN='https://4f1c0ffee4f1c0ffee4f1c0ffee4f1c0@o445566.ingest.sentry.io/6012345';</script>",
)
RETINA = _trap(
    "retina",
    body='<img src="/img/logo.png" srcset="/img/logo@2x.png 2x, /img/logo@3x.png 3x" alt="">'
    '<img src="/img/facade@2x.webp" alt="Façade">',
)
HANDLES = _trap("handles", body="<p>Suivez @nousici et identifiez-nous : @nousici_officiel #artisan</p>")
CALENDAR = _trap(
    "calendar",
    body='<iframe src="https://calendar.google.com/calendar/embed?src=9f8e7d6c5b4a%40group.calendar.google.com"></iframe>',
)
PLACEHOLDERS = _trap(
    "placeholders",
    body='<form action="/lettre"><label>Lettre d\'information</label><input type="email" placeholder="vous@exemple.fr">'
    '<small>Format attendu : prenom.nom@example.com</small><input name="copie" placeholder="votre@email.com"></form>',
)
THEME_AUTHOR = _trap(
    "theme_author",
    head="<style>/* Theme Brume 2.1 - author: hello@brume-themes.io - do not remove */ body{margin:0}</style>"
    "<script>/*! lightbox by S. Roca <sroca@lightbox-libre.org> MIT */</script>",
)
