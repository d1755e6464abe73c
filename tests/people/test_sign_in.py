"""Signing in: who gets in, who does not, and what a stranger learns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from people_rooms import PASSWORD
from sqlalchemy import text
from visitors import Hands, Visitor

from ivr.cli import ivr
from ivr.config import Settings
from ivr.store.people import People
from ivr.store.sql import open_engine
from ivr.switchboard.roles import MAY, ROLES
from ivr.web.people import create_people
from ivr.web.people.office import Office

Visitors = Callable[[], Visitor]
SignedIn = Callable[..., Visitor]


def test_a_link_lets_somebody_choose_a_password_once(visitor: Visitors, office: Office) -> None:
    """Behind the link they choose it and are in; the same link is nothing to the next one."""
    person = office.people.add("olga", "owner")
    path = f"/welcome/{office.people.link(person.id)}"
    olga = visitor()
    olga.get(path)
    assert olga.post(path, password=PASSWORD, again=PASSWORD).status_code == 302
    assert "Hello, olga" in olga.get("/").get_data(as_text=True)
    assert visitor().get(path).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "ten characters"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "harder to guess"),
        (PASSWORD, PASSWORD + "x", "not the same"),
    ],
)
def test_a_poor_password_is_refused(visitor: Visitors, office: Office, password: str, again: str, says: str) -> None:
    """It says why, and the link stays good."""
    path = f"/welcome/{office.people.link(office.people.add('olga', 'owner').id)}"
    olga = visitor()
    olga.get(path)
    assert says in olga.post(path, password=password, again=again).get_data(as_text=True)
    assert olga.post(path, password=PASSWORD, again=PASSWORD).status_code == 302


def test_an_old_link_and_one_before_a_newer_are_nothing(visitor: Visitors, settings: Settings, office: Office) -> None:
    """A link is good for two days, and until the next one is made."""
    clock = Hands()
    people = People(office.engine, clock)
    person = people.add("olga", "owner")
    first, second = people.link(person.id), people.link(person.id)
    assert people.behind(first) is None
    assert people.behind(second) == person
    clock.at += timedelta(hours=49)
    assert people.behind(second) is None
    assert people.use(second, "hash") is None


def test_wrong_names_and_wrong_passwords_look_the_same(visitor: Visitors, signed_in: SignedIn) -> None:
    """A stranger does not learn who there is."""
    signed_in("olga")
    stranger = visitor()
    stranger.get("/sign-in")
    answers = []
    for name in ("olga", "nobody"):
        answer = stranger.post("/sign-in", name=name, password="not the password")
        answers.append((answer.status_code, answer.get_data(as_text=True).replace(name, "NAME")))
    assert answers[0][0] == answers[1][0] == 401
    assert "do not fit together" in answers[0][1]


def test_tries_are_limited_also_for_the_right_password(visitor: Visitors, signed_in: SignedIn) -> None:
    """After five wrong passwords for a name, even the right one waits; other names do not."""
    signed_in("olga")
    signed_in("paul", "ops")
    stranger = visitor()
    stranger.get("/sign-in")
    for _ in range(5):
        assert stranger.post("/sign-in", name="olga", password="wrong wrong").status_code == 401
    refused = stranger.post("/sign-in", name="Olga", password=PASSWORD)
    assert refused.status_code == 429
    assert "Wait five minutes" in refused.get_data(as_text=True)
    assert stranger.post("/sign-in", name="paul", password=PASSWORD).status_code == 302


def test_right_passwords_are_not_limited(visitor: Visitors, signed_in: SignedIn) -> None:
    """Who signs in and out all day is not locked out."""
    signed_in("olga")
    for _ in range(8):
        olga = visitor()
        olga.get("/sign-in")
        assert olga.post("/sign-in", name="olga", password=PASSWORD).status_code == 302


def test_a_form_without_its_token_does_nothing(people_app: object, visitor: Visitors, signed_in: SignedIn) -> None:
    """What another site sends in the person's name is refused."""
    olga = signed_in("olga")
    olga.token = ""
    refused = olga.post("/people", name="evil", role="owner")
    assert refused.status_code == 400
    assert "older than your sign-in" in refused.get_data(as_text=True)
    assert "evil" not in olga.get("/people").get_data(as_text=True)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_pages_and_no_others(signed_in: SignedIn, role: str) -> None:
    """Managing people is the owner's; everybody else gets 403 and no link to it."""
    it = signed_in(f"someone-{role}", role)
    allowed = "people" in MAY[role]  # type: ignore[index]
    assert it.get("/people").status_code == (200 if allowed else 403)
    assert it.get("/people/audit").status_code == (200 if allowed else 403)
    assert ('href="/people"' in it.get("/").get_data(as_text=True)) == allowed


def test_a_stranger_is_sent_to_the_sign_in_and_back(visitor: Visitors, signed_in: SignedIn) -> None:
    """A page asks them in first; afterwards they are where they wanted to be, and nowhere else."""
    signed_in("olga")
    stranger = visitor()
    sent = stranger.get("/people?x=1")
    assert sent.status_code == 302
    assert sent.location == "/sign-in?next=/people?x%3D1"
    stranger.get(sent.location)
    assert stranger.post(sent.location, name="olga", password=PASSWORD).location == "/people?x=1"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_to_another_host(visitor: Visitors, signed_in: SignedIn, elsewhere: str) -> None:
    """A link to the sign-in cannot lead away from it."""
    signed_in("olga")
    stranger = visitor()
    stranger.get("/sign-in")
    answer = stranger.client.post(
        "/sign-in",
        query_string={"next": elsewhere},
        data={"csrf_token": stranger.token, "name": "olga", "password": PASSWORD},
    )
    assert answer.location == "/"


def test_who_is_locked_out_or_has_another_role_is_out_at_once(signed_in: SignedIn, office: Office) -> None:
    """A session ends with the password, the role or the right that it was made with."""
    signed_in("olga")
    for number, change in enumerate(({"active": False}, {"role": "ops"})):
        paul = signed_in(f"paul{number}", "owner")
        assert paul.get("/people").status_code == 200
        person = office.people.named(f"paul{number}")
        assert person is not None
        office.people.change(person.id, **change)  # type: ignore[arg-type]
        assert paul.get("/people").status_code == 302


def test_the_last_owner_stays(signed_in: SignedIn, office: Office) -> None:
    """Nobody can take the last owner's role or right, the owner neither."""
    olga = signed_in("olga")
    olga.get("/people")
    for change in ({"role": "agent"}, {"active": "no"}):
        olga.post("/people/1", **change)
        assert "Nobody else is an owner" in olga.get("/people").get_data(as_text=True)
    kept = office.people.get(1)
    assert kept is not None
    assert (kept.role, kept.active) == ("owner", True)


def test_deeds_are_written_down_and_passwords_are_not(signed_in: SignedIn, office: Office, visitor: Visitors) -> None:
    """Signing in, failing to, adding somebody: who, what, when; and nowhere a password or a link."""
    olga = signed_in("olga")
    olga.get("/people")
    page = olga.post("/people", name="ana", role="agent", agent="ana").get_data(as_text=True)
    assert "/welcome/" in page
    stranger = visitor()
    stranger.get("/sign-in")
    stranger.post("/sign-in", name="olga", password="not the password")
    deeds = [(it.who, it.did) for it in office.audit.newest()]
    assert deeds[0] == ("olga", "sign_in_failed")
    assert ("olga", "person_added") in deeds
    assert ("olga", "signed_in") in deeds
    with office.engine.connect() as connection:
        kept = repr([list(connection.execute(text(f"SELECT * FROM {it}"))) for it in ("audit", "people", "links")])
    assert "not the password" not in kept
    assert PASSWORD not in kept
    token = page.split("/welcome/")[1].split("<")[0]
    assert token not in kept


def test_cookies_and_headers_are_careful(settings: Settings, visitor: Visitors, office: Office) -> None:
    """HttpOnly and SameSite always, Secure with a PUBLIC_URL; no page may be framed or run another's script."""
    office.people.add("olga", "owner")
    page = visitor().get("/sign-in")
    assert "HttpOnly" in page.headers["Set-Cookie"]
    assert "SameSite=Lax" in page.headers["Set-Cookie"]
    assert "Secure" not in page.headers["Set-Cookie"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    public = create_people(replace(settings, public_url="https://ivr.example"))
    assert "Secure" in public.test_client().get("/sign-in").headers["Set-Cookie"]
    public.extensions["ivr"].close()


def test_without_redis_people_still_sign_in(settings: Settings, office: Office, visitor: Visitors) -> None:
    """Tries are then counted by each process alone, and the pages say nothing of it."""
    person = office.people.add("olga", "owner")
    lonely = create_people(replace(settings, redis_url="redis://127.0.0.1:1/0"))
    olga = Visitor(lonely.test_client())
    path = f"/welcome/{office.people.link(person.id)}"
    olga.get(path)
    assert olga.post(path, password=PASSWORD, again=PASSWORD).status_code == 302
    assert lonely.test_client().get("/readyz").get_data(as_text=True) == "ready, but Redis is away\n"
    lonely.extensions["ivr"].close()


def test_without_sql_the_page_says_so(settings: Settings, office: Office) -> None:
    """503 in words: the phone line goes on."""
    broken = create_people(replace(settings, database_url="sqlite:////proc/nowhere.db"))
    answer = broken.test_client().post("/sign-in", data={"name": "a", "password": "b"})
    assert answer.status_code in (400, 503)  # the token comes first
    assert broken.test_client().get("/readyz").status_code == 503
    broken.extensions["ivr"].close()


def test_ivr_user_adds_lists_and_locks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command prints a link that works, refuses odd names and doubles, and locks people out."""
    monkeypatch.setenv("IVR_DATA", str(settings.data))
    run = CliRunner().invoke
    added = run(ivr, ["user", "add", "olga", "--role", "owner"])
    assert added.exit_code == 0
    token = added.output.split("/welcome/")[1].split()[0]
    engine = open_engine(settings.database)
    people = People(engine, lambda: datetime.now(UTC))
    found = people.behind(token)
    assert found is not None
    assert found.name == "olga"
    assert run(ivr, ["user", "list"]).output == "olga              owner       no password yet\n"
    twice = run(ivr, ["user", "add", "olga", "--role", "owner"])
    assert (twice.exit_code, twice.output) == (
        2,
        "ivr user: there is a olga already; ivr user link olga prints a new link\n",
    )
    assert run(ivr, ["user", "add", "Ölga!", "--role", "owner"]).exit_code == 2
    assert run(ivr, ["user", "lock", "olga"]).output == "olga is locked out\n"
    assert run(ivr, ["user", "link", "olga"]).exit_code == 2
    assert people.behind(token) is None
    assert run(ivr, ["user", "lock", "nobody"]).exit_code == 2
    engine.dispose()
