"""The rules of api/pipelines, each with the sentence that the page gives."""

from typing import Any

import pytest

from engine.errors import OutsendError
from engine.limits import DEPTH_MAX, NODES_MAX
from engine.pipelines.normalize import normalize
from engine.pipelines.validate import validate
from tests.engine.pipelines.bench import IMPORT, SCRAP, chain, node, tree

SOURCE = node("n1", "scrap", **SCRAP)


def refusal(graph: dict[str, Any]) -> str:
    with pytest.raises(OutsendError) as refused:
        validate(normalize(graph))
    assert refused.value.next_step
    return refused.value.text


def test_the_chain_of_the_docs_is_accepted() -> None:
    validate(normalize(chain(SOURCE, node("n2", "emails", mode="normal"), node("n3", "verify"))))


def test_an_empty_pipeline_is_refused() -> None:
    """C-262."""
    assert refusal({"nodes": [], "edges": []}) == "Pipeline vide"
    assert refusal({}) == "Pipeline vide"


def test_twenty_nodes_pass_and_twenty_one_do_not() -> None:
    """C-263."""
    filters = [node(f"f{i}", "filter", require_phone=True) for i in range(NODES_MAX)]

    validate(normalize(chain(SOURCE, *filters[:-1])))
    assert refusal(chain(SOURCE, *filters)) == "Trop de nodes (max 20)"


def test_no_chain_within_the_limit_of_nodes_is_too_deep() -> None:
    """C-276."""
    assert DEPTH_MAX >= NODES_MAX


def test_a_node_id_can_stand_there_once() -> None:
    """C-264."""
    assert refusal(tree(SOURCE, node("n1", "emails"))) == "IDs de nodes en doublon"


def test_a_type_must_exist() -> None:
    """C-265."""
    assert refusal(tree(SOURCE, node("n2", "seo_audit"))) == "Type de node inconnu : seo_audit"


@pytest.mark.parametrize("edge", [{"from": "n1", "to": "n9"}, {"from": "n9", "to": "n1"}, {"from": "n1"}])
def test_both_ends_of_an_edge_must_exist(edge: dict[str, Any]) -> None:
    """C-266."""
    assert refusal({"nodes": [SOURCE], "edges": [edge]}) == "Edge référence un node inexistant"


def test_an_edge_may_not_lead_to_where_it_begins() -> None:
    """C-267."""
    graph = chain(SOURCE, node("n2", "emails"))
    graph["edges"].append({"from": "n2", "to": "n2"})

    assert refusal(graph) == "Edge vers soi-même interdit"


def test_a_root_has_nothing_before_it() -> None:
    """C-268."""
    graph = chain(SOURCE, node("n2", "import", **IMPORT))

    assert refusal(graph) == "Le node 'n2' ne peut pas avoir de prédécesseur"


def test_verify_needs_addresses_from_above() -> None:
    """C-269."""
    assert refusal(chain(SOURCE, node("n2", "verify"))) == "Connexion scrap → verify incompatible"


def test_a_filter_hands_on_the_type_of_what_stands_above_it() -> None:
    """C-252."""
    kept = [node("n3", "filter"), node("n4", "sort", sort_by="nom")]
    through = chain(SOURCE, node("n2", "emails"), *kept, node("n5", "verify"))

    validate(normalize(through))
    assert (
        refusal(chain(SOURCE, node("n2", "filter"), node("n3", "verify"))) == "Connexion filter → verify incompatible"
    )


def test_a_node_has_one_predecessor() -> None:
    """C-270."""
    graph = tree(SOURCE, node("n2", "emails"), node("n3", "dead_check"))
    graph["nodes"].append(node("n4", "filter"))
    graph["edges"] += [{"from": "n2", "to": "n4"}, {"from": "n3", "to": "n4"}]

    assert refusal(graph) == "Le node n4 a plusieurs prédécesseurs"


def test_fan_out_is_allowed() -> None:
    """C-274."""
    validate(normalize(tree(SOURCE, node("a", "emails"), node("b", "dead_check"), node("c", "filter"))))


def test_a_cycle_is_refused() -> None:
    """C-275."""
    graph = {
        "nodes": [SOURCE, node("a", "filter"), node("b", "filter"), node("c", "filter")],
        "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}, {"from": "b", "to": "c"}],
    }

    assert refusal(graph) == "Le graphe contient un cycle"


def test_only_a_source_may_start_a_pipeline() -> None:
    """C-273."""
    assert refusal({"nodes": [node("n1", "emails")]}) == "Le node 'n1' doit avoir un prédécesseur"


def test_a_required_option_must_be_given() -> None:
    """C-271."""
    assert refusal({"nodes": [node("n1", "scrap", zones=["Paris"])]}) == "Node 'n1' : champ requis manquant « queries »"


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (node("n2", "sort", sort_by=["nom"]), "Node 'n2', champ « sort_by » : texte attendu"),
        (node("n2", "sort", sort_by="nom", top_n="dix"), "Node 'n2', champ « top_n » : nombre entier attendu"),
        (node("n2", "sort", sort_by="nom", top_n=0), "Node 'n2', champ « top_n » : doit être au moins 1"),
    ],
)
def test_an_option_must_be_of_its_type(bad: dict[str, Any], told: str) -> None:
    """C-272."""
    assert refusal(chain(SOURCE, bad)) == told


def test_a_value_outside_an_enumeration_is_refused_with_those_that_exist() -> None:
    """C-272."""
    text = refusal({"nodes": [node("n1", "scrap", **SCRAP, scrape_mode="turbo")]})

    assert text == "Node 'n1', champ « scrape_mode » : valeur non admise (attendu : 'fast', 'advanced', 'ultra')"


def test_a_list_has_at_least_one_value() -> None:
    text = refusal({"nodes": [node("n1", "scrap", queries=[], zones=["Paris"])]})

    assert text == "Node 'n1', champ « queries » : au moins 1 valeur(s) attendue(s)"


def test_a_mode_that_does_not_exist_is_refused_by_field() -> None:
    assert refusal(chain(SOURCE, node("n2", "emails", mode="turbo"))).startswith("Node 'n2', champ « mode » : ")


def test_deep_needs_a_normal_node_above() -> None:
    assert refusal(chain(SOURCE, node("n2", "emails", mode="deep"))).startswith("Node 'n2', champ « mode » : ")


def test_an_import_needs_one_of_its_three_sources() -> None:
    """C-271."""
    assert refusal({"nodes": [node("n1", "import")]}) == "Node 'n1' : champ requis manquant « content »"
