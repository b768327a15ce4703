"""Requests that the OpenAPI document allows and forbids, thousands of them, against a running server."""

import subprocess
import sys
import tempfile
from pathlib import Path

from outsend_api.cookies import SESSION_COOKIE
from tests.api_house import ApiHouse

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# The first would end the session that all requests share, the second connect a key, so that others ask its provider.
LEFT_OUT = "^/api/(auth/(logout|me|password/change)|settings/ai)$"


def fuzz(house: ApiHouse, *, seconds: int, seed: int) -> subprocess.CompletedProcess[str]:
    """Run schemathesis as a signed-in account; exit status 0 when every answer was a documented one."""
    with house.client("fuzz@example.com") as client:
        cookie = client.cookies[SESSION_COOKIE]
    command = [str(SCHEMATHESIS), "run", f"{house.url}/openapi.json"]
    command += ["--checks", CHECKS, "--max-time", str(seconds), "--seed", str(seed), "--no-color"]
    command += ["--exclude-path-regex", LEFT_OUT, "--suppress-health-check", "all", "--warnings", "off"]
    command += ["--header", f"Cookie: {SESSION_COOKIE}={cookie}", "--request-timeout", "20"]
    with tempfile.TemporaryDirectory() as folder:  # it keeps a cache where it runs
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds * 3 + 60)
