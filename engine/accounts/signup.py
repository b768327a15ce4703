"""A new account, by invitation. Source: docs page api/auth."""

import asyncio

from engine.accounts import invitations, mails, passwords, queries, rate_limits, sessions
from engine.accounts.captcha import check_captcha
from engine.accounts.errors import EmailTaken
from engine.accounts.schemas import AccountPublic, SignupRequest
from engine.context import Context, Services, write


async def sign_up(services: Services, asked: SignupRequest, ip: str) -> tuple[AccountPublic, str]:
    """Open an account and its first session: the account and the session cookie's value. A welcome mail goes out.

    Checked in this order: the client's attempts (`ip`), the captcha, the invitation, the address.

    Raises:
        TooManyAttempts, CaptchaInvalid, CaptchaUnavailable, InvitationInvalid, EmailTaken: nothing was created, and the
        invitation is not used.
    """
    await services.call(None, rate_limits.count_attempt, (rate_limits.SIGNUP_BY_IP, ip))
    await check_captcha(services, asked.hcaptcha_token)
    password_hash = await asyncio.to_thread(passwords.password_hash, asked.password)
    return await services.call(None, _open_account, asked, password_hash)


@write
def _open_account(context: Context, asked: SignupRequest, password_hash: str) -> tuple[AccountPublic, str]:
    invitations.redeem(context, asked.invitation_code)
    account = queries.add(context, asked.email, password_hash)
    if account is None:
        raise EmailTaken()
    assert account.id is not None
    mails.send_welcome(context, account)
    return queries.public(account), sessions.open_session(context, account.id)
