"""What a run finds, against rows that the test invents."""

import pytest
from sqlmodel import select

from engine.context import Context, read, write
from engine.geo.grid import cell_at
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.models import Job
from engine.limits import VEILLE_SAMPLES
from engine.modules.scrap import ScrapConfig
from engine.modules.scrap import module as scrap
from engine.pipelines import operations as pipelines
from engine.suppressions import operations as suppressions
from engine.veille import operations as veilles
from engine.veille.models import RunStatus
from tests.engine.veille.watch import SCRAP, Watch, place


def counts(run: object) -> tuple[int | None, ...]:
    """new, removed, modified, unchanged, total, previous total."""
    names = ("new_count", "removed_count", "modified_count", "unchanged_count", "total_count", "prev_total_count")
    return tuple(getattr(run, name) for name in names)


def test_the_source_s_rows_are_the_baseline(watch: Watch) -> None:
    """C-366."""
    source = watch.source([place(1), place(2)])

    veille = watch.create(source)

    (run,) = watch.runs(veille)
    assert (run.is_baseline, run.job_id, run.total_count, run.new_count) == (True, source, 2, None)
    assert run.job_status == "done" and run.job_completed_at is not None
    assert watch.veille(veille).run_count == 1


def test_a_run_counts_each_place_in_one_bucket(watch: Watch) -> None:
    """C-365, C-367, C-368, C-378."""
    source = watch.source([place(n) for n in range(1, 6)])
    veille = watch.create(source)
    now = [place(1), place(2, note=4.1), place(3, telephone=None), place(4, adresse="ailleurs"), place(9)]

    run = watch.run_once(veille, now)

    assert counts(run) == (1, 1, 2, 2, 5, 5)
    assert (run.closed_count, run.is_baseline, run.prev_job_id) == (1, False, source)
    samples = watch.me.run(veilles.get_run, veille, run.id).samples
    assert [(row["key"], row["nom"]) for row in samples.new] == [("p000009", "Commerce 9")]
    assert [row["key"] for row in samples.removed] == ["p000005"]
    assert samples.modified == [
        {
            "key": "p000002",
            "nom": "Commerce 2",
            "before": {"note": 4.5},
            "after": {"note": 4.1},
            "changed_fields": ["note"],
        },
        {
            "key": "p000003",
            "nom": "Commerce 3",
            "before": {"telephone": "02 47 00 00 03"},
            "after": {"telephone": None},
            "changed_fields": ["telephone"],
        },
    ]


def test_each_run_is_compared_with_the_one_before(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1)]))

    first = watch.run_once(veille, [place(1), place(2)])
    second = watch.run_once(veille, [place(2)])
    third = watch.run_once(veille, [place(2)])

    assert [counts(run)[:4] for run in (first, second, third)] == [(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 0, 1)]
    assert (second.prev_job_id, third.prev_job_id) == (first.job_id, second.job_id)
    assert watch.veille(veille).run_count == 4
    assert watch.veille(veille).last_run_job_id == third.job_id


def test_a_veille_whose_source_has_no_rows_left_begins_with_its_first_run(watch: Watch) -> None:
    """C-366."""
    source = watch.source([place(1)])
    watch.services.run(None, expire_rows, source)

    veille = watch.create(source)
    run = watch.run_once(veille, [place(1), place(2)])

    assert len(watch.runs(veille)) == 1
    assert (run.is_baseline, run.total_count, run.new_count, run.prev_job_id) == (True, 2, None, None)


def test_a_source_that_left_known_places_out_is_no_baseline_and_its_replay_leaves_none_out(watch: Watch) -> None:
    source = watch.source([place(1)])
    watch.services.run(None, make_only_new, source)

    veille = watch.create(source)
    watch.pass_days(7)
    watch.tick()

    (job,) = watch.open_jobs()
    assert job.config.get("only_new") in (False, None)
    assert [run.is_baseline for run in watch.runs(veille)] == [False]


def test_the_veille_goes_on_when_its_source_is_deleted(watch: Watch) -> None:
    source = watch.source([place(1)])
    veille = watch.create(source)
    watch.me.run(jobs.delete, source)

    run = watch.run_once(veille, [place(1), place(2)])

    assert counts(run)[:4] == (1, 0, 0, 1)
    assert watch.runs(veille)[0].job_status is None


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_a_run_that_does_not_end_well_is_no_state(watch: Watch, how: str) -> None:
    """C-366."""
    veille = watch.create(watch.source([place(1)]))

    broken = watch.run_once(veille, [place(7)], how=how)
    after = watch.run_once(veille, [place(1)])

    assert (broken.status, broken.total_count, broken.computed_at) == ("failed", None, None)
    assert broken.error_message
    assert counts(after)[:4] == (0, 0, 0, 1)
    assert watch.veille(veille).run_count == 2


def test_a_replay_that_is_resumed_counts_after_all(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1)]))
    watch.pass_days(7)
    watch.tick()
    (job,) = watch.open_jobs()
    claim = watch.services.run(None, gate.claim, "worker", job.id)
    watch.services.run(None, gate.finish, claim, "failed", code="broken", message="Panne")

    watch.me.run(pipelines.resume, job.id)
    (again,) = watch.open_jobs()
    watch.end(again.id, [place(1), place(2)])
    watch.compare()

    run = watch.runs(veille)[-1]
    assert (run.status, run.job_id, counts(run)[:4]) == ("done", again.id, (1, 0, 0, 1))


def test_an_empty_run_removes_everything(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1), place(2)]))

    run = watch.run_once(veille, [])

    assert counts(run) == (0, 2, 0, 0, 0, 2)


def test_places_where_nobody_could_look_are_not_removed(watch: Watch) -> None:
    north, south = {"lat": 47.40, "lon": 0.69}, {"lat": 47.30, "lon": 0.69}
    veille = watch.create(watch.source([place(1, **north), place(2, **south)]))

    lost = {"lost_tiles": {tile_at(47.40, 0.69): 1}}
    run = watch.run_once(veille, [], stats=lost)
    later = watch.run_once(veille, [])

    assert (counts(run)[:4], run.unseen_count, run.total_count) == ((0, 1, 0, 1), 1, 1)
    assert counts(later)[:4] == (0, 1, 0, 0)


def test_without_coordinates_the_search_that_found_a_place_tells_where_it_is(watch: Watch) -> None:
    source = watch.source([place(0), place(1)])
    with watch.services.db.transaction("read") as session:
        seq = watch.services.run(None, seq_of, source)
        items = dict(store.inputs(session, seq, -1))
    veille = watch.create(source)

    tile = "{zoom}/{x}/{y}".format(**items[0])
    run = watch.run_once(veille, [], stats={"lost_tiles": {tile: 1}})

    assert tile != "{zoom}/{x}/{y}".format(**items[1])
    assert (run.removed_count, run.unseen_count) == (1, 1)


def test_a_run_that_could_look_nowhere_removes_nothing(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1, place_id=None, lien_google_maps=None)]))

    every = {
        "lost_tiles": {"{zoom}/{x}/{y}".format(**item): 1 for item in scrap.plan(ScrapConfig.model_validate(SCRAP))}
    }
    run = watch.run_once(veille, [], stats=every)

    assert counts(run)[:4] == (0, 0, 0, 1)


def test_of_two_rows_of_one_place_the_first_counts_and_a_row_of_none_does_not(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1)]))

    nameless = {"nom": " ", "note": 1.0}
    run = watch.run_once(veille, [place(1), place(1, note=1.0), nameless])

    assert counts(run) == (0, 0, 0, 1, 1, 1)


def test_a_suppressed_contact_is_neither_shown_nor_a_change(watch: Watch) -> None:
    """C-372."""
    before = [place(1, email="jean@noire.fr", note=4.5), place(2, email="luc@noire.fr")]
    veille = watch.create(watch.source(before))
    run = watch.run_once(veille, [place(1, email="jean@noire.fr", note=3.0), place(2, email="luc@noire.fr")])
    watch.me.run(suppressions.add, ["noire.fr"])

    signals = watch.me.run(veilles.list_signals, veille, run.id)
    after = watch.run_once(veille, [place(1, note=3.0), place(2), place(3, email="x@noire.fr")])
    told = watch.me.run(veilles.get_run, veille, after.id).model_dump_json()

    assert [signal.email for signal in signals.items] == [None]
    assert counts(after)[:4] == (1, 0, 0, 2)
    assert "noire.fr" not in told


def test_samples_are_capped(watch: Watch) -> None:
    """C-367."""
    veille = watch.create(watch.source([place(n) for n in range(100)]))

    run = watch.run_once(veille, [place(n) for n in range(50, 200)])

    detail = watch.me.run(veilles.get_run, veille, run.id)
    assert (run.new_count, run.removed_count) == (100, 50)
    assert (len(detail.samples.new), len(detail.samples.removed)) == (VEILLE_SAMPLES, VEILLE_SAMPLES)


def test_rows_that_are_gone_before_they_are_compared_make_a_failed_run(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1)]))
    watch.pass_days(7)
    watch.tick()
    (job,) = watch.open_jobs()
    watch.end(job.id, [place(2)])
    watch.services.run(None, expire_rows, job.id)

    watch.compare()

    run = watch.runs(veille)[-1]
    assert (run.status, run.error_message) == (RunStatus.failed, "Résultats expirés ou absents")
    assert counts(watch.run_once(veille, [place(1)]))[:4] == (0, 0, 0, 1)


@write
def make_only_new(context: Context, job_id: str) -> None:
    job = context.session.get_one(Job, seq_of(context, job_id))
    job.config = {**job.config, "only_new": True}
    context.session.add(job)


@write
def expire_rows(context: Context, job_id: str) -> None:
    """What happens to a job at the end of its retention."""
    seq = seq_of(context, job_id)
    gate.expire(context, seq)
    store.purge(context.session, seq)


@read
def seq_of(context: Context, job_id: str) -> int:
    seq = context.session.exec(select(Job.seq).where(Job.id == job_id)).one()
    assert seq is not None
    return seq


def tile_at(latitude: float, longitude: float) -> str:
    cell = cell_at(latitude, longitude)
    return f"{cell.zoom}/{cell.x}/{cell.y}"
