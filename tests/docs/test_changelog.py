"""The changelog tells users what changed."""

from importlib.metadata import version
from pathlib import Path

CHANGELOG = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()


def test_the_changelog_announces_breaking_changes_and_knows_this_version() -> None:
    """C-010."""
    assert "Breaking changes are announced here first" in CHANGELOG
    assert f"\n## {version('outsend')}\n" in CHANGELOG
