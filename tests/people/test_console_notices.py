"""Emergencies in the console: closed or said first, by the line's own clock; special days; why a line is open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from people_rooms import joins, office_of, opened, settings_in
from visitors import Hands, Visitor, hidden

from ivr.store.embedded import Embedded
from ivr.store.notices import Notice
from ivr.store.versions import Versions
from ivr.switchboard.hours import of_line, of_queue, told
from ivr.switchboard.publish import Publisher
from ivr.web.console import wall_clock
from ivr.web.people.office import Office

SHOP = """\
line: Corner Shop
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: hello
operator: bye
hours:
  shop: Mo-Sa 08:00-18:00
  counter: Mo-Fr 09:00-12:00; PH off
steps:
  hello: {hours: shop, open: wait, closed: counter}
  counter: {hours: counter, open: wait, closed: bye}
  wait:
    queue: bookings
    answered: bye
    left: bye
    callback_booked: bye
    timed_out: bye
    full: bye
    nobody_in: bye
    closed: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""

TEA = """\
line: Tea House
numbers: ["+15005550007"]
timezone: Asia/Kolkata
languages: [en-IN]
start: hello
operator: box
steps:
  hello:
    menu:
      1 -> box: To leave a message
  box: {voicemail: tea, go: hangup}
"""

TEAM = """\
timezone: America/Chicago
agents:
  ana: {name: Ana Ruiz, phone: "+15005550401", languages: [en-US, es-MX], pin: "739164"}
queues:
  bookings: {agents: [ana]}
"""

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
"""In Chicago, on a Sunday."""

SNOW = {"words en-US": "Snow <b>delays</b> us.", "words es-MX": "La nieve nos retrasa."}


@pytest.fixture(scope="module")
def hands() -> Hands:
    """Give the clock of these tests."""
    return Hands(NOON)


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded, hands: Hands) -> Iterator[Flask]:
    """Give one application with two lines and a queue."""
    patient = f"{valkey.url}?socket_timeout=20&socket_connect_timeout=20"  # a busy test machine is no outage
    settings = settings_in(tmp_path_factory.mktemp("notices"), patient)
    with opened(settings, clock=hands) as made:
        office = office_of(made)
        office.redis.flushall()
        (settings.menus / "team.yaml").write_text(TEAM, "utf-8")
        publisher = Publisher(Versions(office.engine), office.redis, hands)
        for name, text in (("shop", SHOP), ("tea", TEA)):
            (settings.menus / f"{name}.yaml").write_text(text, "utf-8")
            publisher.publish(settings.menus / f"{name}.yaml", who="olga")
        for role in ("ops", "analyst", "supervisor"):
            joins(office, f"{role}.one", role)
        yield made


@pytest.fixture
def ops(entered: Callable[[str], Visitor], office: Office, hands: Hands) -> Iterator[Visitor]:
    """Give somebody who may; nothing that was set stays."""
    yield entered("ops")
    hands.at = NOON
    for one in office.emergencies.all():
        if one.state(NOON) != "over":
            office.emergencies.end(one.id, who="test")
    for day in office.emergencies.days():
        office.emergencies.drop_day(day.id, who="test")


def text(visitor: Visitor, path: str = "/console/notices") -> str:
    """A page."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def sent(visitor: Visitor, target: str, does: str, **fields: str) -> str:
    """The form as the page has it, filled in and sent: the page that comes, or what is said of what was set."""
    page = text(visitor, f"/console/notices?target={target}&does={does}")
    once = hidden(page, "once")
    assert once
    form = {"target": target, "does": does, "lasts": "4h", "once": once, **fields}
    answer = visitor.post("/console/notices", **form)
    said = answer.get_data(as_text=True)
    return said if answer.status_code == 422 else text(visitor)


def on(office: Office) -> list[Notice]:
    """What is on, as any process knows it."""
    return list(office.notices.now().on(office.clock()))


def test_only_who_may_sees_and_sets(people_app: Flask, entered: Callable[[str], Visitor], office: Office) -> None:
    """Strangers sign in, analysts and supervisors get 403 for each page and each deed."""
    stranger = Visitor(people_app.test_client())
    for path in ("/console/notices", "/console/days", "/console/lines/shop/hours"):
        assert stranger.get(path).status_code == 302
        for role in ("analyst", "supervisor"):
            assert entered(role).get(path).status_code == 403
    assert stranger.get("/on-now").status_code == 401
    analyst = entered("analyst")
    for path in ("/console/notices", "/console/notices/1/end", "/console/notices/1/on", "/console/days/1/drop"):
        assert analyst.post(path, target="shop", does="close").status_code == 403
    assert on(office) == []


def test_a_line_is_closed_with_one_field_and_one_press(ops: Visitor, office: Office) -> None:
    """How long stands there already; all pages say so; ended, nothing of it stays but who did what."""
    page = sent(ops, "shop", "close")
    assert "Corner Shop is closed until 16:00 (America/Chicago). It ends by itself." in page
    assert "The line shop is closed until 16:00 (CST), set by ops.one." in text(ops, "/reports")
    (notice,) = on(office)
    assert (notice.closed, notice.words, notice.until) == (True, {}, NOON + timedelta(hours=4))
    assert ops.post(f"/console/notices/{notice.id}/end").status_code == 302
    page = text(ops)
    assert f"Corner Shop: notice {notice.id} is over." in page
    assert "Nothing: lines and queues follow their files." in page
    ops.post(f"/console/notices/{notice.id}/end")  # pressed twice
    assert f"Nothing was changed: notice {notice.id} is over already, ended by ops.one." in text(ops)
    deeds = [(it.did, it.who, it.about["target"]) for it in office.audit.newest(2)]
    assert deeds == [("notice_ended", "ops.one", "shop"), ("notice_set", "ops.one", "shop")]
    assert "notice set" in text(ops, "/console/audit")


def test_a_form_that_is_sent_twice_does_it_once(ops: Visitor, office: Office) -> None:
    """A finger that pressed twice, a page that was reloaded: one notice, and the second answer says so."""
    page = text(ops, "/console/notices?target=shop&does=close")
    form = {
        "target": "shop",
        "does": "close",
        "lasts": "1h",
        "once": hidden(page, "once"),
    }
    for _ in range(3):
        assert ops.post("/console/notices", **form).status_code == 302
    assert "This was sent before, and was done once." in text(ops)
    assert len(on(office)) == 1


def test_words_are_needed_in_each_language_of_the_target(ops: Visitor, office: Office) -> None:
    """Fields for its languages alone; what is missing is told at its field, and what was typed stays."""
    assert "words en-IN" not in text(ops, "/console/notices?target=shop&does=say")
    assert "words es-MX" in text(ops, "/console/notices?target=queue:bookings&does=say")
    one = {"words en-US": SNOW["words en-US"]}
    for does in ("say", "close"):
        page = sent(ops, "shop", does, **one)
        assert 'id="w-es-MX-error"' in page
        assert 'id="w-en-US-error"' not in page
        assert "There are no words for es-MX" in page
        assert "Snow &lt;b&gt;delays&lt;/b&gt; us.</textarea>" in page
    assert on(office) == []
    page = sent(ops, "shop", "say", why="it snows", **SNOW)
    assert "Corner Shop plays it first until 16:00" in page
    assert "Snow &lt;b&gt;delays&lt;/b&gt; us." in page
    assert "by ops.one, 12:00: it snows" in page
    assert on(office)[0].words == {"en-US": "Snow <b>delays</b> us.", "es-MX": "La nieve nos retrasa."}


def test_what_makes_no_sense_is_told_at_its_field(ops: Visitor, office: Office) -> None:
    """And what was filled in is there again, also in the part that is folded away."""
    table = [
        ({"until": "2026-11-22T11:00"}, "until-error", "cannot begin at 2026-11-22 12:00"),
        ({"until": "soon"}, "until-error", "&#34;soon&#34; is no moment such as"),
        ({"until": "2027-11-22T11:00"}, "until-error", "what lasts longer belongs in the menu"),
        ({"since": "2027-03-14T02:30"}, "since-error", "the clocks are put forward. Write 03:30"),
        ({"since": "2040-01-01T10:00"}, "since-error", "more than three years away"),
        ({"lasts": "9999h"}, "lasts-error", "Choose how long"),
        ({"words en-US": "x" * 501}, "w-en-US-error", "at most 500"),
        ({"words en-US": "a\x07b"}, "w-en-US-error", "nobody can say"),
        ({"why": "y" * 201}, "why-error", "at most 200 are kept"),
        ({"then": "prepare", "until": "2026-11-22T20:00"}, "until-error", "What is prepared has no time yet"),
    ]
    for fields, field, words in table:
        page = sent(ops, "shop", "say", **{**SNOW, **fields})
        assert f'id="{field}"' in page, fields
        assert words in page, (fields, page)
        assert re.search(r"<details open>", page) or field.startswith(("w-", "lasts")), fields
    assert on(office) == []
    ops.get("/console/notices")
    answer = ops.post("/console/notices", target="shopp", does="close", lasts="4h")
    assert answer.status_code == 422
    assert "there is no shopp any more" in answer.get_data(as_text=True)
    assert ops.post("/console/notices/999999999999/end").status_code == 404


def test_times_are_by_the_clock_of_the_line(ops: Visitor, office: Office) -> None:
    """Half an hour beside the full one, too; the page names the zone, and a later beginning is coming."""
    assert "Asia/Kolkata, where it is now 23:30" in text(ops, "/console/notices?target=tea&does=close")
    page = sent(ops, "tea", "close", since="2026-11-23T09:15", until="2026-11-23T18:45")
    assert "Tea House is closed from tomorrow 09:15 until tomorrow 18:45 (Asia/Kolkata)." in page
    (notice,) = office.emergencies.board(NOON).notices
    assert (notice.since, notice.until) == (
        datetime(2026, 11, 23, 3, 45, tzinfo=UTC), datetime(2026, 11, 23, 13, 15, tzinfo=UTC),
    )  # fmt: skip
    assert "Take it back" in page
    assert on(office) == []


def test_it_ends_by_itself(ops: Visitor, office: Office, hands: Hands) -> None:
    """At its time it is over on all pages, and nobody did it."""
    sent(ops, "tea", "close", lasts="30m")
    assert "is closed until" in text(ops, "/on-now")
    hands.at = NOON + timedelta(minutes=31)
    page = text(ops)
    assert "Nothing: lines and queues follow their files." in page
    assert "<td>itself</td>" in page
    assert "is closed until" not in text(ops, "/on-now")


def test_a_page_that_stays_open_learns_of_it(ops: Visitor) -> None:
    """What it asks for is the banner alone, and nothing where nothing changed."""
    before = ops.get("/on-now")
    assert ops.get("/on-now", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    sent(ops, "shop", "say", **SNOW)
    after = ops.get("/on-now", headers={"If-None-Match": before.headers["ETag"]})
    assert "The line shop plays a notice until 16:00" in after.get_data(as_text=True)
    assert "Set-Cookie" not in after.headers


def test_prepared_ahead_and_switched_on_with_one_press(ops: Visitor, office: Office) -> None:
    """Once, however often it is pressed; it can be thrown away, and its words can be used again."""
    page = sent(ops, "queue:bookings", "close", then="prepare", **SNOW)
    number = re.findall(r"number (\d+) can be switched on", page)[0]
    assert on(office) == []
    for _ in range(2):
        ops.post(f"/console/notices/{number}/on")
    page = text(ops)
    assert "Nothing was changed: it is on already" in page
    (notice,) = on(office)
    assert (notice.target, notice.closed, notice.prepared) == ("queue:bookings", True, int(number))
    ops.post(f"/console/notices/{number}/end")
    ops.post(f"/console/notices/{number}/on")
    assert "there is no prepared notice" in text(ops)
    page = text(ops, f"/console/notices?target=queue:bookings&like={number}")
    assert "La nieve nos retrasa.</textarea>" in page
    assert "Close the queue bookings" in page


def test_a_version_on_trial_has_its_say(ops: Visitor, office: Office) -> None:
    """Its callers must hear words, too: a language that only it has is needed."""
    path = office.settings.menus / "tea.yaml"
    more = TEA.replace("[en-IN]", "[en-IN, fr-FR]").replace(
        "To leave a message", "\n        en-IN: To leave a message\n        fr-FR: Pour laisser un message"
    )
    path.write_text(more, "utf-8")
    sent(ops, "tea", "say", **{"words en-IN": "Tea is early."})
    publisher = Publisher(Versions(office.engine), office.redis, office.clock)
    publisher.publish(path, who="olga", share=0.1)
    assert office.emergencies.languages("tea") == ("en-IN", "fr-FR")
    assert "It has no words for fr-FR: callers in that language hear none." in text(ops)
    assert "There are no words for fr-FR" in sent(ops, "tea", "say", **{"words en-IN": "Tea is late."})
    path.write_text(TEA, "utf-8")
    publisher.publish(path, who="olga")
    assert office.emergencies.languages("tea") == ("en-IN",)


def test_a_wall_clock_that_is_moved() -> None:
    """What the clocks skip is refused with what to write; what comes twice is the first, or as an end the second."""
    chicago, kolkata = ZoneInfo("America/Chicago"), ZoneInfo("Asia/Kolkata")
    assert wall_clock.read("2026-11-22 12:00", kolkata) == (datetime(2026, 11, 22, 6, 30, tzinfo=UTC), "")
    first, words = wall_clock.read("2026-11-01T01:30", chicago)
    second, _ = wall_clock.read("2026-11-01T01:30", chicago, last=True)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert words == "01:30 comes twice on Sunday 1 November 2026, when the clocks are put back: the first is meant"
    assert [wall_clock.told(it, chicago, first) for it in (first, second)] == ["01:30 CDT", "01:30 CST"]
    for wrong in ("2027-03-14T02:30", "2026-11-22", "", "x", "2026-13-01T10:00", "9999-01-01T10:00"):
        with pytest.raises(ValueError, match=r"there is no 02:30|is no moment"):
            wall_clock.read(wrong, chicago)


def test_until_beyond_the_day_on_which_clocks_are_moved(ops: Visitor, office: Office, hands: Hands) -> None:
    """So many hours are so many hours; a time by the clock is that time, and which is said where it comes twice."""
    hands.at = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # 23:00, the evening before
    sent(ops, "shop", "close", lasts="4h")
    assert on(office)[0].until == hands.at + timedelta(hours=4)
    page = sent(ops, "queue:bookings", "close", until="2026-11-01T01:30")
    assert "01:30 comes twice on Sunday 1 November 2026, when the clocks are put back: the second is meant." in page
    assert "is closed until tomorrow 01:30 CST (America/Chicago)" in page
    assert on(office)[1].until == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_special_days_are_entered_and_taken_back(ops: Visitor, office: Office) -> None:
    """Of one of the hours or all, closed or at hours; another for the same day goes before the first."""
    ops.get("/console/days")
    form = {
        "target": "shop",
        "day": "2026-12-24",
        "of": "",
        "open": "yes",
        "hours": "8:00-12:00",
        "why": "Christmas Eve",
    }
    assert ops.post("/console/days", **form).status_code == 302
    page = text(ops, "/console/days?target=shop")
    assert "Corner Shop: on Thu 24 Dec 2026 it is open 08:00 to 12:00." in page
    assert "<td>Christmas Eve</td>" in page
    assert ops.post("/console/days", **{**form, "open": "no", "hours": ""}).status_code == 302
    (day,) = office.emergencies.days("shop")
    assert (day.hours, day.who) == ("off", "ops.one")
    for _ in range(2):
        assert ops.post(f"/console/days/{day.id}/drop").status_code == 302
    assert "That day was taken back, or entered anew, before." in text(ops, "/console/days")
    assert office.emergencies.days() == []
    late = {**form, "target": "queue:bookings", "hours": "20:00-02:00"}
    assert ops.post("/console/days", **late).status_code == 302
    assert "open 20:00 to 02:00 of the next day" in text(ops, "/console/days")
    assert [it.did for it in office.audit.newest(3)] == ["special_day_set", "special_day_dropped", "special_day_set"]


def test_days_that_make_no_sense_are_told_at_their_field(ops: Visitor, office: Office) -> None:
    """Past days, hours that are none, hours that the line does not have, targets that are not there."""
    ops.get("/console/days")
    good = {"target": "shop", "day": "2026-12-24", "of": "", "open": "yes", "hours": "08:00-12:00", "why": ""}
    table = [
        ({"day": "2026-11-21"}, "day-error", "2026-11-21 is no day to come"),
        ({"day": "2036-11-21"}, "day-error", "is no day to come"),
        ({"day": "24.12."}, "day-error", "is no day such as"),
        ({"day": ""}, "day-error", "Say which day"),
        ({"hours": "8 to 12"}, "hours-error", "are no hours of a day"),
        ({"hours": ""}, "hours-error", "are no hours of a day"),
        ({"open": "no"}, "hours-error", "choose one"),
        ({"of": "kitchen"}, "of-error", "has no hours &#34;kitchen&#34;"),
        ({"why": "y" * 201}, "why-error", "at most 200"),
        ({"target": "tea", "hours": "08:00-12:00"}, "", "has no hours that a day could change"),
        ({"target": "queue:nobody"}, "", "there is no queue"),
    ]
    for fields, field, words in table:
        answer = ops.post("/console/days", **{**good, **fields})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, fields
        assert words.casefold() in page.casefold(), (fields, page)
        assert not field or f'id="{field}"' in page, fields
    assert office.emergencies.days() == []


def test_holidays_ahead_and_whether_the_hours_know_them(ops: Visitor, office: Office) -> None:
    """One at which the line would be open is told, and entered with two presses; special days count."""
    page = text(ops, "/console/days?target=shop")
    row = page[page.index("Fri 25 Dec 2026") :].partition("</tr>")[0]
    assert "Christmas Day" in row
    assert "shop: open 08:00-18:00" in row
    assert "counter: closed" in row
    assert "day=2026-12-25" in row
    office.emergencies.add_day("shop", datetime(2026, 12, 25, tzinfo=UTC).date(), "off", who="test")
    page = text(ops, "/console/days?target=shop")
    assert "<td>closed</td>" in page[page.index("<td>Christmas Day") :].partition("</tr>")[0]
    assert "names no <code>country:</code>" in text(ops, "/console/days?target=tea")


def test_why_a_line_is_open_or_closed(ops: Visitor, office: Office) -> None:
    """The words of `ivr hours`, of the line and each queue that it leads to, now or at the moment that is asked."""
    office.emergencies.add_day("shop", datetime(2026, 12, 24, tzinfo=UTC).date(), "08:00-12:00", who="test", why="Eve")
    for asked, moment in (("", NOON), ("2026-12-24T13:00", datetime(2026, 12, 24, 19, tzinfo=UTC))):
        page = text(ops, f"/console/lines/shop/hours?at={asked}")
        flow = office.emergencies.of.line("shop")
        queue = of_queue(office.staff.now(), "bookings")
        assert flow is not None
        assert queue is not None
        for whose in (of_line(flow), queue):
            for row in told(whose, office.emergencies.board(moment), moment):
                assert row.strip().replace('"', "&#34;") in page, row
    assert "shop: closed: outside of the special day 2026 Dec 24 08:00-12:00 &#34;Eve&#34;" in page
    assert "is no moment such as" in text(ops, "/console/lines/shop/hours?at=whenever")
    assert "there is no 02:30" in text(ops, "/console/lines/shop/hours?at=2027-03-14T02:30").replace("There", "there")
    assert ops.get("/console/lines/nobody/hours").status_code == 404
    sent(ops, "tea", "close")
    page = text(ops, "/console/lines/tea/hours")
    assert "It is closed by ops.one, notice" in page
    assert "told as it was known then" in text(ops, "/console/lines/shop/hours?at=2026-11-01T10:00")


def test_what_is_closed_is_told_before_it_is_closed(ops: Visitor, office: Office) -> None:
    """What callers will hear: of a line with hours, of one that knows none, of a queue with callers in it."""
    assert "Wherever it looks at its hours it is closed" in text(ops, "/console/notices?target=shop&does=close")
    assert "We are closed at the moment.”, can leave a message" in text(ops, "/console/notices?target=tea&does=close")
    assert "Nobody new is let in" in text(ops, "/console/notices?target=queue:bookings&does=close")
    assert "On now" in text(ops, "/console/notices?target=nobody&does=close")
