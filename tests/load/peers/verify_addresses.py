"""py3-validate-email or verify-email on a list of addresses, one after the other, as both are made to be called."""

import json
import logging
import signal
import sys
import time

from validate_email import validate_email
from verify_email import verify_email

TIMEOUT_SECONDS = 10
PATIENCE_SECONDS = 15  # with a server whose greeting never ends, which neither package notices


def py3_validate_email(address, task):
    return validate_email(
        address,
        check_blacklist=False,
        smtp_timeout=TIMEOUT_SECONDS,
        smtp_helo_host=task["helo"],
        smtp_from_address=task["sender"],
    )


def verify_email_package(address, task):
    return verify_email(address, timeout=TIMEOUT_SECONDS)


PACKAGES = {"py3-validate-email": py3_validate_email, "verify-email": verify_email_package}


def judged(verify, address, task):
    """True, False, or None where the package can't tell or breaks."""
    signal.alarm(PATIENCE_SECONDS)
    try:
        return verify(address, task)
    except Exception:
        return None
    finally:
        signal.alarm(0)


def give_up(number, frame):
    raise TimeoutError


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, give_up)
    task = json.load(sys.stdin)
    verify = PACKAGES[task["package"]]
    begun, cpu = time.monotonic(), time.process_time()
    verdicts = {address: judged(verify, address, task) for address in task["addresses"]}
    figures = {"seconds": time.monotonic() - begun, "cpu_seconds": time.process_time() - cpu, "verdicts": verdicts}
    sys.stdout.write(json.dumps(figures) + "\n")
