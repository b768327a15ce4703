"""How the sandbox's models sum up reviews: which of them name a theme, and whether they are pleased."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from engine.sandbox.apis.llm_types import JsonObject
from engine.sandbox.apis.llm_words import says

# What a review has to say (folded) to speak of a theme.
THEMES = {
    "accueil": r"accueil|sympa|gentil|aimable|souri|welcom|friendly|freundlich",
    "prix": r"\bprix\b|\bcher|tarif|price|expensive|cheap|preis|teuer",
    "attente": r"attente|attendu|retard|rapid|delai|wait|\blate\b|slow|quick|warten",
    "qualité": r"qualite|soign|delici|\bbon|propre|quality|good|tasty|qualitat|lecker",
}
PLEASED = r"super|parfait|excellent|recommand|great|merci|sympa|bravo|wunderbar|prima"
DISPLEASED = r"decu|jamais|mauvais|horrible|sale\b|\bcher|retard|bad\b|worst|never|rude|schlecht|nie wieder"
GOOD_RATING, BAD_RATING = 4, 2


def sum_up(shown: str) -> JsonObject:
    """A summary with its points; each names the numbers `n` of the reviews (one JSON object a line) that say it."""
    reviews = [review for line in shown.splitlines() if (review := _review(line))]
    liked, disliked = _numbers(reviews, _is_pleased), _numbers(reviews, _is_displeased)
    themes = {name: _numbers(reviews, lambda one, found=found: _mentions(one, found)) for name, found in THEMES.items()}
    told = f"{len(reviews)} avis lus, dont {len(liked)} favorables et {len(disliked)} défavorables."
    return {
        "summary": f"{told} Les clients parlent surtout de : {', '.join(name for name, by in themes.items() if by)}.",
        "strengths": [{"text": "Des clients satisfaits", "reviews": liked}] if liked else [],
        "weaknesses": [{"text": "Des clients déçus", "reviews": disliked}] if disliked else [],
        "themes": [{"name": name, "reviews": by} for name, by in themes.items() if by],
    }


def _review(line: str) -> Mapping[str, Any] | None:
    """The review of a line; None where it holds none."""
    try:
        found: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(cast("JsonObject", found).get("n"), int):
        return None
    return cast("JsonObject", found)


def _numbers(reviews: list[Mapping[str, Any]], fits: Callable[[Mapping[str, Any]], bool]) -> list[int]:
    return [review["n"] for review in reviews if fits(review)]


def _mentions(review: Mapping[str, Any], pattern: str) -> bool:
    return says(str(review.get("text", "")), pattern) is not None


def _is_pleased(review: Mapping[str, Any]) -> bool:
    rating = review.get("rating")
    return _mentions(review, PLEASED) if rating is None else rating >= GOOD_RATING


def _is_displeased(review: Mapping[str, Any]) -> bool:
    rating = review.get("rating")
    return _mentions(review, DISPLEASED) if rating is None else rating <= BAD_RATING
