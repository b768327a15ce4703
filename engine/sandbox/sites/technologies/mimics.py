"""What looks like a marketing tool and is none. Texts are invented; `${...}` are ids of `ids.relation_ids`."""

from engine.sandbox.sites.technologies.lures import Lure

MIMICS: dict[str, Lure] = {
    "vendor_prose": Lure(
        body="<article><h3>Nos outils, entre nous</h3><p>HubSpot ou Brevo pour les courriels ? Klaviyo nous a paru "
        "cher, Mailchimp anglais. Quant à la messagerie, Intercom, Crisp et Drift font la même chose : le téléphone "
        "suffit. Ni AdSense, ni Criteo, ni Taboola ici : pas de publicité.</p></article>"
    ),
    "vendor_classes": Lure(
        body='<div class="drift crisp intercom-lightweight"><ul id="tidio" class="klaviyo-form-none brevo">'
        '<li class="hubspot outbrain">Paniers du jeudi</li><li data-theme="zendesk">Paniers du samedi</li></ul></div>'
    ),
    "vendor_links": Lure(
        body='<p>Nos partenaires : <a href="https://www.hubspot.fr/">HubSpot</a>, <a href="https://www.brevo.com/fr/">'
        'Brevo</a>, <a href="https://crisp.chat/fr/">Crisp</a>, <a href="https://www.intercom.com/fr">Intercom</a>, '
        '<a href="https://www.awin.com/fr">Awin</a>. <a href="https://mailchi.mp/${name}/lettre-de-mai">Notre '
        "dernière lettre</a>, en ligne.</p>"
    ),
    "commented_chat": Lure(
        head="""<!-- plus de messagerie depuis mars
<script src="//code.tidio.co/${key}.js" async></script>
<script>window.$$crisp = []; window.CRISP_WEBSITE_ID = "${uuid}";</script>
<script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-${long}"></script>
-->""",
        body='<!-- <script id="ze-snippet" src="https://static.zdassets.com/ekr/snippet.js?key=${uuid}"></script> -->',
    ),
    "escaped_chat": Lure(
        body="<article><h3>Aide-mémoire</h3><pre><code>&lt;script id=&quot;hs-script-loader&quot; async defer\n"
        "src=&quot;//js.hs-scripts.com/${number}.js&quot;&gt;\n&lt;/script&gt;</code></pre></article>"
    ),
    "own_chat": Lure(
        head='<script src="/js/chat.js" defer></script>\n<script>var chat_widget = {enabled: false};</script>',
        body='<form class="newsletter" action="/newsletter" method="post"><input type="email" name="EMAIL">'
        '<button>OK</button></form><div id="chat-widget" hidden></div>',
    ),
    "vendor_hints": Lure(
        head='<link rel="dns-prefetch" href="//js.hs-scripts.com">\n'
        '<link rel="preconnect" href="https://widget.intercom.io">\n'
        '<link rel="dns-prefetch" href="//pagead2.googlesyndication.com">'
    ),
}
