"""Signs that content management systems and site builders leave, by their vendors' public documentation."""

from tests.holdout.kinds import Mark


def _cms(slug: str, head: str = "", body: str = "", attributes: str = "", **headers: str) -> Mark:
    """Header names are written with underscores."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Mark(slug, "tech_cms", head, body, named, attributes)


def _generator(text: str) -> str:
    return f'<meta name="generator" content="{text}">'


WORDPRESS = _cms(
    "wordpress",
    _generator("WordPress 6.5.3")
    + '<link rel="https://api.w.org/" href="https://{domain}/wp-json/">'
    + '<link rel="stylesheet" href="https://{domain}/wp-content/themes/astre/style.css?ver=6.5.3">',
    '<script src="https://{domain}/wp-includes/js/wp-embed.min.js?ver=6.5.3"></script>',
)
WORDPRESS_WITHOUT_NAME = _cms(  # the generator is taken out, as security guides advise
    "wordpress",
    '<link rel="stylesheet" id="maison-css" href="/wp-content/themes/maison/dist/app.css?ver=1.4" media="all">'
    '<script src="/wp-includes/js/jquery/jquery.min.js?ver=3.7.1" id="jquery-core-js"></script>',
)
WORDPRESS_BY_HEADER = _cms(  # assets on a domain of their own, so only the API link tells
    "wordpress",
    '<link rel="stylesheet" href="https://static.{domain}/bundle.css">',
    Link='</wp-json/>; rel="https://api.w.org/"',
)
WORDPRESS_SHOP = _cms(
    "wordpress",
    _generator("WooCommerce 8.9.1")
    + '<link rel="stylesheet" href="/wp-content/plugins/woocommerce/assets/css/woocommerce.css?ver=8.9.1">',
    '<script>var woocommerce_params = {"ajax_url":"\\/wp-admin\\/admin-ajax.php"};</script>',
)
SHOPIFY = _cms(
    "shopify",
    '<link rel="preconnect" href="https://cdn.shopify.com" crossorigin>'
    '<script>var Shopify = Shopify || {}; Shopify.shop = "atelier-4512.myshopify.com"; '
    'Shopify.theme = {"name":"Refresh","id":148812345,"role":"main"};</script>',
    '<script src="//{domain}/cdn/shop/t/4/assets/global.js?v=149496944046504657681" defer></script>',
    X_ShopId="64218712",
)
WEBFLOW = _cms(
    "webflow",
    _generator("Webflow")
    + '<link href="https://cdn.prod.website-files.com/64f1c0ffee64f1c0ffee0001/css/site.webflow.css" rel="stylesheet">',
    attributes='data-wf-page="64f1c0ffee64f1c0ffee0002" data-wf-site="64f1c0ffee64f1c0ffee0001"',
)
WEBFLOW_WITHOUT_NAME = _cms(
    "webflow", attributes='data-wf-page="65aa00aa65aa00aa65aa0012" data-wf-site="65aa00aa65aa00"'
)
WIX = _cms(
    "wix",
    _generator("Wix.com Website Builder")
    + '<link rel="icon" href="https://static.wixstatic.com/media/a1b2c3_99.png/v1/fill/w_32,h_32/a1b2c3_99.png">',
    '<script src="https://static.parastorage.com/services/wix-thunderbolt/dist/main.js" async></script>',
    X_Wix_Request_Id="1716900000.42871234567890",
)
SQUARESPACE = _cms(
    "squarespace",
    '<script>Static = window.Static || {}; Static.SQUARESPACE_CONTEXT = {"facebookAppId":"314192535267336"};</script>'
    '<link rel="stylesheet" href="https://static1.squarespace.com/static/versioned-site-css/5f0/12/site.css">',
)
PRESTASHOP = _cms(
    "prestashop",
    '<link rel="stylesheet" href="https://{domain}/themes/classic/assets/cache/theme-4f1.css">',
    '<script>var prestashop = {"cart":{"products":[]},"currency":{"iso_code":"EUR"}};</script>',
    Set_Cookie="PrestaShop-3f2a90cc=def50200aa; path=/; secure; HttpOnly",
    Powered_By="PrestaShop",
)
JOOMLA = _cms(
    "joomla",
    _generator("Joomla! - Open Source Content Management")
    + '<script src="/media/system/js/core.min.js?a1"></script><link rel="stylesheet" href="/media/vendor/joomla.css">',
)
DRUPAL = _cms(
    "drupal",
    '<link rel="stylesheet" href="/core/modules/system/css/components/align.module.css?s9">',
    '<script type="application/json" data-drupal-selector="drupal-settings-json">{"path":{"baseUrl":"\\/"}}</script>'
    '<script src="/core/misc/drupal.js?v=10.2.6"></script>',
    X_Generator="Drupal 10 (https://www.drupal.org)",
)
DRUPAL_BY_FILES = _cms(
    "drupal",
    _generator("Drupal 7 (http://drupal.org)") + '<link rel="icon" href="/sites/default/files/favicon.ico">',
)
JIMDO = _cms(
    "jimdo",
    '<link href="https://u.jimcdn.com/cms/o/s0a1b2/layout/css/layout.css" rel="stylesheet">'
    '<script src="https://assets.jimstatic.com/ckies.js.bd8e.js"></script>',
    '<script>jimdoData = {"isTestserver":false,"isLcJimdoCom":false};</script>',
)
MAGENTO = _cms(
    "magento",
    '<link rel="stylesheet" href="/static/version1716000000/frontend/Magento/luma/fr_FR/css/styles-m.css">',
    '<script type="text/x-magento-init">{"*":{"Magento_Ui/js/core/app":{"components":{}}}}</script>',
    X_Magento_Cache_Debug="HIT",
)
TYPO3 = _cms(
    "typo3",
    _generator("TYPO3 CMS") + '<link rel="stylesheet" href="/typo3temp/assets/compressed/merged-7f3.css">',
    '<script src="/typo3conf/ext/praxis_theme/Resources/Public/JavaScript/main.js"></script>',
)
GHOST = _cms(
    "ghost",
    _generator("Ghost 5.82")
    + '<script defer src="https://cdn.jsdelivr.net/ghost/portal@~2.37/umd/portal.min.js" '
    + 'data-ghost="https://{domain}/" data-key="9a1b" crossorigin="anonymous"></script>',
)
WEEBLY = _cms(
    "weebly",
    '<link rel="stylesheet" href="//cdn2.editmysite.com/css/sites.css?buildTime=1716">',
    '<script>_W = window._W || {}; _W.configDomain = "www.weebly.com";</script>',
)
DUDA = _cms(
    "duda",
    '<link rel="preload" as="image" href="https://lirp.cdn-website.com/a1b2c3d4/dms3rep/multi/opt/facade-640w.jpg">'
    '<script src="https://static.cdn-website.com/mnlt/production/6204/_dm/s/rt/dist/scripts/d-js.js"></script>',
    "<script>window.Parameters = {SiteAlias: 'a1b2c3d4', SystemID: 'EU_PRODUCTION'}; var dmAPI = {};</script>",
)
GODADDY = _cms(
    "godaddy_builder",
    _generator("Starfield Technologies; Go Daddy Website Builder 8.0.0000")
    + '<link rel="stylesheet" href="//img1.wsimg.com/blobby/go/0a1b/gpub/2c3d/style.css">',
)
IONOS = _cms(
    "ionos_mywebsite",
    '<link rel="stylesheet" href="//cdn.website-start.de/templates/2121/style.css?1503">'
    '<script src="https://cdn.website-start.de/proxy/apps/b1/js/main.js"></script>',
)
E_MONSITE = _cms(
    "e_monsite",
    _generator("e-monsite (e-monsite.com)")
    + '<link rel="stylesheet" href="//www.e-monsite.com/medias/static/themes/bootstrap/3/css/style.css">',
)
SPIP = _cms(
    "spip",
    '<link rel="stylesheet" href="local/cache-css/af31.css">',
    '<p><a href="spip.php?article12">Lire la suite</a> <a href="spip.php?rubrique3">Archives</a></p>',
    Composed_By="SPIP 4.2.12 @ www.spip.net + http://{domain}/local/config.txt",
)
HUBSPOT = _cms(
    "hubspot_cms",
    _generator("HubSpot")
    + '<link rel="stylesheet" href="https://{domain}/hs-fs/hub/14512345/hub_generated/template_assets/1/main.min.css">',
    '<script src="/hs/hsstatic/cos-i18n/static-1.53/bundles/project.js"></script>',
    X_HS_Hub_Id="14512345",
)
FRAMER = _cms(
    "framer",
    _generator("Framer 3a2f1c0")
    + '<link rel="icon" href="https://framerusercontent.com/images/aBcDeFgHiJ.png">'
    + '<script type="module" src="https://framerusercontent.com/sites/3kZ/script_main.mjs"></script>',
)
BLOGGER = _cms(
    "blogger",
    _generator("blogger")
    + '<link rel="stylesheet" href="https://www.blogger.com/static/v1/widgets/1529571102-css_bundle_v2.css">',
)
OPENCART = _cms(
    "opencart",
    '<link href="catalog/view/theme/default/stylesheet/stylesheet.css" rel="stylesheet">',
    '<a href="https://{domain}/index.php?route=checkout/cart">Panier (0)</a>'
    '<script src="catalog/view/javascript/common.js"></script>',
    Set_Cookie="OCSESSID=7f31c; path=/",
)
STRIKINGLY = _cms(
    "strikingly",
    '<link rel="stylesheet" href="https://static-assets.strikinglycdn.com/webpack/v4/site.css">',
    '<img alt="" src="https://custom-images.strikinglycdn.com/res/hrscywv4p/image/upload/a.jpg">',
)
ODOO = _cms(
    "odoo",
    _generator("Odoo") + '<link rel="stylesheet" href="/web/assets/1/8f2a/web.assets_frontend.min.css">',
    '<script id="web.layout.odooscript">var odoo = {csrf_token: "a1", debug: ""};</script>',
    attributes='data-website-id="1" data-main-object="website.page(4,)"',
)
CONCRETE = _cms(
    "concrete_cms",
    _generator("Concrete CMS") + '<script>var CCM_DISPATCHER_FILENAME = "/index.php"; var CCM_CID = 1;</script>',
    '<script src="/concrete/js/jquery.js"></script>',
)
CRAFT = _cms("craft_cms", X_Powered_By="Craft CMS", Set_Cookie="CraftSessionId=0f1e; path=/; HttpOnly")
CONTAO = _cms(
    "contao",
    _generator("Contao Open Source CMS") + '<link rel="stylesheet" href="assets/css/layout.min.css,style.css-a1.css">',
)
MODX = _cms(
    "modx",
    '<link rel="stylesheet" href="/assets/components/minifyx/cache/styles_a1.min.css">',
    X_Powered_By="MODX Revolution",
)
BIGCOMMERCE = _cms(
    "bigcommerce",
    '<link rel="stylesheet" href="https://cdn11.bigcommerce.com/s-a1b2c3/stencil/0a-1b/css/theme.css">',
    '<script src="https://cdn11.bigcommerce.com/s-a1b2c3/stencil/0a-1b/dist/theme-bundle.main.js"></script>',
)
