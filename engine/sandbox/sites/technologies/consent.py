"""Consent managers: how each is loaded, and how a script waits for it. After the vendors' public guides."""

import re

from engine.sandbox.sites.technologies import relations
from engine.sandbox.sites.technologies.measuring import loader

CONSENT_LOADERS: dict[str, str] = {
    "axeptio": f"""<script>
window.axeptioSettings = {{clientId: "${{hex}}", cookiesVersion: "${{name}}-fr-EU"}};
(function() {{
{loader('"//static.axept.io/sdk.js"')}
}})();
</script>""",
    "didomi": f"""<script type="text/javascript">
window.gdprAppliesGlobally = true; window.didomiConfig = {{app: {{name: "${{name}}", apiKey: "${{uuid}}"}}}};
(function() {{
{loader('"https://sdk.privacy-center.org/${uuid}/loader.js?target=" + document.location.hostname')}
}})();
</script>""",
    "tarteaucitron": """<script src="/tarteaucitron/tarteaucitron.js"></script>
<script>
window.tarteaucitron && tarteaucitron.init({"privacyUrl": "", "hashtag": "#tarteaucitron",
"cookieName": "tarteaucitron", "orientation": "bottom", "showAlertSmall": false, "AcceptAllCta": true});
</script>""",
    "cookiebot": '<script id="Cookiebot" src="https://consent.cookiebot.com/uc.js" data-cbid="${uuid}" '
    'data-blockingmode="auto" type="text/javascript"></script>',
    "onetrust": '<script src="https://cdn.cookielaw.org/scripttemplates/otSDKStub.js" type="text/javascript" '
    'charset="UTF-8" data-domain-script="${uuid}"></script>\n'
    '<script type="text/javascript">function OptanonWrapper() { }</script>',
    "quantcast_choice": f"""<script type="text/javascript" async>
(function() {{ window.__tcfapi = window.__tcfapi || function() {{}};
{loader("'https://cmp.quantcast.com/choice/${ten}/${domain}/choice.js?tag_version=V2'")}
}})();
</script>""",
    "complianz": """<link rel='stylesheet' id='cmplz-general-css'
href='/wp-content/plugins/complianz-gdpr/assets/css/cookieblocker.min.css?ver=1718' media='all' />
<script id="cmplz-cookiebanner-js-extra">var complianz = {"prefix":"cmplz_","region":"eu"};</script>
<script defer src="/wp-content/plugins/complianz-gdpr/cookiebanner/js/complianz.min.js?ver=1718"></script>""",
    "cookieyes": '<script id="cookieyes" type="text/javascript" '
    'src="https://cdn-cookieyes.com/client_data/${hex}/script.js"></script>',
    "iubenda": """<script type="text/javascript">
var _iub = _iub || []; _iub.csConfiguration = {"siteId": ${number}, "cookiePolicyId": ${number}, "lang": "fr"};
</script>
<script type="text/javascript" src="//cdn.iubenda.com/cs/iubenda_cs.js" charset="UTF-8" async></script>""",
    "usercentrics": '<script id="usercentrics-cmp" src="https://app.usercentrics.eu/browser-ui/latest/loader.js" '
    'data-settings-id="${ten}" async></script>',
    "osano": '<script src="https://cmp.osano.com/${ten}/${uuid}/osano.js"></script>',
    "sirdata": '<script type="text/javascript" src="https://cache.consentframework.com/js/pa/${site}/c/${ten}/stub" '
    'charset="utf-8"></script>\n<script type="text/javascript" '
    'src="https://choices.consentframework.com/js/pa/${site}/c/${ten}/cmp" charset="utf-8" async></script>',
    "termly": '<script src="https://app.termly.io/resource-blocker/${uuid}?autoBlock=on"></script>',
}
# How a script is written so that this manager runs it after consent: attributes by purpose.
GATES: dict[str, tuple[str, str]] = {
    "axeptio": ('type="text/plain" data-axeptio="analytics"', 'type="text/plain" data-axeptio="marketing"'),
    "didomi": (
        'type="didomi/javascript" data-vendor="c:mesure-audience"',
        'type="didomi/javascript" data-vendor="c:publicite"',
    ),
    "cookiebot": (
        'type="text/plain" data-cookieconsent="statistics"',
        'type="text/plain" data-cookieconsent="marketing"',
    ),
    "onetrust": (
        'type="text/plain" class="optanon-category-C0002"',
        'type="text/plain" class="optanon-category-C0004"',
    ),
    "complianz": ('type="text/plain" data-category="statistics"', 'type="text/plain" data-category="marketing"'),
    "cookieyes": (
        'type="text/plain" data-cookieyes="cookieyes-analytics"',
        'type="text/plain" data-cookieyes="cookieyes-advertisement"',
    ),
    "iubenda": (
        'type="text/plain" class="_iub_cs_activate-inline" data-iub-purposes="4"',
        'type="text/plain" class="_iub_cs_activate-inline" data-iub-purposes="5"',
    ),
    "usercentrics": (
        'type="text/plain" data-usercentrics="Statistik"',
        'type="text/plain" data-usercentrics="Marketing"',
    ),
    "termly": ('type="text/plain" data-categories="analytics"', 'type="text/plain" data-categories="advertising"'),
}
# The services that tarteaucitron starts itself: no snippet of the vendor stands in the page.
TARTEAUCITRON_JOBS: dict[str, str] = {
    "ga4": "tarteaucitron.user.gtagUa = '${ga4}';\n{job}('gtag');",
    "matomo": "tarteaucitron.user.matomoId = ${site};\n"
    "tarteaucitron.user.matomoHost = '//stats.${domain}/';\n{job}('matomo');",
    "hotjar": "tarteaucitron.user.hotjarId = ${number};\ntarteaucitron.user.HotjarSv = 6;\n{job}('hotjar');",
    "clarity": "tarteaucitron.user.clarity = '${ten}';\n{job}('clarity');",
    "meta": "tarteaucitron.user.facebookpixelId = '${long}';\n{job}('facebookpixel');",
    "linkedin": "tarteaucitron.user.linkedininsighttag = '${number}';\n{job}('linkedininsighttag');",
    "tiktok": "tarteaucitron.user.tiktokId = 'C${token}';\n{job}('tiktok');",
    "microsoft_ads": "tarteaucitron.user.bingadsTag = '${number}';\n{job}('bingads');",
    **relations.TARTEAUCITRON_JOBS,
}
SCRIPT = re.compile(r"<script(?: type=[\"']text/javascript[\"'])?")
NOSCRIPT = re.compile(r"\s*<noscript>.*?</noscript>", re.DOTALL)


def gated(snippet: str, slug: str, manager: str, *, advertising: bool) -> str:
    """The snippet as it stands where a consent manager starts it; unchanged where the manager blocks by itself."""
    if manager == "tarteaucitron" and slug in TARTEAUCITRON_JOBS:
        job = "(tarteaucitron.job = tarteaucitron.job || []).push"
        return f"<script>\n{TARTEAUCITRON_JOBS[slug].replace('{job}', job)}\n</script>"
    if manager not in GATES:
        return snippet
    return SCRIPT.sub(f"<script {GATES[manager][advertising]}", NOSCRIPT.sub("", snippet))
