"""Surveys: each measure and its keys, a ten, invitations, what is skipped, and that nobody comes to harm by one."""

from __future__ import annotations

import pytest
from calling import Line, happened, heard, line, new_call, transcript

from ivr.call.replay import replay
from ivr.call.walk import walk
from ivr.call.wants import MaySurvey
from ivr.menu import load

MENU = """
main:
  menu:
    1 -> asked: To be asked
  give_up: bye
"""
REST = """
person:
  dial: "+15005550100"
  answered: bye
  busy: bye
  no_answer: bye
  failed: bye
bye:
  say: Bye.
  go: hangup
"""
TOP = "operator: person"

WHOLE = f"""
asked:
  say: One moment.
  survey: satisfaction
  invite: To answer some questions
  csat: How satisfied?
  nps: How likely?
  ces: How easy?
  yes_no:
    solved: Did we solve it?
    kind: Were we kind?
  comment: Tell us more.
  thanks: Thanks.
  share: 25%
  at_most: 2 in 30d
  go: bye
{REST}"""


def one(question: str, more: str = "") -> str:
    """Steps that begin with a survey of one question."""
    return f"asked:\n  survey: one\n  {question}\n{more}  go: bye\n{REST}"


def answered(question: str, *keys: str) -> str:
    """What happens at a survey of this question when the caller does that."""
    call = Line(line(one(question), TOP))
    call.take("start", *keys)
    return happened(event for event in call.events if event.kind.startswith("survey_"))


def test_a_whole_survey() -> None:
    """Wanted, invited, each question in the file's order, a spoken comment, thanks, and on."""
    transcript(
        line(WHOLE, TOP),
        """
        start | (may ask satisfaction: 0.25, 2 in 2.592e+06 s)                   | entered asked
        found | One moment. To answer some questions, press 1. (1 key)           | survey_asked satisfaction
        1     | How satisfied? (1 key)
        5     | How likely? (1 key)                                              | survey_answered satisfaction csat csat 5
        9     | How easy? (1 key)                                                | survey_answered satisfaction nps nps 9
        7     | Did we solve it? For yes, press 1. For no, press 2. (1 key)      | survey_answered satisfaction ces ces 7
        1     | Were we kind? For yes, press 1. For no, press 2. (1 key)         | survey_answered satisfaction solved yes_no 1
        2     | Tell us more. (record)                                           | survey_answered satisfaction kind yes_no 0
        recorded https://x.test/RE1 | Thanks. Bye. (hangup)                      | survey_commented satisfaction comment https://x.test/RE1 12, entered bye, ended line
        """,  # noqa: E501
    )


def test_what_is_wanted() -> None:
    """The switchboard is told the share, and the cap in times and seconds; without both nothing is wanted."""
    assert Line(line(WHOLE, TOP)).take("start").want == MaySurvey("satisfaction", 0.25, 2, 30 * 86_400.0)
    capped = line(one("csat: How?", "  at_most: 1 in 24h\n"), TOP)
    assert Line(capped).take("start").want == MaySurvey("one", 1.0, 1, 86_400.0)
    assert Line(line(one("csat: How?"), TOP)).take("start").want is None


@pytest.mark.parametrize(
    ("told", "why"),
    [("not_found not_drawn", "not_drawn"), ("not_found asked_before", "asked_before"), ("failed Down", "unavailable")],
)
def test_who_is_not_asked_hears_nothing_of_it(told: str, why: str) -> None:
    """Not even the words of `say`: they are part of the survey."""
    transcript(
        line(WHOLE, TOP),
        f"""
        start  | (may ask satisfaction: 0.25, 2 in 2.592e+06 s)
        {told} | Bye. (hangup) | survey_skipped satisfaction {why}, entered bye, ended line
        """,
    )


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [("csat: How?", 1, 5), ("nps: How?", 0, 9), ("ces: How?", 1, 7)],
    ids=["csat", "nps", "ces"],
)
def test_each_measure_has_its_keys(question: str, low: int, high: int) -> None:
    """Each key of a measure is its answer at once (but for the 1 that may be a ten); no other digit is one."""
    measure = question.partition(":")[0]
    for key in range(10):
        found = answered(question, str(key))
        if (measure, key) == ("nps", 1):
            continue
        expected = f"survey_asked one, survey_answered one {measure} {measure} {key}"
        assert (found == expected) is (low <= key <= high), (key, found)


@pytest.mark.parametrize(
    ("then", "value"), [("0", 10), ("#", 1), ("silence", 1)], ids=["ten", "one by pound", "one by waiting"]
)
def test_a_ten_is_two_keys(then: str, value: int) -> None:
    """After a 1 the service asks: 0 makes it a ten, pound or nothing leave it a one."""
    transcript(
        line(one("nps: How likely?"), TOP),
        f"""
        start  | How likely? (1 key)
        1      | For ten, press 0 now. For one, press pound. (1 key)
        {then} | Bye. (hangup) | survey_answered one nps nps {value}, entered bye, ended line
        """,
    )


def test_a_one_that_is_neither_is_asked_again() -> None:
    """15 is no answer: the question comes again, once, and what was pressed before is forgotten."""
    transcript(
        line(one("nps: How likely?"), TOP),
        """
        start | How likely? (1 key)
        1     | For ten, press 0 now. For one, press pound. (1 key)
        5     | Sorry, that is not one of the choices. How likely? (1 key) | no_match 5
        1     | For ten, press 0 now. For one, press pound. (1 key)
        7     | Bye. (hangup) | no_match 7, survey_skipped one nps no_answer, entered bye, ended line
        """,
    )


def test_who_hangs_up_after_a_one_has_not_answered() -> None:
    """Nobody knows whether it was to be a ten: a guess would count against an agent."""
    assert answered("nps: How?", "1", "hangup") == "survey_asked one"


@pytest.mark.parametrize("keys", [("silence", "silence"), ("8", "8"), ("silence", "8"), ("#", "silence")])
def test_a_question_is_asked_twice_at_most(keys: tuple[str, str]) -> None:
    """Then the caller goes on, and what they answered before counts; they are thanked for it."""
    played = Line(line(WHOLE, TOP))
    played.take("start", "found", "1", "4", "6")
    first = heard(played.take(keys[0]))
    assert first.startswith("Sorry, ")
    assert first.endswith("How easy? (1 key)")
    assert heard(played.take(keys[1])) == "Thanks. Bye. (hangup)"
    told = happened(event for event in played.events if event.kind.startswith("survey_"))
    assert told == (
        "survey_asked satisfaction, survey_answered satisfaction csat csat 4, "
        "survey_answered satisfaction nps nps 6, survey_skipped satisfaction ces no_answer"
    )


def test_each_question_has_two_tries_of_its_own() -> None:
    """One miss at a question does not count at the next."""
    played = Line(line(WHOLE, TOP))
    played.take("start", "found", "1", "silence", "4", "silence", "6", "silence", "7", "silence", "1", "silence", "1")
    assert heard(played.turns[-1]) == "Tell us more. (record)"


def test_errors_in_it_are_no_errors_of_the_call() -> None:
    """With one error allowed in the whole call, none of a survey's brings the cap; `call.tries` does not count them."""
    played = Line(line(WHOLE, f"{TOP}\nlimits: {{errors: 1}}"))
    played.take("start", "found", "1", "8", "4", "silence", "6", "8", "silence")
    assert played.call.errors == 0
    assert heard(played.turns[-1]) == "Thanks. Bye. (hangup)"


@pytest.mark.parametrize(("does", "event"), [("silence", "no_input asked"), ("2", "no_match 2"), ("#", "no_match #")])
def test_an_invitation_is_declined_by_anything_else(does: str, event: str) -> None:
    """It is offered once; nobody has to say no."""
    transcript(
        line(WHOLE, TOP),
        f"""
        start
        found
        {does} | Bye. (hangup) | {event}, survey_skipped satisfaction declined, entered bye, ended line
        """,
    )


def test_keys_that_work_anywhere() -> None:
    """0 is the operator where it is no answer, star goes back to the last menu, 9 says the question again."""
    transcript(
        line(MENU + WHOLE, TOP),
        """
        start | To be asked, press 1. (1 key)
        1     | (may ask satisfaction: 0.25, 2 in 2.592e+06 s)
        found | One moment. To answer some questions, press 1. (1 key)
        9     | To answer some questions, press 1. (1 key)   | chose 9 repeat
        1     | How satisfied? (1 key)
        9     | How satisfied? (1 key)                       | chose 9 repeat
        *     | To be asked, press 1. (1 key)                | chose * back, survey_skipped satisfaction csat left, entered main
        1     | (may ask satisfaction: 0.25, 2 in 2.592e+06 s)
        found
        1     | How satisfied? (1 key)
        0     | (dial +15005550100 from +12125550142)        | chose 0 operator, survey_skipped satisfaction csat left, entered person, dialing 0100
        """,  # noqa: E501
    )


def test_at_nps_every_digit_is_its_own() -> None:
    """0 and 9 are answers there, whatever they mean anywhere; star still goes back."""
    assert answered("nps: How?", "0") == "survey_asked one, survey_answered one nps nps 0"
    assert answered("nps: How?", "9") == "survey_asked one, survey_answered one nps nps 9"
    assert answered("nps: How?", "1", "9", "silence") == "survey_asked one, survey_skipped one nps no_answer"
    assert answered("nps: How?", "*") == "survey_asked one, survey_skipped one nps left, survey_asked one"


def test_back_leads_past_a_survey() -> None:
    """A menu after a survey leads back to the menu before it, whether the caller was asked or not."""
    more = "go: more\nmore:\n  menu:\n    1 -> bye: To end\n  give_up: bye\n"
    played = Line(line(MENU + WHOLE.replace("go: bye\n", more, 1), TOP))
    played.take("start", "1", "not_found not_drawn", "*")
    assert played.call.place == "main"


@pytest.mark.parametrize(
    ("does", "events"),
    [
        ("silence", "no_input asked, survey_skipped one comment no_answer, entered bye, ended line"),
        ("recorded https://x.test/RE1", "survey_commented one comment https://x.test/RE1 12, entered bye, ended line"),
        ("recorded https://x.test/RE1 gone", "survey_commented one comment https://x.test/RE1 12, ended completed"),
    ],
)
def test_a_comment(does: str, events: str) -> None:
    """Kept also of who hangs up in its middle; saying nothing is asked for no second time."""
    played = Line(line(one("comment: Tell us."), TOP))
    played.take("start", does)
    assert happened(played.turns[-1].events) == events


def test_a_comment_after_the_end_is_kept() -> None:
    """The status that ends the call may come before the recording."""
    played = Line(line(one("comment: Tell us."), TOP))
    played.take("start", "hangup", "recorded https://x.test/RE1 gone")
    assert happened(played.turns[-1].events) == "survey_commented one comment https://x.test/RE1 12"


@pytest.mark.parametrize("odd", ["found", "recorded https://x.test/RE1", "dialed answered", "waited position=1"])
@pytest.mark.parametrize(("before", "words"), [((), "How?"), (("1",), "For ten, press 0 now. For one, press pound.")])
def test_what_is_not_awaited_moves_nobody(odd: str, before: tuple[str, ...], words: str) -> None:
    """The question is presented again, and nothing is answered or missed."""
    played = Line(line(one("nps: How?"), TOP))
    played.take("start", *before, odd)
    assert heard(played.turns[-1]) == f"{words} (1 key)"
    assert happened(played.turns[-1].events) == f"unexpected {odd.split()[0].replace('found', 'told')}"
    assert played.call.misses == 0


def test_keys_before_it_is_known_whether_to_ask() -> None:
    """A webhook out of order does not answer a question that was not asked; its keys are not kept."""
    played = Line(line(WHOLE, TOP))
    turn = played.take("start", "5")
    assert isinstance(turn.want, MaySurvey)
    assert happened(turn.events) == "unexpected pressed"
    assert '"keys":""' in played.records[-1].decode()


def test_words_in_the_callers_language() -> None:
    """The questions and the service's own words; every language of the line is asked for."""
    steps = one("nps:\n    en-US: How likely?\n    es-MX: ¿Qué tan probable?")
    steps = steps.replace("say: Bye.", "say:\n    en-US: Bye.\n    es-MX: Adiós.")
    flow = line(steps, TOP, languages="[en-US, es-MX]")
    played = Line(flow)
    played.take("start")
    played.call.language = "es-MX"
    assert heard(played.take("1")) == "Para diez, oprima 0 ahora. Para uno, oprima numeral. (1 key)"
    assert heard(played.take("5")) == "Disculpe, esa no es una de las opciones. ¿Qué tan probable? (1 key)"


def test_it_replays() -> None:
    """The records give the same events again."""
    flow = line(WHOLE, TOP)
    played = Line(flow)
    played.take("start", "found", "1", "5", "1", "0", "silence", "3", "1", "8", "2", "recorded https://x.test/RE1")
    again = list(replay(flow, new_call(flow), played.loaded_records()))
    assert [turn.events for turn in again] == [turn.events for turn in played.turns]


def test_it_is_walked() -> None:
    """Asked and not asked, each question with every key and silence: all is reached, nothing breaks."""
    found = walk(line(MENU + WHOLE, TOP))
    assert (found.faults, found.unreached, found.finished) == ((), (), True)


def test_a_survey_that_leads_to_itself_has_no_way_out() -> None:
    """The checker says so before anybody is asked for ever."""
    text = 'line: T\nnumbers: ["+15005550006"]\ntimezone: UTC\nlanguages: [en-US]\nstart: a\nsteps:\n  a:\n'
    menus = load({"t.yaml": f"{text}    survey: s\n    csat: How?\n    go: a\n".encode()})
    assert [problem.rule for problem in menus.errors] == ["no-way-out"]
