"""Questions: what is asked, what keys mean there, and what becomes of the answer."""

from __future__ import annotations

import pytest
from calling import Line, happened, heard, line, transcript

from ivr.call.says import Gather


def ask(keys: str, words: str = "Number?", *, languages: str = "[en-US]", country: str = "US", top: str = "") -> Line:
    """A call that has come from a menu to a question of these keys, whose answer is then spoken."""
    both = "{en-US: WORDS, es-MX: WORDS}"

    def said(text: str) -> str:
        return (
            f'"{text}"'
            if languages == "[en-US]"
            else "\n        "
            + both.replace("{", "").replace("}", "").replace("WORDS", f'"{text}"').replace(", ", "\n        ")
        )

    first = "start" if languages == "[en-US]" else "start 2"
    language = "" if languages == "[en-US]" else "lang:\n  language: [en-US, es-MX]\n  go: question\n"
    steps = f"""\
{language}question:
  ask: {said(words)}
  save: entry_
  go: told
  give_up: gave_up
{keys}
told:
  say: {said("Got <entry_>.")}
  go: hangup
gave_up:
  say: {said("Gave up.")}
  go: hangup
"""
    call = Line(line(steps, top, languages=languages, country=country))
    call.take(*first.split())
    return call


DIGITS = "  digits: 4"
RANGE = "  digits: 3-8"
CARD = "  digits: 12-19\n  luhn: yes"
DATE = "  type: date"
MONEY = "  type: money"
PHONE = "  type: phone"
YES_NO = "  type: yes_no"
BAD = "Sorry, that doesn't seem to be right. Number?"
ANSWERS = [
    (DIGITS, "1234", "Got 1 2 3 4. (hangup)"),
    (DIGITS, "0042", "Got 0 0 4 2. (hangup)"),
    (DIGITS, "123", f"{BAD} (4 keys#)"),
    (DIGITS, "12345", f"{BAD} (4 keys#)"),
    (RANGE, "123", "Got 1 2 3. (hangup)"),
    (RANGE, "12345678", "Got 1 2 3 4 5 6 7 8. (hangup)"),
    (RANGE, "12", f"{BAD} When you are done, press pound. (8 keys#)"),
    (RANGE, "12#4", f"{BAD} When you are done, press pound. (8 keys#)"),
    (CARD, "4242424242424242", "Got 4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2. (hangup)"),
    (CARD, "4242424242424243", f"{BAD} When you are done, press pound. (19 keys#)"),
    (DATE, "07042026", "Got July 4, 2026. (hangup)"),
    (DATE, "13042026", f"{BAD} Enter two digits for the month, two for the day, and four for the year. (8 keys#)"),
    (DATE, "02292027", f"{BAD} Enter two digits for the month, two for the day, and four for the year. (8 keys#)"),
    (MONEY, "12*50", "Got 12.50 US dollars. (hangup)"),
    (MONEY, "12*5", "Got 12.50 US dollars. (hangup)"),
    (MONEY, "12", "Got 12 US dollars. (hangup)"),
    (MONEY, "*5", "Got 0.50 US dollars. (hangup)"),
    (MONEY, "00", "Got 0 US dollars. (hangup)"),
    (MONEY, "12*505", f"{BAD} Use star for the decimal point, and press pound when you are done. (12 keys#)"),
    (MONEY, "1*2*3", f"{BAD} Use star for the decimal point, and press pound when you are done. (12 keys#)"),
    (PHONE, "2125550123", "Got 2 1 2, 5 5 5, 0 1 2 3. (hangup)"),
    (PHONE, "12125550123", "Got 2 1 2, 5 5 5, 0 1 2 3. (hangup)"),
    (PHONE, "1234567", f"{BAD} When you are done, press pound. (15 keys#)"),
    (YES_NO, "1", "Got yes. (hangup)"),
    (YES_NO, "2", "Got no. (hangup)"),
    (YES_NO, "3", f"{BAD} For yes, press 1. For no, press 2. (1 key#)"),
]


@pytest.mark.parametrize(("kind", "keys", "words"), ANSWERS)
def test_answers_of_each_type(kind: str, keys: str, words: str) -> None:
    """A valid answer is saved and spoken as its type is; any other is no match, and the question comes again."""
    assert heard(ask(kind).take(keys)) == words


def test_a_date_is_entered_in_the_languages_own_order() -> None:
    """Month first in American English, day first in Mexican Spanish, as the hint says."""
    english, spanish = ask(DATE), ask(DATE, languages="[en-US, es-MX]")
    assert "month, two for the day" in heard(english.turns[-1])
    assert "dos dígitos para el día, dos para el mes" in heard(spanish.turns[-1])
    english.take("07042026")
    spanish.take("04072026")
    assert english.call.values == spanish.call.values == {"entry_": "2026-07-04"}


@pytest.mark.parametrize(
    ("country", "keys", "number"),
    [
        ("US", "2125550123", "+12125550123"),
        ("MX", "5512345678", "+525512345678"),
        ("DE", "03012345678", "+493012345678"),
        ("DE", "004915123456789", "+4915123456789"),
        ("", "442079460018", "+442079460018"),
    ],
)
def test_a_phone_number_is_one_of_the_lines_country(country: str, keys: str, number: str) -> None:
    """It is kept in the international form; a line without a country takes numbers with their country's code."""
    call = ask(PHONE, country=country)
    call.take(keys)
    assert call.call.values == {"entry_": number}


STARS = [
    (RANGE, ["12*", "345"], "cleared question | answered entry_ 345"),
    (RANGE, ["12*345"], "answered entry_ 345"),
    (DIGITS, ["12*1", "234"], "cleared question | answered entry_ 1234"),
    (DIGITS, ["12*1", "2*3", "456"], "cleared question | cleared question | answered entry_ 3456"),
    (DIGITS, ["12*1", "silence"], "cleared question | no_match 1"),
    (RANGE, ["12345*67", "silence"], "cleared question | no_match 67"),
    (RANGE, ["1234*567", "silence"], "cleared question | answered entry_ 567"),
    (RANGE, ["1234*567", "89"], "cleared question | answered entry_ 56789"),
    (RANGE, ["1*2*345"], "answered entry_ 345"),
    (RANGE, ["**"], "chose ** back"),
    (RANGE, ["12**"], "chose ** back"),
    (MONEY, ["12*50**7"], "answered entry_ 7.00"),
    (MONEY, ["12**"], "cleared question"),
    (MONEY, ["12*34567**89", "*5"], "cleared question | answered entry_ 89.50"),
    (MONEY, ["1***5"], "answered entry_ 5.00"),
    (YES_NO, ["*", "1"], "cleared question | answered entry_ True"),
]


@pytest.mark.parametrize(("kind", "typed", "events"), STARS)
def test_star_clears_and_what_is_typed_after_it_stays(kind: str, typed: list[str], events: str) -> None:
    """A carrier counts the star among the digits, so the rest may come in the next input; two stars go back.

    In money, where star is the point, two clear.
    """
    call = ask(kind)
    found = [happened(call.take(keys).events[:1]) for keys in typed]
    assert " | ".join(found) == events


def test_what_stays_after_a_star_is_gone_when_the_question_is_asked_anew() -> None:
    """Whoever hears the whole question again begins from nothing."""
    call = ask(DIGITS)
    assert call.take("12*1").says == (Gather(3, "#", 3.0),)
    assert heard(call.take("found")) == "Number? (4 keys#)"  # the answer to a want that nobody had
    assert happened(call.take("1234").events[:1]) == "answered entry_ 1234"


def test_two_stars_go_back_to_the_place_before() -> None:
    """`**` leads to the last place that awaited keys before the question."""
    transcript(
        line("""
        main:
          menu:
            1 -> question: To give your number
        question:
          ask: Number?
          digits: 4
          save: number
          go: main
        """),
        """
        start | To give your number, press 1. (1 key)
        1     | Number? (4 keys#)
        **    | To give your number, press 1. (1 key)   | chose ** back, entered main
        """,
    )


def test_zero_and_pound_is_the_operator() -> None:
    """A lone 0 is what 0 means anywhere, where it is no answer; in money it never is, in `digits: 1-4` it is one."""
    assert happened(ask(DIGITS).take("0").events) == "chose 0 operator, entered service.voicemail"
    assert happened(ask(MONEY).take("0").events[:1]) == "chose 0 operator"
    assert happened(ask("  digits: 1-4").take("0").events[:1]) == "answered entry_ 0"
    assert happened(ask(DIGITS, top="anywhere: {9: repeat}").take("0").events) == "no_match 0"
    assert happened(ask(MONEY, top="anywhere: {9: repeat}").take("0").events) == "no_match 0"


def test_an_answer_is_read_back_and_confirmed() -> None:
    """1 keeps, 2 and star enter again, 9 repeats; other keys and silence are errors like any other."""
    flow = line("""
    question:
      ask:
        - What number?
        - Number?
      digits: 4
      confirm: yes
      no_match: Wrong.
      no_input: Hello?
      save: number
      go: told
      tries: 9
    told:
      say: Got <number>.
      go: hangup
    """)
    asked = "You entered 1 2 3 4. To keep it, press 1. To enter it again, press 2. (1 key)"
    transcript(
        flow,
        f"""
        start   | What number? (4 keys#)
        1234    | {asked}
        silence | Hello? {asked} | no_input question
        5       | Sorry, that is not one of the choices. {asked} | no_match 5
        9       | {asked} | chose 9 repeat
        2       | Number? (4 keys#) | cleared question
        1234    | {asked}
        *       | Number? (4 keys#) | cleared question
        12      | Wrong. Number? (4 keys#)
        1234    | {asked}
        1       | Got 1 2 3 4. (hangup) | answered number 1234, entered told, ended line
        """,
    )
    transcript(flow, "start |\n1234 |\n0 | | chose 0 operator, entered service.voicemail")


def test_tries_at_a_question_lead_to_give_up() -> None:
    """Silence and wrong answers count together; without give_up it is the operator."""
    call = ask(DIGITS + "\n  tries: 2")
    assert happened(call.take("1").events) == "no_match 1"
    assert happened(call.take("silence").events[:3]) == "no_input question, gave_up question, entered gave_up"


def test_how_long_a_question_waits() -> None:
    """A Gather has one time-out, so it is the longer one of the first key's and that between keys."""
    assert ask(DIGITS).turns[-1].says[-1] == Gather(4, "#", 5.0)
    assert ask(DIGITS + "\n  wait: 2s\n  between: 7s").turns[-1].says[-1] == Gather(4, "#", 7.0)
