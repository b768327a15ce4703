"""Parameters that several routers take."""

from typing import Annotated, TypeAlias

from fastapi import Query

ID_MAX = 2**31 - 1  # what a database counts to

# Of pages that are read newest first, see `engine.db.pages`.
Cursor: TypeAlias = Annotated[int | None, Query(ge=1, le=ID_MAX, description="`next_cursor` of the page before.")]
