"""Where problems are said to stand: line and column from 1, as an editor counts them."""

from __future__ import annotations

import pytest
from snippets import MAIN, TOP

from ivr.menu import load


def places(text: str | bytes) -> list[tuple[int, int, str]]:
    """Line, column and rule of each problem."""
    data = text.encode() if isinstance(text, str) else text
    return [(problem.line, problem.column, problem.rule) for problem in load({"test.yaml": data}).problems]


WRONG = TOP + "steps:\n  main:\n    say: Hello.\n    go: mian\n"


@pytest.mark.parametrize(
    ("start", "end"),
    [("", "\n"), ("", "\r\n"), ("", "\r"), ("\ufeff", "\n"), ("\ufeff", "\r\n"), ("\n\n", "\n"), ("---\n", "\n")],
    ids=["lf", "crlf", "cr", "bom", "bom-crlf", "empty-lines", "document-start"],
)
def test_line_ends_and_marks_do_not_move_a_place(start: str, end: str) -> None:
    """Windows' and old Apple's line ends and a byte order mark count as nothing."""
    more = start.count("\n")
    assert places((start + WRONG).replace("\n", end)) == [(9 + more, 9, "unknown-step")]


@pytest.mark.parametrize("words", ["Grüß Gott", "🙂🙂", "你好", "e\u0301", "\u200b"])
def test_wide_characters_count_as_one(words: str) -> None:
    """Columns are characters, not bytes or the width on the screen."""
    text = TOP + f'steps:\n  main: {{say: "{words}", go: mian}}\n'
    assert places(text) == [(7, len('  main: {say: "", go: ') + len(words) + 1, "unknown-step")]


def test_after_a_block_of_text_lines_are_counted_on() -> None:
    """Block scalars and words over several lines."""
    text = TOP + "steps:\n  main:\n    say: >\n      One,\n\n      two.\n    go: second\n"
    text += "  second:\n    say: One\n      and two\n\n      and three.\n    go: thrid\n"
    assert places(text) == [(18, 9, "unknown-step")]


def test_a_problem_of_a_block_of_text_stands_where_it_begins() -> None:
    """At the sign that opens it."""
    assert places(TOP + "steps:\n  main:\n    say: >\n      One <two.\n    go: hangup\n") == [(8, 10, "bracket")]


def test_a_mended_line_keeps_its_columns() -> None:
    """What stands behind a bare key or a tab is told where the file has it."""
    text = TOP + "anywhere: {*: back, 0: operatr}\n" + MAIN
    assert places(text) == [(6, 12, "bare-key"), (6, 21, "unknown-step")]
    text = TOP + "steps:\n  main:\n\tsay: Hello.\n\tgo: mian\n"
    assert places(text) == [(8, 1, "tab"), (9, 6, "unknown-step")]


def test_not_utf8_is_told_at_the_first_bad_byte() -> None:
    """In characters, and the rest of the file is read on."""
    data = WRONG.encode().replace(b"line: Test", "line: Ünï ".encode() + b"\xff")
    assert places(data) == [(1, 11, "encoding"), (9, 9, "unknown-step")]


def test_a_bad_character_is_told_once_and_reading_goes_on() -> None:
    """Where one came from, there are many."""
    text = WRONG.replace("Hello.", "Hel\x08lo\x08.")
    assert places(text) == [(8, 13, "bad-character"), (9, 9, "unknown-step")]


def test_a_problem_is_one_line_whatever_the_file_holds() -> None:
    """A line break in a key or a value is written out."""
    text = TOP + 'steps:\n  main:\n    say: Hi.\n    "go\\nto": "x\\ty"\n    go: hangup\n'
    for problem in load({"test.yaml": text.encode()}).problems:
        assert str(problem).isprintable()
