"""How we behave at other people's sites: robots.txt, pace, refusals."""

import asyncio
from itertools import pairwise

import pytest

from tests.engine.network.outside import (
    WebSite,
    reason_of,
    redirect,
    response,
    web,
)


async def test_a_page_that_robots_txt_disallows_is_not_asked_for() -> None:
    robots = b"User-agent: outsend\nDisallow: /private\n"
    site = WebSite({"/robots.txt": response(robots), "/": response(b"x"), "/private": response(b"secret")})
    async with web(site) as (world, root):
        await world.fetcher.get(root)
        reason = await reason_of(world.fetcher.get(f"{root}/private"))

    assert reason == "robots"
    assert site.paths == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    "robots",
    [
        response(status="404 Not Found"),
        response(b"Disallow: /", status="500 Oops"),
        redirect("/robots.txt"),
        redirect("http://10.0.0.1/robots.txt"),
        response(b"\x89PNG" * 100, Content_Type="image/png"),
        b"garbage\r\n\r\n",
    ],
    ids=["missing", "failing", "looping", "forbidden", "an image", "garbage"],
)
async def test_a_robots_txt_that_cannot_be_read_allows_everything(robots: bytes) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(robots)
        await writer.drain()
        raise EOFError

    async with web(WebSite({"/robots.txt": send, "/": response(b"x")})) as (world, root):
        assert (await world.fetcher.get(root)).html == "x"


async def test_a_robots_txt_holds_for_every_host_that_led_to_it() -> None:
    site = WebSite({})
    async with web(site, "shop.fr", "www.shop.fr") as (world, root):
        bare, www = root, root.replace("shop.fr", "www.shop.fr")
        rules = response(b"User-agent: *\nDisallow: /private")

        async def lead_on(writer: asyncio.StreamWriter) -> None:
            writer.write(redirect(f"{www}/robots.txt") if site.requests[-1][0] in bare else rules)

        site.pages = {"/robots.txt": lead_on, "/": redirect(f"{www}/home"), "/home": response(b"home")}
        await world.fetcher.get(bare)
        refusals = [await reason_of(world.fetcher.get(f"{host}/private")) for host in (bare, www)]

    assert refusals == ["robots", "robots"]
    assert site.paths == ["/robots.txt", "/robots.txt", "/", "/home"]


async def test_a_long_robots_txt_is_obeyed() -> None:
    robots = b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % number for number in range(5_000))
    async with web(WebSite({"/robots.txt": response(robots), "/": response(b"x")})) as (world, root):
        await world.fetcher.get(root)

        assert await reason_of(world.fetcher.get(f"{root}/4999")) == "robots"


async def test_a_site_gets_two_requests_at_once_then_one_each_third_of_a_second() -> None:
    site = WebSite({f"/{number}": response(b"x") for number in range(4)}, delay=0.05)
    async with web(site) as (world, root):
        await asyncio.gather(*(world.fetcher.get(f"{root}/{number}") for number in range(4)))

    times = [time for time, path in zip(site.times, site.paths, strict=True) if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert site.most_at_once <= 2
    assert gaps[0] < 0.1
    assert all(gap > 0.25 for gap in gaps[1:])


async def test_a_refusal_with_a_wait_is_tried_again_after_it() -> None:
    answers = [response(status="429 Too Many Requests", Retry_After="1"), response(b"welcome")]

    async def next_answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    site = WebSite({"/": next_answer})
    async with web(site) as (world, root):
        found = await world.fetcher.get(root)

    assert found.html == "welcome"
    assert site.times[-1] - site.times[-2] >= 0.95


async def test_a_refusal_without_a_wait_is_the_answer() -> None:
    site = WebSite({"/": response(b"no", status="403 Forbidden")})
    async with web(site) as (world, root):
        found = await world.fetcher.get(root)

    assert (found.status, site.paths.count("/")) == (403, 1)
