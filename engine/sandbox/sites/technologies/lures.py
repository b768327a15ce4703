"""What looks like an installed technology and is none. Texts are invented; `${...}` are ids of `ids.account_ids`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lure:
    """HTML for the head, and for the body of the home page."""

    head: str = ""
    body: str = ""


LURES: dict[str, Lure] = {
    "prose": Lure(
        body="<article><h3>Le carnet</h3><p>Faut-il installer Google Analytics, Matomo ou un pixel Facebook sur le "
        "site d'un commerce ? Nous avons quitté WordPress et Wix l'an dernier, et désinstallé Hotjar : trop de "
        "chiffres, peu de visiteurs. Shopify et PrestaShop, nous verrons plus tard.</p></article>"
    ),
    "escaped_snippet": Lure(
        body="<article><h3>Note technique</h3><p>Pour mémoire, la balise à coller :</p><pre><code>&lt;script async "
        "src=&quot;https://www.googletagmanager.com/gtag/js?id=${ga4}&quot;&gt;&lt;/script&gt;\n"
        "&lt;script&gt;fbq(&#039;init&#039;, &#039;${long}&#039;);&lt;/script&gt;</code></pre></article>"
    ),
    "cookie_table": Lure(
        body="<table class='cookies'><tr><th>Cookie</th><th>Émetteur</th><th>Durée</th></tr>"
        "<tr><td>_ga, _gid</td><td>Google Analytics</td><td>13 mois</td></tr>"
        "<tr><td>_fbp</td><td>Facebook (Meta)</td><td>3 mois</td></tr>"
        "<tr><td>_pk_id</td><td>Matomo</td><td>13 mois</td></tr>"
        "<tr><td>li_gc</td><td>LinkedIn Insight</td><td>6 mois</td></tr></table>"
        "<p>Ces cookies ne sont plus déposés depuis la refonte du site.</p>"
    ),
    "share_links": Lure(
        body='<p>Partager : <a href="https://www.facebook.com/sharer/sharer.php?u=https://${domain}/">Facebook</a>, '
        '<a href="https://www.linkedin.com/shareArticle?mini=true&amp;url=https://${domain}/">LinkedIn</a>, '
        '<a href="https://pinterest.com/pin/create/button/?url=https://${domain}/">Pinterest</a>, '
        '<a href="https://twitter.com/intent/tweet?url=https://${domain}/">X</a>. '
        '<a href="https://www.facebook.com/events/${long}/">Notre journée portes ouvertes</a></p>'
    ),
    "commented_out": Lure(
        head="""<!-- retiré à la demande du client
<script async src="https://www.googletagmanager.com/gtag/js?id=${ua}"></script>
<script>gtag('config', '${ua}'); fbq('init', '${long}'); var _hjSettings = {hjid: ${number}, hjsv: 6};</script>
<script src="https://static.hotjar.com/c/hotjar-${number}.js?sv=6"></script>
-->""",
        body='<!-- <img src="https://www.facebook.com/tr?id=${long}&ev=PageView&noscript=1"> -->',
    ),
    "own_file": Lure(
        head='<script src="/js/analytics.js" defer></script>\n<script src="/assets/pixel.js" defer></script>\n'
        "<script>window.analytics_enabled = false; var tracking = {pixel: null};</script>"
    ),
    "powered_by_other": Lure(
        body='<p>Notre dépôt-vente, boutique propulsée par <a href="https://www.shopify.com/fr">Shopify</a> ; '
        'le blog de la fédération est fièrement propulsé par <a href="https://wordpress.org/">WordPress</a>, '
        'le forum, « Powered by <a href="https://www.drupal.org/">Drupal</a> ».</p>'
    ),
    "wordpress_com_link": Lure(
        body='<p>Archives : <a href="https://${name}.wordpress.com/2014/05/ouverture/">notre ancien blog</a> '
        'et sur <a href="https://${name}.wixsite.com/accueil">la première page</a>, '
        'les photos sur <a href="https://${name}.blogspot.com/">celui de l\'association</a>.</p>'
    ),
    "foreign_upload": Lure(
        body='<p><img src="https://www.federation-artisans.example/wp-content/uploads/2021/03/label-2021.png" '
        'alt="Label de la fédération"> <img src="https://cdn.fournisseur.example/sites/default/files/logo.svg" '
        'alt="Fournisseur"></p>'
    ),
    "buy_button": Lure(
        body="""<div id="product-component-${number}"></div>
<script src="https://sdks.shopifycdn.com/buy-button/latest/buy-button-storefront.min.js" async></script>
<script>window.addEventListener("load", function() { if (!window.ShopifyBuy) return;
ShopifyBuy.UI.onReady(ShopifyBuy.buildClient({domain: '${name}.myshopify.com', storefrontAccessToken: '${hex}'})); });
</script>"""
    ),
    "share_widgets": Lure(
        head='<meta property="fb:app_id" content="${long}">',
        body="""<div class="fb-share-button" data-href="https://${domain}/"></div>
<script async defer src="https://connect.facebook.net/fr_FR/sdk.js#xfbml=1&version=v19.0"></script>
<script async src="https://platform.twitter.com/widgets.js"></script>
<script async defer src="//assets.pinterest.com/js/pinit.js"></script>
<script src="https://platform.linkedin.com/in.js" type="text/javascript">lang: fr_FR</script>
<script async src="https://www.tiktok.com/embed.js"></script>""",
    ),
    "hints": Lure(
        head='<link rel="dns-prefetch" href="//www.google-analytics.com">\n'
        '<link rel="preconnect" href="https://connect.facebook.net">\n'
        '<link rel="dns-prefetch" href="//static.hotjar.com">'
    ),
    "verification_tags": Lure(
        head='<meta name="facebook-domain-verification" content="${ten}${ten}${ten}">\n'
        '<meta name="google-site-verification" content="${hex}">\n<meta name="p:domain_verify" content="${hex}">\n'
        '<meta name="msvalidate.01" content="${hex}">\n<meta name="yandex-verification" content="${hex13}">'
    ),
}
