"""What is different between two versions of a line, said as an operator would say it."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menu import Flow, load
from ivr.menu.diff import KINDS, diff

MENUS = Path("menus")

LINE = """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: main
operator: person
hours:
  office: Mo-Fr 08:00-18:00
lookups:
  bills:
    table: bills.csv
    where: {number: <number>}
    gives: {due: money}
steps:
  main:
    say:
      en-US: Welcome to the test line.
      es-MX: Bienvenido a la línea de prueba.
    menu:
      1 -> number:
        en-US: To hear your bill
        es-MX: Para escuchar su factura
      2 -> refunds:
        en-US: Billing
        es-MX: Facturación
      3 -> open_now:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
    give_up: bye
  number:
    ask:
      en-US: Your number, please.
      es-MX: Su número, por favor.
    digits: 4
    save: number
    go: bill
  bill:
    lookup: bills
    found: told
    not_found: number
    failed: person
  told:
    say:
      en-US: You owe <bills.due as money>.
      es-MX: Usted debe <bills.due as money>.
    goal: told
    go: main
  refunds:
    say:
      en-US: Refunds take a week.
      es-MX: Los reembolsos tardan una semana.
    go: main
  open_now:
    hours: office
    open: person
    closed: bye
  person:
    dial: "+15005550150"
    answered: bye
    busy: bye
    no_answer: bye
    failed: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""

SALES = """\
  sales:
    say:
      en-US: This is sales.
      es-MX: Aquí ventas.
    go: main
"""


def flow(text: str, name: str = "test", pieces: dict[str, str] | None = None) -> Flow:
    """The line of a text that checks."""
    files = {f"{name}.yaml": text.encode()} | {f"pieces/{it}.yaml": of.encode() for it, of in (pieces or {}).items()}
    menus = load(files)
    assert not menus.errors, menus.errors
    return menus.flows[name]


def changed(*edits: tuple[str, str]) -> str:
    """The line with these replacements, each of which must fit once or more."""
    text = LINE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


REFUNDS = LINE[LINE.index("  refunds:\n") : LINE.index("  open_now:\n")]

GOLDEN = {
    "billing goes to sales": (
        [
            ("2 -> refunds", "2 -> sales"),
            (REFUNDS, SALES),
            ("es-MX: Facturación", "es-MX: Para facturas, pagos, reembolsos y todo lo que tenga que ver con ello"),
        ],
        [
            "step refunds can no longer be reached: it is gone",
            "key 2 of main: “Billing” now goes to sales, and no longer to refunds",
            "step sales is new: a step that only says something",
            "key 2 of main: Spanish prompt 5 s longer: “Facturación, oprima 2.” is now “Para facturas, pagos, "
            "reembolsos y todo lo que tenga que ver con ello, oprima 2.”",
        ],
    ),
    "hours and numbers": (
        [("08:00-18:00", "09:00-17:00"), ('["+15005550001"]', '["+15005550001", "+15005550002"]')],
        [
            "callers of +15005550002 reach this line now",
            "hours office are Mo-Fr 09:00-17:00 now, and were Mo-Fr 08:00-18:00",
        ],
    ),
    "a step that is called otherwise": (
        [("bill:\n    lookup", "look:\n    lookup"), ("go: bill\n", "go: look\n"), ("told:\n    say", "due:\n    say"),
         ("found: told\n", "found: due\n")],
        [
            "step bill is called look now",
            "step told is called due now",
        ],
    ),
    "options": (
        [("      3 -> open_now:\n        en-US: To talk to us\n        es-MX: Para hablar con nosotros\n",
          "      star -> bye:\n        en-US: To end\n        es-MX: Para terminar\n"
          "      4 -> open_now:\n        hours: office\n        say:\n          en-US: To talk to us\n"
          "          es-MX: Para hablar con nosotros\n")],
        [
            "key 3 of main is gone: “To talk to us”, which went to open_now",
            "the star key of main is new: “To end” goes to bye",
            "key 4 of main is new: “To talk to us” goes to open_now only while office is open",
        ],
    ),
    "settings, goals and kinds": (
        [("digits: 4", "digits: 4-6\n    tries: 2\n    wait: 8s"), ("    goal: told\n", ""),
         ("give_up: bye", "give_up: person"),
         ('"+15005550150"', '"+15005550151"'), ("table: bills.csv", "table: due.csv"),
         ("    hours: office\n    open: person\n    closed: bye",
          "    say:\n      en-US: Hold on.\n      es-MX: Espere.\n    go: person")],
        [
            "callers whose tries at main are used up now go to person, and no longer to bye",
            "step open_now was a look at the hours, and is a step that only says something now",
            "look-up bills: the table is due.csv now, and was bills.csv",
            "number: the number of digits is 4-6 now, and was 4",
            "number: the number of tries is 2 now, and was not said",
            "number: the time for the first key is 8 s now, and was 5 s",
            "told: no longer counts as the goal told",
            "person: the number that is dialled is +15005550151 now, and was +15005550150",
            "open_now: English words are new: “Hold on.”",
            "open_now: Spanish words are new: “Espere.”",
        ],
    ),
    "what look-ups give": (
        [("gives: {due: money}", "gives: {due: money, name: text}"),
         ("start: main\n", "start: main\nlimits: {errors: 8}\n")],
        [
            "the limit of errors is 8 now, and was 6",
            "look-up bills: the field name is new: text",
        ],
    ),
    "another language": (
        [("languages: [en-US, es-MX]", "languages: [es-MX, en-US]")],
        ["who chooses none hears Spanish (Mexico) now, and heard English (United States)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_what_changed_is_said(name: str) -> None:
    """Each change is one sentence, what reaches everybody first, the words last."""
    edits, sentences = GOLDEN[name]
    found = diff(flow(LINE), flow(changed(*edits)))
    assert [str(it) for it in found] == sentences
    assert [KINDS.index(it.kind) for it in found] == sorted(KINDS.index(it.kind) for it in found)


def test_changes_are_data() -> None:
    """A change says where it is, what was there and what is, and at which steps of the old version callers meet it."""
    (leads, *_) = (
        it
        for it in diff(flow(LINE), flow(changed(("2 -> refunds", "2 -> sales"), (REFUNDS, SALES))))
        if it.kind == "leads"
    )
    assert (leads.step, leads.key, leads.old, leads.new, leads.touches) == (
        "main", "menu.2", "refunds", "sales", ("main",),
    )  # fmt: skip


SURVEY = """\
  survey:
    survey: week
    csat:
      en-US: From 1 to 5, how was it?
      es-MX: Del 1 al 5, ¿cómo fue?
    ces:
      en-US: From 1 to 7, how easy was it?
      es-MX: Del 1 al 7, ¿qué tan fácil fue?
    go: bye
"""


def test_a_survey_that_is_asked_otherwise() -> None:
    """Its order is heard, whom it is asked is told as a file has it, and so is a head start in a queue."""
    asked = changed(("give_up: bye", "give_up: survey"), ("  bye:\n", f"{SURVEY}  bye:\n"))
    csat, ces = (
        SURVEY[SURVEY.index("    csat") : SURVEY.index("    ces")],
        SURVEY[SURVEY.index("    ces") : SURVEY.index("    go")],
    )
    other = asked.replace(csat + ces, f"{ces}{csat}    share: 25%\n    at_most: 1 in 30d\n")
    assert [str(it) for it in diff(flow(asked), flow(other))] == [
        "survey: the questions are asked in the order ces, csat now, and were in csat, ces",
        "survey: the share of calls in which it is asked is 25 % now, and was not said",
        "survey: how often one caller is asked at most is 1 in 30 days now, and was not said",
    ]


def test_a_piece_that_is_run_is_told_as_one() -> None:
    """Steps of a piece that a line runs now are not told one by one; a change within it is."""
    piece = "piece: Identify\nlanguages: [en-US, es-MX]\nstart: ask\noutcomes: [known]\nsteps:\n  ask:\n    say:\n"
    words = "      en-US: Who are you?\n      es-MX: ¿Quién es?\n    go: known\n"
    runs = changed(("start: main", "start: who"), ("steps:\n", "steps:\n  who:\n    run: identify\n    known: main\n"))
    with_piece = flow(runs, pieces={"identify": piece + words})
    assert [str(it) for it in diff(flow(LINE), with_piece)] == [
        "every call begins at who now, and began at main",
        "step who runs the piece identify now: Identify",
    ]
    other = flow(runs, pieces={"identify": piece + words.replace("Who are you?", "Who is it?")})
    assert [str(it) for it in diff(with_piece, other)] == [
        "who.ask: English prompt reworded: “Who are you?” is now “Who is it?”"
    ]


WHO = """\
piece: Identify
languages: [en-US, es-MX]
needs: {branch: digits}
gives: [code]
start: ask
outcomes: [known]
hours:
  night: Mo-Su 22:00-06:00
lookups:
  people:
    table: who.csv
    where: {code: <code>, branch: <branch>}
    gives: {name: text}
steps:
  ask:
    ask:
      en-US: Who is it?
      es-MX: ¿Quién es?
    digits: 4
    save: code
    go: find
    give_up: known
  find:
    lookup: people
    found: late
    not_found: ask
    failed: known
  late:
    hours: night
    open: sure
    closed: known
  sure:
    if: people.name == "" || code == "0000"
    then: ask
    else: known
"""


def test_a_running_step_that_is_called_otherwise_is_one_change() -> None:
    """All of its piece goes along, and what is different within is told by its new name, of the old step's callers."""
    run = '  who:\n    run: who\n    with: {branch: "7"}\n    known: heard\n'
    heard = "  heard:\n    say:\n      en-US: You are <who.code>.\n      es-MX: Usted es <who.code>.\n    go: main\n"
    old = changed(("start: main", "start: who"), ("steps:\n", f"steps:\n{run}{heard}"))
    new = old.replace("start: who", "start: caller").replace("  who:\n", "  caller:\n").replace("<who.", "<caller.")
    pieces = {"who": WHO}
    called = "step who is called caller now"
    assert [str(it) for it in diff(flow(old, pieces=pieces), flow(new, pieces=pieces))] == [called]
    other = {"who": WHO.replace("Who is it?", "Who is there?").replace("then: ask", "then: known")}
    found = diff(flow(old, pieces=pieces), flow(new.replace("You are", "You have"), pieces=other))
    assert [(str(it), it.touches) for it in found] == [
        ("caller.sure, where it holds: callers now go to heard, and no longer to caller.ask", ("who.sure",)),
        (called, ("who",)),
        ("caller.ask, question: English prompt reworded: “Who is it?” is now “Who is there?”", ("who.ask",)),
        ("heard: English prompt reworded: “You are <caller.code>.” is now “You have <caller.code>.”", ("heard",)),
    ]


@pytest.mark.parametrize("name", ["meridian", "press-one"])
def test_a_line_is_the_same_as_itself(name: str) -> None:
    """Nothing is different between a file and itself."""
    data = (MENUS / f"{name}.yaml").read_bytes()
    assert diff(load({f"{name}.yaml": data}).flows[name], load({f"{name}.yaml": data}).flows[name]) == ()


def test_every_way_there_has_a_way_back() -> None:
    """Whatever is different one way is different the other way, as often in each kind but where steps come and go."""
    flows = [flow(LINE), *(flow(changed(*edits)) for edits, _ in GOLDEN.values())]
    for old, new in combinations(flows, 2):
        there, back = diff(old, new), diff(new, old)
        assert there
        assert back
        for kind in ("line", "hours", "leads", "option", "kind", "piece", "lookup", "setting", "words"):
            assert sum(it.kind == kind for it in there) == sum(it.kind == kind for it in back)


@pytest.mark.long
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_file_that_checks_can_be_compared(data: st.DataObject) -> None:
    """Rows of the demo line are taken away, doubled or moved: whatever still checks is compared without a trace."""
    text = (MENUS / "meridian.yaml").read_text("utf-8")
    rows = text.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        at, to = (data.draw(st.integers(0, len(rows) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["away", "words", "moved"])):
            case "away":
                del rows[at : at + data.draw(st.integers(1, 12))]
            case "words":
                rows[at] = rows[at].replace("e", "a")
            case "moved":
                rows.insert(to, rows.pop(at))
    old = _demo()
    new = load({"meridian.yaml": "".join(rows).encode()}).flows.get("meridian")
    if new is not None:
        for change in (*diff(old, new), *diff(new, old)):
            assert change.words.strip()
            assert change.kind in KINDS


@cache
def _demo() -> Flow:
    return load({"meridian.yaml": (MENUS / "meridian.yaml").read_bytes()}).flows["meridian"]
