"""Audience measurement: what the vendors ask a site to install. Written after their public installation guides.

Each technology has one or more forms; `${...}` are account ids of `ids.account_ids`.
"""

GTAG = """<script async src="https://www.googletagmanager.com/gtag/js?id=${%(id)s}"></script>
<script>
window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments); }
gtag('js', new Date());
gtag('config', '${%(id)s}'%(options)s);
</script>"""


def loader(source: str) -> str:
    """The lines that add an asynchronous script to the page, as most vendors write them."""
    return (
        f"var s = document.createElement('script'); s.async = true; s.src = {source};\n"
        "var first = document.getElementsByTagName('script')[0]; first.parentNode.insertBefore(s, first);"
    )


MATOMO = """<script>
var _paq = window._paq = window._paq || [];
_paq.push(['trackPageView']);
_paq.push(['enableLinkTracking']);
(function() {
  var u = "%s";
  _paq.push(['setTrackerUrl', u + '%s.php']);
  _paq.push(['setSiteId', '${site}']);
  %s
})();
</script>"""
MEASURING: dict[str, tuple[str, ...]] = {
    "ga4": (
        GTAG % {"id": "ga4", "options": ""},
        GTAG % {"id": "ga4", "options": ", {'anonymize_ip': true, 'cookie_flags': 'SameSite=None;Secure'}"},
        """<script id="google_gtagjs-js" async src="https://www.googletagmanager.com/gtag/js?id=${ga4}"></script>
<script id="google_gtagjs-js-after">
window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}
gtag("set","linker",{"domains":["${domain}"]});gtag("js",new Date());gtag("config","${ga4}");
</script>""",
    ),
    "universal_analytics": (
        GTAG % {"id": "ua", "options": ""},
        """<script>
window.ga = window.ga || function() { (ga.q = ga.q || []).push(arguments); }; ga.l = +new Date();
ga('create', '${ua}', 'auto');
ga('set', 'anonymizeIp', true);
ga('send', 'pageview');
</script>
<script async src="https://www.google-analytics.com/analytics.js"></script>""",
        f"""<script type="text/javascript">
var _gaq = _gaq || [];
_gaq.push(['_setAccount', '${{ua}}']);
_gaq.push(['_trackPageview']);
(function() {{
{loader("('https:' == document.location.protocol ? 'https://ssl' : 'http://www') + '.google-analytics.com/ga.js'")}
}})();
</script>""",
    ),
    "matomo": (
        MATOMO % ("//stats.${domain}/", "matomo", loader("u + 'matomo.js'")),
        MATOMO % ("https://www.${domain}/matomo/", "matomo", loader("u + 'matomo.js'")),
        MATOMO % ("https://${name}.matomo.cloud/", "matomo", loader("'https://cdn.matomo.cloud/${domain}/matomo.js'")),
        (MATOMO % ("//stats.${domain}/piwik/", "piwik", loader("u + 'piwik.js'")))
        + '\n<noscript><img src="//stats.${domain}/piwik/piwik.php?idsite=${site}&amp;rec=1" alt=""></noscript>',
    ),
    "plausible": (
        '<script defer data-domain="${domain}" src="https://plausible.io/js/script.js"></script>',
        '<script defer data-domain="${domain}" src="https://plausible.io/js/script.outbound-links.js"></script>\n'
        "<script>window.plausible = window.plausible || function() "
        "{ (window.plausible.q = window.plausible.q || []).push(arguments) }</script>",
    ),
    "hotjar": (
        f"""<script>
(function(h) {{
h.hj = h.hj || function() {{ (h.hj.q = h.hj.q || []).push(arguments) }};
h._hjSettings = {{hjid: ${{number}}, hjsv: 6}};
{loader("'https://static.hotjar.com/c/hotjar-' + h._hjSettings.hjid + '.js?sv=' + h._hjSettings.hjsv")}
}})(window);
</script>""",
    ),
    "clarity": (
        f"""<script type="text/javascript">
(function(c, a) {{
c[a] = c[a] || function() {{ (c[a].q = c[a].q || []).push(arguments) }};
{loader("'https://www.clarity.ms/tag/' + '${ten}'")}
}})(window, "clarity");
</script>""",
        f"""<script>
window.clarity = window.clarity || function() {{ (clarity.q = clarity.q || []).push(arguments) }};
{loader("'https://www.clarity.ms/tag/${ten}'")}
</script>""",
    ),
    "fathom": ('<script src="https://cdn.usefathom.com/script.js" data-site="ABCD${site}" defer></script>',),
    "umami": (
        '<script async defer src="https://cloud.umami.is/script.js" data-website-id="${uuid}"></script>',
        '<script async defer data-website-id="${uuid}" src="https://stats.${domain}/umami.js"></script>',
    ),
    "simple_analytics": (
        '<script async defer src="https://scripts.simpleanalyticscdn.com/latest.js"></script>\n<noscript><img '
        'src="https://queue.simpleanalyticscdn.com/noscript.gif" alt="" referrerpolicy="no-referrer-when-downgrade" />'
        "</noscript>",
    ),
    "cloudflare_analytics": (
        '<script defer src="https://static.cloudflareinsights.com/beacon.min.js" '
        'data-cf-beacon=\'{"token": "${hex}"}\'></script>',
    ),
    "piwik_pro": (
        f"""<script type="text/javascript">
(function(w, layer, id) {{
w[layer] = w[layer] || []; w[layer].push({{start: (new Date).getTime(), event: "stg.start"}});
{loader('"https://${name}.containers.piwik.pro/" + id + ".js"')}
w.ppms = w.ppms || {{}}; w.ppms.tm = w.ppms.tm || {{}};
}})(window, 'dataLayer', '${{uuid}}');
</script>""",
    ),
    "at_internet": (
        '<script type="text/javascript" src="//tag.aticdn.net/${number}/smarttag.js"></script>\n'
        "<script>var tag = new ATInternet.Tracker.Tag(); tag.page.set({name: 'accueil', level2: '1'}); "
        "tag.dispatch();</script>",
        '<script src="https://tag.aticdn.net/js/generic/smarttag-latest.js"></script>\n'
        '<script>var ATTag = new ATInternet.Tracker.Tag({site: ${number}, log: "logs1412"}); '
        "ATTag.page.send({name: 'accueil'});</script>",
    ),
    "posthog": (
        f"""<script>
window.posthog = window.posthog || []; posthog.init = function() {{ (posthog._i = posthog._i || []).push(arguments) }};
{loader("'https://eu-assets.i.posthog.com/static/array.js'")}
posthog.init('phc_${{key}}', {{api_host: 'https://eu.i.posthog.com', person_profiles: 'identified_only'}});
</script>""",
    ),
    "mixpanel": (
        f"""<script type="text/javascript">
(function(w) {{
w.mixpanel = w.mixpanel || []; mixpanel.init = function() {{ (mixpanel._i = mixpanel._i || []).push(arguments) }};
{loader("'https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js'")}
}})(window);
mixpanel.init("${{hex}}", {{track_pageview: true, persistence: "localStorage"}});
</script>""",
    ),
    "segment": (
        f"""<script>
(function() {{
var analytics = window.analytics = window.analytics || []; analytics.methods = ["identify", "page", "track"];
analytics.load = function(key) {{
{loader("'https://cdn.segment.com/analytics.js/v1/' + key + '/analytics.min.js'")}
}};
analytics._writeKey = "${{key}}"; analytics.load("${{key}}");
}})();
</script>""",
    ),
    "contentsquare": (
        '<script src="https://t.contentsquare.net/uxa/${hex13}.js"></script>',
        f"""<script type="text/javascript">
(function() {{ window._uxa = window._uxa || []; _uxa.push(['setPath', window.location.pathname]);
{loader("'//t.contentsquare.net/uxa/${hex13}.js'")}
}})();
</script>""",
    ),
    "adobe_analytics": (
        '<script src="/js/AppMeasurement.js"></script>\n<script>var s_account = "${name}prod", s = s_gi(s_account); '
        's.trackingServer = "${name}.sc.omtrdc.net"; s.pageName = document.title; var s_code = s.t();</script>',
    ),
    "yandex_metrica": (
        f"""<script type="text/javascript">
(function(m, i) {{ m[i] = m[i] || function() {{ (m[i].a = m[i].a || []).push(arguments) }}; m[i].l = 1 * new Date();
{loader('"https://mc.yandex.ru/metrika/tag.js"')}
}})(window, "ym");
ym(${{number}}, "init", {{clickmap: true, trackLinks: true, webvisor: true}});
</script>
<noscript><div><img src="https://mc.yandex.ru/watch/${{number}}" style="position:absolute" alt="" /></div>
</noscript>""",
    ),
    "statcounter": (
        """<script type="text/javascript">
var sc_project=${number}; var sc_invisible=1; var sc_security="${hex6}";
</script>
<script type="text/javascript" src="https://www.statcounter.com/counter/counter.js" async></script>
<noscript><div class="statcounter"><a title="statistiques" href="https://statcounter.com/" target="_blank">
<img class="statcounter" src="https://c.statcounter.com/${number}/0/${hex6}/1/" alt=""></a></div></noscript>""",
    ),
}
TAG_MANAGER = (
    f"""<script>(function(w, l, i) {{ w[l] = w[l] || []; w[l].push({{'gtm.start': +new Date(), event: 'gtm.js'}});
{loader("'https://www.googletagmanager.com/gtm.js?id=' + i")}
}})(window, 'dataLayer', '${{gtm}}');</script>""",
    '<noscript><iframe src="https://www.googletagmanager.com/ns.html?id=${gtm}" height="0" width="0" '
    'style="display:none;visibility:hidden"></iframe></noscript>',
)
