"""Files that check: every kind of step and every key is read, and the JSON Schema says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from snippets import MAIN, TOP, flow_of, line, loaded

from ivr.menu import Flow, load
from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Request, Table
from ivr.menu.header import ANYWHERE, Header
from ivr.menu.options import LongOption
from ivr.menu.questions import ANSWER_TYPES
from ivr.menu.reader import keys_of
from ivr.menu.schema import schema
from ivr.menu.steps import KINDS, Act, Ask, Common, Extension, Menu, Run, Say, Step
from ivr.menu.team_load import FILE

HERE = Path(__file__).parent
MENUS = HERE.parents[1] / "menus"
FILES = sorted([*(HERE / "ok").glob("*.yaml"), *(path for path in MENUS.glob("*.yaml") if path.name != FILE)])
VALIDATOR = Draft202012Validator(schema())


def as_an_editor(data: Any) -> Any:
    """What an editor's YAML gives to a schema: keys are words, dates are text."""
    if isinstance(data, dict):
        return {_word(key): as_an_editor(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_an_editor(item) for item in data]
    return data.isoformat() if isinstance(data, date) else data


def _word(key: object) -> str:
    return (
        {True: "yes", False: "no", None: "null"}.get(key, str(key))
        if not isinstance(key, int) or isinstance(key, bool)
        else str(key)
    )


def refusals(data: bytes) -> list[str]:
    """What the schema has against a file."""
    return [error.message for error in VALIDATOR.iter_errors(as_an_editor(yaml.safe_load(data)))]


def flows() -> Mapping[str, Flow]:
    """The flows of ok/."""
    files = {path.name: path.read_bytes() for path in (HERE / "ok").glob("*.yaml") if path.stem == "everything"}
    tables = {path.name: path.read_bytes() for path in (HERE / "ok").glob("*.csv")}
    menus = load(files, tables)
    assert not menus.problems
    return menus.flows


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_good_file_has_no_problem(path: Path) -> None:
    """No error and no warning, with the tables beside it."""
    tables = {table.name: table.read_bytes() for table in path.parent.glob("*.csv")}
    menus = load({str(path): path.read_bytes()}, tables)
    assert [str(problem) for problem in menus.problems] == []
    assert list(menus.flows) == [path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_schema_accepts_what_the_reader_accepts(path: Path) -> None:
    """An editor marks nothing in a file that checks."""
    assert refusals(path.read_bytes()) == []


def test_everything_is_in_the_good_files() -> None:
    """Each kind of step, each type of answer, each key of each of them, and both kinds of look-up."""
    flow = flows()["everything"]
    text = (HERE / "ok" / "everything.yaml").read_text("utf-8")
    assert {type(step.act) for step in flow.steps.values()} >= set(KINDS.values()) - {
        Run
    }  # its piece's steps stand there
    assert {step.act.type for step in flow.steps.values() if isinstance(step.act, Ask)} == set(ANSWER_TYPES)
    assert {type(source) for source in flow.lookups.values()} == {Table, Request}
    for cls in (Header, Common, Extension, LongOption, Table, Request, Say, *KINDS.values()):
        for word in () if cls is Run else keys_of(cls):
            assert f"{word}:" in text, word


# The sample of the design

DESIGN = """\
line: Meridian Coaches
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]            # the first is the default
start: welcome
operator: agents                     # a step: what 0 means, and where trouble goes
last_resort: "+15005550199"          # a number to dial when even that cannot be had; else voicemail
anywhere: {star: back, 9: repeat, 0: operator}      # in every menu; inside an ask only star and 0-then-pound
hours:                               # OpenStreetMap's opening_hours syntax
  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; Jul 4 off; Dec 25 off
lookups:
  departures:                        # a CSV beside the menu: rows of this stop, the first at or after now
    table: departures.csv
    where: {stop: <stop>}
    next: at
    gives: {to: text, at: time, bay: digits}
  booking:                           # (its steps are left out of this sample)
    get: https://api.example.com/bookings/<booking>
    timeout: 3s
    gives: {status: text, leaves: date, due: money}

steps:
  welcome:
    say:
      en-US: Thank you for calling Meridian Coaches.
      es-MX: Gracias por llamar a Meridian Coaches.
    language: [en-US, es-MX]         # "For English, press 1. Para español, oprima dos."
    go: main

  main:
    menu:
      1 -> stop:
        en-US: To hear the next departures
        es-MX: Para escuchar las próximas salidas
      2 -> open_now:
        say:
          en-US: To talk to us
          es-MX: Para hablar con nosotros
        goal: asked_for_a_person
    tries: 3
    give_up: open_now

  stop:
    ask:
      en-US: Enter the four digits on the stop's sign.
      es-MX: Marque los cuatro dígitos del letrero de la parada.
    digits: 4
    save: stop
    go: departures
    give_up: main

  departures:
    lookup: departures
    found: tell_departure
    not_found: stop                  # counts as an error, so it cannot go round for ever
    failed: open_now

  tell_departure:
    say:
      en-US: The next coach to <departures.to> leaves at <departures.at as time> from bay <departures.bay>.
      es-MX: El próximo autobús a <departures.to> sale a las <departures.at as time> del andén <departures.bay>.
    goal: departure_told             # a named outcome, which reports count
    go: main

  open_now:
    hours: office
    open: agents
    closed: message

  agents:
    queue: bookings                  # all seven exits are always written
    answered: survey
    left: main
    callback_booked: goodbye
    timed_out: message
    full: message
    nobody_in: message
    closed: message

  survey:
    survey: satisfaction
    csat:
      en-US: From 1 to 5, how satisfied are you with this call?
      es-MX: Del 1 al 5, ¿qué tan satisfecho está con esta llamada?
    go: goodbye

  message:
    voicemail: bookings
    go: goodbye

  goodbye:
    say:
      en-US: Thank you. Goodbye.
      es-MX: Gracias. Adiós.
    go: hangup
"""


def test_the_sample_of_the_design_loads() -> None:
    """Only the look-up whose steps the sample leaves out is told to be unused, and holidays on a Saturday."""
    menus = load({"meridian.yaml": DESIGN.replace("/<booking>", "").encode()})
    assert [problem.rule for problem in menus.problems] == ["holidays", "unused"]
    assert menus.errors == ()
    assert '"booking"' in menus.problems[1].message
    assert refusals(DESIGN.encode()) == []


# What is read as it looks

ACCEPTED = {
    "yes_no_words": "  main:\n    say: Hi.\n    interruptible: no\n    go: hangup\n",
    "yes_no_true": "  main:\n    say: Hi.\n    interruptible: TRUE\n    go: hangup\n",
    "digits_as_a_range": "  main: {ask: Hi, digits: 3-8, save: x, go: hangup}\n",
    "quoted_keys": '  "main":\n    "say": "Hi."\n    "go": "hangup"\n',
    "option_without_spaces": "  main:\n    menu:\n      1->hangup: End\n    give_up: hangup\n",
    "option_in_quotes": '  main:\n    menu:\n      "* -> hangup": End\n    give_up: hangup\n',
    "named_keys": "  main:\n    menu:\n      star -> hangup: End\n      pound -> hangup: End\n    give_up: hangup\n",
    "block_text": "  main:\n    say: >\n      Hello,\n      and welcome: #1.\n    go: hangup\n",
    "two_spaces_and_a_comment": "  main:\n    say: Hello.  # said first\n    go: hangup\n",
    "list_at_the_key": "  main:\n    ask:\n    - One.\n    - Two.\n    digits: 4\n    save: x\n    go: hangup\n",
    "names_of_yaml": "  main:\n    set: {no: yes, on: off, y: n}\n    go: hangup\n",
}


@pytest.mark.parametrize("steps", ACCEPTED.values(), ids=ACCEPTED)
def test_what_people_write_is_accepted_by_reader_and_schema(steps: str) -> None:
    """Other ways of writing the same: no error, neither here nor in an editor."""
    assert loaded("steps:\n" + steps).errors == ()
    assert refusals(line("steps:\n" + steps)) == []


def test_a_scalar_is_the_text_that_was_written() -> None:
    """`no`, `0123`, `10:00`, `+1555` and dates mean what they look like."""
    path = HERE / "ok" / "bare.yaml"
    flow = load({"bare.yaml": path.read_bytes()}).flows["bare"]
    assert flow.title == "No, 0123 and 10:00"
    assert flow.numbers == ("+15005550006",)
    act: Any = flow.steps["on"].act
    assert {name: value.source for name, value in act.set.items()} == {
        "no": "yes", "off": "0123", "y": "10:00", "n": "2026-01-01", "e": "1e3", "empty": "",
    }  # fmt: skip


# Defaults


def test_what_is_left_out_has_its_default() -> None:
    """The keys that work anywhere, tries, times, the way out for those who give up."""
    flow = flow_of("steps:\n  main:\n    menu:\n      1 -> main: Again\n")
    assert flow.anywhere == ANYWHERE == {"*": "back", "9": "repeat", "0": "operator"}
    assert (flow.limits.tries, flow.limits.errors, flow.limits.inputs, flow.limits.steps) == (3, 6, 150, 50)
    menu = flow.steps["main"].act
    assert isinstance(menu, Menu)
    assert (menu.tries, menu.wait, menu.between, menu.give_up) == (None, 5.0, 3.0, "operator")
    assert flow.steps["main"].interruptible


def test_anywhere_replaces_the_defaults_wholly() -> None:
    """Who writes `anywhere` writes all of it."""
    assert flow_of(top="anywhere: {star: back}\n").anywhere == {"*": "back"}
    assert flow_of(top="anywhere: {}\n").anywhere == {}


def test_every_line_has_a_voicemail_and_its_last_resort() -> None:
    """Trouble always finds a step: the operator, else the number of last resort, else a message."""
    plain = flow_of()
    assert (plain.person, plain.rescue) == (VOICEMAIL, VOICEMAIL)
    assert VOICEMAIL in plain.steps
    rescued = flow_of(top='last_resort: "+15005550199"\n')
    assert (rescued.person, rescued.rescue) == (LAST_RESORT, LAST_RESORT)
    assert LAST_RESORT in rescued.steps
    assert flow_of(top="operator: main\n").person == "main"


def test_a_file_is_called_by_its_stem() -> None:
    """Folders and the ending are not part of a line's name."""
    assert list(load({"some/where\\meridian.yaml": line()}).flows) == ["meridian"]


def test_two_files_do_not_hide_each_other() -> None:
    """A file with errors has no flow; the other has one."""
    menus = load({"bad.yaml": b"line: x\n", "good.yaml": line()})
    assert list(menus.flows) == ["good"]
    assert {problem.file for problem in menus.errors} == {"bad.yaml"}


# The schema

REFUSED = {
    "unknown_key_at_the_top": line(top="colour: blue\n"),
    "no_steps": TOP.encode(),
    "empty_steps": line("steps: {}\n"),
    "unknown_key_in_a_step": line(MAIN + "    tries: 3\n"),
    "no_kind": line("steps:\n  main: {goal: x}\n"),
    "two_kinds": line("steps:\n  main: {say: Hi, voicemail: a, set: {a: b}, go: hangup}\n"),
    "missing_exit": line("steps:\n  main: {hours: office, open: hangup}\n"),
    "tries_is_text": line("steps:\n  main: {ask: Hi, digits: 4, save: x, go: hangup, tries: often}\n"),
    "tries_too_many": line("steps:\n  main: {ask: Hi, digits: 4, save: x, go: hangup, tries: 10}\n"),
    "wait_is_a_number": line("steps:\n  main: {ask: Hi, digits: 4, save: x, go: hangup, wait: 5}\n"),
    "type_unknown": line("steps:\n  main: {ask: Hi, type: dates, save: x, go: hangup}\n"),
    "numbers_bare": line().replace(b'["+15005550006"]', b'"+15005550006"'),
    "numbers_empty": line().replace(b'["+15005550006"]', b"[]"),
    "option_without_step": line("steps:\n  main:\n    menu:\n      1: End\n"),
    "empty_menu": line("steps:\n  main: {menu: {}}\n"),
    "destination_with_spaces": line("steps:\n  main: {say: Hi, go: the end}\n"),
    "step_with_capitals": line("steps:\n  Main: {say: Hi, go: hangup}\n"),
    "words_are_a_map_of_nonsense": line("steps:\n  main: {say: {text: Hi}, go: hangup}\n"),
    "lookup_with_two_addresses": line(top="lookups: {a: {get: x, post: y, gives: {b: text}}}\n"),
    "lookup_gives_nothing": line(top="lookups: {a: {get: x}}\n"),
    "key_of_the_keypad": line(top="anywhere: {11: back}\n"),
    "maybe": line("steps:\n  main: {say: Hi, interruptible: maybe, go: hangup}\n"),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_the_schema_refuses_what_the_reader_refuses(data: bytes) -> None:
    """Mistakes of shape are marked while somebody types."""
    assert refusals(data)
    assert load({"test.yaml": data}).errors


STRUCTURE = {
    "unknown-key", "missing-key", "shape", "value", "name", "menu-key", "destination", "phone-number", "no-kind",
    "two-kinds", "country", "empty-file", "not-a-map", "no-words",
}  # fmt: skip
"""The rules whose findings an editor marks, too, wherever it reads the same YAML."""


def test_the_schema_refuses_every_bad_file_of_a_wrong_shape() -> None:
    """All golden files with such a finding are refused; those whose findings are of other kinds are not."""
    refused = 0
    for path in sorted((HERE / "err").glob("*.yaml")):
        rules = {row.split()[2] for row in path.with_suffix(".out").read_text("utf-8").splitlines()}
        try:
            wrong = refusals(path.read_bytes())
        except (yaml.YAMLError, UnicodeDecodeError, AttributeError):
            continue  # no YAML to an editor either, or twice the same key
        refused += bool(wrong)
        assert wrong or not rules & STRUCTURE, path.name
        assert not wrong or rules & (STRUCTURE | {"language", "swallowed", "too-deep"}), (path.name, wrong)
    assert refused > 30


def test_the_schema_is_a_schema() -> None:
    """Of the draft that it names."""
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"].endswith("2020-12/schema")


def test_the_schema_has_every_kind_and_every_key_with_a_description() -> None:
    """What an editor shows on hovering is a sentence about this key, and not the same for all."""
    described = schema()
    kinds = described["properties"]["steps"]["additionalProperties"]["anyOf"]
    assert len(kinds) == len(KINDS) + 1
    for cls, kind in zip([*KINDS.values(), Say], kinds, strict=True):
        assert set(kind["properties"]) == {*keys_of(cls), *keys_of(Common)}
        assert kind["description"]
    for part in (described, *kinds):
        hovers = [value["description"] for value in part["properties"].values()]
        assert all(len(hover) > 12 for hover in hovers), hovers
        assert len(set(hovers)) == len(hovers)


def test_every_field_says_what_it_is_for() -> None:
    """No key is left to its shape alone: `go` of a question is not just some step."""
    for cls in (Header, Common, Extension, LongOption, Table, Request, Say, *KINDS.values()):
        for word, spec in keys_of(cls).items():
            assert spec.metadata["about"], f"{cls.__name__}.{word}"


def test_an_act_of_another_kind_says_so() -> None:
    """A key of one kind in another is told with who can have it."""
    (problem,) = loaded("steps:\n  main: {say: Hi, tries: 3, go: hangup}\n").problems
    assert "a menu and a question can have it" in problem.message


def test_say_stands_before_every_kind() -> None:
    """With another kind, `say` is what is said first."""
    flow = flows()["everything"]
    spoken = {type(step.act) for step in flow.steps.values() if step.say}
    assert len(spoken) >= 6
    step: Step[Act] = flow.steps["welcome"]
    assert step.say is not None
    assert not step.interruptible
