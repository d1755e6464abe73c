"""Numbers that are dialled, and messages that are left."""

from __future__ import annotations

import pytest
from calling import Line, heard, line, new_call, transcript

from ivr.call.says import Dial
from ivr.call.says import Record as RecordMessage
from ivr.menu.dialable import allowed

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
