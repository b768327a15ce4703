"""The mails that the product writes: their subjects, and templates of their text and HTML parts.

Loaded on first use: the template engine takes a tenth of a second.
"""

from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from engine.mail.mailer import Mail

TEMPLATES = Path(__file__).parent / "templates"

Letter = Literal["welcome", "verify", "reset", "feedback", "webhook", "ai_cap_near", "ai_cap_reached"]

SUBJECTS: dict[Letter, str] = {
    "welcome": "Bienvenue sur outsend : confirme ton adresse",
    "verify": "Confirme ton adresse email",
    "reset": "Choisis un nouveau mot de passe",
    "feedback": "Nouvelle conversation sur outsend",
    "webhook": "Ton webhook ne répond pas",
    "ai_cap_near": "80 % de ton plafond IA sont dépensés",
    "ai_cap_reached": "Ton plafond IA est atteint",
}

_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write(letter: Letter, *, to: str, **values: str) -> Mail:
    """A letter to one address. The templates name the values that they need."""
    subject = SUBJECTS[letter]
    text, html = (
        _templates.get_template(f"{letter}.{kind}").render(subject=subject, email=to, **values)
        for kind in ("txt", "html")
    )
    return Mail(to, subject, text, html)
