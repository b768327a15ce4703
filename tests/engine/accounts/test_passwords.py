"""How passwords are kept and compared."""

import time
from statistics import median

import pytest

from engine.accounts.errors import WeakPassword
from engine.accounts.passwords import matches, password_hash, strong


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, two = password_hash("lovelace-1843"), password_hash("lovelace-1843")

    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and one != two
    assert matches(one, "lovelace-1843") and not matches(one, "lovelace-1844")


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not matches("not a hash", "not a hash")


def test_an_unknown_account_takes_as_long_as_a_wrong_password() -> None:
    """C-050."""
    kept = password_hash("lovelace-1843")

    def seconds(kept: str | None) -> float:
        began = time.perf_counter()
        matches(kept, "wrong-1234")
        return time.perf_counter() - began

    pairs = [(seconds(kept), seconds(None)) for _ in range(15)]
    known, unknown = (median(times) for times in zip(*pairs, strict=True))

    assert 0.5 < unknown / known < 2.0


def test_a_weak_password_names_its_field() -> None:
    """C-038, C-062."""
    with pytest.raises(WeakPassword) as refused:
        strong("onlyletters", field="new_password")

    assert refused.value.values["field"] == "new_password"
