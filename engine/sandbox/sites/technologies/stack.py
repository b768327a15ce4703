"""Which technologies one site has, as dealt."""

import random
from dataclasses import dataclass, replace

from engine.sandbox.draw import Deck, words

ANALYTICS = words(
    "ga4 universal_analytics matomo plausible hotjar clarity fathom umami simple_analytics cloudflare_analytics "
    "piwik_pro at_internet posthog mixpanel segment contentsquare adobe_analytics yandex_metrica statcounter"
)
PIXELS = words(
    "meta google_ads linkedin tiktok pinterest snapchat microsoft_ads x_ads criteo taboola outbrain reddit quora adroll"
)
CONSENT = words(
    "axeptio didomi tarteaucitron cookiebot onetrust quantcast_choice complianz cookieyes iubenda usercentrics osano "
    "sirdata termly"
)
# Sets of slugs, as often as small French businesses have them; every technology comes up once a round.
ANALYTICS_CARDS = (
    *("",) * 9,
    *("ga4",) * 7,
    *("matomo", "universal_analytics", "ga4 universal_analytics", "ga4 hotjar", "ga4 clarity", "matomo plausible"),
    "ga4 hotjar universal_analytics",
    *ANALYTICS,
)
PIXEL_CARDS = (
    *("",) * 20,
    *("meta",) * 4,
    *("google_ads", "google_ads", "google_ads meta", "google_ads meta", "linkedin", "meta pinterest"),
    *("google_ads linkedin microsoft_ads", "meta snapchat tiktok"),
    *PIXELS,
)
CONSENT_CARDS = (*("",) * 11, "axeptio", *("tarteaucitron",) * 3, *CONSENT)
TAG_MANAGER_CARDS = (True, False, False)
GATED_CARDS = (True, False)
LURES = (
    *("prose", "escaped_snippet", "cookie_table", "share_links", "commented_out", "own_file", "powered_by_other"),
    *("wordpress_com_link", "foreign_upload", "buy_button", "share_widgets", "hints", "verification_tags"),
)
LURE_CARDS = (*("",) * 6, *LURES)
CRMS = words("hubspot brevo klaviyo mailchimp activecampaign")
CHATS = words("intercom crisp drift tawk tidio zendesk hubspot")
NETWORKS = words("adsense taboola outbrain amazon")
AFFILIATIONS = ("awin",)
MIMICS = words("vendor_prose vendor_classes vendor_links commented_chat escaped_chat own_chat vendor_hints")
CRM_CARDS = (*("",) * 10, "brevo", "mailchimp", *CRMS)
CHAT_CARDS = (*("",) * 14, "crisp", "crisp tawk", *CHATS)
NETWORK_CARDS = (*("",) * 16, "adsense", "adsense amazon", *NETWORKS)
AFFILIATION_CARDS = (*("",) * 11, *AFFILIATIONS)
MIMIC_CARDS = (*("",) * 13, *MIMICS)


@dataclass(frozen=True, slots=True)
class Stack:
    """Slugs in alphabetical order. `gated`: scripts wait for the visitor's consent. `lure`: looks installed, is not.

    A script that waits for consent is installed: the vendors' guides have it so, and it runs for who agrees.
    `networks` rent the site's own space to advertisers; `mimic` is a lure of the marketing kind.
    """

    analytics: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    consent: str = ""
    tag_manager: bool = False
    gated: bool = False
    lure: str = ""
    crm: str = ""
    chats: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    affiliation: str = ""
    mimic: str = ""


NOTHING = Stack()


class StackDealer:
    """Deals technologies so that a small world holds every one."""

    def __init__(self, rng: random.Random, marketing: random.Random) -> None:
        self._analytics = Deck(ANALYTICS_CARDS, rng)
        self._pixels = Deck(PIXEL_CARDS, rng)
        self._consent = Deck(CONSENT_CARDS, rng)
        self._tag_manager = Deck(TAG_MANAGER_CARDS, rng)
        self._gated = Deck(GATED_CARDS, rng)
        self._lures = Deck(LURE_CARDS, rng)
        self._crms = Deck(CRM_CARDS, marketing)
        self._chats = Deck(CHAT_CARDS, marketing)
        self._networks = Deck(NETWORK_CARDS, marketing)
        self._affiliations = Deck(AFFILIATION_CARDS, marketing)
        self._mimics = Deck(MIMIC_CARDS, marketing)

    def deal(self, family: str) -> Stack:
        """The technologies of one site of this family."""
        consent = self._consent.draw()
        if consent == "complianz" and not family.startswith("wordpress"):
            consent = "tarteaucitron"  # complianz exists as a plugin of WordPress alone
        stack = Stack(
            analytics=words(self._analytics.draw()),
            pixels=words(self._pixels.draw()),
            consent=consent,
            tag_manager=self._tag_manager.draw(),
            gated=self._gated.draw() and bool(consent),
            lure=self._lures.draw(),
            mimic=self._mimics.draw(),
        )
        # Who measures nothing has no further tools, and a frame set has no body for their forms.
        return stack if family == "frameset" or replace(stack, lure="", mimic="") == NOTHING else self._equipped(stack)

    def _equipped(self, stack: Stack) -> Stack:
        """The same site with its marketing tools."""
        crm, chats = self._crms.draw(), words(self._chats.draw())
        return replace(
            stack,
            crm="hubspot" if "hubspot" in chats else crm,  # its chat comes with its CRM's script
            chats=chats,
            networks=words(self._networks.draw()),
            affiliation=self._affiliations.draw(),
        )
