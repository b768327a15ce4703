"""The README agrees with the code: commands, settings, modules, files."""

import re
import shlex
from pathlib import Path

import pytest

from engine.registry.load import modules
from engine.settings import PLAIN_NAMES, PREFIX, Settings
from outsend_api.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_command_is_told_and_no_other() -> None:
    told = set(re.findall(r"^\| `outsend (\w+)", section("Commands"), re.MULTILINE))

    assert told == set(COMMANDS)


def test_every_told_setting_exists() -> None:
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+|{'|'.join(PLAIN_NAMES)})`", section("Settings")))

    assert told
    for name in told:
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields, name


def test_every_module_is_told() -> None:
    told = set(re.findall(r"llms/pages/modules/(\w+)\.md", section("Modules")))

    assert told == set(modules())


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_every_linked_file_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("line", re.findall(r"^    (outsend run .+?)(?:  +#.*)?$", README, re.MULTILINE))
def test_every_shown_run_names_known_modules_and_options(line: str) -> None:
    words = shlex.split(line)
    options = {word for word in words if word.startswith("--")}

    assert options <= {"--input", "--output", "--query", "--zone", "--resume", "--sandbox", "--json"}
    if not words[2].startswith("--") and not words[2].endswith(".json"):
        assert {name.replace("verify", "verify_emails") for name in words[2].split(",")} <= set(modules())
