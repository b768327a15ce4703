"""Every number of the Limits page, with its unit, and the bounds of the contract; nowhere else.

Source: docs page concepts/limits unless a line says otherwise.
"""

from datetime import timedelta
from decimal import Decimal

# Jobs
RUNNING_JOBS_PER_ACCOUNT = 5
SERIAL_SLOTS = 1
PARALLEL_SLOTS = 6
MAX_EF_PER_JOB = 1.0
ITEMS_MAX = 10_000  # per request body
RETENTION = timedelta(days=7)  # from the end of a job to the purge of its rows
OPEN_RETENTION = timedelta(days=30)  # `expires_at` of a job that has not ended yet (from its creation)
JOB_TIMEOUT = timedelta(hours=6)
ITEMS_PAGE_DEFAULT = 200  # concepts/jobs-lifecycle
ITEMS_PAGE_MAX = 10_000
JOBS_PAGE_DEFAULT = 100  # api/jobs
JOBS_PAGE_MAX = 500
LOG_LINES_PER_JOB = 5_000
DOWNLOAD_LINK_LIFE = timedelta(minutes=10)  # PRODUCT
FILL_ROWS = 5_000  # rows that the share of filled cells is taken from
MAP_FEATURES_DEFAULT = 5_000  # points or tiles of a map (outsend)
MAP_FEATURES_MAX = 50_000

# Streams
STREAM_MAX = timedelta(hours=6)
STATUS_INTERVAL_SECONDS = 2.0
LOG_INTERVAL_SECONDS = 0.5
PROGRESS_INTERVAL_SECONDS = 0.5  # CONTRACT X-57

# Workers (concepts/states-and-events: idle worker reconnect window)
WORKER_SILENCE = timedelta(seconds=30)  # without a sign of life this long, no worker counts as there
WORKER_FORGOTTEN = timedelta(days=1)  # its row goes

# Scrap (api/jobs, concepts/scrape-modes)
QUERIES_MAX = 20
QUERY_LENGTH_MAX = 200
ZONES_MAX = 50
MAPS_RESULTS_MAX = 120  # Google Maps lists at most this many places for one search
PLACES_RESULTS_MAX = 60  # Places API text search, over all pages
ZOOM_FIRST = 13
ZOOM_LAST = 17
SUBDIVIDE_FROM = {"fast": 15, "advanced": 7, "ultra": 1}  # new places that a saturated tile must have brought
MODE_FACTOR = {"fast": 1, "advanced": 2, "ultra": 6}  # cost of a mode, compared with fast
REVIEWS_FACTOR = 1.5  # cost with reviews (CONTRACT X-28)

# Emails
EMAILS_DEEP_FACTOR = 3  # cost of the mode deep, compared with normal (CONTRACT X-28)

# Brand assets (modules/brand_assets)
BRAND_SCREENSHOT_FACTOR = 5  # cost with a screenshot, compared with none
BRAND_IMAGE_BYTES_MAX = 2 * 1024 * 1024  # of one image (outsend)
BRAND_ASSETS_BYTES_MAX = 2 * 1024 * 1024 * 1024  # of an account's images together (outsend)
BRAND_LOOKUP_FRESH = timedelta(days=7)
BRAND_LOOKUP_SECONDS = 40.0  # one live look-up (outsend)

# Pipelines
NODES_MAX = 20
DEPTH_MAX = 20
PIPELINE_NAME_MAX = 120  # api/pipelines
PIPELINES_PAGE = 50
PREVIEW_ROWS = 5_000
PREVIEW_SAMPLES = 5

# Import (PRODUCT, FIELD)
IMPORT_BYTES_MAX = 50 * 1024 * 1024
IMPORT_COLUMNS_MAX = 200
IMPORT_ROWS_MAX = 100_000
UPLOAD_RETENTION = timedelta(hours=24)
UPLOADS_MAX = 50  # files of an account at a time
UPLOADS_BYTES_MAX = 500 * 1024 * 1024  # of an account's files together
UPLOAD_NAME_MAX = 255  # characters
UPLOAD_ROWS_SHOWN = 10

# Veille
VEILLE_DAYS_MIN = 1
VEILLE_DAYS_MAX = 365
VEILLE_NAME_MIN, VEILLE_NAME_MAX = 2, 200  # characters (api/veille)
SOURCE_ID_MIN, SOURCE_ID_MAX = 8, 64  # characters (api/veille)
SIGNAL_RATING_DROP = Decimal("0.2")  # stars lost (api/veille)
SIGNAL_REVIEWS = 3  # reviews gained (api/veille)
VEILLE_SAMPLES = 50  # rows a bucket that a run shows
SIGNALS_PAGE_MAX = 10_000

# Sign-in (api/auth, concepts/limits)
SESSION_LIFE = timedelta(days=7)  # a sliding window
SESSION_RENEWAL = timedelta(hours=1)  # a session is renewed at most this often (CONTRACT X-37)
SIGNUP_ATTEMPTS, SIGNUP_WINDOW = 3, timedelta(hours=1)  # per IP
LOGIN_ATTEMPTS, LOGIN_WINDOW = 5, timedelta(minutes=15)  # per IP, and per e-mail
RESET_ATTEMPTS, RESET_WINDOW = 3, timedelta(hours=1)  # per IP, and per e-mail
CHANGE_ATTEMPTS, CHANGE_WINDOW = 5, timedelta(hours=1)  # per account
RESEND_ATTEMPTS, RESEND_WINDOW = 3, timedelta(hours=1)  # per account
PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 128
PASSWORD_TYPED_MAX = 200  # what a login accepts, and a change (CONTRACT X-36)
INVITATION_LENGTH_MAX = 64
VERIFY_LINK_LIFE = timedelta(hours=48)  # ours; the pages say only that links expire
RESET_LINK_LIFE = timedelta(hours=1)
SIGN_IN_LINK_LIFE = timedelta(hours=24)
TOKEN_NAME_MAX = 80

# Opt-out lists (outsend)
SUPPRESSIONS_MAX = 100_000  # entries of an account
SUPPRESSIONS_CALL_MAX = 10_000  # entries of one request
SUPPRESSIONS_PAGE_DEFAULT = 100
SUPPRESSIONS_PAGE_MAX = 1_000
SUPPRESSION_REASON_MAX = 200  # characters

# Feedback (api/feedback)
FEEDBACK_THREADS, FEEDBACK_WINDOW = 20, timedelta(hours=1)  # new threads per account
FEEDBACK_MESSAGE_MIN = 3  # characters of a thread's first message; a reply has at least 1
FEEDBACK_MESSAGE_MAX = 5_000
FEEDBACK_TOPIC_MAX = 64
FEEDBACK_LIST_MAX = 100
FEEDBACK_MESSAGES_MAX = 500  # of one thread (outsend)
FEEDBACK_PREVIEW = 120  # characters (outsend)

# The administrator's lists (outsend)
ADMIN_PAGE_DEFAULT = 50
ADMIN_PAGE_MAX = 200
ON_DEMAND_TOPICS_MAX = 100
ON_DEMAND_THREADS_MAX = 20  # shown of each topic
INVITATION_USES_MAX = 1_000_000

# Inbox placement (modules/delivery_check)
DELIVERY_SEEDS = 15  # mailboxes, and rows of a job
DELIVERY_DOMAIN_MIN, DELIVERY_DOMAIN_MAX = 3, 120  # characters
DELIVERY_SUBJECT_MAX = 120  # characters

# Webhooks (PRODUCT)
WEBHOOK_URL_MAX = 2_048  # characters
WEBHOOK_WAITS = (  # between the eight tries of a delivery: 23.6 hours in all
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=15),
)
WEBHOOK_TRIES = len(WEBHOOK_WAITS) + 1
WEBHOOK_LIFE = timedelta(hours=24)  # no try is made later than this, whatever a receiver asks for
WEBHOOK_ANSWER_SECONDS = 10.0  # from the look-up of the name to the answer's status
WEBHOOK_ANSWER_BYTES = 64 * 1024  # read of an answer, and thrown away
WEBHOOK_SECRET_OVERLAP = timedelta(hours=24)  # a rotated secret signs beside the new one
WEBHOOK_KEPT = timedelta(days=7)  # an ended delivery stays in the list
WEBHOOK_TESTS, WEBHOOK_TESTS_WINDOW = 20, timedelta(hours=1)  # pings per account
WEBHOOK_PAGE_DEFAULT = 50
WEBHOOK_PAGE_MAX = 200

# Sign-in of MCP clients (MCP design; RFC 6749, RFC 7591)
OAUTH_REQUEST_LIFE = timedelta(minutes=30)  # from the client's request to the person's decision
OAUTH_CODE_LIFE = timedelta(seconds=60)
OAUTH_CODE_KEPT = timedelta(hours=24)  # a used code is known again this long, so that a replay is noticed
OAUTH_ACCESS_LIFE = timedelta(hours=24)
OAUTH_REFRESH_LIFE = timedelta(days=90)  # a sliding window: each refresh token has its own
OAUTH_REFRESH_GRACE = timedelta(seconds=60)  # a rotated refresh token still works, for parallel refreshes
OAUTH_REGISTRATIONS, OAUTH_REGISTRATION_WINDOW = 10, timedelta(hours=1)  # per IP
OAUTH_REQUESTS, OAUTH_REQUEST_WINDOW = 60, timedelta(minutes=10)  # authorization requests per IP
OAUTH_EXCHANGES, OAUTH_EXCHANGE_WINDOW = 600, timedelta(minutes=10)  # per IP; hosted clients share one
OAUTH_CLIENT_KEPT = timedelta(days=30)  # a client that nobody uses
OAUTH_CLIENT_NAME_MAX = 80  # characters
OAUTH_REDIRECTS_MAX = 10
OAUTH_REDIRECT_MAX = 2_048  # characters
OAUTH_STATE_MAX = 4_096  # characters
OAUTH_DOCUMENT_BYTES = 5 * 1024
OAUTH_DOCUMENT_SECONDS = 5.0
OAUTH_DOCUMENT_FRESH = timedelta(hours=1)  # a client's document is not read again before

# AI on the account's own key (docs pages concepts/ai-spending-caps, integration/byok; CONTRACT, "AI caps")
AI_REQUEST_USD, AI_REQUEST_USD_MAX = Decimal(10), Decimal(100)  # default and highest cap; the same for the two below
AI_DAY_USD, AI_DAY_USD_MAX = Decimal(10), Decimal(100)  # a UTC day
AI_MONTH_USD, AI_MONTH_USD_MAX = Decimal(100), Decimal(1_000)  # a UTC month
AI_ALERT_SHARE = Decimal("0.8")  # of a daily or monthly cap, when the first mail goes out
AI_CALL_SECONDS = 180.0  # one request to a model, retries and their waits included (PRODUCT)
AI_TRIES = 3
AI_CONNECT_SECONDS = 20.0  # what a provider has to list its models (outsend)
AI_ANSWER_BYTES_MAX = 16 * 1024 * 1024  # of one answer on the line (outsend)
AI_KEY_LENGTH_MAX = 512  # characters
AI_URL_LENGTH_MAX = 2_048
AI_MODEL_LENGTH_MAX = 200
AI_FEATURES = {  # bytes that we add to the user's words, tokens of an answer, requests of one action (outsend)
    "pipeline_generation": (12_500, 8_000, 3),
    "filter_rules": (9_500, 2_000, 3),
    "review_summary": (27_500, 3_000, 1),
    "assistant": (60_000, 4_000, 8),
}
AI_DESCRIPTION_MAX = 4_000  # characters of what a model is asked for
AI_DEFINITION_BYTES = 24_000  # of a definition that a model shall change, long texts left out
AI_COLUMNS_BYTES = 6_000  # of columns that a model is told to write rules for
AI_REVIEWS_BYTES = 24_000  # of reviews that are summed up at once; what is more is sampled
AI_REVIEW_CHARS = 600  # of one of them
AI_USAGE_PAGE_DEFAULT = 50
AI_USAGE_PAGE_MAX = 200

# The assistant (outsend; docs page api/assistant). Steps and tokens of an answer: AI_FEATURES
ASSISTANT_MESSAGE_MAX = 4_000  # characters
ASSISTANT_CONVERSATIONS_MAX = 200  # of an account; beyond, the one that was not used for longest goes
ASSISTANT_MESSAGES_MAX = 500  # of one conversation: what is said on both sides, and what each tool gave
ASSISTANT_TURN_TOKENS = 12_000  # that the model may write in one turn
ASSISTANT_CALLS_MAX = 8  # tools that a model may call at once
ASSISTANT_CONFIRMATION_LIFE = timedelta(minutes=15)
ASSISTANT_TURN_SILENCE = timedelta(seconds=60)  # a turn without a sign of life is over
# What a model is shown again, in bytes; together they fit into what an estimate holds for a request.
ASSISTANT_RESULTS_BYTES = 18_000  # what the calls of one step gave
ASSISTANT_ARGUMENTS_BYTES = 12_000  # of the calls of one step
ASSISTANT_WORDS_BYTES = 8_000  # of one answer
