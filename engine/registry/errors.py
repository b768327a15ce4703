"""What is announced and can't be started, in the words of the documentation (docs page api/registry)."""

from engine.errors import OutsendError


class ModuleFrozen(OutsendError):
    code = "module_frozen"
    kind = "unavailable"
    message = "Module indisponible pendant l'alpha"
    hint = "{slug} is held back during the alpha. GET /api/modules-registry tells when it is active."


class ModuleOnDemand(OutsendError):
    code = "module_on_demand"
    kind = "missing"
    message = "Module sur demande : {slug}"
    hint = "Ask for it: POST /api/feedback/threads with the topic on_demand_{slug}."
