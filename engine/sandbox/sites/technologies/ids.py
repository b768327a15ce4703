"""Account ids in the vendors' shapes, invented."""

import random
import string

UPPER, LOWER = string.ascii_uppercase + string.digits, string.ascii_lowercase + string.digits


def account_ids(rng: random.Random, domain: str) -> dict[str, str]:
    """The values that the snippets' templates name."""

    def some(alphabet: str, length: int) -> str:
        return "".join(rng.choices(alphabet, k=length))

    def hexadecimal(digits: int) -> str:
        return some("0123456789abcdef", digits)

    return {
        "domain": domain,
        "ga4": f"G-{some(UPPER, 10)}",
        "ua": f"UA-{rng.randint(10**6, 10**9)}-{rng.randint(1, 9)}",
        "aw": f"AW-{rng.randint(10**8, 10**11)}",
        "gtm": f"GTM-{some(UPPER, rng.choice((6, 7, 8)))}",
        "site": str(rng.randint(1, 400)),
        "number": str(rng.randint(10**6, 10**7)),
        "long": str(rng.randint(10**14, 10**16)),
        "ten": some(LOWER, 10),
        "token": some(UPPER, 20),
        "key": some(LOWER, 32),
        "hex": hexadecimal(32),
        "hex6": hexadecimal(6),
        "hex13": hexadecimal(13),
        "uuid": "-".join(hexadecimal(length) for length in (8, 4, 4, 4, 12)),
        "name": domain.partition(".")[0].replace("-", "")[:20],
    }


def relation_ids(rng: random.Random, domain: str) -> dict[str, str]:
    """The values that the templates of marketing tools name."""

    def some(alphabet: str, length: int) -> str:
        return "".join(rng.choices(alphabet, k=length))

    return account_ids(rng, domain) | {
        "long": str(rng.randint(10**15, 10**16 - 1)),
        "site": str(rng.randint(1, 22)),
        "six": some(string.ascii_letters + string.digits, 6),
        "hex24": some("0123456789abcdef", 24),
    }
