"""The tests of votes run on both databases."""

from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.jobs.conftest import services as services
