"""The API for programs: what it answers, to whom, and what it says to all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from api_log import BEGAN, NUMBER, SECRET, fill, filled
from click.testing import CliRunner
from flask import Flask
from people_rooms import settings_in
from sqlalchemy import text
from visitors import Hands, Visitor
from werkzeug.test import TestResponse

from ivr.cli import ivr
from ivr.config import Settings
from ivr.reports import KPIS
from ivr.store.api_tokens import ApiTokens
from ivr.store.call_log import CallLog, Entry
from ivr.store.embedded import Embedded
from ivr.store.people import NameTakenError
from ivr.store.versions import Versions, version_of
from ivr.web.api import door
from ivr.web.people import create_people
from ivr.web.people.office import Office

DAY = "since=2026-07-01T00:00Z&for=24h"
Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, for tests that read alone."""
    folder = tmp_path_factory.mktemp("api")
    with filled(settings_in(folder, valkey.url, menus=folder)) as app:
        yield app


@pytest.fixture
def ask(app: Flask) -> Ask:
    """Ask the API, of a log with five calls."""
    app.extensions["ivr"].redis.flushall()  # nobody has asked yet
    client = app.test_client()

    def get(path: str, sent: str | None = f"Bearer {app.extensions['reader']}", **headers: str) -> TestResponse:
        given = {"Authorization": sent} if sent is not None else {}
        return client.get(f"/api/v1/{path}", headers={**given, **headers})

    return get


@pytest.fixture
def token(office: Office) -> str:
    """A token for an application of the test's own."""
    return ApiTokens(office.engine, office.clock).make("grafana", "olga", None)


@pytest.fixture
def ask_own(people_app: Flask, token: str) -> Ask:
    """Ask an application of the test's own."""
    client = people_app.test_client()
    return lambda path: client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


def wrong(answer: TestResponse, status: int = 400) -> dict[str, str]:
    """What an error says of each parameter; it is a problem of RFC 9457 and nothing of it may be kept."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return {it["where"]: it["words"] for it in body["errors"]}


# What it answers


def test_figures(ask: Ask) -> None:
    """All of them, each with n; by line they add up."""
    answer = ask(f"figures?{DAY}&by=line").get_json()
    assert [it["name"] for it in answer["figures"]] == [kpi.name for kpi in KPIS]
    assert (answer["since"], answer["until"]) == ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")
    figures = {it["name"]: it for it in answer["figures"]}
    assert figures["calls"]["whole"]["value"] == 5
    assert {it["of"]: it["value"] for it in figures["calls"]["parts"]} == {"lakeside": 1, "meridian": 4}
    assert figures["csat"]["whole"]["value"] == 1
    assert figures["csat"]["whole"]["low"] < 1
    assert figures["asa"]["whole"] == {**figures["asa"]["whole"], "value": None, "n": 0}


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("line=meridian", 4),
        ("line=lakeside", 1),
        ("since=2026-07-01T12:00Z&for=2h", 2),
        ("since=2026-07-01T17:30%2B05:30&for=1h", 1),
        ("since=2026-07-01T17:30+05:30&for=1h", 1),
        ("since=2026-07-01T17:30&for=1h&zone=Asia/Kolkata", 1),
        ("since=2026-07-01&until=2026-07-01", 5),
        ("since=2026-07-01&until=2026-07-01T13:00Z", 1),
        ("since=2199-01-01", 0),
    ],
)
def test_a_part_of_the_log(ask: Ask, query: str, calls: int) -> None:
    """Filters choose; a half-hour zone, a plus that nobody encoded and what is to come are all right."""
    query = query if "since" in query else f"{query}&{DAY}"
    answer = ask(f"figures?figure=calls&{query}").get_json()
    assert [it["whole"]["value"] for it in answer["figures"]] == [calls]
    assert len(ask(f"calls?{query}").get_json()["calls"]) == calls


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("outcome=completed", 5),
        ("outcome=line", 0),
        ("outcome=goal", 5),
        ("outcome=something&line=lakeside", 1),
        ("outcome=answered", 0),
        ("step=%3Dmain", 5),
        ("step=elsewhere", 0),
        ("last=told", 0),
        ("goal=told&line=meridian", 4),
        ("goal=booked", 0),
        ("score=csat", 5),
        ("score=csat:5", 5),
        ("score=csat:4..", 5),
        ("score=csat:..4", 0),
        ("score=csat:5..1", 0),
        ("score=csat:9..10", 0),
        ("score=nps:9..10", 0),
        ("score=csat:5&survey=how", 5),
        ("survey=how", 5),
        ("survey=elsewhere", 0),
        ("wait=0..", 0),
        (f"path={'0' * 32}", 0),
        (f"caller={'0' * 32}", 0),
    ],
)
def test_calls_by_what_happened_in_them(ask: Ask, query: str, calls: int) -> None:
    """As the page of calls asks it; a range that holds nothing is no error, and pages go on as without it."""
    whole = ask(f"calls?{DAY}&{query}").get_json()
    assert len(whole["calls"]) == calls
    if calls > 1:
        first = ask(f"calls?{DAY}&{query}&limit=1&order=oldest").get_json()
        rest = ask(f"calls?{DAY}&{query}&order=oldest&after={first['next']}").get_json()
        assert [it["call_sid"] for it in (*first["calls"], *rest["calls"])] == [
            it["call_sid"] for it in reversed(whole["calls"])
        ]


def test_calls_of_one_caller_and_path(ask: Ask) -> None:
    """By the hashes that calls have."""
    known = ask(f"calls?{DAY}").get_json()["calls"][0]
    asked = f"caller={known['caller_hash']}&path={known['path_hash']}"
    assert len(ask(f"calls?{DAY}&{asked}").get_json()["calls"]) == 5


def test_settings_as_large_as_may_be(ask: Ask) -> None:
    """Nothing was so long ago: there is nothing to measure, and no error."""
    settings = "set=first_contact_resolution.days=999999&set=true_containment.hours=999999"
    answer = ask(f"figures?{DAY}&figure=first_contact_resolution&figure=true_containment&{settings}").get_json()
    assert [it["whole"]["n"] for it in answer["figures"]] == [0, 0]


@pytest.mark.parametrize(
    "path", ["calls?since=1970-01-01", "figures?since=1970-01-01&for=1d", "calls?since=2199-12-31"]
)
def test_the_first_year_and_the_last(ask: Ask, path: str) -> None:
    """All that the description allows is answered."""
    assert ask(path).status_code == 200


def test_settings_of_figures(ask: Ask) -> None:
    """What is set is said."""
    answer = ask(f"figures?{DAY}&figure=service_level&set=service_level.seconds=30&set=service_level.callbacks=yes")
    (figure,) = answer.get_json()["figures"]
    assert figure["settings"]["seconds"] == 30
    assert figure["settings"]["callbacks"] is True


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("path", ["calls", "surveys/answers"])
def test_lists_come_page_by_page(ask: Ask, path: str, order: str) -> None:
    """Together the pages are all, each once, in their order."""
    found, after = [], ""
    for _ in range(9):
        page = ask(f"{path}?{DAY}&limit=2&order={order}{after}").get_json()
        found += [it["call_sid"] for it in next(it for it in page.values() if isinstance(it, list))]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    expected = [f"CA{number:02}" for number in range(5)]
    assert found == (expected if order == "oldest" else expected[::-1])


def test_what_comes_meanwhile_moves_no_page(ask_own: Ask, office: Office) -> None:
    """The next page begins after the last call of the one before; the newest call is on a first page alone."""
    fill(office)
    page = ask_own(f"calls?{DAY}&limit=3").get_json()
    fill(office, 6)
    rest = ask_own(f"calls?{DAY}&limit=3&after={page['next']}").get_json()
    assert [it["call_sid"] for it in page["calls"] + rest["calls"]] == ["CA04", "CA03", "CA02", "CA01", "CA00"]
    assert rest["next"] is None


def test_one_call(ask: Ask) -> None:
    """All that happened in it, masked; another's name is 404."""
    answer = ask("calls/CA00")
    story = answer.get_json()
    assert story["call"]["caller_last4"] == NUMBER[-4:]
    assert [it["seq"] for it in story["records"]] == [1, 2, 3, 4, 5]
    assert story["records"][0]["events"] == [{"kind": "entered", "step": "=main"}]
    assert NUMBER not in answer.get_data(as_text=True)
    assert SECRET not in answer.get_data(as_text=True)
    assert wrong(ask("calls/CA77"), 404) == {}


def test_calls_of_one_caller(ask: Ask) -> None:
    """By the hash that calls have."""
    caller = ask("calls/CA00").get_json()["call"]["caller_hash"]
    assert len(ask(f"calls?{DAY}&caller={caller}").get_json()["calls"]) == 5
    assert ask(f"calls?{DAY}&caller={'0' * 32}").get_json()["calls"] == []


def test_answers_to_surveys(ask: Ask) -> None:
    """With what was asked, and narrowed to it."""
    (first, *_) = ask(f"surveys/answers?{DAY}&kind=csat&survey=how").get_json()["answers"]
    assert (first["value"], first["question"], first["line"]) == (5, "csat", "lakeside")
    assert ask(f"surveys/answers?{DAY}&kind=nps").get_json()["answers"] == []


def test_lines_and_versions(ask_own: Ask, office: Office) -> None:
    """Which are live, and what was published."""
    names = []
    for number, content in enumerate((b"line: one\n", b"line: two\n")):
        files = {"meridian.yaml": content}
        names.append(version_of(files))
        at = BEGAN + timedelta(days=number)
        Versions(office.engine).publish("meridian", names[-1], files, who="olga", why=None, at=at)
    assert ask_own("lines").get_json() == {"lines": [{"line": "meridian", "version": names[1]}]}
    found = ask_own("versions?line=meridian").get_json()["versions"]
    assert [(it["version"], it["live"]) for it in found] == [(names[1], True), (names[0], False)]
    assert ask_own("versions?line=lakeside").get_json() == {"versions": []}


def test_what_figures_mean(ask: Ask) -> None:
    """Each with its formula and its parameters."""
    found = {it["name"]: it for it in ask("kpis").get_json()["figures"]}
    assert list(found) == [kpi.name for kpi in KPIS]
    assert {it["name"] for it in found["service_level"]["parameters"]} >= {"seconds", "callbacks"}


def test_of_a_long_time_the_newest_parts_are_told(ask: Ask) -> None:
    """Since when is said; the whole is of all."""
    answer = ask("figures?since=2026-07-01&for=8d&figure=calls&by=quarter").get_json()
    (calls,) = answer["figures"]
    assert (answer["since"], answer["parts_since"]) == ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")
    assert (calls["parts"], calls["whole"]["value"]) == ([], 5)
    assert len(ask(f"figures?{DAY}&figure=calls&by=quarter").get_json()["figures"][0]["parts"]) == 5


def test_a_name_that_nothing_has(ask: Ask) -> None:
    """404, which says which there are: a figure of nothing would look like a bad day."""
    for path in ("figures", "calls", "surveys/answers"):
        words = wrong(ask(f"{path}?{DAY}&line=meridiam&queue=nobody"), 404)
        assert words["line"] == "there is no line “meridiam”; there are lakeside, meridian"
        assert "queue" in words


# What makes no sense


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("figures?since=banana", {"since"}),
        ("figures?since=2026-02-30", {"since"}),
        ("figures?since=2026-07-02&until=2026-07-01", {"until"}),
        ("figures?since=2026-07-01&until=2026-07-02&for=24h", {"for"}),
        ("figures?for=soon", {"for"}),
        ("figures?zone=Mars", {"zone"}),
        ("figures?zone=", {"zone"}),
        ("figures?by=moon", {"by"}),
        ("figures?figure=luck&figure=calls", {"figure"}),
        ("figures?set=service_level.seconds=soon", {"set"}),
        ("figures?set=calls.seconds=3", {"set"}),
        ("figures?line=", {"line"}),
        ("figures?line=%00", {"line"}),
        ("figures?nonsense=1&zone=Mars", {"nonsense", "zone"}),
        ("figures?line=a&line=b", {"line"}),
        ("calls?limit=0", {"limit"}),
        ("calls?limit=1001", {"limit"}),
        ("calls?limit=ten", {"limit"}),
        ("calls?after=CA00", {"after"}),
        ("calls?order=random", {"order"}),
        ("calls?caller=+15005550101", {"caller"}),
        ("surveys/answers?kind=joy", {"kind"}),
        ("kpis?line=a", {"line"}),
    ],
)
def test_what_makes_no_sense_is_said(ask: Ask, path: str, where: set[str]) -> None:
    """400, with each parameter and what is wrong with it, and nothing of what was sent."""
    mistakes = wrong(ask(path))
    assert set(mistakes) == where
    assert all(len(words) > 8 for words in mistakes.values())
    assert not any(sent in " ".join(mistakes.values()) for sent in ("banana", "Mars", "15005550101"))


def test_elsewhere_and_otherwise(ask: Ask, app: Flask) -> None:
    """404, 405 with what is allowed, 406: all as problems, none as a page."""
    wrong(ask("nowhere"), 404)
    headers = {"Authorization": f"Bearer {app.extensions['reader']}"}
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        refused = app.test_client().open("/api/v1/calls", method=method, headers=headers)
        wrong(refused, 405)
        assert refused.headers["Allow"] == "GET, HEAD"
    wrong(ask("calls", Accept="text/html"), 406)
    assert ask("lines", Accept="*/*").status_code == 200
    assert app.test_client().get("/api").status_code == 404
    assert app.test_client().get("/apiary").mimetype == "text/html"


# Who may


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer x", "Basic b2xnYTpvbGdh", "Bearer ivr_" + "A" * 43, "ÿ"])
@pytest.mark.parametrize("path", ["figures", "calls", "calls/CA00", "calls/CA77", "kpis", "lines", "figures?zone=Mars"])
def test_without_a_token_there_is_nothing(ask: Ask, path: str, sent: str | None) -> None:
    """401, the same for all that is wrong with a token and whatever was asked; it says how to send one."""
    answer = ask(path, sent)
    assert wrong(answer, 401) == {}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_data() == ask("figures", None).get_data()


def test_a_token_ends(ask_own: Ask, office: Office, token: str) -> None:
    """Revoked or expired, it is nothing any more, at once."""
    clock = Hands(datetime.now(UTC))
    tokens = ApiTokens(office.engine, clock)
    short = tokens.make("short", "olga", clock.at + timedelta(days=1))
    assert tokens.opened(short) is not None
    clock.at += timedelta(days=1)
    assert tokens.opened(short) is None
    assert ask_own("lines").status_code == 200
    assert tokens.revoke("grafana")
    wrong(ask_own("lines"), 401)
    assert not tokens.revoke("grafana")
    assert tokens.make("grafana", "olga", None) != token
    with pytest.raises(NameTakenError):
        tokens.make("grafana", "olga", None)


def test_of_a_token_only_a_hash_is_kept(ask_own: Ask, office: Office, token: str) -> None:
    """And when it was used, at most a minute late."""
    ask_own("lines")
    with office.engine.connect() as connection:
        assert token.removeprefix("ivr_") not in repr(connection.execute(text("SELECT * FROM api_tokens")).all())
    (kept,) = ApiTokens(office.engine, office.clock).all()
    assert kept.used_at is not None
    assert (kept.name, kept.scope, kept.made_by) == ("grafana", "reports", "olga")


def test_cookies_are_nothing(ask_own: Ask, signed_in: Callable[..., Visitor], token: str) -> None:
    """Who is signed in as an owner gets 401 all the same; and no answer sets a cookie, nor changes the session."""
    olga = signed_in()
    assert wrong(olga.client.get("/api/v1/calls"), 401) == {}
    answer = olga.client.get("/api/v1/calls", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in ask_own("nowhere").headers


def test_answers_are_not_kept_by_anybody(ask: Ask) -> None:
    """No cache has them; the description says when it is the same still."""
    assert ask(f"calls?{DAY}").headers["Cache-Control"] == "no-store"
    described = ask("openapi.json", None)
    assert described.status_code == 200
    again = ask("openapi.json", None, **{"If-None-Match": described.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert ask("", None).get_json()["openapi"] == "/api/v1/openapi.json"


def test_who_asks_too_often_waits(app: Flask, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with when to ask again; another token may ask."""
    monkeypatch.setattr(door, "PER_MINUTE", 3)
    office = app.extensions["ivr"]
    again = create_people(office.settings)
    tokens = ApiTokens(office.engine, office.clock)
    one, two = ({"Authorization": f"Bearer {tokens.make(name, 'olga', None)}"} for name in ("one", "two"))
    client = again.test_client()
    assert [client.get("/api/v1/lines", headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/v1/kpis", headers=one)
    wrong(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/api/v1/lines", headers=two).status_code == 200
    again.extensions["ivr"].close()


def test_who_guesses_waits(app: Flask, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tokens are tried, one after the other, it ends."""
    monkeypatch.setattr(door, "WRONG_PER_MINUTE", 5)
    again = create_people(app.extensions["ivr"].settings)
    client = again.test_client()
    tries = [client.get("/api/v1/lines", headers={"Authorization": f"Bearer ivr_{it}"}).status_code for it in range(7)]
    assert tries == [401] * 5 + [429] * 2
    again.extensions["ivr"].close()


def test_not_all_threads_are_the_apis(app: Flask, ask: Ask) -> None:
    """Where as many requests as may be are being answered, the next one is told to wait, and people are not."""
    slots = app.extensions["ivr_api"].extensions["ivr_slots"]
    for _ in range(door.AT_ONCE):
        assert slots.take()
    wrong(ask("lines"), 429)
    assert app.test_client().get("/sign-in").status_code == 200
    for _ in range(door.AT_ONCE):
        slots.give_back()
    for _ in range(2 * door.AT_ONCE):  # each gave its place back, also where it was refused
        assert (ask("lines").status_code, ask("lines?x=1").status_code) == (200, 400)


def test_without_sql_it_says_so(app: Flask, ask: Ask) -> None:
    """503, and nothing of the inside."""
    away = create_people(replace(app.extensions["ivr"].settings, database_url="sqlite:////proc/nowhere.db"))
    answer = away.test_client().get("/api/v1/calls", headers={"Authorization": "Bearer ivr_x"})
    assert wrong(answer, 503) == {}
    assert int(answer.headers["Retry-After"]) > 0
    assert "sqlite" not in answer.get_data(as_text=True).lower()
    away.extensions["ivr"].close()


# Owners and their tokens


def test_an_owner_makes_and_revokes_tokens(
    signed_in: Callable[..., Visitor], people_app: Flask, office: Office
) -> None:
    """It is shown once, works, is listed with its last use, and ends; all of it is written down."""
    olga = signed_in()
    olga.get("/people/tokens")
    shown = olga.post("/people/tokens", name="Grafana", days="90").get_data(as_text=True)
    token = shown.split('<code class="copy">')[1].split("<")[0]
    headers = {"Authorization": f"Bearer {token}"}
    assert people_app.test_client().get("/api/v1/lines", headers=headers).status_code == 200
    page = olga.get("/people/tokens").get_data(as_text=True)
    assert token not in page
    assert "grafana" in page
    assert f"{datetime.now(UTC):%Y-}" in page
    assert olga.post("/people/tokens", name="grafana", days="30").status_code == 302
    assert "There is a grafana already" in olga.get("/people/tokens").get_data(as_text=True)
    assert olga.post("/people/tokens", name="other", days="17").status_code == 400
    assert olga.post("/people/tokens/revoke", name="grafana").status_code == 302
    assert people_app.test_client().get("/api/v1/lines", headers=headers).status_code == 401
    assert olga.post("/people/tokens/revoke", name="grafana").status_code == 404
    deeds = [(it.who, it.did, it.about["token"]) for it in office.audit.newest() if it.did.startswith("token_")]
    assert deeds == [("olga", "token_revoked", "grafana"), ("olga", "token_made", "grafana")]
    assert token not in repr(office.audit.newest())


def test_nobody_else_does(signed_in: Callable[..., Visitor], office: Office) -> None:
    """403 for each of the pages, also for who may do most but manage people."""
    for role in ("supervisor", "ops"):
        it = signed_in(f"a-{role}", role)
        assert it.get("/people/tokens").status_code == 403
        assert it.post("/people/tokens", name="x1", days="90").status_code == 403
        assert it.post("/people/tokens/revoke", name="x1").status_code == 403
    assert ApiTokens(office.engine, office.clock).all() == []


def test_ivr_token(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command makes one that works, lists it, and ends it; what makes no sense is exit 2 and one line."""
    monkeypatch.setenv("IVR_DATA", str(settings.data))
    run = lambda *words: CliRunner().invoke(ivr, ["token", *words])  # noqa: E731
    made = run("new", "grafana", "--expires", "30d")
    assert made.exit_code == 0
    assert made.output.startswith("ivr_")
    assert "not shown again" in made.output
    assert "never expires" in run("new", "forever", "--expires", "never").output
    listed = run("list").output.splitlines()
    assert [line.split()[0] for line in listed] == ["forever", "grafana"]
    assert "never used" in listed[0]
    assert run("revoke", "grafana").output == "grafana is revoked\n"
    assert "revoked 20" in run("list").output
    for words, says in (
        (("revoke", "grafana"), "there is no grafana"),
        (("new", "forever"), "there is a forever already"),
        (("new", "Ölga!"), "a name has"),
        (("new", "x1", "--expires", "soon"), "days such as 90d"),
        (("new", "x1", "--expires", "9999d"), "at most 3650d"),
    ):
        failed = run(*words)
        assert failed.exit_code == 2
        assert says in failed.output
        assert failed.output.count("\n") == 1


def test_where_recordings_are_is_in_no_answer(ask_own: Ask, office: Office) -> None:
    """A token hears nothing: that there is a recording, and how long, is all that it is told."""
    fill(office, 1)
    left = {"step": "box", "url": "https://api.example.com/RE7", "seconds": 9}
    told = {"seq": 6, "input": {"kind": "recorded", "at": BEGAN, **left}, "events": [
        {"kind": "message_left", "box": "general", **left}]}  # fmt: skip
    assert (
        not CallLog(office.engine, office.hashes)
        .write([Entry(b"{p00}:log", b"9-0", "CA00", orjson.dumps(told))])
        .refused
    )
    answer = ask_own("calls/CA00").get_data(as_text=True)
    assert '"box":"general"' in answer
    assert "RE7" not in answer


def test_a_name_that_no_database_can_be_asked(ask: Ask) -> None:
    """Is no call, on both databases."""
    wrong(ask("calls/CA%00"), 404)
