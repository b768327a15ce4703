"""The filter grammar: one function for the preview and the run. Source: modules/filter, CONTRACT area 13, X-23, X-24.

Every key is optional, and an empty one (null, "", [], {}, false, a minimum of 0) does nothing. The keys stand in
`rules` themselves or in their `rules` object, where `logic` and `conditions` may stand too. The order is the page's:
requirements, aggregators, alive, rating, reviews, personal e-mail, phone, mail domain, category, conditions,
de-duplication, sample.
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from engine.rows.cells import cell_text, number_of
from engine.rows.conditions import Test, is_one_of, parse_condition
from engine.rows.contacts import has_mail_domain, has_phone_prefix
from engine.rows.errors import RuleInvalid
from engine.rows.mailboxes import addresses_in, is_personal
from engine.rows.sites import is_aggregator
from engine.rows.types import Row, Value, is_empty, text_of

Given = Mapping[str, object]

FLAGS = ("require_phone", "require_site", "require_email", "exclude_aggregators", "alive_only", "has_personal_email")
MINIMUMS = {"rating_min": "note", "reviews_min": "nb_avis"}
SAMPLING = ("sample_type", "sample_n", "sample_pct", "sample_seed")
KEYS = (*FLAGS, *MINIMUMS, "phone_prefix", "email_domain", "category", "dedup_column", *SAMPLING)  # fmt: skip
GROUP_KEYS = ("logic", "conditions")

_REQUIRED = {"require_phone": "telephone", "require_site": "site_web", "require_email": "email"}
_ALIVE_SITES = ("open", "uncertain")
_ALIVE_STATUS = ("alive", "stale")


@dataclass(frozen=True, slots=True)
class Sample:
    """`first` rows, or `share` (0 to 1) of them drawn with `seed`; both None: all."""

    first: int | None = None
    share: float | None = None
    seed: int = 0

    def of(self, positions: list[int]) -> list[int]:
        """Some of `positions`, in their order."""
        if self.first is not None:
            return positions[: self.first]
        if self.share is None:
            return positions
        count = math.floor(len(positions) * self.share + 0.5) or (1 if self.share > 0 and positions else 0)
        drawn = random.Random(self.seed).sample(range(len(positions)), count)  # noqa: S311 - repeatable, no secret
        return [positions[place] for place in sorted(drawn)]


@dataclass(frozen=True, slots=True)
class Rules:
    """Checked rules. `columns` are those that the conditions and the de-duplication name."""

    tests: tuple[Test, ...]
    dedup_column: str | None
    sample: Sample
    columns: tuple[str, ...]

    @property
    def keeps_all(self) -> bool:
        """Whether there is nothing that these rules would take away."""
        return not self.tests and self.dedup_column is None and self.sample == Sample(seed=self.sample.seed)


def apply_rules(rows: Iterable[Row], rules: Given, *, note: Callable[[str], None] | None = None) -> list[int]:
    """Positions of the rows that stay, in their order. `note` hears of columns that no row has.

    Raises:
        RuleInvalid: names the rule and what is wrong with it.
    """
    parsed = parse_rules(rules)
    kept, seen = list[int](), set[str]()
    at, unknown = -1, list(parsed.columns)
    for at, row in enumerate(rows):
        if unknown:
            unknown = [column for column in unknown if column not in row]
        if all(test(row) for test in parsed.tests) and _is_first(row, parsed.dedup_column, seen):
            kept.append(at)
    if note and at >= 0:
        for column in unknown:
            note(f"Colonne inconnue dans le filtre : « {column} ».")
    return parsed.sample.of(kept)


def parse_rules(rules: Given) -> Rules:
    """Check `rules` without rows.

    Raises:
        RuleInvalid: names the rule and what is wrong with it.
    """
    given = _merged(rules)
    group_columns, group = _group(given)
    category_column, category = _category(given)
    dedup = _text(given, "dedup_column")
    tests = (
        *_flag_tests(given),
        *_minimum_tests(given),
        *([_has_personal] if _flag(given, "has_personal_email") else []),
        *_phone_prefix(given),
        *_mail_domain(given),
        *category,
        *group,
    )
    named = (*category_column, *group_columns, *([dedup] if dedup else []))
    return Rules(tests, dedup, _sample(given), tuple(dict.fromkeys(named)))


def _merged(rules: Given) -> Given:
    inner = _object(rules, "rules")
    outer = {key: value for key, value in rules.items() if key != "rules"}
    for key in (*outer, *inner):
        if key not in KEYS and key not in GROUP_KEYS:
            raise RuleInvalid(rule=str(key)[:60], problem=f"clé inconnue ; clés possibles : {', '.join(KEYS)}")
    given = {**outer, **{key: value for key, value in inner.items() if not _is_blank(value)}}
    return {key: value for key, value in given.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def _flag_tests(given: Given) -> list[Test]:
    tests = [_filled(column) for key, column in _REQUIRED.items() if _flag(given, key)]
    if _flag(given, "exclude_aggregators"):
        tests.append(lambda row: not is_aggregator(text_of(row.get("site_web"))))
    if _flag(given, "alive_only"):
        tests.append(_is_alive)
    return tests


def _filled(column: str) -> Test:
    return lambda row: not is_empty(row.get(column))


def _is_alive(row: Row) -> bool:
    verdict = text_of(row.get("site_alive")).lower()
    return verdict in _ALIVE_SITES if verdict else text_of(row.get("status")).lower() in _ALIVE_STATUS


def _has_personal(row: Row) -> bool:
    return any(map(is_personal, addresses_in(row.get("email"))))


def _minimum_tests(given: Given) -> list[Test]:
    return [_at_least(column, least) for key, column in MINIMUMS.items() if (least := _number(given, key))]


def _at_least(column: str, least: float) -> Test:
    def test(row: Row) -> bool:
        number = number_of(row.get(column))
        return number is not None and number >= least

    return test


def _phone_prefix(given: Given) -> list[Test]:
    rule = _object(given, "phone_prefix")
    prefixes = _texts(rule, "prefixes", "phone_prefix")
    if not prefixes:
        return []
    if not all(any(char.isdigit() for char in prefix) for prefix in prefixes):
        raise RuleInvalid(rule="phone_prefix.prefixes", problem="des débuts de numéro sont attendus, comme 06 ou +33")
    column = _text(rule, "column") or "telephone"
    return [has_phone_prefix(column, prefixes, keep_unparseable=_flag(rule, "prefix_unparseable_keep"))]


def _mail_domain(given: Given) -> list[Test]:
    rule = _object(given, "email_domain")
    include, exclude = _texts(rule, "include", "email_domain"), _texts(rule, "exclude", "email_domain")
    reject = _flag(rule, "reject_disposable")
    if not (include or exclude or reject):
        return []
    column = _text(rule, "column") or "email"
    return [has_mail_domain(column, include=include, exclude=exclude, reject_disposable=reject)]


def _category(given: Given) -> tuple[list[str], list[Test]]:
    rule = _object(given, "category")
    values = _list(rule.get("values"), "category.values")
    if not values:
        return [], []
    column = _text(rule, "column") or "categorie"
    test = is_one_of(cast(list[Value], values))
    return [column], [lambda row: test(row.get(column))]


def _group(given: Given) -> tuple[list[str], list[Test]]:
    """The conditions as one test, and the columns that they read."""
    logic = str(given.get("logic") or "AND").upper()
    if logic not in ("AND", "OR"):
        raise RuleInvalid(rule="logic", problem="AND ou OR est attendu")
    conditions = _list(given.get("conditions"), "conditions")
    parsed = [parse_condition(one, f"conditions[{at}]") for at, one in enumerate(conditions)]
    if not parsed:
        return [], []
    combine = all if logic == "AND" else any
    tests = [test for _, test in parsed]
    return [column for column, _ in parsed], [lambda row: combine(test(row) for test in tests)]


def _is_first(row: Row, column: str | None, seen: set[str]) -> bool:
    """Whether no row before had this value of `column`; rows without a value all stay."""
    if column is None:
        return True
    key = " ".join(cell_text(row.get(column)).casefold().split())
    if not key:
        return True
    first = key not in seen
    seen.add(key)
    return first


def _sample(given: Given) -> Sample:
    mode = given.get("sample_type")
    n, share, seed = (_number(given, key) for key in ("sample_n", "sample_pct", "sample_seed"))
    if mode not in (None, "n", "pct"):
        raise RuleInvalid(rule="sample_type", problem="« n », « pct » ou vide est attendu")
    if share is not None and share > 100:
        raise RuleInvalid(rule="sample_pct", problem="un nombre de 0 à 100 est attendu")
    if mode == "n":
        return Sample(first=None if n is None else int(n))
    return Sample(share=None if share is None or mode is None else share / 100, seed=int(seed or 0))


def _flag(given: Given, key: str) -> bool:
    value = given.get(key)
    text = str(value if value is not None else "").strip().lower()
    if text in ("", "false", "0", "no", "non"):
        return False
    if text in ("true", "1", "yes", "oui"):
        return True
    raise RuleInvalid(rule=key, problem="true ou false est attendu")


def _number(given: Given, key: str) -> float | None:
    """A number of at least 0; None when the key isn't there."""
    if key not in given:
        return None
    number = number_of(cast(Value, given[key]))
    if number is None or (number < 0 and key != "sample_seed"):
        raise RuleInvalid(rule=key, problem="un nombre positif est attendu")
    return number


def _text(given: Given, key: str) -> str | None:
    value = given.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RuleInvalid(rule=key, problem="le nom d'une colonne est attendu")
    return value


def _object(given: Given, key: str) -> Given:
    value = given.get(key) or None
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RuleInvalid(rule=key, problem="un objet est attendu")
    return cast(Given, value)


def _list(value: object, rule: str) -> list[object]:
    """The entries; one text or number alone counts as a list of it."""
    if value is None or value == "":
        return []
    if isinstance(value, str | int | float):
        return [value]
    if not isinstance(value, list | tuple):
        raise RuleInvalid(rule=rule, problem="une liste est attendue")
    return list(cast(Sequence[object], value))


def _texts(given: Given, key: str, rule: str) -> list[str]:
    return [text for one in _list(given.get(key), f"{rule}.{key}") if (text := str(one or "").strip())]
