"""A call in a terminal, with a script or a person."""

import io
from datetime import UTC, datetime

import pytest
from little_line import Line

from ivr.phone import Ending, ManualClock, call


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


class Interrupted(Terminal):
    """A terminal on which Ctrl-C is pressed."""

    def readline(self, size: int | None = -1, /) -> str:
        """Never comes back with a line."""
        raise KeyboardInterrupt


HEADING = "line: a.yaml\nfrom: +15005550100\nto: +15005550006\nat: 2026-07-01T15:00:00+00:00\n\n"


def placed(line: Line, out: io.StringIO, stdin: io.StringIO | None = None, keys: str | None = None) -> Ending:
    """A call to a line with one menu, a dial and a recording."""
    line.at("/voice", '<Gather action="/dial" numDigits="1"><Say>Press 1.</Say></Gather><Redirect/>')
    line.at("/dial", '<Dial action="/record">+15005550199</Dial>').at("/record", '<Record action="/end"/>')
    line.at("/end", "<Say>Goodbye.</Say>")
    return call(
        line.base + "/voice",
        to="+15005550006",
        from_="+15005550100",
        keys=keys,
        clock=ManualClock(datetime(2026, 7, 1, 15, tzinfo=UTC)),
        header={"line": "a.yaml"},
        out=out,
        stdin=stdin,
    )


WHOLE = (
    "en-US  Press 1.\n> silence\nen-US  Press 1.\n> 1\ndial   +15005550199\n{dialed}record\n> speak 5 s\n"
    "en-US  Goodbye.\nhangup by the line\n"
)


def test_a_script_needs_nobody(line: Line) -> None:
    """With keys nothing is read, and what goes into a pipe is plain."""
    out = io.StringIO()
    ending = placed(line, out, keys="silence 1 no-answer speak")
    assert out.getvalue() == HEADING + WHOLE.format(dialed="> no-answer\n")
    assert (ending.by, ending.webhooks) == ("line", 5)


def test_an_input_that_is_no_terminal_is_not_asked(line: Line) -> None:
    """Lines are taken as they come, an empty one is silence, a dialled party answers, the end hangs up."""
    out = io.StringIO()
    placed(line, out, io.StringIO("\n1\nspeak\n"))
    assert out.getvalue() == HEADING + WHOLE.format(dialed="> answered 30 s\n")
    out = io.StringIO()
    assert placed(line, out, io.StringIO("")).by == "caller"
    assert out.getvalue().endswith("\n> hangup\nhangup by the caller\n")


@pytest.mark.parametrize("typed", ["x\n", "busy\n"])
def test_an_input_that_is_no_terminal_must_be_right(line: Line, typed: str) -> None:
    """Nobody is there to be asked again."""
    with pytest.raises(ValueError, match="does not fit here; allowed: keys"):
        placed(line, io.StringIO(), io.StringIO(typed))


def test_a_person_is_asked_at_each_prompt(line: Line) -> None:
    """What cannot be done is explained and asked again; at a Dial what happens; the screen shows the transcript."""
    out = Terminal()
    ending = placed(line, out, Terminal("\nx\n1\nspeak\nbusy\nspeak\n"))
    assert ending.by == "line"
    screen = seen(out.getvalue())
    assert "# keys, an empty line for silence, or hangup\n" in screen
    assert "# answered[:SECONDS], busy, no-answer, failed or hangup\n" in screen
    plain = "".join(one for one in screen.splitlines(keepends=True) if not one.startswith("#"))
    assert plain == HEADING + WHOLE.format(dialed="> busy\n")


def seen(output: str) -> str:
    """What stands on a screen after such output, without its colours; what was typed ended with Enter."""
    output = output.replace("> \x1b[1A\r\x1b[2K", "").replace("> \r\x1b[2K", "")
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m"):
        output = output.replace(code, "")
    assert "\x1b" not in output
    return output


@pytest.mark.parametrize("stdin", [Terminal(""), Terminal("hangup\n"), Interrupted()])
def test_a_person_can_hang_up(line: Line, stdin: Terminal) -> None:
    """By the word, by the end of the input, by Ctrl-C."""
    out = Terminal()
    assert placed(line, out, stdin).by == "caller"
    assert seen(out.getvalue()) == HEADING + "en-US  Press 1.\n> hangup\nhangup by the caller\n"


def test_a_person_whose_output_goes_elsewhere_sees_plain_text(line: Line) -> None:
    """No control sequences where the output is no terminal."""
    out = io.StringIO()
    placed(line, out, Terminal("1\n\n\n"))
    assert "\x1b" not in out.getvalue()
    assert "> answered 30 s\n" in out.getvalue()


def test_errors_are_shown_and_told(line: Line) -> None:
    """The transcript ends with the carrier's error, and so does the ending; in colour on a terminal."""
    out = Terminal()
    ending = call(line.base + "/nowhere", to="+1", from_="+1", keys="", out=out)
    assert (ending.by, ending.code) == ("error", 11200)
    assert out.getvalue().endswith(f"\x1b[31merror 11200 HTTP 404 from {line.base}/nowhere\x1b[0m\n")


def test_an_unknown_token_is_refused_before_anybody_calls(line: Line) -> None:
    """A script is read whole before the first webhook."""
    with pytest.raises(ValueError, match="allowed: keys"):
        placed(line, io.StringIO(), keys="1 jump")
    assert line.sent == []
