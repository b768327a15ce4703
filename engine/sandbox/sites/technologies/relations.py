"""Marketing CRMs, chats, advertising space and affiliation: what the vendors ask a site to install.

Written after their public installation guides; `${...}` are ids of `ids.relation_ids`, `$$` is a dollar sign.
"""

from engine.sandbox.sites.technologies.measuring import loader

CRMS: dict[str, tuple[str, ...]] = {
    "hubspot": (
        '<script type="text/javascript" id="hs-script-loader" async defer src="//js.hs-scripts.com/${number}.js">'
        "</script>",
        """<script charset="utf-8" type="text/javascript" src="//js.hsforms.net/forms/embed/v2.js"></script>
<script>window.hbspt && hbspt.forms.create({region: "eu1", portalId: "${number}", formId: "${uuid}"});</script>""",
    ),
    "brevo": (
        f"""<script type="text/javascript">
(function() {{ window.sib = {{equeue: [], client_key: "${{ten}}${{ten}}"}}; window.sendinblue = {{}};
{loader("'https://sibautomation.com/sa.js?key=' + window.sib.client_key")}
window.sendinblue.page = function() {{ sib.equeue.push({{page: arguments}}) }}; sendinblue.page();
}})();
</script>""",
        """<script src="https://cdn.brevo.com/js/sdk-loader.js" async></script>
<script>window.Brevo = window.Brevo || []; Brevo.push(["init", {client_key: "${ten}${ten}"}]);</script>""",
        """<div class="sib-form"><form id="sib-form" method="POST" data-type="subscription"
action="https://${hex6}.sibforms.com/serve/MUIFA${token}"><input name="EMAIL" type="text"><button>OK</button>
</form></div>
<script defer src="https://sibforms.com/forms/end-form/build/main.js"></script>""",
    ),
    "klaviyo": (
        '<script async type="text/javascript" src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${six}">'
        "</script>",
        """<script type="text/javascript" async src="https://static.klaviyo.com/onsite/js/${six}/klaviyo.js"></script>
<script>window.klaviyo = window.klaviyo || []; klaviyo.push(["track", "Viewed Page"]);</script>""",
    ),
    "mailchimp": (
        f"""<script id="mcjs">(function() {{
{loader('"https://chimpstatic.com/mcjs-connected/js/users/${hex}/${hex}.js"')}
}})();</script>""",
        """<div id="mc_embed_signup"><form class="validate" id="mc-embedded-subscribe-form" method="post"
action="https://${name}.us${site}.list-manage.com/subscribe/post?u=${hex}&amp;id=${hex6}" target="_blank">
<input type="email" name="EMAIL" class="required email" id="mce-EMAIL"><button>OK</button></form></div>""",
    ),
    "activecampaign": (
        f"""<script type="text/javascript">
(function(w, o) {{ w.visitorGlobalObjectAlias = o;
w[o] = w[o] || function() {{ (w[o].q = w[o].q || []).push(arguments) }};
{loader('"https://diffuser-cdn.app-us1.com/diffuser/diffuser.js"')}
}})(window, "vgo");
vgo('setAccount', '${{number}}'); vgo('setTrackByDefault', true); vgo('process');
</script>""",
    ),
}
CHATS: dict[str, tuple[str, ...]] = {
    "intercom": (
        f"""<script>
window.intercomSettings = {{api_base: "https://api-iam.eu.intercom.io", app_id: "${{ten}}"}};
(function() {{ window.Intercom = window.Intercom || function() {{ (Intercom.q = Intercom.q || []).push(arguments) }};
{loader("'https://widget.intercom.io/widget/${ten}'")}
}})();
</script>""",
    ),
    "crisp": (
        f"""<script type="text/javascript">
window.$$crisp = []; window.CRISP_WEBSITE_ID = "${{uuid}}";
(function() {{
{loader('"https://client.crisp.chat/l.js"')}
}})();
</script>""",
    ),
    "drift": (
        f"""<script>
(function() {{ var t = window.driftt = window.drift = window.driftt || []; t.load = function(id) {{
{loader("'https://js.driftt.com/include/' + 300000 * Math.ceil(new Date() / 300000) + '/' + id + '.js'")}
}}; }})();
drift.SNIPPET_VERSION = '0.3.1'; drift.load('${{ten}}');
</script>""",
    ),
    "tawk": (
        f"""<script type="text/javascript">
var Tawk_API = Tawk_API || {{}}, Tawk_LoadStart = new Date();
(function() {{
{loader("'https://embed.tawk.to/${hex24}/default'")}
s.charset = 'UTF-8'; s.setAttribute('crossorigin', '*');
}})();
</script>""",
    ),
    "tidio": ('<script src="//code.tidio.co/${key}.js" async></script>',),
    "zendesk": (
        '<script id="ze-snippet" src="https://static.zdassets.com/ekr/snippet.js?key=${uuid}"> </script>',
        """<script type="text/javascript">window.zESettings = {webWidget: {color: {theme: '#336699'}}};</script>
<script id="ze-snippet" src="https://static.zdassets.com/ekr/snippet.js?key=${uuid}"></script>""",
    ),
    # The vendor's one script serves CRM and chat; these settings are the chat's.
    "hubspot": (
        "<script>window.hsConversationsSettings = {loadImmediately: true, inlineEmbedSelector: '#chat'};\n"
        "window.hsConversationsOnReady = [function() { HubSpotConversations.widget.load(); }];</script>",
    ),
}
# Who rents the site's own space to advertisers. That is income of the site, and no advertising of its own.
NETWORKS: dict[str, tuple[str, ...]] = {
    "adsense": (
        '<script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-${long}" '
        'crossorigin="anonymous"></script>',
        """<script async src="//pagead2.googlesyndication.com/pagead/js/adsbygoogle.js"></script>
<ins class="adsbygoogle" style="display:block" data-ad-client="ca-pub-${long}" data-ad-slot="${number}"></ins>
<script>(adsbygoogle = window.adsbygoogle || []).push({});</script>""",
    ),
    "taboola": (
        f"""<div id="taboola-below-article-thumbnails"></div>
<script type="text/javascript">
window._taboola = window._taboola || []; _taboola.push({{article: 'auto'}});
_taboola.push({{mode: 'thumbnails-a', container: 'taboola-below-article-thumbnails', placement: 'Below Article'}});
(function() {{
{loader("'//cdn.taboola.com/libtrc/${name}/loader.js'")}
}})();
</script>""",
    ),
    "outbrain": (
        '<div class="OUTBRAIN" data-src="https://${domain}/" data-widget-id="AR_1"></div>\n'
        '<script type="text/javascript" async="async" src="//widgets.outbrain.com/outbrain.js"></script>',
    ),
    "amazon": (
        f"""<script>
(function() {{ window.apstag = window.apstag || {{_Q: [], init: function() {{ apstag._Q.push(["i", arguments]) }}}};
{loader('"//c.amazon-adsystem.com/aax2/apstag.js"')}
apstag.init({{pubID: "${{uuid}}", adServer: "googletag"}});
}})();
</script>""",
    ),
}
AFFILIATIONS: dict[str, tuple[str, ...]] = {
    "awin": ('<script src="https://www.dwin1.com/${number}.js" type="text/javascript" defer="defer"></script>',),
}
# The services that tarteaucitron starts itself: no snippet of the vendor stands in the page.
TARTEAUCITRON_JOBS: dict[str, str] = {
    "hubspot": "tarteaucitron.user.hubspotId = '${number}';\n{job}('hubspot');",
    "brevo": "tarteaucitron.user.sendinblueKey = '${ten}${ten}';\n{job}('sendinblue');",
    "crisp": "tarteaucitron.user.crispID = '${uuid}';\n{job}('crisp');",
}
