"""E-mail addresses of accounts: one spelling each, so that an address has one account."""

from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from engine.accounts.errors import EmailInvalid
from engine.lazy import load

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

LOCAL = "localhost"
ALLOWED = {"test", LOCAL}  # of the special-use domains


class _Validator(Protocol):
    SPECIAL_USE_DOMAIN_NAMES: list[str]

    def validate_email(self, email: str, /, **options: bool) -> "ValidatedEmail": ...


def folded(email: str) -> str:
    """The address in lower case, an international domain in its ASCII form. Nothing is looked up.

    `.test` and `localhost` are fine: they serve those who try the product.

    Raises:
        EmailInvalid: it is no address.
    """
    try:
        read = _validator().validate_email(
            email, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except ValueError:
        raise EmailInvalid(field="email") from None
    if "." not in read.ascii_domain and read.ascii_domain != LOCAL:
        raise EmailInvalid(field="email")
    return f"{read.local_part}@{read.ascii_domain}".lower()


@cache
def _validator() -> _Validator:
    validator = cast("_Validator", load("email_validator"))
    # The library's documented way of allowing special-use domains.
    refused = validator.SPECIAL_USE_DOMAIN_NAMES
    refused[:] = [name for name in refused if name not in ALLOWED]
    return validator
