"""What is wrong with the value of an option, in French: pydantic's findings in the product's words."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

PROBLEMS = {
    "missing": "champ requis manquant",
    "extra_forbidden": "champ inconnu",
    "string_type": "texte attendu",
    "string_unicode": "texte Unicode valide attendu",
    "int_type": "nombre entier attendu",
    "int_parsing": "nombre entier attendu",
    "int_from_float": "nombre entier attendu",
    "int_parsing_size": "nombre trop grand",
    "float_type": "nombre attendu",
    "float_parsing": "nombre attendu",
    "bool_type": "true ou false attendu",
    "bool_parsing": "true ou false attendu",
    "list_type": "liste attendue",
    "tuple_type": "liste attendue",
    "dict_type": "objet attendu",
    "model_type": "objet attendu",
    "model_attributes_type": "objet attendu",
    "none_required": "null attendu",
    "finite_number": "nombre fini attendu",
    "decimal_type": "nombre attendu",
    "decimal_parsing": "nombre attendu",
    "decimal_max_places": "au plus {decimal_places} décimales",
    "datetime_type": "date et heure attendues (2026-05-27T09:12:03Z)",
    "datetime_parsing": "date et heure attendues (2026-05-27T09:12:03Z)",
    "datetime_from_date_parsing": "date et heure attendues (2026-05-27T09:12:03Z)",
    "greater_than": "doit être supérieur à {gt}",
    "greater_than_equal": "doit être au moins {ge}",
    "less_than": "doit être inférieur à {lt}",
    "less_than_equal": "doit être au plus {le}",
    "too_short": "au moins {min_length} valeur(s) attendue(s)",
    "too_long": "au plus {max_length} valeur(s) attendue(s)",
    "string_too_short": "au moins {min_length} caractère(s) attendu(s)",
    "string_too_long": "au plus {max_length} caractère(s) attendu(s)",
    "string_pattern_mismatch": "n'a pas la forme attendue",
}


def problem_of(error: ErrorDetails) -> str:
    """What is wrong with a value, in French; the module's own words where it raised a ValueError."""
    values: dict[str, Any] = error.get("ctx", {})
    if error["type"] in ("literal_error", "enum"):
        return f"valeur non admise (attendu : {str(values['expected']).replace(' or ', ', ')})"
    told = PROBLEMS.get(error["type"])
    return told.format(**values) if told else error["msg"].removeprefix("Value error, ")


def unlisted(allowed: Sequence[object]) -> str:
    """What is wrong with a value outside an enumeration."""
    return f"valeur non admise (attendu : {', '.join(map(repr, allowed))})"
