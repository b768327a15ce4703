"""`/api/brand-assets` and `/api/brand-lookup`: whose images these are, and the brand of one domain."""

import asyncio
import errno
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, update

from engine.accounts.errors import NotSignedIn
from engine.clock import Clock
from engine.context import Caller, Context, write
from engine.db.insert import put
from engine.errors import AccountGone, StorageFull
from engine.jobs import assets
from engine.jobs.assets import AccountAssets
from engine.jobs.brand_lookup import BadDomain, BrandProfile, forget_expired, host_asked
from engine.jobs.models import BrandLookup
from engine.limits import BRAND_LOOKUP_FRESH
from engine.modules.brand_assets import module
from engine.network import world
from engine.privacy import records
from engine.privacy.erasure import erase
from engine.reach import AssetKind, AssetsFull
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import SiteTruth
from engine.settings import Settings
from engine.storage.brand_assets import BrandAssetFiles
from outsend_api.cookies import SESSION_COOKIE
from tests.api.job_steps import created, over, rows_of
from tests.api_house import ApiHouse, api_house
from tests.modules.pictures import SVG, drawn

LOGO = drawn()
SHAPE = {"domain", "cached", "cached_at", "profile"}
PROFILE = {
    *("status", "logo_url", "logo_local_url", "logo_source", "logo_variants_local_urls", "favicon_url"),
    *("favicon_local_url", "brand_color", "brand_color_source", "brand_palette", "http_status", "final_url"),
    "fetch_error",
}


def kept(caller: Caller, body: bytes = LOGO, kind: AssetKind = "png") -> str:
    """The path of an image that the account keeps."""
    return asyncio.run(AccountAssets(caller.services, caller.principal.account_id).keep(body, kind))


def folder(caller: Caller) -> Path:
    return caller.services.settings.data_dir / "brand_assets" / str(caller.principal.account_id)


def raw(client: httpx.Client, path: str) -> tuple[int, Any]:
    """Status and body of a path that is asked for as it is written: most clients would tidy it up."""
    connection = HTTPConnection(client.base_url.host, client.base_url.port or 0)
    connection.putrequest("GET", path)
    connection.putheader("Cookie", f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}")
    connection.endheaders()
    with closing(connection), connection.getresponse() as answer:
        return answer.status, json.loads(answer.read())


def test_an_image_is_served_to_its_owner_with_what_keeps_it_harmless(quiet: ApiHouse) -> None:
    """C-447, C-449."""
    with quiet.client("ada@example.com") as api:
        picture = api.get(kept(quiet.caller("ada@example.com")))
        drawing = api.get(kept(quiet.caller("ada@example.com"), SVG, "svg"))

    assert (picture.status_code, picture.content, picture.headers["content-type"]) == (200, LOGO, "image/png")
    assert drawing.headers["content-type"] == "image/svg+xml"
    for answer in (picture, drawing):
        assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_an_image_is_for_its_owner_and_for_administrators_alone(quiet: ApiHouse) -> None:
    """C-449."""
    path = kept(quiet.caller("ada@example.com"))
    with (
        quiet.client("bob@example.com") as bob,
        quiet.client("root@example.com", is_admin=True) as root,
        quiet.client(None) as nobody,
        quiet.bearer("ada@example.com", scope="read") as by_token,
        quiet.bearer("root@example.com", scope="read") as by_token_of_root,
    ):
        answers = [client.get(path) for client in (bob, nobody, root, by_token, by_token_of_root)]

    assert [answer.status_code for answer in answers] == [403, 401, 200, 200, 403]
    assert answers[0].json()["detail"] == "Cette image appartient à un autre compte"


@pytest.mark.parametrize(
    "path",
    [
        "{me}/logo.png",
        "{me}/..%2f..%2foutsend.db",
        "{me}/%2e%2e/%2e%2e/outsend.db",
        "{me}/..%5c..%5coutsend.db",
        "{me}/../../outsend.db",
        "{me}/%252e%252e%252foutsend.db",
        "{me}/%2fetc%2fpasswd",
        "..%2f{me}/x.png",
        "../x.png",
        "%2e%2e/x.png",
        "{me}/" + "a" * 32 + ".exe",
        "{me}/" + "a" * 32 + ".png%00.svg",
        "{me}/" + "A" * 32 + ".png",
        "abc/" + "a" * 32 + ".png",
        "-1/" + "a" * 32 + ".png",
        "%C2%B2/" + "a" * 32 + ".png",
        "9" * 40 + "/" + "a" * 32 + ".png",
    ],
)
def test_a_name_that_is_none_of_ours_is_refused(quiet: ApiHouse, path: str) -> None:
    """C-449."""
    me = quiet.caller("ada@example.com").principal.account_id
    with quiet.client("ada@example.com") as api:
        status, body = raw(api, f"/api/brand-assets/{path.format(me=me)}")

    assert (status, body["code"]) == (400, "bad_asset_name")


def test_an_image_that_is_not_there_is_missing(quiet: ApiHouse) -> None:
    me = quiet.caller("ada@example.com").principal.account_id
    with quiet.client("ada@example.com") as api:
        assert api.get(f"/api/brand-assets/{me}/{'a' * 32}.png").status_code == 404


def test_the_same_picture_is_kept_once_an_account(quiet: ApiHouse) -> None:
    """C-447."""
    eve, dan = quiet.caller("eve@example.com"), quiet.caller("dan@example.com")

    paths = [kept(eve), kept(eve), kept(dan)]

    assert paths[0] == paths[1] and paths[0].rpartition("/")[2] == paths[2].rpartition("/")[2]
    assert [file.name for file in folder(eve).iterdir()] == [paths[0].rpartition("/")[2]]


def test_an_account_has_room_for_so_much_and_the_disk_for_no_more(
    quiet: ApiHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "BRAND_ASSETS_BYTES_MAX", len(LOGO) + 10)
    caller = quiet.caller("full@example.com")
    kept(caller)

    with pytest.raises(AssetsFull):
        kept(caller, LOGO + b" ")
    assert kept(caller)  # what is there takes no room

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageFull):
        BrandAssetFiles(tmp_path).save(1, LOGO, "png", room_bytes=10**9)


def test_images_and_look_ups_leave_with_the_account_and_none_comes_back(quiet: ApiHouse) -> None:
    caller = quiet.caller("leaving@example.com")
    kept(caller)

    erase(caller, "leaving@example.com")

    assert not folder(caller).exists()
    with pytest.raises(AccountGone):
        kept(caller)
    assert not folder(caller).exists()
    with pytest.raises(NotSignedIn):
        erase(caller, "leaving@example.com")


def test_the_archive_names_the_images_that_are_kept(quiet: ApiHouse) -> None:
    path = kept(quiet.caller("named@example.com"))
    with quiet.client("named@example.com") as api:
        archive = api.get("/api/auth/me/export").content

    assert b"brand_assets.json" in archive and b"brand_lookups.json" in archive
    assert assets.assets_of(quiet.services, quiet.caller("named@example.com").principal.account_id)[0].name in path


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("stripe.com", "stripe.com"),
        (" Stripe.COM ", "stripe.com"),
        ("https://www.dupont.fr/contact?x=1", "www.dupont.fr"),
        ("café.fr", "café.fr"),
    ],
)
def test_a_domain_is_read_from_what_people_type(typed: str, host: str) -> None:
    assert host_asked(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "stripe", "localhost", "127.0.0.1", "stripe.com:8080", "not a domain", "a@stripe.com", ".."),
        *("ftp://stripe.com", "file:///etc/passwd", "http://[::1]/", f"{'x' * 400}.com", "-.com", "a.com/\n.b.com"),
    ],
)
def test_what_is_no_domain_is_refused(quiet: ApiHouse, typed: str) -> None:
    """C-451."""
    with pytest.raises(BadDomain):
        host_asked(typed)
    with quiet.client("ada@example.com") as api:
        assert api.get("/api/brand-lookup", params={"domain": typed}).status_code == 400


@pytest.fixture(scope="module")
def outdoors(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("outdoors"), works=True, **running_sandbox.overrides) as house:
        yield house


@pytest.fixture(scope="module")
def branded(running_sandbox: RunningSandbox) -> SiteTruth:
    """A site with a logo, a favicon and a colour, at its root and under the name that it is known by."""
    truth = running_sandbox.truth()
    wanted = ("logo_url", "favicon_url", "brand_color")
    return next(
        site
        for site in truth.of_kind("healthy")
        if all(site.columns.get(column) for column in wanted)
        and str(site.columns["logo_url"]).startswith(site.site_web)
        and site.site_web == f"https://{site.host}/"
    )


@pytest.mark.slow(60)
def test_a_look_up_is_live_first_then_kept_for_a_week(outdoors: ApiHouse, branded: SiteTruth) -> None:
    """C-450."""
    with outdoors.client("ada@example.com") as api, outdoors.client("bob@example.com") as bob:
        asked: dict[str, Any] = {"domain": branded.host}
        live, again = (api.get("/api/brand-lookup", params=asked).json() for _ in range(2))
        anew = api.get("/api/brand-lookup", params=asked | {"refresh": "true"}).json()
        of_bob = bob.get("/api/brand-lookup", params=asked).json()
        picture = api.get(live["profile"]["logo_local_url"])
        outdoors.services.run(None, _aged, outdoors.caller("ada@example.com").principal.account_id)
        a_week_later = api.get("/api/brand-lookup", params=asked).json()

    assert (set(live), set(live["profile"])) == (SHAPE, PROFILE)
    for column in ("logo_url", "favicon_url", "brand_color"):
        assert live["profile"][column] == branded.columns[column]
    assert (live["profile"]["status"], live["profile"]["http_status"]) == ("ok", 200)
    assert (live["profile"]["final_url"], live["profile"]["fetch_error"]) == (branded.site_web, None)
    assert len(live["profile"]["brand_palette"]) == 5
    assert [one["cached"] for one in (live, again, anew, of_bob, a_week_later)] == [False, True, False, False, False]
    assert (live["cached_at"], again["profile"]) == (None, live["profile"])
    assert again["cached_at"] is not None
    assert picture.status_code == 200


def test_look_ups_go_when_their_week_is_over_though_their_account_never_returns(quiet: ApiHouse) -> None:
    owners = [quiet.caller(email).principal.account_id for email in ("away@example.com", "here@example.com")]
    quiet.services.run(None, _looked_up, owners)
    quiet.services.run(None, _aged, owners[0])

    forget_expired(quiet.services)

    left = [quiet.caller(email).run(records.brand_lookups) for email in ("away@example.com", "here@example.com")]
    assert [[one["domain"] for one in found] for found in left] == [[], ["dupont.fr"]]


@write
def _looked_up(context: Context, owners: list[int]) -> None:
    profile = BrandProfile(status="empty", http_status=200, final_url="https://dupont.fr/").model_dump()
    facts = {"domain": "dupont.fr", "profile": profile, "at": context.now()}
    put(context.session, BrandLookup, [{"account_id": owner, **facts} for owner in owners])


@write
def _aged(context: Context, account_id: int) -> None:
    mine = col(BrandLookup.account_id) == account_id
    context.session.exec(update(BrandLookup).where(mine).values(at=context.now() - BRAND_LOOKUP_FRESH))


@pytest.mark.slow(60)
def test_of_many_look_ups_of_a_domain_at_once_one_is_made(outdoors: ApiHouse, branded: SiteTruth) -> None:
    """C-450."""
    with outdoors.client("cleo@example.com") as api, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: api.get("/api/brand-lookup", params={"domain": branded.host}), range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["profile"]["logo_local_url"] for answer in answers}) == 1


@pytest.mark.slow(60)
def test_look_ups_share_one_gateway_that_closes_with_the_app(
    running_sandbox: RunningSandbox, branded: SiteTruth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    class Watched(world.Gateway):
        def __init__(self, settings: Settings, clock: Clock) -> None:
            with pytest.raises(RuntimeError):  # it takes a while, so that no event loop waits for it
                asyncio.get_running_loop()
            super().__init__(settings, clock)
            events.append("made")

        async def close(self) -> None:
            await super().close()
            events.append("closed")

    monkeypatch.setattr(world, "Gateway", Watched)
    with api_house(tmp_path, **running_sandbox.overrides) as house:
        for email in ("ada@example.com", "bob@example.com"):
            with house.client(email) as api:
                assert api.get("/api/brand-lookup", params={"domain": branded.host}).status_code == 200
        assert events == ["made"]

    assert events == ["made", "closed"]


@pytest.mark.slow(60)
def test_a_site_that_can_not_be_read_is_a_failed_look_up(outdoors: ApiHouse, running_sandbox: RunningSandbox) -> None:
    """C-452."""
    (gone, *_) = running_sandbox.truth().of_kind("nxdomain")
    with outdoors.client("ada@example.com") as api:
        answer = api.get("/api/brand-lookup", params={"domain": gone.host})

    assert answer.status_code == 502
    assert answer.json()["detail"] == f"Lookup failed: Unreachable: Inaccessible : https://{gone.host} (nxdomain)"


@pytest.mark.slow(60)
def test_a_job_keeps_logos_and_a_failed_row_says_why(
    outdoors: ApiHouse, running_sandbox: RunningSandbox, branded: SiteTruth
) -> None:
    """C-132, C-446."""
    (gone, *_) = running_sandbox.truth().of_kind("nxdomain")
    items = [{"nom": "A", "site_web": branded.site_web}, {"nom": "B", "site_web": gone.site_web}, {"nom": "C"}]
    with outdoors.client("dora@example.com") as api:
        job = over(api, created(api, "/brand-assets", {"items": items, "capture_screenshot": False})["id"], seconds=60)
        good, bad = rows_of(api, job["id"])
        picture = api.get(good["logo_local_url"])
        dear = created(api, "/brand-assets", {"items": items, "capture_screenshot": True})
        api.post(f"/api/jobs/{dear['id']}/cancel")

    assert (job["status"], job["error_count"], job["results_count"]) == ("done", 1, 2)
    assert list(good) == list(bad) == ["nom", "site_web", *module.produces]
    assert (good["logo_url"], good["fetch_error"]) == (branded.columns["logo_url"], None)
    assert picture.status_code == 200
    assert bad["fetch_error"] == f"Inaccessible : {gone.site_web} (nxdomain)"
    assert bad["logo_local_url"] is None
    assert dear["ef_cost"] == pytest.approx(5 * job["ef_cost"])
