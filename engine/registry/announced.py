"""What is announced without being a module that runs: on demand, to come, frozen, and what modules are put together in.

Source: docs page api/registry. A slug leaves this table when its module is built.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from engine.module import Category, EntryCategory
from engine.registry.errors import ModuleFrozen, ModuleOnDemand

Phase = Literal["on_demand", "meta", "coming_soon", "alpha_unavailable"]
AnnouncedCategory = Category | Literal["meta"]

ON_DEMAND_TOPIC = "on_demand_"  # of the feedback thread that asks for one
# Were to come once; their votes are kept, and new ones taken.
LEGACY_FEATURES = frozenset({"company", "monitoring", "pagespeed"})


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of the registry that has no module behind it. `fr` and `en` are its labels."""

    slug: str
    phase: Phase
    category: AnnouncedCategory
    entry_category: EntryCategory
    fr: str
    en: str


ANNOUNCED = (
    Announced("email_campaign", "on_demand", "meta", "outreach", "Campagne d'emails", "Email campaign"),
    Announced("phone_carrier", "on_demand", "verification", "enrich", "Opérateur téléphonique", "Phone carrier"),
    Announced("sms_campaign", "on_demand", "meta", "outreach", "Campagne de SMS", "SMS campaign"),
    Announced("whatsapp_campaign", "on_demand", "meta", "outreach", "Campagne WhatsApp", "WhatsApp campaign"),
    Announced("pipeline", "meta", "meta", "tools", "Pipeline", "Pipeline"),
    Announced("veille", "meta", "meta", "signals", "Veille", "Monitoring"),
    Announced("finance", "alpha_unavailable", "intelligence", "signals", "Données financières", "Financial data"),
    Announced(
        "ai_personalization", "coming_soon", "intelligence", "outreach", "Personnalisation par IA", "AI personalization"
    ),
    Announced("ai_team_members", "coming_soon", "meta", "tools", "Équipiers IA", "AI team members"),
    Announced("bing_places", "coming_soon", "extraction", "sources", "Bing Places", "Bing Places"),
    Announced("campaign", "coming_soon", "meta", "outreach", "Campagnes", "Campaigns"),
    Announced("chrome_extension", "coming_soon", "meta", "tools", "Extension Chrome", "Chrome extension"),
    Announced("crm", "coming_soon", "meta", "tools", "CRM", "CRM"),
    Announced("directories", "coming_soon", "extraction", "sources", "Annuaires", "Directories"),
    Announced("email_warmup", "coming_soon", "meta", "outreach", "Préchauffage d'adresses", "Email warm-up"),
    Announced("funding", "coming_soon", "intelligence", "signals", "Levées de fonds", "Funding rounds"),
    Announced("hiring", "coming_soon", "intelligence", "signals", "Recrutements", "Hiring"),
    Announced("integrations", "coming_soon", "meta", "tools", "Intégrations", "Integrations"),
    Announced("job_changes", "coming_soon", "intelligence", "signals", "Changements de poste", "Job changes"),
    Announced("linkedin", "coming_soon", "extraction", "sources", "LinkedIn", "LinkedIn"),
    Announced("mobile_phones", "coming_soon", "enrichment", "enrich", "Numéros mobiles", "Mobile numbers"),
    Announced("multichannel", "coming_soon", "meta", "outreach", "Séquences multicanal", "Multichannel sequences"),
    Announced("natural_filter", "coming_soon", "pipeline", "tools", "Filtre en langue naturelle", "Filter in words"),
    Announced("pagesjaunes", "coming_soon", "extraction", "sources", "PagesJaunes", "PagesJaunes"),
    Announced("press_monitoring", "coming_soon", "intelligence", "signals", "Veille de la presse", "Press monitoring"),
    Announced("public_api", "coming_soon", "meta", "tools", "API publique", "Public API"),
    Announced("review_patterns", "coming_soon", "intelligence", "signals", "Tendances des avis", "Review patterns"),
    Announced("seo_data", "coming_soon", "intelligence", "signals", "Données SEO", "SEO data"),
    Announced("tech_adoption", "coming_soon", "intelligence", "signals", "Adoption de technologies", "Tech adoption"),
    Announced("tracking", "coming_soon", "meta", "outreach", "Suivi des envois", "Tracking"),
    Announced("whatsapp", "coming_soon", "enrichment", "outreach", "WhatsApp", "WhatsApp"),
    Announced(
        "yelp_tripadvisor", "coming_soon", "extraction", "sources", "Yelp et Tripadvisor", "Yelp and Tripadvisor"
    ),
)
PHASES: tuple[Phase, ...] = get_args(Phase)
SLUGS = {phase: sorted(one.slug for one in ANNOUNCED if one.phase == phase) for phase in PHASES}
FEATURE_IDS = LEGACY_FEATURES.union(SLUGS["coming_soon"])  # may be voted for


def refuse_announced(slug: str) -> None:
    """Raise the refusal of a slug that is announced and can't be started yet; nothing for any other.

    Raises:
        ModuleFrozen, ModuleOnDemand.
    """
    if slug in SLUGS["alpha_unavailable"]:
        raise ModuleFrozen(slug=slug)
    if slug in SLUGS["on_demand"]:
        raise ModuleOnDemand(slug=slug)


def on_demand_slug(topic: str) -> str | None:
    """The on-demand entry that a thread's topic asks for: `on_demand_email` and `on_demand_email_campaign` alike."""
    name = topic.removeprefix(ON_DEMAND_TOPIC)
    asked = (name, f"{name}_campaign") if name != topic else ()
    return next((slug for slug in asked if slug in SLUGS["on_demand"]), None)
