"""`/api/auth`: sign up, in and out, passwords, and the e-mail address. Source: docs page api/auth."""

from fastapi import APIRouter, Request, Response

from engine.accounts import operations as accounts
from engine.accounts import sessions
from engine.accounts.schemas import (
    AccountPublic,
    EmailVerify,
    LoginRequest,
    Ok,
    PasswordChange,
    ResendAnswer,
    ResetConfirm,
    ResetRequest,
    SignedInAnswer,
    SignupRequest,
)
from engine.accounts.signup import sign_up
from outsend_api.access import AccountHolder, TheServices
from outsend_api.client_ip import ClientIp
from outsend_api.cookies import SESSION_COOKIE, clear_session, set_session
from outsend_api.errors import may

router = APIRouter(prefix="/api/auth", tags=["auth"])


@router.post("/signup", responses=may(400, 403, 422, 429, 503))
async def signup(asked: SignupRequest, services: TheServices, ip: ClientIp, response: Response) -> SignedInAnswer:
    """Open an account with an invitation code, and sign in. The welcome mail holds a verification link."""
    account, cookie = await sign_up(services, asked, ip)
    set_session(response, services.settings, cookie)
    return SignedInAnswer(user=account)


@router.post("/login", responses=may(400, 401, 403, 422, 429))
def login(asked: LoginRequest, services: TheServices, ip: ClientIp, response: Response) -> SignedInAnswer:
    """Sign in with e-mail and password; sets the session cookie."""
    account, cookie = accounts.login(services, asked.email, asked.password, ip)
    set_session(response, services.settings, cookie)
    return SignedInAnswer(user=account)


@router.post("/logout", responses=may(400, 403))
def logout(request: Request, services: TheServices, response: Response) -> Ok:
    """End the current session, if there is one, and clear its cookie."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie:
        services.run(None, sessions.close_session, cookie)
    clear_session(response, services.settings)
    return Ok()


@router.get("/me", responses=may(401, 403))
def read_me(user: AccountHolder) -> AccountPublic:
    """The account that is signed in."""
    return user.run(accounts.me)


@router.post("/password/reset-request", responses=may(400, 403, 422))
def request_password_reset(asked: ResetRequest, services: TheServices, ip: ClientIp) -> Ok:
    """Mail a reset link, if the address is an active account's. The answer is the same in every case."""
    accounts.request_reset(services, asked.email, ip)
    return Ok()


@router.post("/password/reset-confirm", responses=may(400, 403, 422))
def confirm_password_reset(asked: ResetConfirm, services: TheServices) -> Ok:
    """Set a new password with the token of a reset link. Ends every session and personal access token."""
    accounts.reset_confirm(services, asked.token, asked.new_password)
    return Ok()


@router.post("/password/change", responses=may(400, 401, 403, 422, 429))
def change_password(asked: PasswordChange, user: AccountHolder, response: Response) -> Ok:
    """Change the password. The other sessions end; this one gets a fresh cookie."""
    cookie = accounts.change_password(user, asked.current_password, asked.new_password)
    set_session(response, user.services.settings, cookie)
    return Ok()


@router.post("/email/verify", responses=may(400, 403, 422))
def verify_email(asked: EmailVerify, services: TheServices) -> Ok:
    """Verify an e-mail address with the token of a verification link."""
    accounts.verify_email(services, asked.token)
    return Ok()


@router.post("/email/resend-verify", response_model_exclude_none=True, responses=may(400, 401, 403, 429))
def resend_verification(user: AccountHolder) -> ResendAnswer:
    """Mail the verification link again, unless the address is verified already."""
    return user.run(accounts.resend_verification)
