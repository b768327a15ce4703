"""What sign-in takes and gives. Source: docs page api/auth."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

from engine.accounts.addresses import folded
from engine.accounts.errors import EmailInvalid
from engine.accounts.passwords import weakness
from engine.limits import (
    INVITATION_LENGTH_MAX,
    PASSWORD_LENGTH_MAX,
    PASSWORD_LENGTH_MIN,
    PASSWORD_TYPED_MAX,
    TOKEN_NAME_MAX,
)

EMAIL_LENGTH_MAX = 254
CAPTCHA_LENGTH_MAX = 8_192


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _email(text: str) -> str:
    try:
        return folded(text)
    except EmailInvalid as error:
        raise ValueError(error.text) from None


def _strong(password: str) -> str:
    problem = weakness(password)
    if problem is not None:
        raise ValueError(problem)
    return password


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("caractères de contrôle non admis")
    return text


Stamp = Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]
Email = Annotated[
    str, Field(max_length=EMAIL_LENGTH_MAX, json_schema_extra={"format": "email"}), AfterValidator(_email)
]
NewPassword = Annotated[
    str,
    Field(
        min_length=PASSWORD_LENGTH_MIN,
        max_length=PASSWORD_LENGTH_MAX,
        description="With a letter and a digit or symbol.",
    ),
    AfterValidator(_strong),
]
TypedPassword = Annotated[str, Field(min_length=1, max_length=PASSWORD_TYPED_MAX)]
LinkToken = Annotated[str, Field(min_length=10, max_length=256, description="From the mailed link; works once.")]


class AccountPublic(BaseModel):
    """An account as its owner sees it. `created_at` is UTC."""

    id: int
    email: str
    is_admin: bool
    is_active: bool
    email_verified: bool
    created_at: Stamp


class SignupRequest(BaseModel):
    """Who wants an account. `hcaptcha_token` is required where the server has a captcha."""

    email: Email
    password: NewPassword
    invitation_code: str = Field(min_length=1, max_length=INVITATION_LENGTH_MAX, examples=["ALPHA-7K2"])
    accept_responsibility: Literal[True] = Field(description="You answer for what you do with the rows.")
    hcaptcha_token: str | None = Field(None, max_length=CAPTCHA_LENGTH_MAX)


class LoginRequest(BaseModel):
    email: Email
    password: TypedPassword


class ResetRequest(BaseModel):
    email: Email


class ResetConfirm(BaseModel):
    token: LinkToken
    new_password: NewPassword


class PasswordChange(BaseModel):
    current_password: TypedPassword
    new_password: str = Field(min_length=PASSWORD_LENGTH_MIN, max_length=PASSWORD_TYPED_MAX)


class EmailVerify(BaseModel):
    token: str = Field(min_length=1, max_length=256, description="From the mailed link; works once.")


class Ok(BaseModel):
    """It is done."""

    ok: Literal[True] = True


class SignedInAnswer(Ok):
    """A session is open; its cookie is set."""

    user: AccountPublic


class ResendAnswer(Ok):
    """`already_verified` stands here only when there was nothing to send."""

    already_verified: Literal[True] | None = None


class TokenPublic(BaseModel):
    """A personal access token as its owner sees it; `hint` is its end. Times are UTC."""

    id: int
    name: str
    scope: Literal["read", "run"]
    hint: str
    created_at: Stamp
    last_used_at: Stamp | None


class NewToken(TokenPublic):
    """A token just made. `token` is never shown again."""

    token: str


class TokenRequest(BaseModel):
    """`read` lists and reads; `run` also starts and changes things."""

    name: Annotated[str, Field(min_length=1, max_length=TOKEN_NAME_MAX), AfterValidator(_printable)]
    scope: Literal["read", "run"]


class TokenList(BaseModel):
    """The caller's tokens, newest first."""

    items: list[TokenPublic]
