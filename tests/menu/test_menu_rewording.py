"""Words replaced in a file: what they say changes, and nothing else does, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menu import load
from ivr.menu.rewording import RewordError, reworded, words_of

ROOT = Path(__file__).parents[2]
DEMO = (ROOT / "menus" / "meridian.yaml").read_bytes()
KINDS = b"""\
languages: [en-US, es-MX]  # both
steps:
  one:
    say:  # a comment
      en-US: Plain words.   # and another
      es-MX: "Con \\"comillas\\"."
    menu:
      1 -> one: {say: {en-US: 'it''s one', es-MX: uno}, goal: first}
      star -> two:
        en-US: >-
          Folded
          words.
        es-MX: |
          Un bloque.
  two:
    ask:
      - en-US: The first
          time.
        es-MX: La primera.
      - en-US: Again.
        es-MX: Otra vez.
    yes_no:
      solved: {en-US: Solved?, es-MX: "\xc2\xbfResuelto?"}
"""


def test_every_text_of_a_line_is_found_once_at_its_address() -> None:
    """As the line itself has them: address, language and turn."""
    flow = load({"meridian.yaml": DEMO}).flows["meridian"]
    own = {
        f"{prompt.address} {language} {turn}"
        for prompt in flow.prompts()
        for language, texts in prompt.texts.items()
        for turn in range(len(texts))
        if not prompt.address.startswith("service.")
    }
    found = [words.id for words in words_of(DEMO)]
    assert len(found) == len(set(found))
    assert set(found) == own


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("said", ["Short", 'It: "is" #1', "- a list?", "'", "back\\slash", "<pause 1s> <name>", "no"])
def test_only_the_words_change_whatever_their_style(end: bytes, mark: bytes, said: str) -> None:
    """Each text of each style in turn: all other lines, breaks and marks stay, and all other words."""
    data = mark + KINDS.replace(b"\n", end)
    texts = {words.id: words.text for words in words_of(data)}
    assert len(texts) == 12
    for words in words_of(data):
        made = reworded(data, {words.id: said})
        assert {it.id: it.text for it in words_of(made)} == texts | {words.id: said}
        assert made.startswith(mark + b"languages: [en-US, es-MX]  # both" + end)
        before, after = data.split(end), made.split(end)
        assert before[: words.line - 1] == after[: words.line - 1]
        left = len(after) - words.line
        assert before[len(before) - left :] == after[words.line :]


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_words_that_can_be_said(data: st.DataObject) -> None:
    """Printable words of any signs are said as they were given, or refused; one text of the demo line at a time."""
    words = data.draw(st.sampled_from(words_of(DEMO)))
    said = data.draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
    try:
        made = reworded(DEMO, {words.id: said})
    except RewordError:
        return
    before, after = DEMO.split(b"\n"), made.split(b"\n")
    assert len(before) == len(after)
    assert [number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]] in (
        [],
        [words.line],
    )
    found = {it.id: it.text for it in words_of(made)}
    assert found == {it.id: it.text for it in words_of(DEMO)} | {words.id: " ".join(said.split())}


def test_words_that_cannot_be_said_are_refused() -> None:
    """Nothing, brackets that mean nothing, signs that nobody sees; and texts that the file has not."""
    for said in ("", "  ", "<", "<pause 99s>", "a\x07b", "a\u200bb"):
        with pytest.raises(RewordError):
            reworded(DEMO, {"welcome.say en-US 0": said})
    with pytest.raises(KeyError):
        reworded(DEMO, {"welcome.say fr-FR 0": "Bonjour"})
    assert reworded(DEMO, {}) == DEMO


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(KINDS)))
def test_any_file_at_all(noise: bytes, at: int) -> None:
    """Whatever a file holds: words or none, never a trace."""
    words_of(KINDS[:at] + noise + KINDS[at:])
