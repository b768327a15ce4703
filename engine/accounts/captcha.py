"""hCaptcha at signup, where the operator has set it up (`HCAPTCHA_SECRET`).

Source: https://docs.hcaptcha.com, "Verify the User Response Server Side".
"""

import logging
from typing import Any, cast

from engine.accounts.errors import CaptchaInvalid, CaptchaUnavailable
from engine.context import Services
from engine.errors import OutsendError
from engine.lazy import load

VERIFY_URL = "https://api.hcaptcha.com/siteverify"
ANSWER_SECONDS = 10.0
# Faults of the visitor's answer; any other is the operator's or hCaptcha's.
VISITOR_FAULTS = {
    "missing-input-response",
    "invalid-input-response",
    "expired-input-response",
    "already-seen-response",
    "invalid-or-already-seen-response",
}

log = logging.getLogger(__name__)


async def check_captcha(services: Services, answer: str | None) -> None:
    """Let pass who solved the captcha; everybody, when none is set up.

    Raises:
        CaptchaInvalid: not solved. CaptchaUnavailable: hCaptcha can't be asked, or refuses this server.
    """
    if services.settings.hcaptcha_secret is None:
        return
    if not answer:
        raise CaptchaInvalid()
    verdict = await _verdict(services, {"secret": services.settings.hcaptcha_secret, "response": answer})
    if verdict.get("success") is True:
        return
    faults = set(cast("list[str]", verdict.get("error-codes") or []))
    if faults - VISITOR_FAULTS:
        log.error("hCaptcha refuses this server: %s", ", ".join(sorted(map(str, faults))))
        raise CaptchaUnavailable()
    raise CaptchaInvalid()


async def _verdict(services: Services, form: dict[str, str]) -> dict[str, Any]:
    network = load("engine.network.world")  # a client is built only where a captcha is in use
    try:
        async with network.open_gateway(services.settings, services.clock) as gateway:
            answer = await gateway.api.request("POST", VERIFY_URL, form=form, timeout_seconds=ANSWER_SECONDS)
    except OutsendError as error:
        log.warning("hCaptcha gave no answer: %s", error.code)
        raise CaptchaUnavailable() from error
    if answer.status != 200 or not isinstance(answer.json, dict):
        log.warning("hCaptcha answered with status %s", answer.status)
        raise CaptchaUnavailable()
    return cast("dict[str, Any]", answer.json)
