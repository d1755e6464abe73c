"""The rules of Gather, each with the carrier's own words."""

from datetime import UTC, datetime, timedelta

import pytest
from little_line import Line

from ivr.phone import ManualClock, Press
from ivr.phone.listen import Taken, listen
from ivr.phone.parse import parse
from ivr.phone.twiml import Gather

FINISH_FIRST = "Pressed **first**, the finish key falls through like silence."
NO_FINISH = '`finishOnKey=""` means none, and only then can `#` be a menu key.'


def gather(attributes: str = "") -> Gather:
    """The Gather with these attributes."""
    (verb,) = parse(f"<Response><Gather {attributes}/></Response>".encode(), "http://line/voice").verbs
    assert isinstance(verb, Gather)
    return verb


@pytest.mark.parametrize(
    ("rule", "attributes", "keys", "taken"),
    [
        ("silence is no input", "", "", Taken(None, "", True)),
        ("`numDigits` unlimited: the time-out ends it", "", "123456789", Taken("123456789", "", True)),
        ("`numDigits`: the last one ends it", 'numDigits="1"', "1", Taken("1", "", False)),
        ("`numDigits`: fewer wait for the time-out", 'numDigits="4"', "48", Taken("48", "", True)),
        ("`numDigits`: more are typed ahead", 'numDigits="1"', "12", Taken("1", "2", False)),
        ("`finishOnKey=#`: not part of the digits", "", "48#", Taken("48", "", False)),
        ("`finishOnKey=#`: what follows is typed ahead", "", "48#5", Taken("48", "5", False)),
        ("`finishOnKey`: any one key", 'finishOnKey="*"', "4#8*", Taken("4#8", "", False)),
        (FINISH_FIRST, "", "#", Taken(None, "", False)),
        (FINISH_FIRST, 'numDigits="1"', "#5", Taken(None, "5", False)),
        (NO_FINISH, 'finishOnKey="" numDigits="1"', "#", Taken("#", "", False)),
        (NO_FINISH, 'finishOnKey=""', "1#", Taken("1#", "", True)),
        ("`input=dtmf` is the default: star is a key like any other", 'numDigits="1"', "*", Taken("*", "", False)),
        ('with `input="speech"` keys are not heard', 'input="speech"', "1", Taken(None, "1", True)),
        ('with `input="dtmf speech"` they are', 'input="dtmf speech" numDigits="1"', "1", Taken("1", "", False)),
    ],
)
def test_what_a_gather_takes(rule: str, attributes: str, keys: str, taken: Taken) -> None:
    """Of the keys pressed, a Gather takes what the rule says and leaves the rest."""
    assert listen(gather(attributes), keys) == taken, rule


def test_digits_go_to_the_action(line: Line) -> None:
    """The action URL, relative to the document's, gets Digits beside what every request carries."""
    line.at("/voice", '<Gather action="menu?turn=1" numDigits="1"/>').at("/menu", "<Hangup/>")
    assert line.heard("1") == "> 1\nhangup by the line\n"
    first, second = line.sent
    assert second.url == line.base + "/menu?turn=1"
    assert second.form == {**first.form, "CallStatus": "in-progress", "Digits": "1"}


def test_the_default_action_is_the_current_url(line: Line) -> None:
    """ "`action` = this URL": without one, the document's own URL is asked again."""
    line.at("/voice", "<Redirect>/menu?turn=3</Redirect>").at("/menu", "<Gather/>", "<Hangup/>")
    line.call("42#")
    assert line.sent[-1].url == line.base + "/menu?turn=3"
    assert line.sent[-1].form["Digits"] == "42"


def test_an_action_by_get_carries_the_digits_in_its_query(line: Line) -> None:
    """`method="GET"` puts all parameters into the query, beside what stands there."""
    line.at("/voice", '<Gather action="/menu?turn=1" method="GET" numDigits="1"/>').at("/menu", "<Hangup/>")
    line.call("*")
    assert line.sent[-1].method == "GET"
    assert "/menu?turn=1&CallSid=CA" in line.sent[-1].url
    assert line.sent[-1].url.endswith("&Digits=%2A")


def test_silence_goes_on_to_the_next_verb(line: Line) -> None:
    """Without input nothing is requested: what stands behind the Gather follows."""
    line.at("/voice", '<Gather action="/menu"><Say>Press 1.</Say></Gather><Say>Nothing heard.</Say>')
    assert line.heard("silence") == ("en-US  Press 1.\n> silence\nen-US  Nothing heard.\nhangup by the line\n")
    assert line.paths() == ["/voice"]


@pytest.mark.parametrize("keys", ["silence", "#"])
def test_an_empty_result_is_told_where_asked_for(line: Line, keys: str) -> None:
    """ "`actionOnEmptyResult=false`" is the default; with true the action gets empty Digits."""
    line.at("/voice", '<Gather action="/menu" actionOnEmptyResult="true"/>').at("/menu", "<Hangup/>")
    line.call(keys)
    assert line.forms("/menu")[0]["Digits"] == ""


def test_the_time_out_starts_after_the_nested_audio(line: Line) -> None:
    """ "The time-out starts after the nested audio or at the first key": words, pause and time-out add up."""
    began = datetime(2026, 7, 1, 15, tzinfo=UTC)
    clock = ManualClock(began)
    line.at("/voice", '<Gather timeout="7"><Say>one two three four five</Say><Pause length="3"/></Gather>')
    ending = line.call("silence", clock=clock).ending
    assert clock.now() - began == timedelta(seconds=5 / 2.5 + 3 + 7)
    assert ending is not None
    assert ending.seconds == 12


def test_keys_cut_the_nested_audio_short(line: Line) -> None:
    """An early key is barge-in: what is left of the nested audio is not heard, and takes no time."""
    clock = ManualClock(datetime(2026, 7, 1, 15, tzinfo=UTC))
    line.at("/voice", '<Gather action="/menu" numDigits="1"><Say>A very long prompt.</Say></Gather>')
    line.at("/menu", "<Hangup/>")
    assert line.heard("early:1", clock=clock) == "> early 1\nhangup by the line\n"
    assert clock.now() < datetime(2026, 7, 1, 15, 0, 1, tzinfo=UTC)


def test_early_keys_fit_the_next_part_alone(line: Line) -> None:
    """An early key waits for the next part that is heard; at a bare prompt it is a key like any other."""
    line.at("/voice", '<Gather numDigits="1" action="/menu"/>').at("/menu", "<Hangup/>")
    assert line.heard("early:1") == "> early 1\nhangup by the line\n"


def test_keys_are_typed_ahead_within_a_document(line: Line) -> None:
    """Keys pressed before a Gather of the same document are its own; its prompt is then not heard."""
    line.at("/voice", '<Say>Welcome.</Say><Gather action="/menu" numDigits="2"><Say>Your party?</Say></Gather>')
    line.at("/menu", '<Gather action="/menu" numDigits="1"><Say>More?</Say></Gather>')
    assert line.heard("early:427") == ("> early 427\nen-US  Welcome.\nen-US  More?\n> hangup\nhangup by the caller\n")
    assert line.forms("/menu")[0]["Digits"] == "42"


def test_a_finish_key_first_leaves_the_rest_for_the_next_gather(line: Line) -> None:
    """What a Gather left goes to the next one of the same document."""
    line.at("/voice", '<Gather/><Gather action="/menu" numDigits="1"><Say>Again?</Say></Gather>')
    line.at("/menu", "<Hangup/>")
    assert line.heard("#5") == "> #5\nhangup by the line\n"
    assert line.forms("/menu")[0]["Digits"] == "5"


def test_keys_typed_ahead_die_with_their_document(line: Line) -> None:
    """A new document starts with no keys: it asks again."""
    line.at("/voice", '<Gather action="/menu" numDigits="1"/>')
    line.at("/menu", '<Gather action="/more" numDigits="1"/>').at("/more", "<Hangup/>")
    assert line.heard("12 3") == "> 12\n> 3\nhangup by the line\n"
    assert line.forms("/more")[0]["Digits"] == "3"


@pytest.mark.parametrize("keys", ["", "12a", "\uff11"])
def test_only_what_a_keypad_has_can_be_pressed(keys: str) -> None:
    """A press is at least one of twelve keys."""
    with pytest.raises(ValueError, match="a keypad has 0123456789"):
        Press(keys)
