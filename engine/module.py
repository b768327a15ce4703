"""The interface of a module: what one declares, and what it may touch while it runs.

A module is one file in `engine/modules`, named by its slug, that ends in `module = ItsClass()`. Its declaration gives
the REST endpoint, the pipeline node, the agent tool and the registry entry. It reaches the world through `Run` alone
and returns only its own columns: the runner keeps what came in.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, ClassVar, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from engine.ef import EF_PER_ITEM as EF_PER_ITEM
from engine.errors import OutsendError as OutsendError
from engine.extract.visit import NotOwnSite as NotOwnSite
from engine.limits import MAX_EF_PER_JOB
from engine.network.types import Api, Browser, Dns, Fetcher, SmtpProbe, WithoutBrowser
from engine.network.types import BrowserMissing as BrowserMissing
from engine.network.types import Look as Look
from engine.network.types import Page as Page
from engine.network.types import SmtpDialogue as SmtpDialogue
from engine.network.types import Unreachable as Unreachable
from engine.network.types import Viewport as Viewport
from engine.reach import AssetKind as AssetKind
from engine.reach import Assets as Assets
from engine.reach import AssetsFull as AssetsFull
from engine.reach import FilterLists, Kept, KeptNothing, NoAssets, NoLists, NoSeeds, Seeds
from engine.rows.sites import is_aggregator, normal_site
from engine.rows.types import Row, Value, text_of
from engine.sources.types import PlaceSource, ReviewSource, WithoutReviews

Lane = Literal["serial", "parallel"]
Category = Literal["extraction", "enrichment", "intelligence", "verification", "pipeline"]
NodeCategory = Literal["source", "enrich", "verify", "signals", "transform"]
EntryCategory = Literal["sources", "enrich", "signals", "outreach", "tools"]
Accepts = Literal["pois_any", "pois_email", "any_pois"]
Output = Literal["pois", "pois_email", "verified", "reviews", "passthrough", "report"]
Shape = Literal["poi_list", "enriched_list", "csv_rows"]  # what goes in and out, as the registry tells it
Level = Literal["debug", "info", "warn", "error"]

ONLY_NEW = "only_new"  # the option, of modules that have it, that leaves out what the account got before


class ModuleConfig(BaseModel):
    """The options of one module. Fields are declared with `option`; unknown keys are left out, never an error."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class NoConfig(ModuleConfig):
    """For modules without options."""


def option(default: Any = ..., *, fr: str, en: str, **limits: Any) -> Any:
    """One option of a module, with its labels. Without a default it is required. `limits` go to pydantic's Field."""
    return Field(default, title=fr, description=en, **limits)


C = TypeVar("C", bound=ModuleConfig)


class Seen(Protocol):
    """The keys (`unique_by`) of the rows that this job has kept so far, attempts before this one included."""

    def add(self, key: str) -> bool:
        """Keep `key`; False when it was there already."""
        ...


class KeepReport(Protocol):
    def __call__(self, report: Mapping[str, Value], /, *, row: int = 0) -> None:
        """Keep the full report and evidence of the item at hand; of the row at that place, where rows form a group."""
        ...


class Past(Protocol):
    """A narrow view of the caller's finished jobs, for checks that depend on them."""

    def done(self, job_id: str, job_type: str) -> Mapping[str, object] | None:
        """The config of that job if the caller owns it, it is of that type and `done`; else None."""
        ...

    def done_on(self, source_job_id: str, job_type: str) -> list[Mapping[str, object]]:
        """The configs of the caller's done jobs of that type whose source was `source_job_id`."""
        ...


async def at_once() -> None:
    """The turn of an item that nothing goes before."""


Upload = Callable[[str], BinaryIO]  # upload id -> the file, open for reading; raises UploadMissing


@dataclass(frozen=True, slots=True)
class LastReview:
    """The newest review of a place that an account got. `published` in UTC."""

    place: str
    id: str
    published: datetime


async def no_last_review(place: str) -> LastReview | None:
    """For accounts that got no review so far."""
    return None


LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """What a running module may touch. One a job; `log`, `note` and `report` are bound to the item at hand."""

    job_id: str
    fetcher: Fetcher
    dns: Dns
    smtp: SmtpProbe
    api: Api
    places: PlaceSource
    seen: Seen
    upload: Upload
    log: Callable[[Level, str], None]  # one line of the job's log
    note: Callable[[str], None]  # one sentence of the job's notice, shown to the user; repeated ones are kept once
    report: KeepReport
    browser: Browser = field(default_factory=WithoutBrowser)
    reviews: ReviewSource = field(default_factory=WithoutReviews)
    last_review: Callable[[str], Awaitable[LastReview | None]] = no_last_review  # of a place, that the account got
    # Returns when every item before this one is worked: what `seen` holds is then the same in each run of the job.
    turn: Callable[[], Awaitable[None]] = at_once
    started_at: datetime = LONG_AGO  # since when the job is there
    assets: Assets = field(default_factory=NoAssets)
    kept: Kept = field(default_factory=KeptNothing)
    seeds: Seeds = field(default_factory=NoSeeds)
    filter_lists: FilterLists = field(default_factory=NoLists)
    pagespeed_key: str | None = field(default=None, repr=False)  # the operator's, for PageSpeed Insights


Item = dict[str, Any]  # JSON


@dataclass(frozen=True, slots=True)
class Found:
    """What one item of a source brought.

    `more` are further items of the same job (the children of a saturated tile). `stats` is a tree of numbers that is
    added, leaf by leaf, to the job's own. `columns` is the order of the columns where the module can't declare it.
    Many rows are gone through more than once, and never held: they may be a sequence that reads them from a file.
    """

    rows: Sequence[Row] = ()
    more: Sequence[Item] = ()
    stats: Mapping[str, Any] = field(default_factory=dict[str, Any])
    columns: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Expanded:
    """What one row became: the own columns of each new row, in their order.

    `stats` as those of `Found`. `last_review` is remembered once the rows are saved. `cut` is what kept the rest from
    being found: it counts as an error, and the rows stay.
    """

    rows: Sequence[Row] = ()
    stats: Mapping[str, Any] = field(default_factory=dict[str, Any])
    last_review: LastReview | None = None
    cut: OutsendError | None = None


class NoWebsite(OutsendError):
    code = "no_website"
    message = "Aucun établissement avec site web (colonnes acceptées : {aliases})"
    hint = "Give each item a website under one of the names {aliases}."


class QuotaExceeded(OutsendError):
    code = "quota_exceeded"
    message = "Quota dépassé : {cost:.3f} EF demandés, {limit:.1f} EF au plus par job"
    hint = "Ask for fewer items or smaller zones, or use scrape_mode=fast; one job may cost at most {limit:.1f} EF."

    def __init__(self, *, cost: float, limit: float = MAX_EF_PER_JOB) -> None:
        super().__init__(cost=cost, limit=limit)


class Module(ABC, Generic[C]):
    """What all kinds of modules declare. `slug` is the file's name, the job type and the registry's key."""

    slug: ClassVar[str]
    label: ClassVar[dict[Literal["fr", "en"], str]]
    category: ClassVar[Category]
    node_category: ClassVar[NodeCategory]
    entry_category: ClassVar[EntryCategory]
    lane: ClassVar[Lane]
    node_type: ClassVar[str | None] = None  # in pipelines; None = the slug
    pipelinable: ClassVar[bool] = True
    accepts: ClassVar[Accepts | None] = None  # None: a root
    output: ClassVar[Output]
    needs: ClassVar[tuple[str, ...]] = ()  # canonical columns of which each row must have at least one
    missing: ClassVar[type[OutsendError]] = (
        NoWebsite  # raised when no item has a needed column; gets `aliases`, `column`
    )
    produces: ClassVar[tuple[str, ...]] = ()  # its own columns, in order
    unit: ClassVar[str]  # what an item is: sites, tiles, rows
    error_column: ClassVar[str | None] = None  # of its own columns, the one that tells why an item has nothing
    result_unit: ClassVar[str | None] = None  # what a result is; None = `unit`
    ef_per_item: ClassVar[float] = EF_PER_ITEM
    usual_seconds: ClassVar[float] = 3.0  # for one item, as a rule; estimates divide it by the items in flight
    weight: ClassVar[float] = 1.0  # share of a pipeline's progress; transforms count far less
    resumable: ClassVar[bool] = True
    listed: ClassVar[bool] = True  # in the registry's buckets, with an endpoint; False: a pipeline node alone
    reusable: ClassVar[bool] = True  # whether its rows may feed another job
    file_name: ClassVar[str | None] = None  # of its download; None: results_<slug>.csv
    supports_veille: ClassVar[bool] = False  # whether running it again finds something else
    config: ClassVar[type[ModuleConfig]] = NoConfig
    pipeline_defaults: ClassVar[Mapping[str, Any]] = {}  # options whose default differs in a pipeline
    reads: ClassVar[Shape | None] = None  # what a root takes in; None: it makes its rows from scratch
    feature_page: ClassVar[str | None] = None  # its page under /features/
    deprecated_at: ClassVar[date | None] = None  # still works, and is told as one to leave

    @property
    def type(self) -> str:
        """The node type in pipelines."""
        return self.node_type or self.slug

    @property
    def is_root(self) -> bool:
        return self.accepts is None

    def columns(self, config: C) -> tuple[str, ...]:
        """Own columns under this configuration; `produces` unless options add some."""
        return self.produces

    def width(self, config: C) -> int:
        """Items in flight."""
        return 256

    def item_timeout_seconds(self, config: C) -> float:
        return 120.0

    def check(self, config: C, past: Past) -> None:
        """Refuse a request that this configuration does not allow. Raises an OutsendError of the module's own."""

    def can_use(self, row: Row) -> bool:
        """Whether a row that has a needed column tells enough. Where no row does, a job is refused by `missing`."""
        return True

    def cost(self, count: int, config: C) -> float:
        """The price of `count` items in EF."""
        return count * self.ef_per_item

    def rows_at_most(self, config: C, rows: int | None, upload: Upload) -> int | None:
        """How many rows can come out when at most `rows` come in (None: not known, or a root); None: not known.

        `upload` is that of `Run`. Raises what the module refuses (a file that can't be read).
        """
        return rows


class SourceModule(Module[C]):
    """Configuration -> rows: scrap, import."""

    unique_by: ClassVar[str | None] = None  # the column whose values `run.seen` holds
    remembered: ClassVar[bool] = False  # whether the account remembers these values beyond the job, as places it got

    def only_new(self, config: C) -> bool:
        """Whether rows are left out whose `unique_by` the account got from an earlier job (`remembered` sources)."""
        return False

    def left_out(self, row: Row) -> Mapping[str, Any]:
        """What a row that is left out so takes back of the job's stats: a tree of numbers that is added to them."""
        return {}

    def of_items(self, values: Mapping[str, Any], items: Sequence[Row]) -> Mapping[str, Any] | None:
        """The options that stand for the items of a request; None: this source takes none."""
        return None

    def lost(self, item: Item) -> Mapping[str, Any]:
        """What the job's stats tell of an item that brought an error: a tree of numbers, as `Found.stats`."""
        return {}

    @abstractmethod
    def plan(self, config: C) -> list[Item]:
        """The first items, in a fixed order. Raises an OutsendError where the configuration can't be planned."""
        ...

    @abstractmethod
    async def find(self, item: Item, config: C, run: Run) -> Found:
        """The rows of one item. Whatever it raises counts as one error; the job goes on."""
        ...


class RowModule(Module[C]):
    """One row -> its own new columns."""

    @abstractmethod
    async def enrich(self, row: Row, config: C, run: Run) -> Row:
        """Own columns of one row; an absent one is empty. Whatever it raises empties them and counts as one error."""
        ...


class SiteModule(RowModule[C]):
    """The website of a row -> its own new columns; a directory's page has none, and its report says so."""

    accepts, output = "pois_any", "pois"
    needs = ("site_web",)
    unit = "sites"

    def item_timeout_seconds(self, config: C) -> float:
        return 60.0

    async def enrich(self, row: Row, config: C, run: Run) -> Row:
        """See `RowModule`.

        Raises:
            Unreachable: the cell names no address, or the site gave no page.
        """
        cell = text_of(row.get("site_web"))
        site = normal_site(cell)
        if not site:
            raise Unreachable(url=cell, reason="bad_url")
        try:
            if is_aggregator(site):
                raise NotOwnSite
            return await self.read(site, row, config, run)
        except NotOwnSite:
            run.report(self.unread("directory"))
            return {}
        finally:
            await run.fetcher.done_with(site)

    def unread(self, reason: str) -> Mapping[str, Value]:
        """The report of a row whose site was not looked at."""
        return {"found": 0, "reason": reason}

    @abstractmethod
    async def read(self, site: str, row: Row, config: C, run: Run) -> Row:
        """Own columns of a site. Raises Unreachable; NotOwnSite where it leads to a directory."""
        ...


class GroupModule(Module[C]):
    """Like RowModule, for rows that are worked together (all addresses of one domain)."""

    @abstractmethod
    def group_key(self, row: Row) -> str:
        """Rows with the same key form one unit of work."""
        ...

    @abstractmethod
    async def enrich_group(self, rows: Sequence[Row], config: C, run: Run) -> Sequence[Row]:
        """Own columns of each row, in their order."""
        ...


class ExpandModule(Module[C]):
    """One row -> several rows, or none: each has the received columns, and the module's own in place of those."""

    @abstractmethod
    def key(self, row: Row) -> str | None:
        """What the row is about; of a job's rows with the same key the first is worked alone. None: about nothing."""
        ...

    @abstractmethod
    async def expand(self, row: Row, config: C, run: Run) -> Expanded:
        """What one row becomes. Whatever it raises leaves no row and counts as one error."""
        ...


class TableModule(Module[C]):
    """All rows -> the positions of those that stay, in their new order: filter, sort. Adds no column."""

    ef_per_item = 0.0
    usual_seconds = 0.0
    weight = 0.05
    resumable = False

    @abstractmethod
    def select(self, rows: Sequence[Row], config: C, note: Callable[[str], None]) -> Sequence[int]:
        """Positions in `rows`. Pure, runs in a thread; `note` adds a sentence to the job's notice."""
        ...


AnyModule = Module[Any]
