"""The Limits page has the numbers of `engine/limits.py`, each in a row of its own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from engine import limits
from engine.accounts.repeats import KEPT as REPEATS_KEPT
from engine.pipelines.normalize import ID_LENGTH_MAX
from llms import bundle
from outsend_api.bodies import DEPTH_MAX, JSON_BYTES_MAX
from outsend_api.idempotency import KEY_LENGTH_MAX
from tests.docs.reading import tables

# Subject and row of the page -> the constant that rules; a dictionary's entry is written `NAME.key`.
ROWS = {
    "Jobs": {
        "Jobs that run at a time": "RUNNING_JOBS_PER_ACCOUNT",
        "Slots of the serial lane": "SERIAL_SLOTS",
        "Slots of the parallel lane": "PARALLEL_SLOTS",
        "Cost of one job": "MAX_EF_PER_JOB",
        "Items of one request": "ITEMS_MAX",
        "Columns of the items of one request": "IMPORT_COLUMNS_MAX",
        "Longest run": "JOB_TIMEOUT",
        "Rows are kept, from the end": "RETENTION",
        "`expires_at` of a job that has not ended, from its creation": "OPEN_RETENTION",
        "A worker without a sign of life is taken as gone after": "WORKER_SILENCE",
        "Jobs of a list, if not told": "JOBS_PAGE_DEFAULT",
        "Jobs of a list, at most": "JOBS_PAGE_MAX",
        "Rows of a page of items, if not told": "ITEMS_PAGE_DEFAULT",
        "Rows of a page of items, at most": "ITEMS_PAGE_MAX",
        "Life of a download link": "DOWNLOAD_LINK_LIFE",
        "Log lines": "LOG_LINES_PER_JOB",
        "Rows that a column's profile is made of": "FILL_ROWS",
        "Points of a map, if not told": "MAP_FEATURES_DEFAULT",
        "Points of a map, at most": "MAP_FEATURES_MAX",
    },
    "Search": {
        "Searches of one job": "QUERIES_MAX",
        "Characters of a search": "QUERY_LENGTH_MAX",
        "Zones of one job": "ZONES_MAX",
        "Results that Google Maps lists for one search": "MAPS_RESULTS_MAX",
        "Results that the Places API lists for one search": "PLACES_RESULTS_MAX",
        "First zoom": "ZOOM_FIRST",
        "Last zoom": "ZOOM_LAST",
        "New places that divide a tile, mode `fast`": "SUBDIVIDE_FROM.fast",
        "New places that divide a tile, mode `advanced`": "SUBDIVIDE_FROM.advanced",
        "New places that divide a tile, mode `ultra`": "SUBDIVIDE_FROM.ultra",
        "Factor of cost, mode `fast`": "MODE_FACTOR.fast",
        "Factor of cost, mode `advanced`": "MODE_FACTOR.advanced",
        "Factor of cost, mode `ultra`": "MODE_FACTOR.ultra",
        "Factor of cost with reviews": "REVIEWS_FACTOR",
        "Factor of cost of `emails` in mode `deep`": "EMAILS_DEEP_FACTOR",
    },
    "Streams": {
        "Longest stream": "STREAM_MAX",
        "Time between two `status` events": "STATUS_INTERVAL_SECONDS",
        "Time between two bundles of `log` events": "LOG_INTERVAL_SECONDS",
        "Least time between two `progress` events": "PROGRESS_INTERVAL_SECONDS",
    },
    "Pipelines": {
        "Nodes": "NODES_MAX",
        "Depth": "DEPTH_MAX",
        "Characters of a name": "PIPELINE_NAME_MAX",
        "Pipelines of a list": "PIPELINES_PAGE",
        "Rows that a preview reads": "PREVIEW_ROWS",
        "Rows that a preview shows": "PREVIEW_SAMPLES",
    },
    "Imports": {
        "Size of a file": "IMPORT_BYTES_MAX",
        "Columns of a file": "IMPORT_COLUMNS_MAX",
        "Rows of a file": "IMPORT_ROWS_MAX",
        "A file is kept": "UPLOAD_RETENTION",
        "Files of an account at a time": "UPLOADS_MAX",
        "Files of an account together": "UPLOADS_BYTES_MAX",
        "Characters of a file name": "UPLOAD_NAME_MAX",
        "Rows shown of a file": "UPLOAD_ROWS_SHOWN",
    },
    "Brand assets": {
        "Factor of cost with a screenshot": "BRAND_SCREENSHOT_FACTOR",
        "Size of an image": "BRAND_IMAGE_BYTES_MAX",
        "Images of an account together": "BRAND_ASSETS_BYTES_MAX",
        "A look-up is kept": "BRAND_LOOKUP_FRESH",
        "Longest look-up": "BRAND_LOOKUP_SECONDS",
    },
    "Veille": {
        "Shortest cadence": "VEILLE_DAYS_MIN",
        "Longest cadence": "VEILLE_DAYS_MAX",
        "Least characters of a name": "VEILLE_NAME_MIN",
        "Most characters of a name": "VEILLE_NAME_MAX",
        "Rows shown of each bucket of a run": "VEILLE_SAMPLES",
        "Signals of a page": "SIGNALS_PAGE_MAX",
        "Loss of stars that makes a signal": "SIGNAL_RATING_DROP",
        "Gain of reviews that makes a signal": "SIGNAL_REVIEWS",
    },
    "AI on your own key": {
        "Cap per request, default": "AI_REQUEST_USD",
        "Cap per request, highest": "AI_REQUEST_USD_MAX",
        "Cap per day, default": "AI_DAY_USD",
        "Cap per day, highest": "AI_DAY_USD_MAX",
        "Cap per month, default": "AI_MONTH_USD",
        "Cap per month, highest": "AI_MONTH_USD_MAX",
        "First mail, share of a daily or monthly cap": "AI_ALERT_SHARE",
        "Longest call of a model, repeats included": "AI_CALL_SECONDS",
        "Tries of a call": "AI_TRIES",
    },
    "Accounts and sessions": {
        "Life of a session, from its last use": "SESSION_LIFE",
        "A session is renewed at most every": "SESSION_RENEWAL",
        "Least characters of a password": "PASSWORD_LENGTH_MIN",
        "Most characters of a password, at sign-up and reset": "PASSWORD_LENGTH_MAX",
        "Most characters of a password, at a change": "PASSWORD_TYPED_MAX",
        "Characters of an invitation code": "INVITATION_LENGTH_MAX",
        "Life of a verification link": "VERIFY_LINK_LIFE",
        "Life of a reset link": "RESET_LINK_LIFE",
        "Life of a sign-in link": "SIGN_IN_LINK_LIFE",
        "Characters of a token's name": "TOKEN_NAME_MAX",
    },
    "MCP sign-in": {
        "Life of an access token": "OAUTH_ACCESS_LIFE",
        "Life of a refresh token, from its last use": "OAUTH_REFRESH_LIFE",
        "Life of an authorization code": "OAUTH_CODE_LIFE",
        "Time to decide on the consent page": "OAUTH_REQUEST_LIFE",
    },
    "Opt-out list": {
        "Entries of an account": "SUPPRESSIONS_MAX",
        "Entries of one call": "SUPPRESSIONS_CALL_MAX",
        "Entries of a page, if not told": "SUPPRESSIONS_PAGE_DEFAULT",
        "Entries of a page, at most": "SUPPRESSIONS_PAGE_MAX",
        "Characters of a reason": "SUPPRESSION_REASON_MAX",
    },
    "Webhooks": {
        "Characters of an address": "WEBHOOK_URL_MAX",
        "Tries of a message": "WEBHOOK_TRIES",
        "Last try, after the event": "WEBHOOK_LIFE",
        "Time to answer": "WEBHOOK_ANSWER_SECONDS",
        "A rotated secret signs beside the new one for": "WEBHOOK_SECRET_OVERLAP",
        "Ended messages stay in the list for": "WEBHOOK_KEPT",
        "Messages of a page, if not told": "WEBHOOK_PAGE_DEFAULT",
        "Messages of a page, at most": "WEBHOOK_PAGE_MAX",
    },
    "Feedback": {
        "Least characters of a first message": "FEEDBACK_MESSAGE_MIN",
        "Most characters of a message": "FEEDBACK_MESSAGE_MAX",
        "Characters of a topic": "FEEDBACK_TOPIC_MAX",
        "Threads of a list": "FEEDBACK_LIST_MAX",
        "Messages of a thread": "FEEDBACK_MESSAGES_MAX",
    },
    "Inbox placement": {
        "Seed mailboxes, and rows, of a test": "DELIVERY_SEEDS",
        "Least characters of a sending domain": "DELIVERY_DOMAIN_MIN",
        "Most characters of a sending domain": "DELIVERY_DOMAIN_MAX",
        "Characters of a part of the subject": "DELIVERY_SUBJECT_MAX",
    },
    "Administration": {
        "Entries of a page, if not told": "ADMIN_PAGE_DEFAULT",
        "Entries of a page, at most": "ADMIN_PAGE_MAX",
        "Topics of on-demand requests shown": "ON_DEMAND_TOPICS_MAX",
        "Threads shown of each topic": "ON_DEMAND_THREADS_MAX",
    },
}
# Endpoint -> the constants of its attempts and of its window.
RATES = {
    "Sign-up": ("SIGNUP_ATTEMPTS", "SIGNUP_WINDOW"),
    "Sign-in, by client": ("LOGIN_ATTEMPTS", "LOGIN_WINDOW"),
    "Sign-in, by account": ("LOGIN_ATTEMPTS", "LOGIN_WINDOW"),
    "Password reset request, by client (silent)": ("RESET_ATTEMPTS", "RESET_WINDOW"),
    "Password reset request, by account (silent)": ("RESET_ATTEMPTS", "RESET_WINDOW"),
    "Password change": ("CHANGE_ATTEMPTS", "CHANGE_WINDOW"),
    "Verification mail": ("RESEND_ATTEMPTS", "RESEND_WINDOW"),
    "New feedback threads": ("FEEDBACK_THREADS", "FEEDBACK_WINDOW"),
    "Webhook pings": ("WEBHOOK_TESTS", "WEBHOOK_TESTS_WINDOW"),
    "Registration of an MCP client": ("OAUTH_REGISTRATIONS", "OAUTH_REGISTRATION_WINDOW"),
    "Sign-in requests of MCP clients": ("OAUTH_REQUESTS", "OAUTH_REQUEST_WINDOW"),
    "Token exchanges of MCP clients": ("OAUTH_EXCHANGES", "OAUTH_EXCHANGE_WINDOW"),
}
# What stands beside the code that it bounds, and one number of the contract that is no constant.
OTHERS: dict[str, dict[str, object]] = {
    "Pipelines": {"Edges that lead to a node": 1, "Characters of a node's id": ID_LENGTH_MAX},
    "Requests": {
        "JSON body": JSON_BYTES_MAX,
        "Levels of nesting of a JSON body": DEPTH_MAX,
        "Characters of an `Idempotency-Key`": KEY_LENGTH_MAX,
        "An `Idempotency-Key` is remembered": REPEATS_KEPT,
    },
}
# Constants that are bounds of what a person does not meet, or that their own page tells.
UNTOLD = {
    "WORKER_FORGOTTEN",
    "SOURCE_ID_MIN",
    "SOURCE_ID_MAX",
    "FEEDBACK_PREVIEW",
    "INVITATION_USES_MAX",
    "WEBHOOK_WAITS",
    "WEBHOOK_ANSWER_BYTES",
}
UNTOLD_FAMILIES = ("OAUTH_", "AI_", "ASSISTANT_")  # beyond what stands above

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "KB": 1024,
    "MB": 1024 * 1024,
    "EF": 1.0,
    "%": 0.01,
}
PAGE = next(page for page in bundle.pages() if page.slug == "concepts/limits")


def constant(name: str) -> object:
    """The value of a constant, or of an entry of one."""
    name, _, key = name.partition(".")
    return getattr(limits, name)[key] if key else getattr(limits, name)


def number(told: str) -> float | timedelta:
    """`10 000`, `6 hours`, `50 MB`, `$1 000`, `80 %`."""
    found = re.fullmatch(r"\$?([\d .]*\d)(?: ?([A-Za-z%]+))?", told)
    assert found is not None, f"{told!r} is no number with a unit"
    value, unit = float(found[1].replace(" ", "")), found[2]
    return value * UNITS[unit.removesuffix("s")] if unit else value  # type: ignore[return-value]


def same(told: str, value: object) -> bool:
    """Whether the page's cell is the constant, in whatever unit."""
    given = number(told)
    if isinstance(given, timedelta) and isinstance(value, int | float):
        # A constant in seconds, or in days where its name says so.
        return value in (given.total_seconds(), given.days)
    if isinstance(given, timedelta) or isinstance(value, timedelta):
        return given == value
    assert isinstance(value, int | float | Decimal)
    return Decimal(str(round(given, 6))) == Decimal(str(value))


def told_rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Subject, row and the cells behind it, of every table of the page."""
    for table in tables(PAGE):
        for label, *cells in table.rows:
            yield table.heading, label, tuple(cells)


TOLD = {(subject, label): cells for subject, label, cells in told_rows()}
KNOWN = {(subject, label): constant(name) for subject, rows in ROWS.items() for label, name in rows.items()} | {
    (subject, label): value for subject, rows in OTHERS.items() for label, value in rows.items()
}


@pytest.mark.parametrize(("subject", "label"), sorted(KNOWN))
def test_a_row_of_the_limits_page_has_the_number_that_rules(subject: str, label: str) -> None:
    told = TOLD.get((subject, label))

    assert told is not None, f"the Limits page has no row {label!r} under {subject!r}"
    assert same(told[0], KNOWN[subject, label]), f"the page says {told[0]}, the code {KNOWN[subject, label]}"


@pytest.mark.parametrize("label", RATES)
def test_a_rate_limit_of_the_page_is_the_one_that_rules(label: str) -> None:
    attempts, window = (constant(name) for name in RATES[label])
    told = TOLD.get(("Rate limits", label))

    assert told is not None, f"the Limits page has no row {label!r} under 'Rate limits'"
    assert (same(told[0], attempts), same(told[1], window)) == (True, True)


def test_no_row_of_the_limits_page_is_unchecked() -> None:
    unknown = {(subject, label) for subject, label in TOLD if subject != "Rate limits"} - KNOWN.keys()

    assert unknown == set(), "name their constants in ROWS"
    assert {label for subject, label in TOLD if subject == "Rate limits"} == set(RATES)


def test_every_limit_that_a_person_can_meet_is_told() -> None:
    used = {name.partition(".")[0] for rows in ROWS.values() for name in rows.values()}
    used |= {name for names in RATES.values() for name in names}
    constants = {name for name in vars(limits) if name.isupper()}

    untold = {name for name in constants - used - UNTOLD if not name.startswith(UNTOLD_FAMILIES)}

    assert untold == set(), "give each a row of the Limits page, or say in UNTOLD that nobody meets it"
    assert constants >= UNTOLD and not UNTOLD & used


@pytest.mark.parametrize(
    ("told", "value", "is_same"),
    [
        ("10 000", 10_000, True),
        ("1.0 EF", 1.0, True),
        ("0.5 seconds", 0.5, True),
        ("1 day", 1, True),
        ("6 hours", timedelta(hours=6), True),
        ("50 MB", 50 * 1024 * 1024, True),
        ("$1 000", Decimal(1_000), True),
        ("80 %", Decimal("0.8"), True),
        ("7 days", timedelta(days=6), False),
        ("2 seconds", 2, True),
        ("10 001", 10_000, False),
        ("50 MB", 50_000_000, False),
    ],
)
def test_a_number_is_the_same_in_whatever_unit(told: str, value: object, is_same: bool) -> None:
    assert same(told, value) == is_same
