"""What can be wrong with a pipeline, in the words of the documentation (api/pipelines, validation rules)."""

from typing import ClassVar

from engine.errors import OutsendError
from engine.limits import AI_DEFINITION_BYTES, NODES_MAX, PIPELINE_NAME_MAX


class PipelineMissing(OutsendError):
    code = "pipeline_missing"
    kind = "missing"
    message = "Pipeline introuvable : {pipeline_id}"
    hint = "List the pipelines to find an id that exists."


class PipelineForbidden(OutsendError):
    code = "pipeline_forbidden"
    kind = "forbidden"
    message = "Accès refusé à ce pipeline"
    hint = "This pipeline belongs to another account."


class NodeMissing(OutsendError):
    code = "node_missing"
    kind = "missing"
    message = "Node introuvable : {node}"
    hint = "Node ids stand in the pipeline's definition."


class PipelineAlreadyOver(OutsendError):
    code = "pipeline_already_over"
    message = "Pipeline déjà terminé ({status})"
    hint = "Only a running pipeline can be cancelled."


class NotAFilter(OutsendError):
    code = "not_a_filter"
    message = "Le node '{node}' n'est pas un filtre"
    hint = "Rules can be previewed on nodes of type filter; '{node}' is of type {type}."


class NothingToEstimate(OutsendError):
    code = "pipeline_nothing_to_estimate"
    kind = "unprocessable"
    message = "Donne soit « definition », soit « pipeline_id »"
    hint = "Send {{definition}} for a graph that is not stored yet, or {{pipeline_id}} for one that is; not both."


class NameNotText(OutsendError):
    code = "pipeline_name_not_text"
    kind = "unprocessable"
    message = "Nom de pipeline : texte attendu"
    hint = "Give the name as a text, or leave it out."


class NameTooLong(OutsendError):
    code = "pipeline_name_too_long"
    kind = "unprocessable"
    message = f"Nom de pipeline trop long (max {PIPELINE_NAME_MAX} caractères)"
    hint = "Shorten the name, or leave it out."


class DefinitionUnreadable(OutsendError):
    code = "pipeline_unreadable"
    message = "Définition de pipeline illisible : {problem}"
    hint = "Send {{nodes, edges}} or {{schema_version, name, definition}}; nodes: id, type, config; edges: from, to."


class DefinitionTooLong(OutsendError):
    code = "pipeline_too_long_to_change"
    message = "Définition trop longue pour être modifiée par un modèle"
    hint = f"Shorten its options: at most {AI_DEFINITION_BYTES} bytes as JSON, long texts and places not counted."


class PipelineEmpty(OutsendError):
    code = "pipeline_empty"
    message = "Pipeline vide"
    hint = "Give at least one root node (scrap or import)."


class TooManyNodes(OutsendError):
    code = "pipeline_too_many_nodes"
    message = f"Trop de nodes (max {NODES_MAX})"
    hint = f"Split the graph: one pipeline has at most {NODES_MAX} nodes."


class DuplicateNodeIds(OutsendError):
    code = "pipeline_duplicate_node_ids"
    message = "IDs de nodes en doublon"
    hint = "Give each node an id of its own; {node} stands there twice."


class UnknownNodeType(OutsendError):
    code = "pipeline_unknown_node_type"
    message = "Type de node inconnu : {type}"
    hint = "Known types are {known}."


class EdgeToNowhere(OutsendError):
    code = "pipeline_edge_to_nowhere"
    message = "Edge référence un node inexistant"
    hint = "Edge {edge} goes from '{source}' to '{target}'; both must be ids of nodes."


class SelfLoop(OutsendError):
    code = "pipeline_self_loop"
    message = "Edge vers soi-même interdit"
    hint = "Remove edge {edge}: it goes from '{node}' to itself."


class RootHasPredecessor(OutsendError):
    code = "pipeline_root_has_predecessor"
    message = "Le node '{node}' ne peut pas avoir de prédécesseur"
    hint = "'{node}' is of type {type}, which starts a pipeline; remove the edge that leads to it."


class IncompatibleEdge(OutsendError):
    code = "pipeline_incompatible_edge"
    message = "Connexion {source} → {target} incompatible"
    hint = "{target} takes {accepted}, and what arrives is {given}. GET /api/pipelines/schema lists inputs and outputs."


class SeveralPredecessors(OutsendError):
    code = "pipeline_several_predecessors"
    message = "Le node {node} a plusieurs prédécesseurs"
    hint = "A node has at most one incoming edge; chain the steps instead of merging them."


class NotARoot(OutsendError):
    code = "pipeline_not_a_root"
    message = "Le node '{node}' doit avoir un prédécesseur"
    hint = "'{node}' is of type {type}; only {roots} may start a pipeline. Add an edge that leads to it."


class GraphHasCycle(OutsendError):
    code = "pipeline_cycle"
    message = "Le graphe contient un cycle"
    hint = "Follow the edges from '{node}': they lead back to it. Remove one of them."


class ConfigFieldMissing(OutsendError):
    code = "pipeline_config_missing"
    message = "Node '{node}' : champ requis manquant « {field} »"
    hint = "Give node '{node}' the option {field} in its config."


class BadConfigField(OutsendError):
    code = "pipeline_config_invalid"
    message = "Node '{node}', champ « {field} » : {problem}"
    hint = "Correct the option {field} of node '{node}'; GET /api/pipelines/schema lists the options of each type."


class RefusedNode(OutsendError):
    """A module's own refusal of its options, told with the node that it is about."""

    message = "Node '{node}' : {problem}"
    hint = "{advice}"
    code: ClassVar[str] = "pipeline_node_refused"
