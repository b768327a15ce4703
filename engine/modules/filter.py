"""Keep the rows that match rules; the columns stay as they are, nothing is fetched. The preview runs this very code.

Source: modules/filter (CONTRACT area 13, X-23, X-24); the grammar is in `engine.rows.rules`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from engine.module import ModuleConfig, Past, TableModule, Upload, option
from engine.rows.rules import apply_rules, parse_rules
from engine.rows.types import Row


class FilterConfig(ModuleConfig):
    """Rules stand here, or in `rules`, or in both; an empty one does nothing."""

    require_phone: bool = option(False, fr="Avec téléphone", en="Keep rows with a telephone")
    require_site: bool = option(False, fr="Avec site web", en="Keep rows with a site_web")
    require_email: bool = option(False, fr="Avec email", en="Keep rows with an email")
    exclude_aggregators: bool = option(
        False, fr="Sans annuaires", en="Drop rows whose site_web is on a directory or platform (Doctolib, Yelp, ...)"
    )
    alive_only: bool = option(False, fr="Sites vivants", en="Keep rows whose dead_check verdict is open or uncertain")
    has_personal_email: bool = option(
        False, fr="Email personnel", en="Keep rows with a personal address in email (not info@, contact@, ...)"
    )
    rating_min: float | None = option(None, fr="Note minimale", en="Keep rows with note >= this", ge=0)
    reviews_min: int | None = option(None, fr="Nombre d'avis minimal", en="Keep rows with nb_avis >= this", ge=0)
    phone_prefix: dict[str, Any] | None = option(
        None, fr="Début du numéro", en="{column?, prefixes: ['06', '+33'], prefix_unparseable_keep?}"
    )
    email_domain: dict[str, Any] | None = option(
        None, fr="Domaine de l'email", en="{column?, include: [], exclude: [], reject_disposable?}"
    )
    category: dict[str, Any] | None = option(None, fr="Catégorie", en="{column, values: []}: keep these values")
    dedup_column: str | None = option(None, fr="Dédoublonner sur", en="One row a value of this column, the first")
    sample_type: Literal["n", "pct", ""] = option("", fr="Échantillon", en="n: the first sample_n; pct: sample_pct %")
    sample_n: int | None = option(None, fr="Nombre de lignes", en="How many rows, for sample_type n", ge=0)
    sample_pct: float | None = option(None, fr="Pourcentage", en="How many %, for sample_type pct", ge=0, le=100)
    sample_seed: int | None = option(None, fr="Graine", en="Another seed draws another sample; the same, the same")
    rules: dict[str, Any] | None = option(
        None,
        fr="Règles",
        en="Any of the keys above, and {logic: AND|OR, conditions: [{column, op, value}]}; op is one of "
        "= != > >= < <= in not_in contains not_contains starts_with empty not_empty",
    )


class Filter(TableModule[FilterConfig]):
    slug = "filter"
    label = {"fr": "Filtre", "en": "Filter"}
    category, node_category, entry_category = "pipeline", "transform", "tools"
    lane = "parallel"
    accepts, output = "any_pois", "passthrough"
    unit = "rows"
    config = FilterConfig

    def check(self, config: FilterConfig, past: Past) -> None:
        """Raises RuleInvalid: names the rule and what is wrong with it."""
        parse_rules(config.model_dump(exclude_none=True))

    def rows_at_most(self, config: FilterConfig, rows: int | None, upload: Upload) -> int | None:
        """As if every row passed: only a sample of the first n is a bound of its own. Raises RuleInvalid."""
        first = parse_rules(config.model_dump(exclude_none=True)).sample.first
        return min((count for count in (rows, first) if count is not None), default=None)

    def select(self, rows: Sequence[Row], config: FilterConfig, note: Callable[[str], None]) -> list[int]:
        """The positions of the rows that match, in their order. Raises RuleInvalid."""
        return apply_rules(rows, config.model_dump(exclude_none=True), note=note)


module = Filter()
