"""Scripted calls as text: read, compared and written again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.phone.acts import Dialed, Press, Speak
from ivr.phone.given import Given, Noticed, Special, Stands, read_given, written
from ivr.phone.scripts import (
    Answer,
    ScriptError,
    answer_line,
    matches,
    read_answer,
    read_script_file,
    rewritten,
)

TOP = "line: a.yaml\nfrom: +15005550100\nto: +15005550006\nat: 2026-07-01T10:00:00-05:00\n"
BODY = """
en-US  Press 1.
> 1
lookup booking: found status=open to="San Antonio"
dial   +15005550199
> answered 45 s
record
> speak 5 s #
hangup by the line
"""


def test_a_script_is_a_transcript() -> None:
    """Header, acts and answers are read, each with its line; everything else is what must be heard."""
    script = read_script_file(TOP + BODY)
    assert (script.line, script.from_, script.to) == ("a.yaml", "+15005550100", "+15005550006")
    assert script.at.isoformat() == "2026-07-01T10:00:00-05:00"
    assert script.acts == ((7, Press("1")), (10, Dialed(seconds=45)), (12, Speak(5, "#")))
    assert script.answers == (Answer("booking", "found", {"status": "open", "to": "San Antonio"}, 8),)
    assert matches(script, BODY.strip().splitlines())
    assert not matches(script, BODY.strip().splitlines()[:-1])


def test_callers_who_hide_and_lines_without_a_zone() -> None:
    """An empty caller is one; a moment without a zone has none yet."""
    script = read_script_file(TOP.replace(" +15005550100", "").replace("-05:00", ""))
    assert (script.from_, script.at.tzinfo, script.acts) == ("", None, ())


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("", 1, 'write "line: meridian.yaml"'),
        ("$ ivr call a.yaml\n" + TOP + BODY, 1, "a script begins with line:, from:, to:, at:"),
        (TOP.replace("from", "form") + BODY, 2, '"form" is nothing that a script'),
        (TOP.replace("to:", "from:") + BODY, 3, '"from" stands there already'),
        (TOP.replace("at: 2026-07-01T10:00:00-05:00\n", "") + BODY, 5, 'write "at: 2026-07-01T10:00"'),
        (TOP.replace("2026-07-01", "yesterday") + BODY, 4, "is no moment such as"),
        (TOP.replace("2026", "9999") + BODY, 4, "in which anybody calls"),
        (TOP.replace("a.yaml", "") + BODY, 1, 'write "line: meridian.yaml"'),
        (TOP + BODY.replace("> 1", "> sing"), 7, "nothing a caller can do; allowed: "),
        (
            TOP + BODY.replace("found status", "perhaps status"),
            8,
            "write lookup NAME: found NAME=VALUE …, not_found or",
        ),
        (TOP + BODY.replace("status=open", "status"), 8, '"status" is no value of a look-up'),
        (TOP + BODY.replace("status=open", "to=x"), 8, '"to" stands there twice'),
        (TOP + BODY.replace('Antonio"', "Antonio"), 8, "a quotation mark is missing"),
        (TOP + BODY.replace("found", "failed"), 8, "stands behind failed, which gives no values"),
    ],
)
def test_what_is_no_script_says_where_and_what_to_write(text: str, number: int, said: str) -> None:
    """The first line that cannot be read, by its number."""
    with pytest.raises(ScriptError) as problem:
        read_script_file(text)
    assert said in str(problem.value)
    assert problem.value.number == number


def test_other_words_for_the_same_are_the_same() -> None:
    """What is typed shortly is what is printed in full; ports in a carrier's warnings are other ones each time."""
    script = read_script_file(TOP + "\n>speak:5:#\nlookup a: found b='c'\nwarning 11200 HTTP 500 from http://h:1/x\n")
    assert matches(script, ["> speak 5 s #", "lookup a: found b=c", "warning 11200 HTTP 500 from http://h:2/y"])


def test_rewriting_keeps_the_header_and_the_comments() -> None:
    """New lines take the place of old ones; a comment stays above the line that it stood above."""
    text = "# What this is.\n" + TOP + "\n# First.\nen-US  Old.\n> 1\n\n# Then.\nen-US  Bye.\n# The end.\n"
    script = read_script_file(text)
    assert rewritten(script, ["en-US  Old.", "> 1", "en-US  Bye."]) == text
    assert rewritten(script, ["en-US  New.", "en-US  More.", "> 1", "en-US  Bye.", "hangup by the line"]) == (
        "# What this is.\n"
        + TOP
        + "\n# First.\nen-US  New.\nen-US  More.\n> 1\n\n# Then.\nen-US  Bye.\nhangup by the line\n# The end.\n"
    )


heard = st.lists(st.sampled_from(["en-US  One.", "en-US  Two.", "> 1", "> 2", "record"]), max_size=8)
for_readers = st.sampled_from(["", "# One.", "# Two."])


@given(old=st.lists(st.one_of(for_readers, st.sampled_from(["en-US  One.", "> 1", "record"]))), new=heard)
def test_a_rewritten_script_matches_and_loses_no_comment(old: list[str], new: list[str]) -> None:
    """Whatever stood there: what was heard is what it says now, once more makes no difference, comments stay."""
    text = "\n".join([TOP.rstrip(), "", *old, ""])
    after = rewritten(read_script_file(text), new)
    script = read_script_file(after)
    assert matches(script, new)
    assert rewritten(script, new) == after
    assert [row for row in after.splitlines() if row.startswith("#")] == [row for row in old if row.startswith("#")]


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12)


@given(st.dictionaries(st.from_regex(r"[a-z_]+", fullmatch=True), words))
def test_answers_are_read_back(values: dict[str, str]) -> None:
    """Whatever a look-up answers, its line stands for it."""
    answer = Answer("a", "found", values)
    assert read_answer(answer_line(answer)) == answer


given_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)
a_name = st.from_regex(r"[a-z_]+", fullmatch=True)
a_queue = a_name.map("queue:{}".format)


@given(
    st.builds(Stands, a_name, st.sampled_from(["available", "away"]))
    | st.builds(Noticed, a_queue | st.just(""), st.sampled_from(["en-US", "es-MX", "zh-Hans-CN"]), given_words)
    | st.builds(Noticed, a_queue | st.just(""), st.just(""), st.just("closed"))
    | st.builds(Special, st.dates(), a_queue | a_name | st.just(""), given_words)
)
def test_what_a_header_gives_is_read_back(it: Given) -> None:
    """Who is in, what is on, which day is special: its line stands for it, anywhere in the header."""
    row = ": ".join(written(it))
    assert read_given(row) == it
    (given_,) = read_script_file(f"{TOP}{row}\n\n> 1\n").given
    assert replace(given_, number=0) == it
