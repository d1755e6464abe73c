"""The kinds of step that await no keys: say, hours, if, switch, set, lookup, dial and voicemail."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from calling import Line, happened, heard, line, new_call, transcript

from ivr.call.events import ConditionFailed, LookedUp
from ivr.call.inputs import Told
from ivr.call.kinds.dial import allowed
from ivr.call.says import Dial
from ivr.call.says import Record as RecordMessage


def test_words_without_keys_run_on() -> None:
    """A `say` goes on at once; a notice cannot be interrupted."""
    transcript(
        line("""
        hello:
          say: Hello.
          go: notice
        notice:
          say: This call may be recorded.
          interruptible: no
          goal: warned
          go: hangup
        """),
        """
        start | Hello. !This call may be recorded.! (hangup) | entered hello, entered notice, goal_reached warned, ended line
        """,  # noqa: E501
    )


def test_long_words_come_in_several_documents() -> None:
    """After 6000 characters the carrier is asked to come again, so that no document grows beyond its limit."""
    steps = "\n".join(f"s{n}:\n  say: {'word ' * 500}\n  go: s{n + 1}" for n in range(5))
    call = Line(line(steps + "\ns5:\n  say: End.\n  go: hangup"))
    assert heard(call.take("start")).endswith("word (redirect)")
    assert call.call.place == "s3"
    assert heard(call.take("silence")).endswith("word End. (hangup)")
    assert happened(call.events).count("entered s3") == 1


WEEK = """
hours:
  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off
  exact: 24/7; Jul 4 off; 2026 Dec 24 off
"""


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "open_"),
    [
        ("office", "America/Chicago", "2026-06-02T08:00", True),
        ("office", "America/Chicago", "2026-06-02T07:59", False),
        ("office", "America/Chicago", "2026-06-02T17:59", True),
        ("office", "America/Chicago", "2026-06-02T18:00", False),
        ("office", "America/Chicago", "2026-06-06T12:59", True),
        ("office", "America/Chicago", "2026-06-07T12:00", False),
        # daylight saving: the zone's own clock counts, on the Mondays after the clocks changed as before
        ("office", "America/Chicago", "2026-03-09T08:00", True),
        ("office", "America/Chicago", "2026-11-02T07:59", False),
        ("office", "America/Chicago", "2026-11-02T08:00", True),
        ("office", "Europe/Berlin", "2026-06-02T08:00", True),
        ("office", "Asia/Kolkata", "2026-06-02T18:00", False),
        # 4 July 2026 is a Saturday: PH is the day that offices take off, the Friday before; dates are the day itself
        ("office", "America/Chicago", "2026-07-03T12:00", False),
        ("office", "America/Chicago", "2026-07-04T12:00", True),
        ("exact", "America/Chicago", "2026-07-04T12:00", False),
        ("exact", "America/Chicago", "2026-12-24T23:59", False),
        ("exact", "America/Chicago", "2026-12-25T00:00", True),
    ],
)
def test_hours_are_those_of_the_lines_zone(hours: str, zone: str, moment: str, open_: bool) -> None:
    """An `hours` step goes where the hours say at the input's moment, on the clock of the line's zone."""
    flow = line(
        f"""
        look:
          hours: {hours}
          open: yes_
          closed: no_
        yes_:
          say: Open.
          go: hangup
        no_:
          say: Closed.
          go: hangup
        """,
        WEEK,
        zone=zone,
    )
    call = Line(flow)
    call.at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    assert heard(call.take("start")) == ("Open. (hangup)" if open_ else "Closed. (hangup)")


CONDITIONS = [
    ("trip.status == 'open'", "status=open", True),
    ("trip.status == 'open' && call.tries < 3", "status=open", True),
    ("trip.due > 0", "due=0.01", True),
    ("trip.due > 0", "due=0.00", False),
    ("trip.due == 12.5", "due=12.50", True),
    ("trip.due >= 12", "due=12.00", True),
    ("trip.leaves > '2026-01-01'", "leaves=2026-01-02", True),
    ("trip.leaves > '2026-01-01'", "leaves=2025-12-31", False),
    ("trip.leaves < now", "leaves=2026-06-02", True),
    ("trip.leaves < now", "leaves=2026-06-03", False),
    ("now > '2026-06-02T11:59'", "", True),
    ("timestamp(now) > timestamp('2026-06-02T16:59:00Z')", "", True),
    ("timestamp(now).getHours() == 12", "", True),
    ("trip.at < '12:00'", "at=09:30", True),
    ("trip.status == ''", "due=1.00", True),
    ("call.from.startsWith('+1')", "", True),
    ("call.language == 'en-US' && call.line == 'test'", "", True),
    ("trip.due > 0", "due=nothing", False),
]


@pytest.mark.parametrize(("condition", "found", "holds"), CONDITIONS)
def test_conditions_see_names_as_numbers_and_text(condition: str, found: str, holds: bool) -> None:
    """Money compares as a number does, dates and `now` as ISO text; a name without a value is empty."""
    flow = line(
        f"""
        find:
          lookup: trip
          found: decide
          not_found: hangup
          failed: hangup
        decide:
          if: {condition}
          then: yes_
          else: no_
        yes_:
          say: Yes.
          go: hangup
        no_:
          say: No.
          go: hangup
        """,
        "lookups:\n  trip:\n    table: trips.csv\n    where: {a: b}\n"
        "    gives: {status: text, due: money, leaves: date, at: time}",
    )
    call = Line(flow)
    call.take("start")
    assert heard(call.take(f"found {found}")) == ("Yes. (hangup)" if holds else "No. (hangup)")
    assert not any(isinstance(event, ConditionFailed) for event in call.events)


def test_a_condition_without_a_value_is_false_and_noted() -> None:
    """What cannot be compared does not hold, and an event says why."""
    flow = line(
        """
        find:
          lookup: trip
          found: decide
          not_found: hangup
          failed: hangup
        decide:
          if: trip.due / trip.due > 0.5
          then: hangup
          else: no_
        no_:
          say: No.
          go: hangup
        """,
        "lookups:\n  trip:\n    table: trips.csv\n    where: {a: b}\n    gives: {due: money}",
    )
    call = Line(flow)
    assert heard(call.take("start", "found due=0.00")) == "No. (hangup)"
    assert any(isinstance(event, ConditionFailed) for event in call.events)


SWITCH = """
find:
  lookup: customer
  found: sort
  not_found: hangup
  failed: hangup
sort:
  switch: customer.SEGMENT
  cases:
    gold: gold
    yes: gold
    5: gold
  else: rest
gold:
  say: Gold.
  go: hangup
rest:
  say: Rest.
  go: hangup
"""
CUSTOMER = """
lookups:
  customer:
    table: customers.csv
    where: {a: b}
    gives: {name: text, vip: yes_no, level: number}
"""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "gold", "Gold."),
        ("name", "Gold", "Rest."),
        ("name", "", "Rest."),
        ("vip", True, "Gold."),
        ("vip", False, "Rest."),
        ("level", 5, "Gold."),
        ("level", 5.5, "Rest."),
    ],
)
def test_a_switch_compares_text(field: str, value: object, words: str) -> None:
    """Cases are compared with the value as text: yes_no as `yes` and `no`, numbers as they are written."""
    call = Line(line(SWITCH.replace("SEGMENT", field), CUSTOMER))
    call.take("start")
    assert heard(call.take(Told(call.at, "found", {field: value}))) == f"{words} (hangup)"


def test_names_are_set_all_at_once() -> None:
    """A `set` takes texts, other names, and text with names in it; a moment becomes text."""
    call = transcript(
        line("""
        first:
          set: {a: one, b: two}
          go: second
        second:
          set: {a: <b>, b: <a>, c: x <a> <b> y, when: <now>, lang: <call.language>}
          say: Set.
          go: tell
        tell:
          say: <a>, <b>, <c>, <when>, <lang>.
          go: hangup
        """),
        """
        start | Set. two, one, x one two y, 2026-06-02T12:00:00-05:00, en-US. (hangup)
        """,
    )
    assert call.call.values["b"] == "one"


TRIP = """
question:
  ask: Booking?
  digits: 3
  save: booking
  no_match:
    - No such booking.
    - None either.
  go: find
  tries: 9
find:
  say: One moment.
  lookup: trip
  found: told
  not_found: question
  failed: sorry
told:
  say: It goes to <trip.to> for <trip.due>.
  go: question
sorry:
  say: We cannot look.
  go: hangup
"""
TRIPS = """
lookups:
  trip:
    get: https://api.example.com/<booking>
    gives: {to: text, due: money}
"""


def test_a_look_up_is_wanted_and_told() -> None:
    """What is found can be spoken; nothing found is an error and asks with the words of no_match; failed leads on."""
    transcript(
        line(TRIP, TRIPS),
        """
        start     | Booking? (3 keys#)
        123       | One moment. (look up trip: booking=123)
        not_found | No such booking. Booking? (3 keys#) | looked_up trip not_found, entered question
        124       | One moment. (look up trip: booking=124)
        found to=Rome due=12.50 | It goes to Rome for 12.50 US dollars. Booking? (3 keys#)
        1         | None either. Booking? (3 keys#)
        125       |
        failed    | We cannot look. (hangup) | looked_up trip failed, entered sorry, ended line
        """,
    )


def test_nothing_found_again_and_again_ends() -> None:
    """Each time counts as an error of the call, so that asking again cannot go round for ever."""
    call = Line(line(TRIP, TRIPS))
    call.take("start")
    for _ in range(5):
        call.take("123", "not_found")
    call.take("124")
    assert heard(call.take("not_found")) == (
        "We seem to be having trouble. Let us try another way. "
        "Please leave a message after the tone. When you are done, press pound. (record)"
    )


def test_a_look_up_begins_with_nothing_of_the_last_one() -> None:
    """What an earlier look-up found is gone when the next finds nothing; only declared fields are kept."""
    call = Line(line(TRIP, TRIPS))
    call.take("start", "123", "found to=Rome due=1.00 password=x", "124")
    assert call.call.values == {"booking": "124", "trip.to": "Rome", "trip.due": "1.00"}
    call.take("not_found")
    assert call.call.values == {"booking": "124"}


def test_a_slow_look_up_says_its_filler_words_first() -> None:
    """The filler is said, the carrier comes again, and then the look-up runs; each time the caller comes to it."""
    transcript(
        line(TRIP, TRIPS + "    filler: Let me look.\n"),
        """
        start     |
        123       | One moment. Let me look. (redirect)
        silence   | (look up trip: booking=123)
        not_found | No such booking. Booking? (3 keys#)
        124       | One moment. Let me look. (redirect)
        """,
    )


def test_after_nothing_found_the_next_place_says_so_once() -> None:
    """A menu says it, too; words on the way to the question say it themselves; a rescued caller does not hear it."""
    to_menu = TRIP.replace("not_found: question", "not_found: main") + (
        "main:\n  menu:\n    1 -> question: To ask again\n  no_match: Not on this menu.\n  give_up: hangup\n"
    )
    call = Line(line(to_menu, TRIPS))
    assert heard(call.take("start", "123", "not_found")) == (
        "Sorry, that doesn't seem to be right. To ask again, press 1. (1 key)"
    )
    assert heard(call.take("1")) == "Booking? (3 keys#)"
    to_words = TRIP.replace("not_found: question", "not_found: none") + "none:\n  say: None.\n  go: question\n"
    assert heard(Line(line(to_words, TRIPS)).take("start", "123", "not_found")) == "None. Booking? (3 keys#)"
    rescued = TRIP + "person:\n  menu:\n    1 -> question: To ask again\n  give_up: hangup\n"
    call = Line(line(rescued, TRIPS + "limits: {errors: 1}\noperator: person\n"))
    assert heard(call.take("start", "123", "not_found")) == (
        "We seem to be having trouble. Let us try another way. To ask again, press 1. (1 key)"
    )


@pytest.mark.parametrize("to", ["back", "repeat"])
def test_nothing_found_may_lead_back(to: str) -> None:
    """`back` and `repeat` lead to the question, which says that there was no match."""
    call = Line(line(TRIP.replace("not_found: question", f"not_found: {to}"), TRIPS))
    assert heard(call.take("start", "123", "not_found")) == "No such booking. Booking? (3 keys#)"


def test_a_failure_says_why_to_those_who_run_the_line() -> None:
    """The reason of a failed look-up is in its event."""
    call = Line(line(TRIP, TRIPS))
    call.take("start", "123")
    turn = call.take(Told(call.at, "failed", why="HTTP 500"))
    assert turn.events[0] == LookedUp("find", "trip", "failed", "HTTP 500")


DIAL = """
connect:
  say: Connecting.
  dial: "+15005550100"
  ring: 20s
  answered: bye
  busy: busy
  no_answer: nobody
  failed: failed
bye:
  say: Bye.
  go: hangup
busy:
  say: Busy.
  go: hangup
nobody:
  say: Nobody.
  go: hangup
failed:
  say: Failed.
  go: hangup
"""


@pytest.mark.parametrize(
    ("outcome", "words"), [("answered", "Bye."), ("busy", "Busy."), ("no_answer", "Nobody."), ("failed", "Failed.")]
)
def test_a_number_is_dialled(outcome: str, words: str) -> None:
    """The outcome decides where it goes on; of the number only its end is in the log."""
    transcript(
        line(DIAL),
        f"""
        start            | Connecting. (dial +15005550100 from +12125550142) | entered connect, dialing 0100
        dialed {outcome} | {words} (hangup)
        """,
    )


def test_a_caller_who_hangs_up_while_talking_is_gone() -> None:
    """Nothing is said to nobody."""
    transcript(
        line(DIAL),
        """
        start                |
        dialed answered gone | (hangup) | dial_ended answered 60, ended completed
        """,
    )


@pytest.mark.parametrize(
    ("caller", "to", "shown"),
    [
        ("+442079460018", "+15005550006", "+442079460018"),
        ("anonymous", "+15005550006", "+15005550006"),
        ("", "+15005550006", "+15005550006"),
        ("client:ana", "+15005550006", "+15005550006"),
        ("sip:ana@example.com", "sip:line@example.com", "+15005550006"),
        ("12125550142", "", "+15005550006"),
    ],
)
def test_an_anonymous_caller_is_shown_as_the_line(caller: str, to: str, shown: str) -> None:
    """A caller ID is a number: the caller's where there is one, else the number called, else the line's own."""
    flow = line(DIAL)
    turn = Line(flow, new_call(flow, caller, to)).take("start")
    assert isinstance(turn.says[-1], Dial)
    assert turn.says[-1].caller_id == shown
    own = Line(line(DIAL.replace("ring: 20s", 'ring: 20s\n  caller_id: "+15005550177"\n  send_digits: ww12')))
    assert own.take("start").says[-1] == Dial("+15005550100", "+15005550177", 20.0, "ww12")


@pytest.mark.parametrize(
    ("number", "countries", "dialled"),
    [
        ("+12125550123", ("US",), "+12125550123"),
        ("(212) 555-0123", ("US",), "+12125550123"),
        ("2125550123", ("US",), "+12125550123"),
        ("+525512345678", ("US",), None),
        ("+525512345678", ("US", "MX"), "+525512345678"),
        ("+19005551234", ("US",), None),  # premium
        ("+448719990123", ("GB",), None),  # shared cost
        ("911", ("US",), None),
        ("112", ("GB",), None),
        ("", ("US",), None),
        ("anonymous", ("US",), None),
        ("+12125550123", (), None),
        ("+1212555012345", ("US",), None),
        ("+80012345678", ("US",), None),
    ],
)
def test_a_named_number_is_dialled_only_where_it_may_be(
    number: str, countries: tuple[str, ...], dialled: str | None
) -> None:
    """A real number of an allowed country that costs no more than a call; else there is a reason."""
    found, why = allowed(number, countries)
    assert found == dialled
    assert bool(why) == (dialled is None)


def test_a_named_number_that_is_refused_fails() -> None:
    """The caller goes where `failed` leads, and the event has the reason, not the number."""
    flow = line(
        DIAL.replace('"+15005550100"', "<trip.phone>\n  allow: [US]")
        + "\nfind:\n  lookup: trip\n  found: connect\n  not_found: hangup\n  failed: hangup",
        "lookups:\n  trip:\n    table: trips.csv\n    where: {a: b}\n    gives: {phone: phone}",
        start="find",
    )
    transcript(
        flow,
        """
        start                     |
        found phone=+19005551234  | Connecting. Failed. (hangup) | looked_up trip found, entered connect, dial_refused numbers that cost more than a call are not allowed, entered failed, ended line
        """,  # noqa: E501
    )
    call = Line(flow)
    assert heard(call.take("start", "found phone=2125550123")) == "Connecting. (dial +12125550123 from +12125550142)"


MESSAGE = """
message:
  say: Speak now.
  voicemail: office
  longest: 60s
  silence: 3s
  go: bye
bye:
  say: Bye.
  go: hangup
"""


def test_a_message_is_left() -> None:
    """The recording's address is in the log; silence leaves none; and a caller may hang up when it is said."""
    flow = line(MESSAGE)
    played = transcript(
        flow,
        """
        start                       | Speak now. (record)
        recorded https://x.test/RE1 | Bye. (hangup) | message_left office https://x.test/RE1 12, entered bye, ended line
        """,
    )
    assert played.turns[0].says[-1] == RecordMessage(60.0, 3.0)
    transcript(flow, "start |\nsilence | Bye. (hangup) | no_input message, entered bye, ended line")
    transcript(
        flow,
        """
        start                            |
        recorded https://x.test/RE1 gone | (hangup) | message_left office https://x.test/RE1 12, ended completed
        audio https://x.test/RE1         |          | audio_ready https://x.test/RE1 12
        """,
    )
