"""What people type as a zone, and what it is taken for."""

import pytest

from engine.geo.zones import ZoneAmbiguous, ZoneUnknown, resolve


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Paris", "Paris", "commune"),
        ("75015", "75015", "postal_code"),
        ("75015 Paris", "Paris 15e Arrondissement", "arrondissement"),
        ("Tours 37000", "Tours", "commune"),
        ("Lyon 2e", "Lyon 2e Arrondissement", "arrondissement"),
        ("Paris 15", "Paris 15e Arrondissement", "arrondissement"),
        ("Marseille 1er arrondissement", "Marseille 1er Arrondissement", "arrondissement"),
        ("37", "Indre-et-Loire", "departement"),
        ("1", "Ain", "departement"),
        ("2a", "Corse-du-Sud", "departement"),
        ("indre et loire", "Indre-et-Loire", "departement"),
        ("Bretagne", "Bretagne", "region"),
        ("Réunion", "La Réunion", "region"),
        ("Helsinki", "Helsinki", "city"),
        ("Londres", "London", "city"),
    ],
)
def test_each_kind_of_zone_is_understood(text: str, name: str, kind: str) -> None:
    zone = resolve(text)

    assert (zone.name, zone.kind) == (name, kind)


@pytest.mark.parametrize(
    "text", ["Saint-Étienne", "saint etienne", "SAINT ETIENNE", "St-Etienne", " st. étienne ", "Saint–Étienne (42)"]
)
def test_accents_case_hyphens_and_saint_are_forgiven(text: str) -> None:
    zone = resolve(text)

    assert (zone.name, zone.population) == ("Saint-Étienne", resolve("Saint-Étienne").population)


def test_both_apostrophes_name_the_same_commune() -> None:
    assert resolve("L’Isle-d’Abeau").circles == resolve("L'Isle-d'Abeau").circles


def test_an_absorbed_commune_leads_to_the_one_it_is_part_of() -> None:
    assert resolve("Cherbourg-Octeville").name == "Cherbourg-en-Cotentin"


@pytest.mark.parametrize("text", ["Zzyzxville", "Paris 21", "99999", "00", "", "日本", "75015 Lyon", "Tours (93)"])
def test_a_zone_that_does_not_exist_is_refused_in_the_words_of_the_docs(text: str) -> None:
    with pytest.raises(ZoneUnknown) as refused:
        resolve(text)

    assert refused.value.text == f"Zone introuvable : « {text} »"
    assert refused.value.kind == "invalid"


def test_a_misspelt_zone_is_answered_with_near_names() -> None:
    with pytest.raises(ZoneUnknown) as refused:
        resolve("Toulouze")

    assert "Toulouse (31)" in refused.value.next_step


def test_an_ambiguous_name_lists_what_it_could_be() -> None:
    with pytest.raises(ZoneAmbiguous) as refused:
        resolve("Saint-Denis")

    assert "Saint-Denis (974), Saint-Denis (93)" in refused.value.text


@pytest.mark.parametrize("text", ["Saint-Denis", "Springfield", "Sainte-Marie"])
def test_each_listed_candidate_is_understood_as_written(text: str) -> None:
    with pytest.raises(ZoneAmbiguous) as refused:
        resolve(text)

    labels = str(refused.value.values["candidates"]).replace("), ", ")|").split("|")
    assert len({resolve(label).circles for label in labels}) == len(labels) > 1


def test_a_namesake_ten_times_larger_wins_and_the_choice_is_told() -> None:
    zone = resolve("Montreuil")

    assert zone.contains(48.8638, 2.4484)
    assert zone.note == "« Montreuil » : Montreuil (93), la plus grande, a été retenue"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Brest", "FR"),  # smaller than the one in Belarus
        ("Valence", "FR"),  # also the French name of Valencia
        ("Valence, Espagne", "ES"),
        ("Valencia, Spain", "ES"),
        ("Montréal", "CA"),
        ("Cologne", "DE"),
        ("Vienne, Autriche", "AT"),
        ("Springfield, US", "US"),
    ],
)
def test_a_name_is_french_unless_a_city_abroad_dwarfs_it_or_the_country_is_given(text: str, country: str) -> None:
    assert resolve(text).country == country


def test_a_state_tells_american_namesakes_apart() -> None:
    assert resolve("Springfield, IL").population != resolve("Springfield (MO, US)").population


def test_a_departement_number_in_brackets_tells_namesakes_apart() -> None:
    assert resolve("Vienne (38)").kind == "commune"
    assert resolve("Vienne (86)").kind == "departement"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Paris 15", (48.8417, 2.3003)),  # town hall of the arrondissement
        ("Lyon", (45.7640, 4.8357)),
        ("Indre-et-Loire", (47.3941, 0.6848)),  # Tours
        ("Corse", (41.9192, 8.7386)),  # Ajaccio
        ("974", (-20.8789, 55.4481)),  # Saint-Denis
        ("Helsinki", (60.1699, 24.9384)),
    ],
)
def test_a_zone_holds_its_own_centre_of_town_and_not_a_far_one(text: str, place: tuple[float, float]) -> None:
    zone = resolve(text)

    assert zone.contains(*place)
    assert not zone.contains(43.2965, 5.3698)  # Marseille


def test_a_departement_is_the_union_of_its_communes() -> None:
    zone = resolve("Indre-et-Loire")

    assert all(zone.contains(*resolve(commune).centre) for commune in ("Tours", "Chinon (37)", "Loches", "Amboise"))
    assert not zone.contains(*resolve("Blois").centre)


def test_a_commune_without_known_coordinates_says_so() -> None:
    assert resolve("Saint-Denis (11)").approximate
    assert not resolve("Lyon").approximate
