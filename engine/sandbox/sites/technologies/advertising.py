"""Advertising pixels, written after the vendors' public installation guides. `${...}` are ids of `ids.account_ids`."""

from engine.sandbox.sites.technologies.measuring import GTAG, loader


def queue(name: str, body: str) -> str:
    """A function that keeps its calls until the vendor's script takes them over."""
    call = f"({name}.queue = {name}.queue || []).push(arguments);"
    return f"window.{name} = window.{name} || function() {{ {call} }};\n{body}"


ADVERTISING: dict[str, tuple[str, ...]] = {
    "meta": (
        "<script>\n"
        + queue("fbq", loader("'https://connect.facebook.net/en_US/fbevents.js'"))
        + """
fbq('init', '${long}');
fbq('track', 'PageView');
</script>
<noscript><img height="1" width="1" style="display:none"
src="https://www.facebook.com/tr?id=${long}&ev=PageView&noscript=1"/></noscript>""",
        "<script type='text/javascript'>\n"
        + queue("fbq", "fbq.version = '2.0'; fbq.agent = 'dvpixelyoursite';")
        + """
fbq('init', '${long}', {}, {"agent": "wordpress-6.4-3.0"}); fbq("track", "PageView", []);
</script>
<script async src="https://connect.facebook.net/fr_FR/fbevents.js"></script>""",
    ),
    "google_ads": (
        GTAG % {"id": "aw", "options": ""},
        GTAG % {"id": "aw", "options": ", {'allow_enhanced_conversions': true}"}
        + "\n<script>gtag('event', 'conversion', {'send_to': '${aw}/${token}'});</script>",
        """<script type="text/javascript">
/* <![CDATA[ */
var google_conversion_id = ${number}; var google_custom_params = window.google_tag_params;
var google_remarketing_only = true;
/* ]]> */
</script>
<script type="text/javascript" src="//www.googleadservices.com/pagead/conversion.js"></script>
<noscript><div style="display:inline;"><img height="1" width="1" style="border-style:none;" alt=""
src="//googleads.g.doubleclick.net/pagead/viewthroughconversion/${number}/?guid=ON&amp;script=0"/></div></noscript>""",
    ),
    "linkedin": (
        f"""<script type="text/javascript">
_linkedin_partner_id = "${{number}}";
window._linkedin_data_partner_ids = window._linkedin_data_partner_ids || [];
window._linkedin_data_partner_ids.push(_linkedin_partner_id);
</script><script type="text/javascript">
(function() {{ window.lintrk = window.lintrk || function(a, b) {{ (lintrk.q = lintrk.q || []).push([a, b]) }};
{loader('"https://snap.licdn.com/li.lms-analytics/insight.min.js"')}
}})();
</script>
<noscript><img height="1" width="1" style="display:none;" alt=""
src="https://px.ads.linkedin.com/collect/?pid=${{number}}&fmt=gif" /></noscript>""",
    ),
    "tiktok": (
        f"""<script>
(function(w, t) {{
w.TiktokAnalyticsObject = t; var ttq = w[t] = w[t] || []; ttq.page = function() {{ ttq.push(['page']) }};
ttq.load = function(id) {{
{loader("'https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=' + id + '&lib=' + t")}
}};
ttq.load('C${{token}}'); ttq.page();
}})(window, 'ttq');
</script>""",
    ),
    "pinterest": (
        "<script>\n"
        + queue("pintrk", loader('"https://s.pinimg.com/ct/core.js"'))
        + """
pintrk('load', '261${number}'); pintrk('page');
</script>
<noscript><img height="1" width="1" style="display:none;" alt=""
src="https://ct.pinterest.com/v3/?event=init&tid=261${number}&noscript=1" /></noscript>""",
    ),
    "snapchat": (
        "<script type='text/javascript'>\n"
        + queue("snaptr", loader("'https://sc-static.net/scevent.min.js'"))
        + "\nsnaptr('init', '${uuid}'); snaptr('track', 'PAGE_VIEW');\n</script>",
    ),
    "microsoft_ads": (
        f"""<script>
(function(w, u) {{ w[u] = w[u] || []; window.uetq_tag = {{ti: "${{number}}", enableAutoSpaTracking: true}};
{loader('"//bat.bing.com/bat.js"')}
s.onload = function() {{ uetq_tag.q = w[u]; w[u] = new UET(uetq_tag); w[u].push("pageLoad") }};
}})(window, "uetq");
</script>""",
    ),
    "x_ads": (
        "<script>\n"
        + queue("twq", loader("'https://static.ads-twitter.com/uwt.js'"))
        + "\ntwq('config', 'o${hex6}');\n</script>",
    ),
    "criteo": (
        """<script type="text/javascript" src="//dynamic.criteo.com/js/ld/ld.js?a=${number}" async="true"></script>
<script type="text/javascript">
window.criteo_q = window.criteo_q || [];
window.criteo_q.push({event: "setAccount", account: ${number}}, {event: "viewHome"});
</script>""",
    ),
    "taboola": (
        f"""<script type='text/javascript'>
window._tfa = window._tfa || []; window._tfa.push({{notify: 'event', name: 'page_view', id: ${{number}}}});
(function() {{
{loader("'//cdn.taboola.com/libtrc/unip/${number}/tfa.js'")}
s.id = 'tb_tfa_script';
}})();
</script>""",
    ),
    "outbrain": (
        '<script data-obct type="text/javascript">\n'
        + queue("obApi", loader("'//amplify.outbrain.com/cp/obtp.js'"))
        + "\nobApi.version = '1.1'; obApi.marketerId = '00${hex}'; obApi('track', 'PAGE_VIEW');\n</script>",
    ),
    "reddit": (
        "<script>\n"
        + queue("rdt", loader('"https://www.redditstatic.com/ads/pixel.js"'))
        + "\nrdt('init', 't2_${hex6}'); rdt('track', 'PageVisit');\n</script>",
    ),
    "quora": (
        "<script>\n"
        + queue("qp", loader("'https://a.quora.com/qevents.js'"))
        + """
qp('init', '${hex}'); qp('track', 'ViewContent');
</script>
<noscript><img height="1" width="1" style="display:none"
src="https://q.quora.com/_/ad/${hex}/pixel?tag=ViewContent&noscript=1"/></noscript>""",
    ),
    "adroll": (
        f"""<script type="text/javascript">
adroll_adv_id = "${{token}}"; adroll_pix_id = "${{token}}"; adroll_version = "2.0";
(function(w) {{ w.__adroll_loaded = true; w.adroll = w.adroll || [];
{loader('"https://s.adroll.com/j/" + adroll_adv_id + "/roundtrip.js"')}
}})(window);
</script>""",
    ),
}
