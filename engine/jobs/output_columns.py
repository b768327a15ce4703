"""What the columns of a job's output hold, for whoever filters, sorts or maps them (CONTRACT, UI-internal helpers)."""

from engine.context import Context, read
from engine.jobs import store
from engine.jobs.results import open_download
from engine.jobs.schemas import OutputColumns
from engine.limits import PREVIEW_ROWS
from engine.rows.profile import profile
from engine.suppressions.blank import blank_all, left_out_notice
from engine.suppressions.operations import suppressed_of


@read
def output_columns(context: Context, job_id: str) -> OutputColumns:
    """Each column of an ended job, profiled on its first 5,000 rows as a pipeline's input columns are.

    Raises:
        JobMissing, JobForbidden, NotDownloadable, OutputGone.
    """
    output = open_download(context, job_id)
    first = store.slice_of(context.session, output.seq, 0, PREVIEW_ROWS)
    rows, left = blank_all(first, suppressed_of(context, output.account_id))
    notice = " ".join(left_out_notice(left)) or None
    return OutputColumns(columns=profile(output.columns, rows), row_count=output.count, notice=notice)
