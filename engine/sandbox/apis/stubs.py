"""Hosts of third parties whose scripts, styles and pixels pages load: they answer at once with nothing.

A name that did not answer would hold up a browser's `load`; any other third party does not exist at all.
"""

import base64

from engine.sandbox.draw import words
from engine.sandbox.http import Reply, Request, reply

STUB_HOSTS = words(
    # tags and analytics
    "www.googletagmanager.com www.google-analytics.com ssl.google-analytics.com region1.google-analytics.com "
    "analytics.google.com stats.g.doubleclick.net plausible.io static.hotjar.com script.hotjar.com www.clarity.ms "
    "cdn.matomo.cloud cdn.usefathom.com cloud.umami.is scripts.simpleanalyticscdn.com queue.simpleanalyticscdn.com "
    "static.cloudflareinsights.com tag.aticdn.net cdn.mxpnl.com cdn.segment.com t.contentsquare.net "
    "assets.adobedtm.com mc.yandex.ru www.statcounter.com c.statcounter.com "
    "eu.i.posthog.com eu-assets.i.posthog.com app.posthog.com "
    # pixels
    "connect.facebook.net www.facebook.com snap.licdn.com px.ads.linkedin.com dc.ads.linkedin.com analytics.tiktok.com "
    "bat.bing.com s.pinimg.com ct.pinterest.com sc-static.net tr.snapchat.com static.ads-twitter.com t.co "
    "analytics.twitter.com googleads.g.doubleclick.net www.googleadservices.com static.criteo.net dynamic.criteo.com "
    "cdn.taboola.com trc.taboola.com amplify.outbrain.com tr.outbrain.com www.redditstatic.com alb.reddit.com "
    "a.quora.com q.quora.com s.adroll.com d.adroll.com "
    # marketing CRMs, chats, advertising space, affiliation
    "js-eu1.hs-scripts.com sibautomation.com cdn.brevo.com sibforms.com static.klaviyo.com chimpstatic.com "
    "diffuser-cdn.app-us1.com prism.app-us1.com trackcmp.net widget.intercom.io js.intercomcdn.com client.crisp.chat "
    "js.driftt.com embed.tawk.to code.tidio.co static.zdassets.com ekr.zdassets.com pagead2.googlesyndication.com "
    "tpc.googlesyndication.com widgets.outbrain.com c.amazon-adsystem.com z-na.amazon-adsystem.com www.dwin1.com "
    # consent
    "static.axept.io sdk.privacy-center.org tarteaucitron.io cdn.tarteaucitron.io consent.cookiebot.com "
    "consentcdn.cookiebot.com cdn.cookielaw.org quantcast.mgr.consensu.org cmp.quantcast.com cmp.inmobi.com "
    "cdn-cookieyes.com cdn.iubenda.com cs.iubenda.com app.usercentrics.eu web.cmp.usercentrics.eu cmp.osano.com "
    "cache.consentframework.com choices.consentframework.com app.termly.io "
    # libraries and fonts
    "cdn.jsdelivr.net cdnjs.cloudflare.com unpkg.com ajax.googleapis.com code.jquery.com maxcdn.bootstrapcdn.com "
    "stackpath.bootstrapcdn.com fonts.googleapis.com fonts.gstatic.com use.fontawesome.com kit.fontawesome.com "
    "use.typekit.net p.typekit.net www.gstatic.com maps.googleapis.com maps.gstatic.com secure.gravatar.com "
    # products that host parts of a site
    "cdn.shopify.com sdks.shopifycdn.com static.wixstatic.com static.parastorage.com siteassets.parastorage.com "
    "assets.squarespace.com static1.squarespace.com images.squarespace-cdn.com assets.website-files.com "
    "cdn.prod.website-files.com assets.jimstatic.com u.jimcdn.com image.jimcdn.com static.e-monsite.com "
    "js.hs-scripts.com js.hsforms.net js.hs-analytics.net irp.cdn-website.com img1.wsimg.com cdn2.editmysite.com "
    "framerusercontent.com events.framer.com s0.wp.com stats.wp.com i0.wp.com c0.wp.com pixel.wp.com "
    "d3e54v103j8qbb.cloudfront.net www.e-monsite.com s3.e-monsite.com "
    # buttons and embeds
    "platform.twitter.com platform.linkedin.com assets.pinterest.com www.tiktok.com www.youtube.com"
)
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
EMPTY: dict[str, tuple[str, bytes]] = {
    "script": ("application/javascript; charset=utf-8", b""),
    "style": ("text/css; charset=utf-8", b""),
    "image": ("image/gif", PIXEL),
    "font": ("font/woff2", b""),
    "iframe": ("text/html; charset=utf-8", b"<!DOCTYPE html><title></title>"),
    "json": ("application/json", b"{}"),
}
ENDINGS = {
    "js": "script",
    "mjs": "script",
    "css": "style",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "gif": "image",
    "svg": "image",
    "webp": "image",
    "ico": "image",
    "woff": "font",
    "woff2": "font",
    "ttf": "font",
    "html": "iframe",
    "json": "json",
}
# Addresses without an ending whose answer is known from the vendors' snippets.
PATHS = {"/gtag/js": "script", "/css": "style", "/css2": "style", "/ns.html": "iframe"}
HEADERS = (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "public, max-age=3600"))


def stub(request: Request) -> Reply:
    """Nothing, in the form that was asked for: by what a browser says it wants, else by the address, else a pixel."""
    path = request.path
    ending = ENDINGS.get(path.rpartition("/")[2].rpartition(".")[2].lower())
    kind = PATHS.get(path) or ending or request.headers.get("sec-fetch-dest", "")
    content_type, body = EMPTY.get(kind, EMPTY["image"])
    return reply(200, body, content_type=content_type, headers=HEADERS)
