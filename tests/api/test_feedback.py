"""Conversations with the operator over HTTP: the user's side and the administrator's."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.limits import FEEDBACK_THREADS
from tests.api_house import ApiHouse, api_house
from tests.visitors import letters, text_of

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
HELLO = "Sending WhatsApp follow-ups to scraped leads would be useful."
TOPICS = [
    "general", "feedback", "bug", "feature", "on_demand_email", "on_demand_sms", "on_demand_whatsapp",
    "on_demand_phone_carrier", "n'importe quoi ✨", "x" * 64,
]  # fmt: skip


@pytest.fixture
def boss(house: ApiHouse) -> Iterator[httpx.Client]:
    """Signed in as an administrator."""
    with house.client("boss@example.com", is_admin=True) as client:
        yield client


def opened(client: httpx.Client, message: str = HELLO, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/feedback/threads", json={"message": message, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def reply(client: httpx.Client, thread_id: int, message: str, *, admin: bool = False) -> httpx.Response:
    side = "admin/feedback" if admin else "feedback"
    return client.post(f"/api/{side}/threads/{thread_id}/messages", json={"message": message})


def unread(client: httpx.Client) -> int:
    return client.get("/api/feedback/unread").json()["unread"]


def test_a_new_thread_is_told_whole(house: ApiHouse) -> None:
    """C-024, C-088, C-089."""
    with house.client("writer@example.com") as client:
        me = client.get("/api/auth/me").json()["id"]
        thread = opened(client, type="feature", topic="on_demand_whatsapp")

    times = {name: thread.pop(name) for name in ("created_at", "last_read_user", "last_message_at")}
    (message,) = thread.pop("messages")
    assert len(set(times.values()) | {message["created_at"]}) == 1
    assert TIME.fullmatch(times["created_at"])
    assert message.items() >= {"author_role": "user", "author_user_id": me, "message": HELLO}.items()
    assert isinstance(thread.pop("id"), int)
    assert thread == {
        "user_id": me,
        "user_email": "writer@example.com",
        "type": "feature",
        "topic": "on_demand_whatsapp",
        "status": "open",
        "last_read_admin": None,
        "preview": HELLO,
        "unread_for_me": 0,
    }


def test_the_operator_is_told_of_a_new_thread_by_mail(tmp_path: Path) -> None:
    settings = {"admin_email": "Root@example.com", "admin_password": "lovelace-1843"}
    with (
        api_house(tmp_path, **settings) as house,
        house.client("writer@example.com") as client,
        house.client("root@example.com") as root,
    ):
        thread = opened(client, "<b>Hello</b>\n\nSubject: none", topic="bug")
        reply(client, thread["id"], "More")
        opened(root)
        (letter,) = letters(house, "root@example.com")

    assert letter["Subject"] == "Nouvelle conversation sur outsend"
    assert "writer@example.com a ouvert la conversation n° 1 (bug) :\n\n<b>Hello</b>\n\nSubject: none" in text_of(
        letter
    )
    assert "&lt;b&gt;Hello&lt;/b&gt;" in text_of(letter, "html")


def test_type_and_topic_have_defaults(api: httpx.Client) -> None:
    """C-088."""
    for more in ({}, {"topic": None}, {"topic": "  \n"}):
        thread = opened(api, **more)
        assert (thread["type"], thread["topic"]) == ("other", "general")


@pytest.mark.parametrize("kind", ["bug", "feature", "other"])
def test_any_type_goes_with_any_topic(api: httpx.Client, kind: str) -> None:
    """C-094, C-095."""
    assert [opened(api, type=kind, topic=topic)["topic"] for topic in TOPICS] == TOPICS


@pytest.mark.parametrize("kind", ["question", "", "BUG", "bug "])
def test_another_type_is_refused(api: httpx.Client, kind: str) -> None:
    """C-090."""
    response = api.post("/api/feedback/threads", json={"message": HELLO, "type": kind})

    assert (response.status_code, response.json()["code"]) == (400, "feedback_type_invalid")
    assert api.get("/api/feedback/threads").json() == []


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("message", {}),
        ("message", {"message": "no"}),
        ("message", {"message": "  a\u0000\u0007 "}),
        ("message", {"message": "x" * 5001}),
        ("message", {"message": None}),
        ("topic", {"message": HELLO, "topic": "x" * 65}),
        ("topic", {"message": HELLO, "topic": 3}),
        ("type", {"message": HELLO, "type": None}),
    ],
)
def test_a_bad_field_is_named(api: httpx.Client, field: str, body: dict[str, Any]) -> None:
    """C-091, C-092."""
    response = api.post("/api/feedback/threads", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field
    assert api.get("/api/feedback/threads").json() == []


@pytest.mark.parametrize("message", ["abc", "x" * 5000, "é" * 5000])
def test_messages_at_the_bounds_are_taken_whole(api: httpx.Client, message: str) -> None:
    """C-091."""
    assert opened(api, message)["messages"][0]["message"] == message


def test_what_cannot_be_seen_is_taken_out_of_a_message(api: httpx.Client) -> None:
    hostile = " Bonjour\u0000\u001b[31m\r\nle \u202emonde\u2069\ttout\x7f \u2028entier \n"

    thread = opened(api, hostile, topic="a\u0000\nb")

    assert thread["messages"][0]["message"] == "Bonjour[31m\nle monde\ttout \nentier"
    assert thread["preview"] == "Bonjour[31m le monde tout entier"
    assert thread["topic"] == "a b"


def test_markup_comes_back_as_it_was_typed(api: httpx.Client) -> None:
    text = "<script>alert(1)</script> & {{ 7*7 }} {message}"

    assert opened(api, text)["messages"][0]["message"] == text


def test_a_reply_stands_in_the_thread(api: httpx.Client) -> None:
    """C-098."""
    thread = opened(api)
    answer = reply(api, thread["id"], "Adding more context.")
    told = answer.json()

    assert answer.status_code == 201
    assert told.keys() == thread.keys()
    assert [one["message"] for one in told["messages"]] == [HELLO, "Adding more context."]
    assert told["preview"] == "Adding more context."
    assert told["last_message_at"] == told["messages"][-1]["created_at"]


@pytest.mark.parametrize(("length", "status"), [(0, 422), (1, 201), (5000, 201), (5001, 422)])
def test_a_reply_has_one_to_five_thousand_characters(api: httpx.Client, length: int, status: int) -> None:
    """C-101."""
    thread = opened(api)

    assert reply(api, thread["id"], "x" * length).status_code == status


def test_a_blank_reply_is_empty(api: httpx.Client) -> None:
    """C-101."""
    thread = opened(api)

    assert [reply(api, thread["id"], text).status_code for text in (" \n", "\u0000", "\u202e")] == [422] * 3


def test_somebody_elses_thread_takes_no_reply(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-100."""
    thread = opened(api)
    answer = reply(other_api, thread["id"], "Hello")

    assert (answer.status_code, answer.json()["code"]) == (403, "thread_forbidden")
    assert other_api.post(f"/api/feedback/threads/{thread['id']}/read").status_code == 403
    assert api.get("/api/feedback/threads").json() == [thread]


@pytest.mark.parametrize("path", ["messages", "read"])
def test_an_unknown_thread_is_not_found(api: httpx.Client, path: str) -> None:
    """C-087."""
    answer = api.post(f"/api/feedback/threads/999999/{path}", json={"message": "Hello"} if path == "messages" else None)

    assert (answer.status_code, answer.json()["detail"]) == (404, "Conversation introuvable")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/threads"), ("POST", "/threads"), ("GET", "/unread"), ("POST", "/threads/1/messages"),
        ("POST", "/threads/1/read"),
    ],
)  # fmt: skip
def test_feedback_is_for_who_is_signed_in(nobody: httpx.Client, method: str, path: str) -> None:
    """C-087."""
    response = nobody.request(method, f"/api/feedback{path}", json={"message": HELLO} if method == "POST" else None)

    assert (response.status_code, response.json()["detail"]) == (401, "Authentification requise")


def test_a_token_to_read_reads_and_one_to_run_writes(house: ApiHouse) -> None:
    with (
        house.bearer("feedback-token@example.com", scope="read") as reads,
        house.bearer("feedback-token@example.com", scope="run") as runs,
    ):
        thread = opened(runs)

        assert [one["id"] for one in reads.get("/api/feedback/threads").json()] == [thread["id"]]
        assert reply(reads, thread["id"], "Hello").status_code == 403
        assert reads.post("/api/feedback/threads", json={"message": HELLO}).status_code == 403


def test_the_list_is_ones_own_newest_first_with_all_messages(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-103."""
    first, second = opened(api, "The first"), opened(api, "The second")
    opened(other_api, "Of somebody else")
    reply(api, first["id"], "More of the first")

    listed = api.get("/api/feedback/threads").json()

    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert [[message["message"] for message in one["messages"]] for one in listed] == [
        ["The second"],
        ["The first", "More of the first"],
    ]


def test_twenty_threads_an_hour_and_no_more(own: ApiHouse) -> None:
    """C-093, C-019."""
    with own.client("eager@example.com") as client, own.client("calm@example.com") as other:
        client.post("/api/feedback/threads", json={"message": HELLO, "type": "x"})  # refused, so it counts for nothing
        for _ in range(FEEDBACK_THREADS):
            opened(client)
        refused = client.post("/api/feedback/threads", json={"message": HELLO})
        opened(other)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
        assert 3500 <= int(refused.headers["retry-after"]) <= 3600
        own.services.clock.offset += timedelta(hours=1, seconds=1)
        opened(client)
        assert len(client.get("/api/feedback/threads").json()) == FEEDBACK_THREADS + 1


def test_replies_of_the_team_are_unread_until_one_writes_or_says_so(api: httpx.Client, boss: httpx.Client) -> None:
    """C-102, C-105, C-106, C-107."""
    first, second = opened(api), opened(api)
    for thread in (first, first, second):
        answer = reply(boss, thread["id"], "We look into it.", admin=True).json()
        assert answer["last_read_admin"] == answer["last_message_at"]

    listed = {one["id"]: one["unread_for_me"] for one in api.get("/api/feedback/threads").json()}
    assert listed == {first["id"]: 2, second["id"]: 1}
    assert (unread(api), unread(api)) == (3, 3)  # looking marks nothing

    assert reply(api, first["id"], "Thanks").json()["unread_for_me"] == 0
    assert unread(api) == 1
    read = api.post(f"/api/feedback/threads/{second['id']}/read")
    assert (read.status_code, read.content, unread(api)) == (204, b"", 0)


def test_each_side_has_read_for_itself(api: httpx.Client, boss: httpx.Client) -> None:
    """C-107."""
    thread = opened(api, topic="each side")

    def seen() -> tuple[int, Any]:
        (found,) = boss.get("/api/admin/feedback/threads", params={"topic": "each side"}).json()["items"]
        return found["unread_for_me"], found["last_read_admin"]

    assert seen() == (1, None)
    api.post(f"/api/feedback/threads/{thread['id']}/read")
    assert seen()[0] == 1
    assert boss.post(f"/api/admin/feedback/threads/{thread['id']}/read").status_code == 204
    assert seen()[0] == 0
    reply(api, thread["id"], "Still there?")
    assert seen()[0] == 1


def test_a_closed_thread_takes_no_reply_until_it_is_opened_again(api: httpx.Client, boss: httpx.Client) -> None:
    """C-099."""
    thread = opened(api)
    path = f"/api/admin/feedback/threads/{thread['id']}"
    closed = boss.patch(path, json={"status": "closed"})

    answers = [reply(api, thread["id"], "Hello"), reply(boss, thread["id"], "Hello", admin=True)]
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(400, "Conversation fermée")] * 2
    assert api.get("/api/feedback/threads").json()[0]["status"] == "closed"

    boss.patch(path, json={"status": "open"})
    assert reply(api, thread["id"], "Hello").status_code == 201


def test_requests_for_a_module_are_grouped_by_topic(own: ApiHouse) -> None:
    """C-096, C-097."""
    with own.client("asks@example.com") as client, own.client("boss@example.com", is_admin=True) as boss:
        slugs = client.get("/api/modules-registry").json()["on_demand"]
        for topic in [*(f"on_demand_{slug}" for slug in slugs), "on_demand_x", "bug", "ON_DEMAND_sms", "on-demand"]:
            opened(client, topic=topic)
        asked = [opened(client, topic="on_demand_sms")["id"] for _ in range(3)]
        boss.patch(f"/api/admin/feedback/threads/{asked[0]}", json={"status": "closed"})
        items = boss.get("/api/admin/feedback/on-demand").json()["items"]

    found = [(one["topic"], one["slug"], one["open_count"], one["thread_count"]) for one in items]
    assert found == [
        ("on_demand_sms", "sms_campaign", 2, 3),
        *((f"on_demand_{slug}", slug, 1, 1) for slug in slugs),
        ("on_demand_x", None, 1, 1),
    ]
    assert [one["id"] for one in items[0]["threads"]] == asked[::-1]
    assert items[0]["threads"][0]["user_email"] == "asks@example.com"


def test_the_inbox_is_paged_and_filtered(house: ApiHouse, boss: httpx.Client) -> None:
    with house.client("paged@example.com") as client:
        made = [opened(client, topic="paging")["id"] for _ in range(5)]
    boss.patch(f"/api/admin/feedback/threads/{made[0]}", json={"status": "closed"})

    shown, cursor = list[int](), None
    while True:
        params = {"topic": "paging", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = boss.get("/api/admin/feedback/threads", params=params).json()
        shown += [one["id"] for one in page["items"]]
        assert page["total"] == 5
        if (cursor := page["next_cursor"]) is None:
            break
    assert shown == made[::-1]

    closed = boss.get("/api/admin/feedback/threads", params={"topic": "paging", "status": "closed"}).json()
    assert ([one["id"] for one in closed["items"]], closed["total"]) == (made[:1], 1)
    odd = boss.get("/api/admin/feedback/threads", params={"topic": "\u0000'%"}).json()
    assert odd["items"] == []


@pytest.mark.parametrize("body", [{}, {"status": "done"}, {"status": None}])
def test_another_status_is_refused(api: httpx.Client, boss: httpx.Client, body: dict[str, Any]) -> None:
    thread = opened(api)

    assert boss.patch(f"/api/admin/feedback/threads/{thread['id']}", json=body).status_code == 422
