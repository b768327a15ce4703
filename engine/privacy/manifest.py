"""The archive's summary for people, in French."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

# Tables of the account's that are not exported, and why.
LEFT_OUT = {
    "oauth_codes": "les codes échangés avec les applications connectées : ils servent une fois, en une minute",
    "oauth_tokens": "les jetons des applications connectées : seule leur empreinte est gardée",
    "repeatables": "les réponses gardées 24 heures pour les requêtes répétées : les mêmes données sont dans jobs.json",
}

_FILES = """\
account.json         ton compte, tes sessions et tes invitations, sans aucun secret
tokens.json          tes jetons d'accès personnels, sans leur valeur
connected_apps.json  les applications que tu as connectées, et ce qu'elles peuvent faire
suppressions.json    ta liste d'exclusion : les adresses et domaines que tes lignes ne montrent pas
feedback_threads.json, feedback_messages.json
                     tes conversations avec l'équipe, et ce qui y est dit
feature_votes.json   tes votes pour ce qui est à venir
webhook_secret.json, webhook_deliveries.json
                     les messages envoyés à tes webhooks, et la fin du secret qui les signe
ai_settings.json     ton fournisseur d'IA (sans ta clé) et tes plafonds
ai_usage.json        chaque requête à un modèle d'IA, et son coût en milliardièmes de dollar
assistant_conversations.json, assistant_messages.json, assistant_confirmations.json
                     tes conversations avec l'assistant, et les actions que tu as confirmées ou refusées
jobs.json            tous tes jobs, avec leurs réglages
jobs/<id>/           par job : les données reçues, le journal, et les résultats en CSV et JSON
places.json          les établissements que tes recherches ont trouvés, que « only_new » laisse de côté
last_reviews.json    par établissement, l'avis le plus récent obtenu, que « only_new » prend pour repère
brand_lookups.json   les domaines dont tu as demandé le logo et les couleurs (gardés 7 jours)
brand_assets.json    la liste des images gardées pour toi : logos, favicons, captures d'écran
pipelines.json       tes pipelines, avec leur définition
veille.json          tes surveillances et leurs exécutions
veille/<id>/         par surveillance : les établissements connus, et les signaux de chaque exécution
uploads/             les fichiers que tu as envoyés (gardés 24 heures)
"""


@dataclass(slots=True)
class Told:
    """What the summary says of an archive."""

    email: str
    account_id: int
    at: datetime
    counts: Counter[str] = field(default_factory=Counter[str])
    outputs: int = 0
    lost: list[str] = field(default_factory=list[str])  # jobs whose rows went while the archive was written


def manifest(told: Told) -> str:
    """The summary: whose archive it is, when it was made, what it holds and what not."""
    lines = [
        "Export de tes données outsend",
        "",
        f"Compte      {told.email} (n° {told.account_id})",
        f"Date        {told.at:%Y-%m-%d %H:%M} UTC",
        f"Jobs        {told.counts['jobs']}, dont {told.outputs - len(told.lost)} avec des résultats",
        f"Pipelines   {told.counts['pipelines']}",
        f"Veilles     {told.counts['veilles']}",
        f"Exclusions  {told.counts['suppressions']}",
        f"Lieux       {told.counts['places']} établissements obtenus",
        f"Messages    {told.counts['threads']} conversations",
        f"Assistant   {told.counts['conversations']} conversations",
        "",
        "Contenu",
        _FILES,
        "Non inclus",
        *(f"- {reason}" for reason in LEFT_OUT.values()),
        "- dans jobs/ et veille, les contacts de ta liste d'exclusion (jobs.json et uploads/ : ce que tu as envoyé)",
        "- les images elles-mêmes : brand_assets.json donne l'adresse de chacune, tant que le compte existe",
        "- les résultats expirés : ils sont supprimés 7 jours après la fin d'un job",
    ]
    lines += [f"- les résultats du job {job_id} : ils ont expiré pendant l'export" for job_id in told.lost]
    return "\n".join(lines) + "\n"
