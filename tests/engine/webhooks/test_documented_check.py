"""The examples of the page api/webhooks check a signature as they promise: the very text that is published."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.webhooks.signature import signature_of

PAGE = (Path(__file__).parents[3] / "llms/pages/api/webhooks.md").read_text()
BODY = '{"event": "ping", "é": "\\u00e9"}'
SECRET, FORMER = "whsec_new", "whsec_old"

Check = Callable[[str, str, bytes], bool]


def example(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)
    return found


def in_python(secret: str, header: str, body: bytes) -> bool:
    names: dict[str, Any] = {}
    exec(compile(example("python"), "api/webhooks", "exec"), names)
    return names["is_from_outsend"](secret, header, body)


def in_javascript(secret: str, header: str, body: bytes) -> bool:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node here")
    call = "const [s, h, b] = process.argv.slice(1); console.log(isFromOutsend(s, h, Buffer.from(b, 'hex')))"
    done = subprocess.run(
        [node, "-e", f"{example('javascript')}\n{call}", secret, header, body.hex()],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    return done.stdout.strip() == "true"


@pytest.mark.slow(20)
@pytest.mark.parametrize("check", [in_python, in_javascript])
def test_what_we_sign_is_accepted_under_the_new_and_the_former_secret(check: Check) -> None:
    header = signature_of(BODY, [SECRET, FORMER], at=int(time.time()))

    assert check(SECRET, header, BODY.encode())
    assert check(FORMER, header, BODY.encode())


@pytest.mark.slow(40)
@pytest.mark.parametrize("check", [in_python, in_javascript])
def test_what_was_changed_or_is_old_or_somebody_elses_is_refused(check: Check) -> None:
    now = int(time.time())
    header = signature_of(BODY, [SECRET], at=now)
    digest = header.partition("v1=")[2]
    refused = [
        (SECRET, header, BODY.encode() + b" "),
        ("whsec_other", header, BODY.encode()),
        (SECRET, f"t={now + 1},v1={digest}", BODY.encode()),
        (SECRET, signature_of(BODY, [SECRET], at=now - 600), BODY.encode()),
        (SECRET, f"t={now}", BODY.encode()),
        (SECRET, f"v1={digest}", BODY.encode()),
        (SECRET, "", BODY.encode()),
        (SECRET, f"t={now},t={now},v1={digest}", BODY.encode()),
    ]

    assert [check(*one) for one in refused] == [False] * len(refused)
