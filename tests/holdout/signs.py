"""Less common signs of the same technologies: no generator, self-hosted scripts, images without scripts, old versions.

Each comes from the vendor's public documentation or from what the product publicly writes into pages.
"""

from tests.holdout.kinds import Mark, TechColumn


def _sign(
    column: TechColumn | None, slug: str, head: str = "", body: str = "", attributes: str = "", **headers: str
) -> Mark:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Mark(slug, column, head, body, named, attributes)


WORDPRESS_OEMBED = _sign(
    "tech_cms",
    "wordpress",
    '<link rel="pingback" href="https://{domain}/xmlrpc.php">'
    '<link rel="alternate" type="application/json+oembed" '
    'href="https://{domain}/wp-json/oembed/1.0/embed?url=https%3A%2F%2F{domain}%2F">',
)
JOOMLA_OPTIONS = _sign(
    "tech_cms",
    "joomla",
    '<script type="application/json" class="joomla-script-options new">{"csrf.token":"5b0","system.paths":{"root":""}}'
    "</script>",
)
DRUPAL_AGGREGATED = _sign(
    "tech_cms",
    "drupal",
    '<link rel="stylesheet" href="/sites/default/files/css/css_Zx81KqPo2.css?delta=0&amp;theme=olivero">',
    '<div data-history-node-id="12" class="node node--type-page"></div>',
)
TYPO3_COMMENT = _sign(
    "tech_cms",
    "typo3",
    "<!--\n\tThis website is powered by TYPO3 - inspiring people to share!\n\tTYPO3 is a free open source Content "
    "Management Framework.\n-->",
)
PRESTASHOP_OLD = _sign(
    "tech_cms",
    "prestashop",
    '<meta name="generator" content="PrestaShop">'
    '<link rel="stylesheet" href="/themes/default-bootstrap/css/global.css">',
    '<a href="/index.php?controller=contact">Service client</a>',
)
SHOPIFY_HEADERS = _sign("tech_cms", "shopify", Powered_By="Shopify", X_Shopify_Stage="production")
WIX_META = _sign(
    "tech_cms",
    "wix",
    '<meta http-equiv="X-Wix-Meta-Site-Id" content="0a1b2c3d-1111-4222-8333-444455556666">',
    '<script src="https://siteassets.parastorage.com/pages/pages/thunderbolt?siteId=0a1b"></script>',
)
SQUARESPACE_COMMENT = _sign(
    "tech_cms",
    "squarespace",
    "<!-- This is Squarespace. --><!-- hautbois-42 -->"
    '<script src="https://assets.squarespace.com/universal/scripts-compressed/common-a1.js"></script>',
)
MAGENTO_ONE = _sign(
    "tech_cms",
    "magento",
    '<link rel="stylesheet" href="/skin/frontend/rwd/default/css/styles.css">',
    "<script>Mage.Cookies.path = '/'; Mage.Cookies.domain = '.{domain}';</script>",
)
SPIP_NAME = _sign("tech_cms", "spip", '<meta name="generator" content="SPIP 4.1.15">')
CONCRETE_FIVE = _sign("tech_cms", "concrete_cms", '<meta name="generator" content="concrete5 - 8.5.2">')
CRAFT_TOKEN = _sign("tech_cms", "craft_cms", Set_Cookie="CRAFT_CSRF_TOKEN=a1b2c3; path=/; HttpOnly; SameSite=Lax")

GA4_FIRST_PARTY = _sign(
    "tech_analytics",
    "ga4",
    '<script async src="https://mesure.{domain}/gtag/js?id=G-51DEPARTX9"></script>'
    "<script>window.dataLayer = window.dataLayer || []; function gtag(){dataLayer.push(arguments)} "
    'gtag("js", new Date()); gtag("config", "G-51DEPARTX9", {"server_container_url": "https://mesure.{domain}"});</script>',
)
PLAUSIBLE_OWN = _sign(
    "tech_analytics",
    "plausible",
    '<script defer data-domain="{domain}" src="https://stats.{domain}/js/plausible.js"></script>',
)
UMAMI_OWN = _sign(
    "tech_analytics",
    "umami",
    '<script defer src="https://umami.{domain}/script.js" '
    'data-website-id="0b6e1c9a-52f1-4a36-9d0e-7c1f8a2b3c4d"></script>',
)
HOTJAR_DIRECT = _sign(
    "tech_analytics", "hotjar", '<script async src="https://static.hotjar.com/c/hotjar-1234567.js?sv=6"></script>'
)
CLARITY_DIRECT = _sign(
    "tech_analytics", "clarity", body='<script async src="https://www.clarity.ms/tag/p0q9r8s7t6"></script>'
)
XITI_OLD = _sign(
    "tech_analytics",
    "at_internet",
    body='<noscript><img width="1" height="1" alt="" src="https://logs1.xiti.com/hit.xiti?s=123456&amp;p=accueil"></noscript>'
    '<script src="/js/xtcore.js"></script>',
)
STATCOUNTER_IMAGE = _sign(
    "tech_analytics",
    "statcounter",
    body='<noscript><img src="https://c.statcounter.com/7654321/0/0a1b2c3d/1/" alt="compteur"></noscript>',
)
MATOMO_IMAGE = _sign(
    "tech_analytics",
    "matomo",
    body='<img src="https://web.{domain}/matomo.php?idsite=9&amp;rec=1" style="border:0" alt="">',
)
MIXPANEL_HOSTED = _sign(
    "tech_analytics",
    "mixpanel",
    "<script>mixpanel.init('0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c', {api_host: 'https://api-eu.mixpanel.com'});</script>",
)

LINKEDIN_IMAGE = _sign(
    "tech_ads_pixels",
    "linkedin",
    body='<noscript><img height="1" width="1" alt="" src="https://px.ads.linkedin.com/collect/?pid=112358&amp;fmt=gif">'
    "</noscript>",
)
PINTEREST_IMAGE = _sign(
    "tech_ads_pixels",
    "pinterest",
    body='<noscript><img height="1" width="1" alt="" '
    'src="https://ct.pinterest.com/v3/?event=init&amp;tid=2613999888777&amp;noscript=1"></noscript>',
)
MICROSOFT_IMAGE = _sign(
    "tech_ads_pixels",
    "microsoft_ads",
    body='<noscript><img alt="" src="//bat.bing.com/action/0?ti=187001234&amp;Ver=2"></noscript>',
)
GOOGLE_ADS_EVENT = _sign(
    "tech_ads_pixels",
    "google_ads",
    body="<script>function merci() { gtag('event', 'conversion', "
    "{'send_to': 'AW-776655443/aBcD-EfGhIjKlMn'}); }</script>",
)
GOOGLE_ADS_VIEW = _sign(
    "tech_ads_pixels",
    "google_ads",
    body='<noscript><img alt="" src="//googleads.g.doubleclick.net/pagead/viewthroughconversion/975312468/?guid=ON">'
    "</noscript>",
)
CRITEO_STATIC = _sign(
    "tech_ads_pixels", "criteo", '<script src="//static.criteo.net/js/ld/ld.js" async="true"></script>'
)
META_CONSENT = _sign(
    "tech_ads_pixels",
    "meta",
    '<script type="text/plain" data-cookiecategory="marketing">fbq("init", "700800900100200");'
    'fbq("track", "PageView");</script>',
)
QUORA_IMAGE = _sign(
    "tech_ads_pixels",
    "quora",
    body='<noscript><img alt="" src="https://q.quora.com/_/ad/0a1b2c3d4e5f/pixel?tag=ViewContent&amp;noscript=1"></noscript>',
)

# Not the CMS: the same vendor's visitor tracking on a page that another system made.
HUBSPOT_TRACKER = _sign(
    None,
    "hubspot_tracker",
    body='<script id="hs-script-loader" async defer src="//js.hs-scripts.com/2718281.js"></script>',
)
