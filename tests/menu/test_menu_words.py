"""Words and templates: pieces, and what is said where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snippets import flow_of

from ivr.menu.phrases import KNOWN, PHRASES, phrase
from ivr.menu.prompts import language_prompts, option_prompt, service_prompt
from ivr.menu.values import FORMATS, SPOKEN_AS
from ivr.menu.words import Pause, Piece, Prompt, Value, WordsError, parse, plain, template

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,8})?", fullmatch=True)
TEXTS = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]))
PIECES = st.one_of(
    TEXTS.filter(bool),
    st.builds(Value, NAMES, st.sampled_from([None, *FORMATS])),
    st.builds(Pause, st.integers(1, 100).map(lambda tenths: tenths / 10)),
)


@given(st.lists(PIECES, min_size=1))
def test_what_is_written_is_read_again(pieces: list[Piece]) -> None:
    """`parse` and `plain` are each other's reverse."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    text = tuple(joined)
    assert parse(plain(text)) == text


@given(st.text())
def test_any_text_is_words_or_says_why_not(text: str) -> None:
    """Nothing else is raised, and what is read twice is the same."""
    rule = ""
    try:
        words = parse(text)
        assert parse(plain(words)) == words
    except WordsError as error:
        rule = error.rule
    assert rule in {"", "bad-character", "no-words", "bracket", "format"}


@given(st.text(), st.dictionaries(NAMES, st.text()))
def test_any_template_is_filled_or_says_why_not(text: str, values: dict[str, str]) -> None:
    """Outside its names a template is the text that was written."""
    try:
        filled = template(text)
    except WordsError:
        return
    assert filled.source == text
    values |= dict.fromkeys(filled.names, "x")
    assert filled.fill(values).count("x") >= len(filled.names)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello.", ("Hello.",)),
        ("  Hello \n there ", ("Hello there",)),
        ("<a>", (Value("a"),)),
        ("< a.b  as   money >!", (Value("a.b", "money"), "!")),
        ("a<pause 1.5s>b", ("a", Pause(1.5), "b")),
        ("<pause 10s>", (Pause(10.0),)),
        ("<pause>", (Value("pause"),)),
    ],
)
def test_pieces(text: str, pieces: tuple[Piece, ...]) -> None:
    """White space is one space; a bracket is a value or a pause."""
    assert parse(text) == pieces


@pytest.mark.parametrize("text", ["<pause 11s>", "<pause 0s>", "<a b>", "<>", "a < b", "a > b", "<a<b>", "<A>", "<1>"])
def test_brackets_that_mean_nothing(text: str) -> None:
    """They are told, and never spoken."""
    with pytest.raises(WordsError, match=r".") as told:
        parse(text)
    assert told.value.rule == "bracket"


def test_a_template_has_its_names() -> None:
    """In order; a single name is known as such."""
    filled = template("a-<b.c>-<d>")
    assert (filled.names, filled.only_name) == (("b.c", "d"), None)
    assert template("<d>").only_name == "d"
    assert template("").fill({}) == ""
    assert filled.fill({"b.c": "1", "d": "<d>"}) == "a-1-<d>"


def test_tapered_words_stay_at_their_last() -> None:
    """First time, second time, and from then on the same."""
    both = {"en-US": (("one",), ("two",)), "es-MX": (("uno",),)}
    prompt = Prompt("a", both)  # type: ignore[arg-type]
    assert [prompt.text("en-US", heard) for heard in range(4)] == [("one",), ("two",), ("two",), ("two",)]
    assert prompt.text("es-MX", 3) == ("uno",)
    assert prompt.tapered


def test_both_forms_of_tapering_are_the_same() -> None:
    """A list of languages, and languages with lists."""
    top = "country: US\n"
    first = "steps:\n  main:\n    say:\n      - en-US: One.\n      - en-US: Two.\n    go: hangup\n"
    second = "steps:\n  main:\n    say:\n      en-US:\n        - One.\n        - Two.\n    go: hangup\n"
    third = "steps:\n  main:\n    say:\n      - One.\n      - Two.\n    go: hangup\n"
    said = [flow_of(steps, top).steps["main"].say for steps in (first, second, third)]
    assert said[0] == said[1] == said[2]


def test_an_option_says_its_own_key() -> None:
    """Prompt and keypad cannot drift apart; the words' own full stop goes."""
    prompt = Prompt("main.menu.1", {"en-US": (("To end.",), ("End <x>", Value("x")))})
    texts = option_prompt(prompt, "1").texts["en-US"]
    assert texts[0] == ("To end, press 1.",)
    assert texts[1][-1] == ", press 1."
    assert option_prompt(prompt, "*").texts["en-US"][0] == ("To end, press star.",)


@pytest.mark.parametrize("language", KNOWN)
def test_the_service_can_say_everything_in_each_language(language: str) -> None:
    """No phrase is missing, and each is words."""
    assert set(PHRASES[language]) == set(PHRASES["en"])
    for name in PHRASES[language]:
        parse(phrase(name, f"{language}-XX"))
    assert service_prompt("confirm", (f"{language}-US",)).texts


def test_languages_are_offered_in_themselves() -> None:
    """And two kinds of one language are told apart by their country."""
    offers = {prompt.address: prompt for prompt in language_prompts(("en-US", "es-MX", "en-GB"))}
    assert offers["service.language.2.es-MX"].texts["es-MX"][0] == ("Para español, oprima 2.",)
    assert "Kingdom" in plain(offers["service.language.3.en-GB"].texts["en-GB"][0])


def test_every_type_can_be_spoken() -> None:
    """In formats that exist."""
    assert all(formats and set(formats) <= set(FORMATS) for formats in SPOKEN_AS.values())
