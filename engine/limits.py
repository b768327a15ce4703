"""Every number of the Limits page, with its unit, and the bounds of the contract; nowhere else.

Source: docs page concepts/limits unless a line says otherwise.
"""

from datetime import timedelta

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

# Veille
VEILLE_DAYS_MIN = 1
VEILLE_DAYS_MAX = 365

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
