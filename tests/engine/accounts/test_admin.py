"""One administrator is always left, whoever deactivates whom at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.accounts import admin, operator
from engine.accounts.errors import AccountInactive
from engine.context import Caller, Context, Services, write
from tests.house import account

ROUNDS = 30


@write
def make_admin(context: Context) -> None:
    me = context.session.get_one(operator.Account, context.account_id)
    me.is_admin = me.is_active = True
    context.session.add(me)


@pytest.mark.slow(30)
def test_two_administrators_who_put_each_other_out_leave_one(services: Services) -> None:
    pair = [account(services, f"admin-{n}@example.com") for n in range(2)]
    start = Barrier(2)

    def put_out(by: Caller, other: Caller) -> bool:
        start.wait()
        try:
            by.run(admin.set_active, other.principal.account_id, active=False)
        except AccountInactive:
            return False
        return True

    for _ in range(ROUNDS):
        for one in pair:
            one.run(make_admin)
        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(put_out, pair, pair[::-1]))

        assert sorted(done) == [False, True]
        assert [user.is_active for user in services.run(None, operator.list_users)].count(True) == 1
