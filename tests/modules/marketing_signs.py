"""One snippet for each signature of `data/marketing`, in the form that the vendor has its customers paste."""


def script(src: str) -> str:
    return f'<script async src="https://{src}"></script>'


def code(text: str) -> str:
    return f"<script>{text}</script>"


def image(src: str) -> str:
    return f'<img src="https://{src}" alt="">'


def frame(src: str) -> str:
    return f'<iframe src="https://{src}"></iframe>'


def form(action: str) -> str:
    return f'<form action="https://{action}" method="post"><input name="EMAIL"></form>'


def link(href: str) -> str:
    return f'<link rel="stylesheet" href="{href}">'


SIGNS: dict[str, str] = {
    # Advertising
    "google_remarketing": code("var google_conversion_id = 965840000; var google_remarketing_only = true;"),
    "google_floodlight": code("gtag('config', 'DC-6070000');"),
    "the_trade_desk": script("js.adsrvr.org/up_loader.1.1.0.js") + code("ttd_dom_ready(function() {});"),
    "rtb_house": script("tags.creativecdn.com/AbC123.js"),
    "xandr": script("acdn.adnxs.com/dmp/up/pixie.js") + code("pixie('init', 'x');"),
    "amazon_advertising": code("amzn('setRegion', 'EU'); amzn('addTag', 'x');"),
    "spotify_ads": script("pixel.byspotify.com/ping.min.js"),
    "yahoo_ads": script("s.yimg.com/wi/ytc.js"),
    "nextdoor": code("ndp('init', 'x', {}); // ads.nextdoor.com/public/pixel/ndp.js"),
    "teads": script("p.teads.tv/teads-fellow.js"),
    "teads_publisher": script("a.teads.tv/page/12345/tag"),
    "adform": code("window._adftrack = Array.isArray(window._adftrack) ? window._adftrack : [];"),
    "weborama": script("cstatic.weborama.fr/js/wam/customers/x.min.js"),
    "mntn": script("dx.mountain.com/spx?dxver=4.0.0&shaid=1"),
    "perfect_audience": script("tag.perfectaudience.com/serve/0123456789.js"),
    "simpli_fi": script("tag.simpli.fi/sifitag/0a1b"),
    "stackadapt": script("tags.srv.stackadapt.com/events.js") + code("saq('ts', 'x');"),
    "basis_sitescout": image("pixel.sitescout.com/iap/0a1b"),
    "vk_ads": image("vk.com/rtrg?p=VK-RTRG-1"),
    "seznam_sklik": script("c.seznam.cz/js/rc.js"),
    "equativ": script("ced.sascdn.com/tag/1408/smart.js"),
    "ezoic": script("www.ezojs.com/ezoic/sa.min.js"),
    "mediavine": script("scripts.mediavine.com/tags/dupont.js"),
    "media_net": script("contextual.media.net/dmedianet.js?cid=8CU0"),
    "ligatus": script("a-ssl.ligatus.com/?ids=1&t=js"),
    "adspirit": script("pulse.adspirit.de/adscript.php?pid=48"),
    "seedtag": script("t.seedtag.com/t/1234-5678-01.js"),
    # Affiliation
    "tradedoubler": script("swrap.tradedoubler.com/wrap?id=1"),
    "kwanko": script("img.metaffiliation.com/na/na/res/trk/script.js"),
    "effinity": script("mastertag.effiliation.com/mt123.js?page=home"),
    "affilae": script("static.affilae.com/ae-v3.5.js"),
    "cj": script("www.mczbf.com/tags/12345/tag.js"),
    "rakuten_advertising": script("tag.rmp.rakuten.com/12345.ct.js"),
    "impact": script("utt.impactcdn.com/A123-1.js"),
    "shareasale": image("www.shareasale.com/sale.cfm?tracking=1&merchantID=2"),
    "partnerstack": script("js.partnerstack.com/v1/"),
    "refersion": script("dupont.refersion.com/tracker/v3/pub_1.js"),
    # CRM and e-mail marketing
    "hubspot_site": code("hbspt.forms.create({portalId: '1', formId: 'x'});"),
    "brevo_tracker": code("window.sib = { equeue: [], client_key: 'x' };"),
    "klaviyo_forms": script("static-tracking.klaviyo.com/onsite/js/x.js"),
    "mailchimp_site": '<script id="mcjs"></script>',
    "activecampaign_forms": script("dupont.activehosted.com/f/embed.php?id=1"),
    "customer_io": code("var _cio = _cio || [];"),
    "braze": code("braze.initialize('x', {baseUrl: 'sdk.iad-01.braze.com'});"),
    "eloqua": code("_elqQ.push(['elqSetSiteId', '1']);"),
    "drip": script("tag.getdrip.com/123.js"),
    "keap": form("dupont.infusionsoft.com/app/form/process/0a1b"),
    "dotdigital": script("r1-t.trackedlink.net/_dmpt.js"),
    "emarsys": code("ScarabQueue.push(['go']);"),
    "salesmanago": code("var _smid = 'x';"),
    "sellsy": frame("www.sellsy.com/webform/1"),
    "leadconnector": script("widgets.leadconnectorhq.com/loader.js"),
    "systeme_io": script("dupont.systeme.io/public/remote/page/1.js"),
    "campaign_monitor": form("dupont.createsend.com/t/d/s/x/"),
    "constant_contact": script("static.ctctcdn.com/js/signup-form-widget/current/signup-form-widget.min.js"),
    "aweber": form("www.aweber.com/scripts/addlead.pl"),
    "moosend": script("cdn.stat-track.com/statics/moosend-tracking.min.js"),
    "cleverreach": form("eu2.cleverreach.com/f/1-2/wcs/"),
    "sendpulse": script("web.webformscr.com/apps/fc3/build/loader.js"),
    "freshsales": code("freshsales.init('https://dupont.freshsales.io', 'x');"),
    "dynamics_365": script("cxppusa1formui01cdnsa01-endpoint.azureedge.net/eur/FormLoader/FormLoader.bundle.js"),
    "exponea": code("exponea.start({token: 'x'});"),
    # Customer data
    "mparticle": script("jssdkcdns.mparticle.com/js/v2/x/mparticle.js"),
    "rudderstack": code("rudderanalytics.load('x', 'https://dataplane.example');"),
    "lytics": script("c.lytics.io/api/tag/x/latest.min.js"),
    "blueconic": script("dupont.blueconic.net/dupont.js"),
    # Chat
    "hubspot_chat": code("window.hsConversationsSettings = {loadImmediately: false};"),
    "chatra": script("call.chatra.io/chatra.js"),
    "chatwoot": code("window.chatwootSDK.run({websiteToken: 'x'});"),
    "landbot": script("cdn.landbot.io/landbot-3/landbot-3.0.0.js"),
    "botpress": script("cdn.botpress.cloud/webchat/v2/inject.js"),
    "reamaze": script("cdn.reamaze.com/assets/reamaze.js"),
    "pure_chat": script("app.purechat.com/VisitorWidget/WidgetScript"),
    "front_chat": script("chat-assets.frontapp.com/v1/chat.bundle.js"),
    "liveperson": script("lptag.liveperson.net/tag/tag.js?site=1"),
    "trengo": code("window.Trengo = window.Trengo || {};"),
    "kustomer": script("cdn.kustomerapp.com/chat-web/widget.js"),
    "zoho_salesiq": code("var $zoho = $zoho || {}; $zoho.salesiq = $zoho.salesiq || {widgetcode: 'x'};"),
    "pipedrive_chat": code("window.pipedriveLeadboosterConfig = {companyId: 1};"),
    "tidio_site": code(
        "tarteaucitron.user.tidioId = 'x'; (tarteaucitron.job = tarteaucitron.job || []).push('tidio');"
    ),
    "zendesk_messaging": '<script id="ze-snippet"></script>',
    "crisp_site": code("window.$crisp=[];"),
    "intercom_site": code("Intercom('boot', {app_id: 'x'});"),
    "tawk_site": code("var Tawk_API=Tawk_API||{}, Tawk_LoadStart=new Date();"),
    "drift_site": code("var t = window.driftt = window.drift = window.driftt || [];"),
    # Consent
    "trustarc": script("consent.trustarc.com/notice?domain=dupont.fr"),
    "consentmanager": script("cdn.consentmanager.net/delivery/autoblocking/x.js"),
    "sourcepoint": script("cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js"),
    "trust_commander": script("cdn.trustcommander.net/privacy/1/privacy_v2_1.js"),
    "app_consent": script("cdn.appconsent.io/tcf2-clear/current/core.bundle.js"),
    "cookiefirst": script("consent.cookiefirst.com/sites/dupont.fr-x/consent.js"),
    "cookiehub": script("cookiehub.net/c2/x.js"),
    "cookie_information": script("policy.app.cookieinformation.com/uc.js"),
    "klaro": '<script defer src="/js/klaro.js"></script>',
    "civic": code("CookieControl.load({apiKey: 'x'});"),
    "real_cookie_banner": link("/wp-content/plugins/real-cookie-banner/public/dist/banner.css"),
    "moove_gdpr": link("/wp-content/plugins/gdpr-cookie-compliance/dist/styles/gdpr-main.css"),
    "cookie_law_jetpack": '<div class="widget widget_eu_cookie_law_widget"></div>',
    "google_funding_choices": script("fundingchoicesmessages.google.com/i/pub-1?ers=1"),
    "ccm19": script("cloud.ccm19.de/app.js?apiKey=x"),
    "orejime": '<script src="/assets/orejime.js"></script>',
    "leadfeeder_tracker": code("ldfdr('set', 'x');"),
}
