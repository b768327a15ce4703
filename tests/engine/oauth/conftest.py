"""Services over a fresh database of either kind, and a client that was allowed in."""

from tests.engine.accounts.conftest import services as services
