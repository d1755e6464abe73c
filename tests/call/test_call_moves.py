"""Where a call goes: back, repeat, start, operator, and the end."""

from __future__ import annotations

from calling import Line, happened, heard, line, transcript

TREE = """
main:
  menu:
    1 -> left: To go left
    2 -> words: To hear words
    3 -> again: To hear the rest
    4 -> front: To start over
  give_up: hangup
  tries: 9
left:
  menu:
    1 -> deep: To go deeper
  give_up: hangup
deep:
  menu:
    1 -> deep: To stay
  give_up: hangup
words:
  say: Words.
  go: back
again:
  say: The rest.
  go: repeat
front:
  say: Over.
  go: start
"""
MAIN = "To go left, press 1. To hear words, press 2. To hear the rest, press 3. To start over, press 4. (1 key)"


def test_back_leads_to_the_last_place_that_awaited_keys() -> None:
    """One place after the other, whatever was repeated; at the first place it leads to the start."""
    transcript(
        line(TREE),
        f"""
        start | {MAIN}
        1     | To go deeper, press 1. (1 key)
        9     | To go deeper, press 1. (1 key)
        1     | To stay, press 1. (1 key)
        1     | To stay, press 1. (1 key)
        9     | To stay, press 1. (1 key)
        *     | To go deeper, press 1. (1 key) | chose * back, entered left
        *     | {MAIN}                         | chose * back, entered main
        *     | {MAIN}                         | chose * back, entered main
        """,
    )


def test_words_may_end_in_back_repeat_or_start() -> None:
    """From a step that awaits nothing, `back` and `repeat` both lead to the place the caller came from.

    `back` enters it anew; `repeat` presents it and leaves no trail.
    """
    transcript(
        line(TREE),
        f"""
        start | {MAIN}
        2     | Words. {MAIN}    | chose 2 words, entered words, entered main
        3     | The rest. {MAIN} | chose 3 again, entered again
        4     | Over. {MAIN}     | chose 4 front, entered front, entered main
        1     |
        *     | {MAIN}
        """,
    )


def test_repeat_resets_no_counter() -> None:
    """Tries go on counting through any number of repeats."""
    transcript(
        line(TREE.replace("tries: 9", "tries: 2")),
        """
        start   |
        silence |
        9       |
        9       |
        silence | (hangup) | no_input main, gave_up main, ended line
        """,
    )


def test_repeat_before_any_keys_is_the_start() -> None:
    """Where no place awaited keys yet, there is nothing to repeat but the beginning."""
    flow = line("""
    hello:
      say: Hello.
      dial: "+15005550100"
      answered: hangup
      busy: repeat
      no_answer: back
      failed: hangup
    """)
    call = Line(flow)
    call.take("start")
    assert happened(call.take("dialed busy").events) == "dial_ended busy 60, entered hello, dialing 0100"
    assert happened(call.take("dialed no_answer").events) == "dial_ended no_answer 60, entered hello, dialing 0100"


LINE = """
main:
  menu:
    1 -> operator: To talk to us
  give_up: operator
  tries: 1
"""
PERSON = """
person:
  say: A person.
  dial: "+15005550100"
  answered: hangup
  busy: hangup
  no_answer: hangup
  failed: hangup
"""
VOICEMAIL = "Please leave a message after the tone. When you are done, press pound. (record)"


def test_the_operator_is_the_lines_own_step() -> None:
    """A key, `0` and giving up lead to the `operator:` of the line."""
    for last in ("1", "0", "silence"):
        call = Line(line(LINE + PERSON, "operator: person", start="main"))
        assert heard(call.take("start", last)) == "A person. (dial +15005550100 from +12125550142)"


def test_without_an_operator_it_is_the_last_resort() -> None:
    """A number that the line names is dialled; where it cannot be had, a message is taken; then goodbye."""
    transcript(
        line(LINE, 'last_resort: "+15005550199"'),
        f"""
        start             |
        0                 | (dial +15005550199 from +12125550142) | chose 0 operator, entered service.last_resort, dialing 0199
        dialed no_answer  | {VOICEMAIL} | dial_ended no_answer 60, entered service.voicemail
        recorded https://x.test/1 | Thank you for calling. Goodbye. (hangup) | message_left test https://x.test/1 12, ended line
        """,  # noqa: E501
    )


def test_without_either_it_is_a_voicemail() -> None:
    """No line leaves a caller with nobody: a message is always taken."""
    transcript(
        line(LINE),
        f"""
        start   |
        0       | {VOICEMAIL}
        silence | Thank you for calling. Goodbye. (hangup)
        """,
    )


def test_the_words_before_the_end_are_heard() -> None:
    """What is said on the way to `hangup` comes before it."""
    flow = line("main:\n  menu:\n    1 -> bye: To end\n  give_up: bye\nbye:\n  say: Bye.\n  go: hangup")
    transcript(flow, "start |\n1 | Bye. (hangup) | chose 1 bye, entered bye, ended line")


def test_tries_begin_anew_when_the_caller_comes_again() -> None:
    """Leaving a place and coming back gives new tries; the errors of the call go on counting."""
    call = Line(line(TREE.replace("tries: 9", "tries: 2")))
    call.take("start", "silence", "1", "*", "silence")
    assert call.call.place == "main"
    assert (call.call.errors, call.call.misses) == (2, 1)
