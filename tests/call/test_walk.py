"""The walker on small lines: what it covers, what it proves, what it tells of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from calling import line
from test_call_caps import LOOP
from test_call_queue import QUEUE

from ivr.call.engine import step
from ivr.call.inputs import Pressed
from ivr.call.walk import explore, walk
from ivr.menu import Flow
from ivr.menu.spoken import spoken_seconds, words_a_minute

TREE = """
main:
  menu:
    1 -> sales: Sales
    2 -> more: More
more:
  menu:
    1 -> help: Help
    2 -> main: Back
sales:
  dial: "+15005550100"
  answered: hangup
  busy: mail
  no_answer: mail
  failed: mail
help:
  say: Goodbye.
  go: hangup
mail:
  voicemail: box
  go: hangup
"""

TRIP = """
lookups:
  trip:
    get: https://x.test/<number>
    gives: {status: text, due: money}
"""

LOOKED_UP = """
number:
  ask: Number?
  digits: 4
  save: number
  go: ask
ask:
  lookup: trip
  found: by_status
  not_found: number
  failed: hangup
by_status:
  switch: trip.status
  cases:
    open: paid
    closed: hangup
  else: number
paid:
  if: trip.due > 10.0
  then: pays
  else: hangup
pays:
  say: You pay.
  go: number
"""


def test_a_tree_is_walked_whole() -> None:
    """Each step, option and outcome is come to; all ends, hands over or is capped; the same walk each time."""
    found = walk(line(TREE))
    assert found.proven
    assert (found.steps.missed, found.options.missed, found.outcomes.missed) == ((), (), ())
    assert (found.steps.total, found.options.total) == (5, 4)
    assert found.unreached == found.undecided == found.faults == ()
    proof = found.proof
    assert min(proof.ended, proof.handed_over, proof.hung_up, proof.capped) > 0
    assert (proof.loops, proof.driven) == (1, 1)
    assert walk(line(TREE)) == found


def test_values_are_chosen_so_that_decisions_go_each_way() -> None:
    """Of a look-up's fields, those values are tried that cases and conditions tell apart."""
    found = walk(line(LOOKED_UP, TRIP))
    assert found.proven
    assert found.outcomes.missed == ()
    assert found.undecided == ()


def test_hours_are_tried_open_and_closed() -> None:
    """An option and a step with hours are tried while they are open and while they are not."""
    found = walk(
        line(
            """
            main:
              menu:
                1 -> look: {}
                2 -> hangup:
                  say: Bye
                  hours: office
            look:
              hours: office
              open: hangup
              closed: main
            """.replace("{}", "Look"),
            "hours:\n  office: Mo-Fr 08:00-18:00\n",
        )
    )
    assert found.proven
    assert (found.options.missed, found.outcomes.missed) == ((), ())


def test_a_way_that_is_never_taken_is_told_with_why() -> None:
    """A condition that no value makes true: the way, the step behind it, and that this is not decided."""
    found = walk(
        line(
            """
            main:
              ask: Number?
              digits: 4
              save: number
              go: never
            never:
              if: number.endsWith("9") && number.startsWith("8")
              then: gold
              else: hangup
            gold:
              say: Gold.
              go: hangup
            """
        )
    )
    assert found.proven
    assert found.steps.missed == ("gold",)
    assert [(one.step, one.way) for one in found.unreached] == [("never", "then"), ("gold", "")]
    assert "with the values tried" in found.unreached[0].why
    assert "never" in found.unreached[1].why
    assert found.undecided[0].startswith("never.then")


def test_a_loop_without_the_caller_is_a_fault() -> None:
    """A look-up that leads to itself goes on until a cap ends it: that is told, with the way there."""
    found = walk(
        line(
            """
            main:
              menu:
                1 -> round: Round
            round:
              lookup: trip
              found: round
              not_found: main
              failed: hangup
            """,
            TRIP.replace("<number>", "a"),
        )
    )
    assert not found.proven
    (fault,) = found.faults
    assert fault.step == "round"
    assert "without the caller" in fault.what
    assert fault.way[0] == "1"
    assert set(fault.way[1:]) == {"found"}


def test_a_loop_of_words_alone_is_a_fault() -> None:
    """Steps that lead to one another and ask nobody, as well."""
    found = walk(line(LOOP, "operator: a"))
    assert not found.proven


def test_a_step_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the engine raises is told with the keys that lead there, and the walk goes on."""

    def breaks(flow: Flow, call: object, input_: object) -> object:
        if isinstance(input_, Pressed) and input_.keys == "2" and call.place == "more":  # type: ignore[attr-defined]
            raise RuntimeError("broken")
        return step(flow, call, input_)  # type: ignore[arg-type]

    monkeypatch.setattr(explore, "step", breaks)
    found = walk(line(TREE))
    assert [(fault.step, fault.way) for fault in found.faults] == [("more", ("2", "2"))]
    assert "RuntimeError: broken" in found.faults[0].what


def test_the_longest_way_is_the_way_to_the_farthest_place() -> None:
    """Straight to it and from there to a person; in keys and in seconds, with the path, which the engine confirms."""
    found = walk(line(TREE))
    assert found.longest_in_keys
    assert found.longest_in_keys.path == ("2", "0")
    assert (found.longest_in_keys.keys, found.longest_in_keys.at) == (2, "more")
    assert found.longest_in_keys.confirmed
    assert found.longest_in_seconds
    assert found.longest_in_seconds.path == ("0",)
    assert found.longest_in_seconds.seconds == pytest.approx(
        spoken_seconds("Sales, press 1. More, press 2.", "en-US")
        + spoken_seconds(line(TREE).service["voicemail"].texts["en-US"][0][0], "en-US"),  # type: ignore[arg-type]
        abs=0.01,
    )


def test_recordings_have_their_own_length() -> None:
    """Words that are recorded take as long as the recording."""
    found = walk(line(TREE), recorded={("en-US", "main.menu.1", 0): 100.0})
    assert found.longest_in_seconds
    assert found.longest_in_seconds.seconds > 100


def test_words_heard_three_times_are_told() -> None:
    """Untapered words at a place with three tries; tapered words, or two tries, are not."""
    assert {(one.place, one.prompts, one.why) for one in walk(line(TREE)).heard if one.place == "main"} == {
        ("main", ("main.menu.1", "main.menu.2"), "pressing nothing"),
        ("main", ("main.menu.1", "main.menu.2"), "pressing wrong keys"),
    }
    assert walk(line(TREE, "limits: {tries: 2}")).heard == ()


def test_a_silent_caller_comes_to_a_person() -> None:
    """How long that takes: the words, and the times in which nothing is pressed."""
    silence = walk(line(TREE)).silence
    assert silence
    assert silence.to == "service.voicemail"
    assert silence.seconds > 15


@pytest.mark.parametrize("languages", ["[en-US, es-MX]", "[en-US, es-MX, fr-CA, de-DE, pt-BR]"])
def test_each_language_is_walked(languages: str) -> None:
    """A line that lets callers choose is walked in each of its languages; one that does not, in its first."""
    names = languages.strip("[]").split(", ")
    words = "\n".join(f"        {name}: Words" for name in names)
    text = f"first:\n  language: {languages}\n  go: main\nmain:\n  menu:\n    1 -> hangup:\n{words}\n"
    found = walk(line(text, languages=languages))
    assert (found.languages.total, found.languages.missed) == (len(names), ())
    without = walk(line(f"main:\n  menu:\n    1 -> hangup:\n{words}\n", languages=languages))
    assert without.languages.missed == tuple(names[1:])


def test_a_walk_that_is_left_off_proves_nothing() -> None:
    """More states than it may keep: it says so."""
    found = walk(line(TREE), most=3)
    assert not found.finished
    assert not found.proven


def test_progress_is_told() -> None:
    """At the end all states that are known are walked."""
    told: list[tuple[int, int]] = []
    found = walk(line(TREE), progress=lambda done, known: told.append((done, known)))
    assert told[-1] == (found.states, found.states)


def test_the_moment_is_the_callers() -> None:
    """A walk may begin at any moment; its states do not depend on it where no hours do."""
    assert walk(line(TREE), at=datetime(2027, 1, 1, tzinfo=UTC)) == walk(line(TREE))


def test_the_estimate_of_spoken_words() -> None:
    """150 English words take a minute; other languages are said at their own pace."""
    assert spoken_seconds("word " * 150, "en-US") == 60
    assert words_a_minute("es-MX") == pytest.approx(143.4, abs=0.1)
    assert words_a_minute("xx-XX") == 150


# Queues

QUEUES = (
    QUEUE.replace("Bye.\n  go: hangup", "Bye.\n  go: again")
    + """
again:
  menu:
    1 -> people: To wait again
  give_up: hangup
"""
)


def test_a_queue_is_walked_with_all_its_exits() -> None:
    """Each exit is taken, in the wait and before it; callbacks, moves and hand-overs end, and break nothing."""
    found = walk(line(QUEUES))
    assert (found.faults, found.unreached, found.finished) == ((), (), True)
    assert found.outcomes.total == 12
    assert found.proof.driven == found.proof.loops >= 1


def test_what_is_heard_three_times_before_a_queue_is_told() -> None:
    """A caller who errs until they wait for an agent is left there."""
    flow = line(QUEUES, 'operator: people\nlast_resort: "+15005550199"', start="again")
    found = walk(flow)
    assert found.faults == ()
    assert {one.place for one in found.heard} <= {"again"}


def test_an_agent_may_send_a_caller_anywhere_without_a_step_being_reached() -> None:
    """A step to which no caller of the file's own ways comes is told of all the same."""
    steps = "\nsplit:\n  if: call.tries > 99\n  then: island\n  else: people\nisland:\n  say: Here.\n  go: hangup\n"
    found = walk(line(QUEUES + steps, start="split"))
    assert [(one.step, one.way) for one in found.unreached] == [("split", "then"), ("island", "")]
