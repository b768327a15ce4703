"""What tests of several parts of the engine share: an account that drafts with a model of the sandbox."""

from tests.engine.ai.drafting import indoor_services as indoor_services
from tests.engine.ai.drafting import me as me
