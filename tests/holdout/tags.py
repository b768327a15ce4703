"""Analytics, advertising pixels and consent managers as pages embed them, by their vendors' public documentation."""

from tests.holdout.kinds import Mark


def _analytics(slug: str, head: str = "", body: str = "") -> Mark:
    return Mark(slug, "tech_analytics", head, body)


def _pixel(slug: str, head: str = "", body: str = "") -> Mark:
    return Mark(slug, "tech_ads_pixels", head, body)


def _loader(address: str, before: str = "") -> str:
    """An inline script that puts a further script into the page, as most vendors hand out."""
    return (
        f"<script>{before}(function(d){{var s=d.createElement('script');s.async=true;s.src='{address}';"
        "d.getElementsByTagName('head')[0].appendChild(s);})(document);</script>"
    )


GA4 = _analytics(
    "ga4",
    '<script async src="https://www.googletagmanager.com/gtag/js?id=G-4HK2T9QX1B"></script>'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}"
    "gtag('js',new Date());gtag('config','G-4HK2T9QX1B');</script>",
)
GA4_AFTER_CONSENT = _analytics(
    "ga4",
    '<script type="text/plain" data-category="analytics" '
    'src="https://www.googletagmanager.com/gtag/js?id=G-77PLMRX20C"></script>'
    '<script type="text/plain" data-category="analytics">window.dataLayer=window.dataLayer||[];'
    "function gtag(){dataLayer.push(arguments);}gtag('js',new Date());gtag('config','G-77PLMRX20C');</script>",
)
GA4_BY_TARTEAUCITRON = _analytics(
    "ga4",
    body="<script>tarteaucitron.user.gtagUa = 'G-0ZQ3VJ8L5D'; tarteaucitron.user.gtagMore = function () {};"
    "(tarteaucitron.job = tarteaucitron.job || []).push('gtag');</script>",
)
UNIVERSAL = _analytics(
    "universal_analytics",
    "<script>(function(i,s,o,g,r){i['GoogleAnalyticsObject']=r;i[r]=i[r]||function(){(i[r].q=i[r].q||[])"
    ".push(arguments)};var a=s.createElement(o);a.async=1;a.src=g;s.head.appendChild(a)})"
    "(window,document,'script','https://www.google-analytics.com/analytics.js','ga');"
    "ga('create','UA-48213377-1','auto');ga('send','pageview');</script>",
)
MATOMO_OWN = _analytics(
    "matomo",
    body="<script>var _paq = window._paq = window._paq || []; _paq.push(['trackPageView']);"
    "_paq.push(['enableLinkTracking']); (function() { var u='//stats.{domain}/';"
    "_paq.push(['setTrackerUrl', u+'matomo.php']); _paq.push(['setSiteId', '4']);"
    "var d=document, g=d.createElement('script'); g.async=true; g.src=u+'matomo.js';"
    "d.head.appendChild(g); })();</script>",
)
MATOMO_CLOUD = _analytics(
    "matomo",
    _loader(
        "https://cdn.matomo.cloud/lagrange.matomo.cloud/matomo.js",
        "var _paq=window._paq=window._paq||[];_paq.push(['trackPageView']);"
        "_paq.push(['setTrackerUrl','https://lagrange.matomo.cloud/matomo.php']);",
    ),
)
PIWIK_OLD = _analytics(
    "matomo",
    body='<noscript><p><img src="//audience.{domain}/piwik.php?idsite=2&amp;rec=1" style="border:0" alt=""></p>'
    "</noscript><script>var _paq = _paq || []; _paq.push(['trackPageView']);"
    "document.write(unescape(\"%3Cscript src='//audience.{domain}/piwik.js'%3E%3C/script%3E\"));</script>",
)
PLAUSIBLE = _analytics(
    "plausible", '<script defer data-domain="{domain}" src="https://plausible.io/js/script.outbound-links.js"></script>'
)
HOTJAR = _analytics(
    "hotjar",
    "<script>(function(h,o,t,j){h.hj=h.hj||function(){(h.hj.q=h.hj.q||[]).push(arguments)};"
    "h._hjSettings={hjid:2981734,hjsv:6};var r=o.createElement('script');r.async=1;"
    "r.src=t+h._hjSettings.hjid+j+h._hjSettings.hjsv;o.head.appendChild(r);})"
    "(window,document,'https://static.hotjar.com/c/hotjar-','.js?sv=');</script>",
)
CLARITY = _analytics(
    "clarity",
    "<script>(function(c,l,a,r,i){c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};"
    "var t=l.createElement(r);t.async=1;t.src='https://www.clarity.ms/tag/'+i;l.head.appendChild(t);})"
    "(window,document,'clarity','script','k3x9a0b7qq');</script>",
)
FATHOM = _analytics("fathom", '<script src="https://cdn.usefathom.com/script.js" data-site="QWERTYUI" defer></script>')
UMAMI = _analytics(
    "umami",
    '<script async defer src="https://cloud.umami.is/script.js" '
    'data-website-id="94db1cb1-74f4-4a40-ad6c-962362670409"></script>',
)
SIMPLE = _analytics(
    "simple_analytics",
    body='<script async src="https://scripts.simpleanalyticscdn.com/latest.js"></script>'
    '<noscript><img src="https://queue.simpleanalyticscdn.com/noscript.gif" alt=""></noscript>',
)
CLOUDFLARE_INSIGHTS = _analytics(
    "cloudflare_analytics",
    body='<script defer src="https://static.cloudflareinsights.com/beacon.min.js" '
    """data-cf-beacon='{"token": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}'></script>""",
)
PIWIK_PRO = _analytics(
    "piwik_pro", body=_loader("https://cabinetvial.containers.piwik.pro/8f2a1b3c-1111-4222-8333-444455556666.js")
)
AT_INTERNET = _analytics("at_internet", '<script async src="https://tag.aticdn.net/612345/smarttag.js"></script>')
POSTHOG = _analytics(
    "posthog",
    _loader("https://eu-assets.i.posthog.com/static/array.js")
    + "<script>window.posthog&&posthog.init('phc_A1b2C3d4E5',{api_host:'https://eu.i.posthog.com'});</script>",
)
MIXPANEL = _analytics(
    "mixpanel",
    _loader("https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js")
    + "<script>window.mixpanel&&mixpanel.init('9f8e7d6c5b4a',{track_pageview:true});</script>",
)
SEGMENT = _analytics("segment", _loader("https://cdn.segment.com/analytics.js/v1/Zx81KqPo2/analytics.min.js"))
CONTENTSQUARE = _analytics(
    "contentsquare", '<script async src="https://t.contentsquare.net/uxa/0a1b2c3d4e5f6.js"></script>'
)
ADOBE = _analytics(
    "adobe_analytics",
    body='<script src="/js/AppMeasurement.js"></script><script>var s_account="clairbois-prod";var s=s_gi(s_account);'
    "s.trackingServer='clairbois.sc.omtrdc.net';s.t();</script>",
)
YANDEX = _analytics(
    "yandex_metrica",
    _loader("https://mc.yandex.ru/metrika/tag.js")
    + '<noscript><div><img src="https://mc.yandex.ru/watch/50123456" alt=""></div></noscript>',
)
STATCOUNTER = _analytics(
    "statcounter",
    body="<script>var sc_project=1234567; var sc_invisible=1; var sc_security='a1b2c3d4';</script>"
    '<script src="https://www.statcounter.com/counter/counter.js" async></script>',
)

META = _pixel(
    "meta",
    "<script>!function(f,b){if(f.fbq)return;var n=f.fbq=function(){n.queue.push(arguments)};n.queue=[];"
    "var t=b.createElement('script');t.async=!0;t.src='https://connect.facebook.net/en_US/fbevents.js';"
    "b.head.appendChild(t)}(window,document);fbq('init','284756102938475');fbq('track','PageView');</script>",
)
META_IMAGE = _pixel(  # what remains where scripts are off, and all that some shops paste
    "meta",
    body='<noscript><img height="1" width="1" style="display:none" alt="" '
    'src="https://www.facebook.com/tr?id=193847560192837&amp;ev=PageView&amp;noscript=1"></noscript>',
)
META_BY_TARTEAUCITRON = _pixel(
    "meta",
    body="<script>tarteaucitron.user.facebookpixelId = '556677889900112';"
    "(tarteaucitron.job = tarteaucitron.job || []).push('facebookpixel');</script>",
)
GOOGLE_ADS = _pixel(
    "google_ads",
    '<script async src="https://www.googletagmanager.com/gtag/js?id=AW-982716354"></script>'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}"
    "gtag('js',new Date());gtag('config','AW-982716354');</script>",
)
GOOGLE_ADS_OLD = _pixel(
    "google_ads",
    body="<script>var google_conversion_id = 987654321; var google_remarketing_only = true;</script>"
    '<script src="//www.googleadservices.com/pagead/conversion.js"></script>',
)
LINKEDIN = _pixel(
    "linkedin",
    body="<script>_linkedin_partner_id='3141592';window._linkedin_data_partner_ids=[_linkedin_partner_id];</script>"
    + _loader("https://snap.licdn.com/li.lms-analytics/insight.min.js")
    + '<noscript><img alt="" src="https://px.ads.linkedin.com/collect/?pid=3141592&amp;fmt=gif"></noscript>',
)
TIKTOK = _pixel(
    "tiktok",
    "<script>!function(w,d,t){w.TiktokAnalyticsObject=t;var ttq=w[t]=w[t]||[];ttq.load=function(e){"
    "var s=d.createElement('script');s.src='https://analytics.tiktok.com/i18n/pixel/events.js?sdkid='+e;"
    "d.head.appendChild(s)};ttq.load('C4A1B2C3D4E5F6');}(window,document,'ttq');</script>",
)
PINTEREST = _pixel(
    "pinterest",
    _loader("https://s.pinimg.com/ct/core.js", "window.pintrk=window.pintrk||function(){};")
    + "<script>pintrk('load','2612345678901');pintrk('page');</script>",
)
SNAPCHAT = _pixel(
    "snapchat",
    _loader("https://sc-static.net/scevent.min.js", "window.snaptr=window.snaptr||function(){};")
    + "<script>snaptr('init','1a2b3c4d-0000-4111-8222-933344445555');snaptr('track','PAGE_VIEW');</script>",
)
MICROSOFT = _pixel(
    "microsoft_ads",
    _loader("//bat.bing.com/bat.js", "window.uetq=window.uetq||[];")
    + "<script>window.uetq.push('pageLoad');var o={ti:'56012345'};</script>",
)
X_ADS = _pixel(
    "x_ads",
    _loader("https://static.ads-twitter.com/uwt.js", "window.twq=window.twq||function(){};")
    + "<script>twq('config','o1ab2');</script>",
)
CRITEO = _pixel(
    "criteo",
    '<script src="https://dynamic.criteo.com/js/ld/ld.js?a=81234" async></script>'
    "<script>window.criteo_q=window.criteo_q||[];criteo_q.push({event:'setAccount',account:81234});</script>",
)
TABOOLA = _pixel("taboola", _loader("//cdn.taboola.com/libtrc/unip/1312345/tfa.js", "window._tfa=window._tfa||[];"))
OUTBRAIN = _pixel(
    "outbrain", _loader("//amplify.outbrain.com/cp/obtp.js") + "<script>obApi('track','PAGE_VIEW');</script>"
)
REDDIT = _pixel(
    "reddit",
    _loader("https://www.redditstatic.com/ads/pixel.js") + "<script>rdt('init','t2_a1b2c3');rdt('track','PageVisit');"
    "</script>",
)
QUORA = _pixel(
    "quora", _loader("https://a.quora.com/qevents.js") + "<script>qp('init','0a1b2c3d4e');qp('track');</script>"
)
ADROLL = _pixel(
    "adroll",
    "<script>adroll_adv_id='A1B2C3D4E5F6G7H8';adroll_pix_id='Z9Y8X7W6V5';</script>"
    + _loader("https://s.adroll.com/j/A1B2C3D4E5F6G7H8/roundtrip.js"),
)

TAG_MANAGER = Mark(
    "tag_manager",
    head=_loader("https://www.googletagmanager.com/gtm.js?id=GTM-K7W2XQ9", "window.dataLayer=window.dataLayer||[];"),
    body='<noscript><iframe src="https://www.googletagmanager.com/ns.html?id=GTM-K7W2XQ9"></iframe></noscript>',
)
TARTEAUCITRON = Mark(
    "tarteaucitron",
    head='<script src="/lib/tarteaucitron/tarteaucitron.js"></script>'
    "<script>tarteaucitron.init({privacyUrl: '', hashtag: '#tarteaucitron', cookieName: 'tarteaucitron'});</script>",
)
AXEPTIO = Mark(
    "axeptio",
    body=_loader("//static.axept.io/sdk.js", "window.axeptioSettings={clientId:'61f0a1b2c3d4e5f607182930'};"),
)
COOKIEBOT = Mark(
    "cookiebot",
    head='<script id="Cookiebot" src="https://consent.cookiebot.com/uc.js" '
    'data-cbid="0a1b2c3d-0000-4000-8000-00000000abcd" async></script>',
)
DIDOMI = Mark("didomi", head=_loader("https://sdk.privacy-center.org/0a1b2c3d-1111/loader.js"))
COMPLIANZ = Mark("complianz", head='<script src="/lib/complianz/cookiebanner/js/complianz.min.js"></script>')
