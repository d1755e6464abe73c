"""Notices, closings and special days: whole calls through the local carrier, and what people set in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from running import Running, action, running, words
from test_desk_phone import DESK, PIN, TEAM, heard

from ivr.call import Call, replay
from ivr.call.wire import load_record
from ivr.cli.notice import _words
from ivr.cli.until import read_ahead
from ivr.menu import load
from ivr.phone.events import Event, Spoke
from ivr.store.audit import Audit
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.notices import KEY
from ivr.store.sql import open_engine
from ivr.switchboard import notice_board
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.notices import Notices, RefusedNotice
from ivr.switchboard.staff import Staff

LINE = """\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US, es-MX]
start: welcome
hours:
  office: 24/7
steps:
  welcome:
    say:
      en-US: Hello.
      es-MX: Hola.
    language: [en-US, es-MX]
    go: main
  main:
    menu:
      1 -> desk:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
      2 -> waits:
        en-US: To wait
        es-MX: Para esperar
    give_up: hangup
  desk:
    hours: office
    open: is_open
    closed: is_closed
  is_open:
    say:
      en-US: It is open.
      es-MX: Abierto.
    go: hangup
  is_closed:
    say:
      en-US: It is closed.
      es-MX: Cerrado.
    go: hangup
  waits:
    queue: bookings
    answered: hangup
    left: main
    callback_booked: hangup
    timed_out: hangup
    full: hangup
    nobody_in: nobody
    closed: is_closed
  nobody:
    say:
      en-US: Nobody is in.
      es-MX: No hay nadie.
    go: hangup
"""

BARE = """\
line: Bare
numbers: ["+15005550007"]
timezone: America/Chicago
languages: [en-US]
start: hello
steps:
  hello: {say: Hello., go: ask}
  ask:
    menu:
      1 -> box: To leave a message
    give_up: hangup
  box: {voicemail: bare, go: hangup}
"""

HELLO = """\
hello:
    say:
      en-US: Hello.
      fr-FR: Bonjour.
    language: [en-US, fr-FR]
    go: ask"""

TO_LEAVE = """\
1 -> box:
        en-US: To leave a message
        fr-FR: Pour laisser un message"""

SNOW = {"en-US": "Snow delays us.", "es-MX": "La nieve nos retrasa."}

WITH_KEYS = TEAM.replace('pin: "739164"', 'pin: "739164", emergencies: yes')


class Emergency:
    """The service, and the switch as a process of its own has it."""

    def __init__(self, service: Running) -> None:
        self.service = service
        self.engine = open_engine(service.settings.database)
        self.board = NoticeBoard(service.redis, self.engine, service.clock.now)
        staff = Staff(service.settings.menus)
        self.switch = Notices(self.board, self.engine, staff.now, service.clock.now)

    def call(self, keys: str, to: str = "+15005550006", **options: object) -> str:
        """What a caller hears who presses these keys."""
        return " ".join(heard(self.service.call(keys, to=to, **options)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Emergency]:
    """One service for all tests of this file: each leaves nothing on."""
    folder = tmp_path_factory.mktemp("notices")
    client = connect(valkey.url)
    client.flushall()
    client.close()
    menus = {"test.yaml": LINE, "bare.yaml": BARE}
    (folder / "menus").mkdir()
    (folder / "menus" / "team.yaml").write_text(WITH_KEYS, "utf-8")
    with pytest.MonkeyPatch.context() as patch, running(folder, valkey.url, menus) as service:
        patch.setattr(notice_board, "EVERY", 0.0)  # what takes half a second is looked at by each webhook here
        patch.setattr(NoticeBoard, "_watching", lambda _: None)  # else who comes while it looks has what was before
        made = Emergency(service)
        try:
            yield made
        finally:
            made.engine.dispose()


@pytest.fixture(autouse=True)
def nothing_stays(place: Emergency) -> Iterator[None]:
    """Ends what a test has set."""
    yield
    for notice in place.switch.all():
        if notice.state(place.service.clock.now()) != "over":
            place.switch.end(notice.id, who="test")
    for day in place.switch.days():
        place.switch.drop_day(day.id, who="test")


def test_a_notice_is_heard_first_in_each_language(place: Emergency) -> None:
    """Who has not chosen a language yet hears all; then the line goes on as ever."""
    place.switch.put("test", SNOW, who="ana")
    assert place.call("1 1").startswith("Snow delays us. La nieve nos retrasa. Hello.")
    assert place.call("1 1").endswith("It is open.")


def test_a_closed_line_is_closed_at_each_look_at_its_hours(place: Emergency) -> None:
    """The file says itself what its callers can do then; its queues let nobody in."""
    place.switch.put("test", {}, closed=True, who="ana")
    assert place.call("1 1").endswith("It is closed.")
    assert place.call("1 2").endswith("It is closed.")


def test_a_line_that_knows_no_hours_says_so_and_takes_a_message(place: Emergency) -> None:
    """Without words, the service has its own."""
    notice = place.switch.put("bare", {}, closed=True, who="ana")
    said = place.call("", to="+15005550007")
    assert said.startswith("We are closed at the moment. Please leave a message after the tone.")
    place.switch.end(notice.id, who="ana")
    assert place.call("", to="+15005550007").startswith("Hello.")


def test_a_queue_is_closed_with_words_in_the_callers_language(place: Emergency) -> None:
    """They are heard where the caller would begin to wait; another queue's callers hear nothing."""
    place.switch.put("queue:bookings", SNOW, closed=True, who="ana")
    said = place.call("2 2")
    assert "Snow" not in said
    assert said.endswith("La nieve nos retrasa. Cerrado.")


def test_a_notice_of_a_queue_is_heard_by_who_comes_to_it(place: Emergency) -> None:
    """Also by those who are told that nobody is in."""
    place.switch.put("queue:bookings", SNOW, who="ana")
    assert place.call("1 2").endswith("Snow delays us. Nobody is in.")


def test_two_notices_at_once_are_heard_one_after_another(place: Emergency) -> None:
    """The older one first; what both say is heard once, and one that ends leaves the other."""
    first = place.switch.put("test", SNOW, who="ana")
    place.switch.put("test", {"en-US": "Ice, too.", "es-MX": "También hielo."}, who="raj")
    place.switch.put("test", SNOW, who="raj", closed=True)
    said = place.call("1 1")
    assert said.startswith("Snow delays us. Ice, too. La nieve nos retrasa. También hielo. Hello.")
    assert said.endswith("It is closed.")
    place.switch.end(first.id, who="ana")
    assert place.call("1 1").startswith("Ice, too. Snow delays us. También hielo.")


def test_a_line_on_trial_is_closed_as_well(place: Emergency) -> None:
    """A notice is of the line, whichever version answers: also in a language that only the one on trial has."""
    french = BARE.replace("[en-US]", "[en-US, fr-FR]").replace("1 -> box: To leave a message", TO_LEAVE)
    french = french.replace("hello: {say: Hello., go: ask}", HELLO)
    path = place.service.settings.menus / "bare.yaml"
    path.write_text(french, "utf-8")
    place.service.publisher.publish(path, who="a test", share=0.9999)
    try:
        with pytest.raises(RefusedNotice, match="no words for fr-FR"):
            place.switch.put("bare", {"en-US": "Snow."}, who="ana")
        place.switch.put("bare", {"en-US": "Snow.", "fr-FR": "Neige."}, closed=True, who="ana")
        said = place.call("", to="+15005550007")
        assert said.startswith("Snow. Neige. ")
        assert "Please leave a message after the tone." in said
    finally:
        place.service.publish("bare.yaml", BARE)


def test_a_special_day_counts_for_the_hours_of_that_date(place: Emergency) -> None:
    """The file's own hours are left alone, and the day goes before them; a day that is dropped counts no more."""
    today = place.service.clock.now().astimezone(load({"test.yaml": LINE.encode()}).flows["test"].zone).date()
    day = place.switch.add_day("test", today, "off", of="office", who="ana", why='A "special" day')
    assert place.call("1 1").endswith("It is closed.")
    place.switch.add_day("test", today, "00:00-24:00", who="ana")  # for all of its hours: `office` has its own still
    assert place.call("1 1").endswith("It is closed.")
    place.switch.drop_day(day.id, who="ana")
    assert place.call("1 1").endswith("It is open.")


def test_a_call_learns_in_its_middle_and_replays_to_the_same(place: Emergency) -> None:
    """A line that is closed while a caller hears its menu is closed for them; the records tell when they learned."""
    sid = f"CA{uuid4().hex}"
    document = place.service.post("/voice", CallSid=sid, To="+15005550006")
    document = place.service.post(action(document), CallSid=sid, To="+15005550006", Digits="1")
    notice = place.switch.put("test", SNOW, closed=True, who="ana")
    document = place.service.post(action(document), CallSid=sid, To="+15005550006", Digits="1")
    assert "It is closed." in words(document)
    assert "Snow" not in words(document)
    records = [load_record(it) for it in place.service.records(sid)]
    assert [it.input.kind for it in records[:4]] == ["started", "pressed", "noticed", "pressed"]
    flow = load({"test.yaml": LINE.encode()}).flows["test"]
    turns = replay(flow, Call(sid, "v", "test", "", ""), records)
    assert [turn.events for turn in turns] == [it.events for it in records]
    place.switch.end(notice.id, who="ana")


def test_what_makes_no_sense_is_refused_with_words(place: Emergency) -> None:
    """Nothing is set, and the person reads what to do."""
    now = place.service.clock.now()
    refused = [
        (("tset", SNOW), {}, 'did you mean "test"'),
        (("queue:nobody", SNOW), {}, "there is no queue"),
        (("test", {"en-US": "Snow."}), {}, "no words for es-MX"),
        (("test", {}), {}, "a notice needs words"),
        (("test", {**SNOW, "fr-FR": "Neige."}), {}, '"fr-FR" is no language of test'),
        (("test", {**SNOW, "en-US": "x" * 501}), {}, "at most 500"),
        (("test", SNOW), {"until": now - timedelta(hours=1)}, "cannot begin"),
        (("test", SNOW), {"since": now - timedelta(hours=3), "until": now - timedelta(hours=1)}, "is over"),
        (("test", SNOW), {"until": now + timedelta(days=99)}, "belongs in the menu"),
        (("test", {**SNOW, "en-US": "a\0b"}), {}, "nobody can say"),
        (("test", SNOW), {"why": "x" * 201}, "at most 200"),
    ]
    for args, options, message in refused:
        with pytest.raises(RefusedNotice, match=message):
            place.switch.put(*args, who="ana", **options)  # type: ignore[arg-type]
    with pytest.raises(RefusedNotice, match="no hours of a day"):
        place.switch.add_day("test", now.date(), "8 to 12", who="ana")
    with pytest.raises(RefusedNotice, match="no day to come"):
        place.switch.add_day("test", now.date() - timedelta(days=2), "off", who="ana")
    with pytest.raises(RefusedNotice, match="bare has no hours that a day could change"):
        place.switch.add_day("bare", now.date(), "off", who="ana")
    with pytest.raises(RefusedNotice, match="no hours"):
        place.switch.add_day("test", now.date(), "off", of="offfice", who="ana")
    with pytest.raises(RefusedNotice, match="no notice 999"):
        place.switch.end(999, who="ana")
    assert place.board.now().on(now) == ()


def test_it_ends_by_itself(place: Emergency) -> None:
    """Nobody has to think of it: after its end no caller hears it, though nobody told any process."""
    now = place.service.clock.now()
    notice = place.switch.put("test", SNOW, who="ana", until=now + timedelta(hours=2))
    board = place.board.now()
    assert board.on(now + timedelta(minutes=119)) == (notice,)
    assert board.on(now + timedelta(minutes=121)) == ()
    assert place.switch.put("test", SNOW, who="ana").until is not None


def test_spans_and_moments_where_clocks_are_put_back(place: Emergency) -> None:
    """By the clock of one zone 01:45 comes before 01:30 only if nobody looks at which of them is meant."""
    zone = load({"test.yaml": LINE.encode()}).flows["test"].zone
    at = datetime(place.service.clock.now().year + 1, 11, 1, 1, 45, tzinfo=zone)
    at += timedelta(days=6 - at.weekday())  # the first Sunday of November
    notice = place.switch.put("test", SNOW, since=at, until=at.replace(minute=30, fold=1), who="ana")
    assert notice.until - notice.since == timedelta(minutes=45)  # type: ignore[operator]
    assert place.switch.put("test", SNOW, since=at, who="ana").until == at.astimezone(UTC) + timedelta(hours=4)


def test_what_is_on_is_never_lost_behind_what_is_over(place: Emergency) -> None:
    """The list has the newest that are over, and all others: also one that was set long ago."""
    old = place.switch.prepare("test", SNOW, who="ana")
    on = place.switch.switch_on(old.id, who="ana")
    with pytest.raises(RefusedNotice, match=f"on already, as notice {on.id}"):
        place.switch.switch_on(old.id, who="raj")
    for _ in range(3):
        place.switch.end(place.switch.put("test", SNOW, who="raj").id, who="raj")
    assert {it.id for it in place.switch.all(1)} >= {old.id, on.id}


def test_who_did_what_is_kept(place: Emergency) -> None:
    """Each deed stands in the audit trail, and with the notice."""
    notice = place.switch.put("test", SNOW, who="ana", closed=True)
    assert place.switch.end(notice.id, who="raj").ended_by == "raj"
    with pytest.raises(RefusedNotice, match="over already, ended by raj"):
        place.switch.end(notice.id, who="raj")
    deeds = Audit(place.engine, place.service.clock.now).newest(2)
    assert [(it.who, it.did, it.about["target"]) for it in deeds] == [
        ("raj", "notice_ended", "test"), ("ana", "notice_set", "test"),
    ]  # fmt: skip


def test_a_day_without_redis_or_sql_keeps_what_was_known(place: Emergency, tmp_path: Path) -> None:
    """Redis has lost it: SQL is asked. Neither answers: what was known last stays, and nothing is raised."""
    notice = place.switch.put("test", SNOW, who="ana")
    now = place.service.clock.now()
    place.service.redis.delete(KEY)
    assert NoticeBoard(place.service.redis, place.engine, place.service.clock.now).now().on(now) == (notice,)
    away, nowhere = connect(f"unix://{tmp_path}/nobody.sock"), open_engine(f"sqlite:///{tmp_path}/empty.db")
    assert NoticeBoard(away, nowhere).now().on(now) == ()
    known = NoticeBoard(place.service.redis, place.engine, place.service.clock.now)
    known.now()
    known._redis, known._book = away, NoticeBoard(None, nowhere)._book
    assert known.now().on(now) == (notice,)
    away.close()
    nowhere.dispose()


def test_by_phone_a_line_is_closed_and_opened_again(place: Emergency) -> None:
    """With a PIN, by those whom the team file allows it: each switch is told, one key turns it."""
    said = place.call(f"{PIN}# 4 1 3", to=DESK, from_="+15005550401")
    assert "To close or open lines, and for notices, press 4." in said
    assert "The line bare is open. To close it now, press 1." in said
    assert "Done. It is closed now, for four hours. The line test is open." in said
    assert [it.target for it in place.switch.all(1) if it.closed] == ["bare"]
    said = place.call(f"{PIN}# 4 1 3", to=DESK, from_="+15005550401")
    assert "The line bare was closed by somebody, until" in said
    assert "Done. It follows its hours again." in said
    now = place.service.clock.now()
    assert place.switch.all(1)[0].state(now) == "over"


def test_by_phone_a_prepared_notice_is_switched_on_and_off(place: Emergency) -> None:
    """No words are recorded by phone: those that somebody wrote ahead are heard."""
    place.switch.prepare("test", SNOW, who="ana")
    keys = "4 2 2 2 2 1"  # past bare, test and the two queues
    said = place.call(f"{PIN}# {keys}", to=DESK, from_="+15005550401")
    assert "This notice is off. Snow delays us. To switch it on for four hours, press 1." in said
    assert "Done. Callers hear it now, for four hours. That is all." in said
    assert place.call("1 1").startswith("Snow delays us.")
    assert "Nobody hears it any more." in place.call(f"{PIN}# {keys}", to=DESK, from_="+15005550401")
    assert place.call("1 1").startswith("Hello.")


def test_by_phone_nobody_turns_back_what_somebody_else_has_just_turned(place: Emergency) -> None:
    """Who heard that a line is open and presses 1 wants it closed, though another closed it meanwhile; and so back."""

    def meanwhile(event: Event) -> None:
        if isinstance(event, Spoke) and "The line bare is open" in event.text:
            place.switch.put("bare", {}, closed=True, who="raj")

    said = place.call(f"{PIN}# 4 1 3", to=DESK, from_="+15005550401", hear=meanwhile)
    assert "Done. It is closed now, for four hours." in said
    now = place.service.clock.now()
    assert [it.who for it in place.board.now().on(now, "bare")] == ["raj"]


def test_by_phone_only_those_may_who_are_named(place: Emergency) -> None:
    """Another agent's 4 is none of the choices."""
    said = place.call("50827# 4", to=DESK, from_="sip:raj@example.com")
    assert "To close or open lines" not in said
    assert "that is not one of the choices" in said


def test_words_of_the_command() -> None:
    """One --say for each language; a second one for the same is a mistake."""
    assert _words(("en-US=Snow = cold", "es-MX= Nieve ")) == {"en-US": "Snow = cold", "es-MX": "Nieve"}
    for wrong in (("en-US",), ("=x",), ("en-US=",), ("en-US=a", "en-US=b")):
        with pytest.raises(Exception, match="--say"):
            _words(wrong)


NEW_YORK = ZoneInfo("America/New_York")  # clocks are put back on 1 November 2026 at 2:00, forward on 8 March at 2:00


@pytest.mark.parametrize(
    ("text", "begin", "moment"),
    [
        ("4h", "2026-11-01T04:30+00:00", "2026-11-01T08:30+00:00"),
        ("18:00", "2026-11-01T04:30+00:00", "2026-11-01T23:00+00:00"),
        ("01:30", "2026-11-01T04:30+00:00", "2026-11-01T05:30+00:00"),
        ("01:30", "2026-11-01T05:30+00:00", "2026-11-01T06:30+00:00"),  # it comes a second time
        ("01:30", "2026-11-01T06:30+00:00", "2026-11-02T06:30+00:00"),
        ("02:30", "2026-03-08T05:00+00:00", "2026-03-08T07:30+00:00"),  # it never comes: an hour later on the wall
        ("2026-11-01T12:00", "2026-10-31T12:00+00:00", "2026-11-01T17:00+00:00"),
    ],
)
def test_moments_to_come_are_told_right_when_clocks_change(text: str, begin: str, moment: str) -> None:
    """A span is as long as it says, also from a moment by the clock on the wall; a time is the next that comes."""
    at, found = datetime.fromisoformat(begin), datetime.fromisoformat(moment)
    for beginning in (at, at.astimezone(NEW_YORK)):
        assert read_ahead(text).after(beginning, NEW_YORK) == found
