"""Which technologies one site has, as dealt."""

import random
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Stack:
    """Slugs in alphabetical order. `gated`: scripts wait for the visitor's consent. `lure`: looks installed, is not."""

    analytics: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    consent: str = ""
    tag_manager: bool = False
    gated: bool = False
    lure: str = ""


NOTHING = Stack()


class StackDealer:
    """Deals technologies so that a small world holds every one."""

    def __init__(self, rng: random.Random) -> None:
        self._analytics = Deck(ANALYTICS_CARDS, rng)
        self._pixels = Deck(PIXEL_CARDS, rng)
        self._consent = Deck(CONSENT_CARDS, rng)
        self._tag_manager = Deck(TAG_MANAGER_CARDS, rng)
        self._gated = Deck(GATED_CARDS, rng)
        self._lures = Deck(LURE_CARDS, rng)

    def deal(self, family: str) -> Stack:
        """The technologies of one site of this family."""
        consent = self._consent.draw()
        if consent == "complianz" and not family.startswith("wordpress"):
            consent = "tarteaucitron"  # complianz exists as a plugin of WordPress alone
        return Stack(
            analytics=words(self._analytics.draw()),
            pixels=words(self._pixels.draw()),
            consent=consent,
            tag_manager=self._tag_manager.draw(),
            gated=self._gated.draw() and bool(consent),
            lure=self._lures.draw(),
        )
