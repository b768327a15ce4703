"""What is true of the invented world beyond its sites and places: companies, speeds, where messages land."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.sandbox.company_truth import CompanyTruth, NameMatch, company_truth, name_matches
from engine.sandbox.page_speed import Columns, bare_host, failure_of, is_blank, speed_of
from engine.sandbox.seed_rules import SEEDS, placements
from engine.sandbox.world import World


class SeedTruth(BaseModel):
    """A seed mailbox, as delivery_check names it."""

    model_config = ConfigDict(frozen=True)

    seed_email: str
    seed_kind: str


class ServiceTruth(BaseModel):
    """`companies` by SIREN: those that the register knows. `name_matches` by place id of epoch 0: what its name and
    town find in the register. `unmeasured` by host without www: why the speed laboratory gives no figures."""

    model_config = ConfigDict(frozen=True)

    companies: dict[str, CompanyTruth]
    name_matches: dict[str, NameMatch]
    unmeasured: dict[str, str]
    seeds: tuple[SeedTruth, ...]

    def company(self, siren: str) -> CompanyTruth:
        """Raises KeyError: the register doesn't know it; a right run of legal_data leaves its cells empty."""
        return self.companies[siren]

    def pagespeed(self, site_web: str, strategy: Literal["mobile", "desktop"] = "mobile") -> Columns | None:
        """The columns that a right run of pagespeed writes; None where the laboratory can't measure."""
        host = bare_host(site_web)
        return None if host in self.unmeasured else speed_of(host, strategy).columns

    def placements(self, domain: str) -> dict[str, str | None]:
        """By seed address, where a right run of delivery_check sees this domain's message; None: it never comes."""
        return placements(domain)


def service_truth(world: World) -> ServiceTruth:
    """The truth of a world."""
    unmeasured: dict[str, str] = {}
    for site in (*world.sites, *world.special):
        code = "NO_FCP" if is_blank(site) else failure_of(site)
        if code:
            unmeasured[site.domain] = code
    return ServiceTruth(
        companies=company_truth(world.companies),
        name_matches=name_matches(world.places, world.companies),
        unmeasured=unmeasured,
        seeds=tuple(SeedTruth(seed_email=seed.address, seed_kind=seed.kind) for seed in SEEDS),
    )
