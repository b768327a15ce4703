"""What the map says in French, and in English to whoever asks for another language."""

from dataclasses import dataclass
from datetime import timedelta

from engine.sandbox.apis.place_json import ENGLISH_DAYS
from engine.sandbox.places import DAYS, BusinessStatus

DAYS_OF_UNITS = (365, 30, 7, 1)


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    days: tuple[str, ...]  # from Monday
    open: str
    closed: str
    states: dict[BusinessStatus, str]
    time_zone: str
    reviews: str
    rate: str
    share: str
    results: str
    end: str
    nothing: str
    ago: tuple[tuple[str, str], ...]  # years, months, weeks, days: one, several
    just_now: str
    sorts: tuple[str, ...]  # of reviews: relevant, newest, highest, lowest
    words: dict[str, str]  # of the page's script

    @property
    def is_french(self) -> bool:
        return self.code == "fr"

    def time(self, hour: int, minute: int) -> str:
        """09:30, or 9:30 AM."""
        if self.is_french:
            return f"{hour:02}:{minute:02}"
        half = "AM" if hour < 12 else "PM"
        return f"{hour % 12 or 12}:{minute:02} {half}" if minute else f"{hour % 12 or 12} {half}"

    def past(self, age: timedelta) -> str:
        """'il y a 3 mois': how long ago something was, in the largest unit that fits."""
        for unit, (one, several) in zip(DAYS_OF_UNITS, self.ago, strict=True):
            count = age.days // unit
            if count:
                return one if count == 1 else several.format(count)
        return self.just_now


FRENCH = Language(
    code="fr",
    days=DAYS,
    open="Ouvert",
    closed="Fermé",
    states={"CLOSED_TEMPORARILY": "Temporairement fermé", "CLOSED_PERMANENTLY": "Définitivement fermé"},
    time_zone="heure normale d’Europe centrale",
    reviews="{} avis",
    rate="Notez et donnez votre avis",
    share="Partagez votre expérience pour aider d'autres personnes",
    results="Résultats pour {}",
    end="Vous êtes arrivé à la fin de la liste.",
    nothing="Google Maps ne trouve pas {}",
    ago=(
        ("il y a un an", "il y a {} ans"),
        ("il y a un mois", "il y a {} mois"),
        ("il y a une semaine", "il y a {} semaines"),
        ("il y a un jour", "il y a {} jours"),
    ),
    just_now="il y a une heure",
    sorts=("Les plus pertinents", "Les plus récents", "Note la plus élevée", "Note la plus basse"),
    words={
        "point": ",",
        "stars": "étoiles",
        "site": "Site Web",
        "overview": "Présentation",
        "reviews": "Avis",
        "sort": "Trier les avis",
    },
)
ENGLISH = Language(
    code="en",
    days=ENGLISH_DAYS,
    open="Open",
    closed="Closed",
    states={"CLOSED_TEMPORARILY": "Temporarily closed", "CLOSED_PERMANENTLY": "Permanently closed"},
    time_zone="Central European Standard Time",
    reviews="{} reviews",
    rate="Rate and review",
    share="Share your experience to help others",
    results="Results for {}",
    end="You've reached the end of the list.",
    nothing="Google Maps can't find {}",
    ago=(
        ("a year ago", "{} years ago"),
        ("a month ago", "{} months ago"),
        ("a week ago", "{} weeks ago"),
        ("a day ago", "{} days ago"),
    ),
    just_now="an hour ago",
    sorts=("Most relevant", "Newest", "Highest rating", "Lowest rating"),
    words={
        "point": ".",
        "stars": "stars",
        "site": "Website",
        "overview": "Overview",
        "reviews": "Reviews",
        "sort": "Sort reviews",
    },
)


def language(hl: str) -> Language:
    """The language of a page's `hl`."""
    return FRENCH if hl.partition("-")[0] == "fr" else ENGLISH
