"""How a record of the log looks, to a program and to a person."""

import json
import logging
import sys

import pytest

from engine.logs import Bound, JsonLines, Lines, job_id, request_id

TOKEN = "ost_0123456789abcdefghij"


def record(message: str, **extra: object) -> logging.LogRecord:
    """A record made while a request and a job were at hand."""
    made = logging.getLogger("engine.test").makeRecord(
        "engine.test", logging.WARNING, __file__, 1, message, (), extra.pop("exc_info", None), extra=extra or None
    )  # type: ignore[arg-type]
    request, job = request_id.set("r-12345678"), job_id.set("j_1")
    try:
        Bound().filter(made)
    finally:
        request_id.reset(request)
        job_id.reset(job)
    return made


def failure() -> object:
    try:
        raise ValueError(f"bad value in token={TOKEN}")
    except ValueError:
        return sys.exc_info()


def test_a_program_reads_one_object_a_line_with_both_ids_and_the_given_fields() -> None:
    line = JsonLines().format(record("two\nlines", fields={"status": 200}))

    told = json.loads(line)
    assert "\n" not in line
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "warning",
        "logger": "engine.test",
        "message": "two\nlines",
        "request_id": "r-12345678",
        "job_id": "j_1",
        "status": 200,
    }


def test_a_trace_is_text_within_the_object() -> None:
    told = json.loads(JsonLines().format(record("it failed", exc_info=failure())))

    assert told["exception"].startswith("Traceback") and "ValueError" in told["exception"]


def test_a_person_reads_a_line_and_the_trace_below_it() -> None:
    first, *trace = Lines().format(record("it failed", exc_info=failure(), fields={"status": 500})).split("\n")

    assert first.endswith("it failed request_id=r-12345678 job_id=j_1 status=500")
    assert trace[0].startswith("Traceback")


@pytest.mark.parametrize("formatter", [JsonLines(), Lines()], ids=["json", "lines"])
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"called with {TOKEN}", TOKEN),
        ('GET /sign-in?token=s3cr3t-of-mine&x=1 "quoted"', "s3cr3t-of-mine"),
        ("Cookie: outsend_session=abc.def; other=1", "abc.def"),
        ('{"Authorization": "Bearer abc.def"}', "abc.def"),
    ],
    ids=["token", "link", "cookie", "header"],
)
def test_what_looks_like_a_secret_is_blotted_out(formatter: logging.Formatter, text: str, secret: str) -> None:
    line = formatter.format(record(text, exc_info=failure()))

    assert secret not in line and TOKEN not in line
    if isinstance(formatter, JsonLines):
        json.loads(line)


def test_without_a_request_and_a_job_there_are_no_ids() -> None:
    made = logging.getLogger("engine.test").makeRecord("engine.test", logging.INFO, __file__, 1, "alone", (), None)

    Bound().filter(made)

    assert not {"request_id", "job_id"} & json.loads(JsonLines().format(made)).keys()
