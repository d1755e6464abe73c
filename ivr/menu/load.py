"""Menu files in, flows and problems out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ivr.menu import names
from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Flow, Limits
from ivr.menu.header import ANYWHERE, Header, languages_of
from ivr.menu.pieces import Expansion, Piece, alone, inside, is_piece, place
from ivr.menu.problems import Problem, Severity, shown
from ivr.menu.prompts import language_prompts, queue_prompts, service_prompt
from ivr.menu.reader import Reader
from ivr.menu.rules import (
    MANNERS,
    MANNERS_OF_WAYS,
    RULES,
    STRUCTURE,
    WITH_MORE,
    Finding,
    commonest_first,
    silence,
    stale_recording,
    unused_silence,
)
from ivr.menu.sections import SECTIONS, read_sections
from ivr.menu.silences import Silence, heard, silences_in
from ivr.menu.source import Node, Source, parse
from ivr.menu.steps import Dial, Queue, Step, Survey, Voicemail
from ivr.menu.tables import missing_columns
from ivr.menu.team import Team
from ivr.menu.team_lines import LINE_RULES
from ivr.menu.traffic import Traffic
from ivr.menu.words import Template

SERVICE = (
    "no_input", "no_match", "not_valid", "date_mdy", "date_dmy", "date_ymd", "money", "until_pound", "yes_no",
    "confirm", "voicemail", "too_many", "apology", "goodbye", "over", "notice", "closed",
)  # fmt: skip
"""The service's phrases that every line can say, as `service.NAME`."""


OF_SILENCES = (silence.ID, unused_silence.ID)

CAN_BE_ALLOWED = frozenset(
    rule.ID for rules in (RULES, LINE_RULES, WITH_MORE) for rule in rules if rule.SEVERITY == "warning"
).difference(OF_SILENCES)
"""The rules that a comment in a file can allow."""


@dataclass(frozen=True, slots=True)
class Menus:
    """What `load` found: the flows of the files that have no error, by stem, and all problems in order."""

    flows: Mapping[str, Flow] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that break calls."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


@dataclass(frozen=True, slots=True)
class Around:
    """What lies outside of a line's files, asked for by line: what its callers did, which words of it were recorded."""

    traffic: Callable[[Flow], Traffic] | None = None
    recorded: Callable[[Flow], stale_recording.Recorded] | None = None


def load(
    files: Mapping[str, bytes],
    tables: Mapping[str, bytes] | None = None,
    team: Team | None = None,
    pieces: Mapping[str, bytes] | None = None,
    around: Around | None = None,
) -> Menus:
    """Reads menu files, `{file name or path: bytes}`: lines, and the pieces that they run.

    `tables` are the CSV files beside them, by bare name, `team` is the team file's; where they are not given (a
    published version: tables and team stay live), nothing is said of them. `pieces` are more pieces, of which nothing
    is said but where a line runs them; `around` is what else there is to judge a line by. Never raises for what a file
    holds.
    """
    flows: dict[str, Flow] = {}
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    sources = {file: parse(file, data) for file, data in files.items()}
    mine = {file: source for file, source in sources.items() if source.root is not None and is_piece(source.root)}
    others = {file: parse(file, data) for file, data in (pieces or {}).items()}
    known = {
        stem(file): Piece(file, source, source.root)
        for file, source in (others | mine).items()
        if source.root is not None
    }
    ran: set[str] = set()
    for file, source in sources.items():
        if file in mine:
            continue
        flow, found = _load_one(file, source, tables, team, known, around)
        if not stem(file).isprintable():
            found.append(Problem(file, 1, 1, "name", "a line is named after its file; give this one a name of letters"))
        ran |= {use.piece for use in flow.uses.values()} if flow else set()
        if flow is not None:
            for number in flow.numbers:
                if number in owners:
                    line, column = flow.marks[".numbers"]
                    message = f"{number} is answered by {owners[number]} already; a number has one line"
                    found.append(Problem(file, line, column, "number-taken", message))
                owners.setdefault(number, file)
        problems += sorted(set(found))
        if flow is not None and not any(problem.severity == "error" for problem in found):
            flows[flow.name] = flow
    for file in mine:
        if stem(file) not in ran:
            problems += _piece_alone(known[stem(file)], tables, team, known)
    silences = {file: _silences(data, (sources | others)[file]) for file, data in {**(pieces or {}), **files}.items()}
    if any(silences.values()):
        problems = list(_heard(problems, silences, set(files), _ran(team, around)))
    return Menus(flows, tuple(dict.fromkeys(problems)))


def _silences(data: bytes, source: Source) -> list[Silence]:
    """The comments of a file that allow something."""
    if b"ivr" not in data or source.root is None:
        return []
    rows = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return silences_in(rows, sorted((it.line, it.column, it.text) for it in source.root.walk() if it.kind == "scalar"))


def _ran(team: Team | None, around: Around | None) -> set[str]:
    """The rules that warn and that looked at the files."""
    ran = {rule.ID for rule in RULES} | {"unused"}
    ran |= {rule.ID for rule in LINE_RULES} if team is not None else set()
    around = around or Around()
    ran |= {commonest_first.ID} if around.traffic is not None else set()
    return ran | ({stale_recording.ID} if around.recorded is not None else set())


def _heard(
    problems: list[Problem], silences: Mapping[str, list[Silence]], asked: set[str], ran: set[str]
) -> Iterator[Problem]:
    """The problems but those that comments allow, and what is wrong with such comments of the files `asked`."""
    of: dict[str, list[Problem]] = {}
    for problem in problems:
        of.setdefault(problem.file, []).append(problem)
    for file in dict.fromkeys([*of, *silences]):
        found = of.get(file, [])
        broken = any(problem.severity == "error" for problem in found)
        told = heard(file, found, silences.get(file, ()), CAN_BE_ALLOWED, set() if broken else ran)
        yield from sorted(problem for problem in told if file in asked or problem.rule not in OF_SILENCES)


def _piece_alone(
    piece: Piece, tables: Mapping[str, bytes] | None, team: Team | None, pieces: Mapping[str, Piece]
) -> list[Problem]:
    """What is wrong in a piece that no line runs here."""
    line = parse("", alone(stem(piece.file), piece.root))
    _, found = _load_one("", line, tables, team, pieces)
    return sorted({problem for problem in found if problem.file})


def stem(file: str) -> str:
    """What commands call the line of a file: `menus/meridian.yaml` is `meridian`."""
    return file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _load_one(
    file: str,
    source: Source,
    tables: Mapping[str, bytes] | None,
    team: Team | None,
    pieces: Mapping[str, Piece],
    around: Around | None = None,
) -> tuple[Flow | None, list[Problem]]:
    root = source.root
    around = around or Around()
    if root is None:
        return None, list(source.problems)
    reader = Reader(file)
    languages_of(root, reader)
    header, broken = reader.partial(root, Header, "", skip=SECTIONS)
    _no_language_twice(root, reader)
    expansion = Expansion(pieces, lambda root, reader, source: read_sections(root, reader, source, header))
    whole = expansion.expand(read_sections(root, reader, source, header), reader)
    steps, lookups = whole.steps, whole.lookups
    declared = list(names.declared(steps, lookups))
    needs = {f"{name}.{need}": type_ for name, use in expansion.uses.items() for need, type_ in use.needs.items()}
    flow = Flow(
        name=stem(file),
        title=header.get("title", ""),
        numbers=header.get("numbers", ()),
        zone=header.get("zone", ZoneInfo("UTC")),
        languages=reader.languages,
        start=header.get("start", next(iter(steps), "")),
        steps=steps,
        country=header.get("country"),
        operator=header.get("operator"),
        last_resort=header.get("last_resort"),
        anywhere=header.get("anywhere", ANYWHERE),
        hours=whole.hours,
        lookups=lookups,
        limits=header.get("limits", Limits()),
        priority=header.get("priority", 0.0),
        types={entry.name: entry.type for entry in reversed(declared)} | needs,
        secrets=frozenset(entry.name for entry in declared if entry.secret),
        marks=reader.marks,
        uses=expansion.uses,
    )
    problems = [*reader.problems, *expansion.problems]
    lost = any(not _in_steps(root, line) for line in source.dropped)
    if lost:
        problems = [problem for problem in problems if problem.rule != "missing-key" or problem.line != root.line]
    if steps:
        # Where the roots of the graph are unknown, each step could be one.
        rootless = lost or broken & {"start", "operator", "anywhere"}
        for rule in (*STRUCTURE, *MANNERS):
            if not (rootless and rule.ID == "unreachable"):
                problems += _problems(flow, file, rule.check(flow), rule=rule.ID, severity=rule.SEVERITY)
        if around.traffic is not None:
            found = commonest_first.check(flow, around.traffic(flow))
            problems += _problems(flow, file, found, rule=commonest_first.ID, severity=commonest_first.SEVERITY)
        if around.recorded is not None:
            found = stale_recording.check(flow, around.recorded(flow))
            problems += _problems(flow, file, found, rule=stale_recording.ID, severity=stale_recording.SEVERITY)
        if tables is not None:
            problems += _problems(flow, file, missing_columns(flow, tables), rule="table")
        if team is not None:
            for line_rule in LINE_RULES:
                found = line_rule.check(flow, team)
                problems += _problems(flow, file, found, rule=line_rule.ID, severity=line_rule.SEVERITY)
        if not any(problem.severity == "error" for problem in (*source.problems, *problems)):
            for rule in MANNERS_OF_WAYS:
                problems += _problems(flow, file, rule.check(flow), rule=rule.ID, severity=rule.SEVERITY)
    told = (problem for problem in problems if problem.file != file or problem.line not in source.guessed)
    problems = [*source.problems, *told]
    if not steps or any(problem.severity == "error" for problem in problems):
        return (flow if steps else None), problems
    return _with_service(flow), problems


def _in_steps(root: Node, line: int) -> bool:
    """Whether the line belongs to the steps, as far as one can tell."""
    steps = next((name for name, _ in root.pairs if name.text == "steps"), None)
    if steps is None or line < steps.line:
        return False
    return not any(steps.line < name.line <= line for name, _ in root.pairs)


def _no_language_twice(root: Node, reader: Reader) -> None:
    node = root.get("languages")
    seen = set()
    for item in node.items if node is not None else ():
        if item.text in seen:
            reader.problem(item, "duplicate-key", f"{shown(item.text)} is named twice; keep one of the two")
        seen.add(item.text)


def _problems(
    flow: Flow, file: str, found: Iterable[Finding], *, rule: str, severity: Severity = "error"
) -> Iterator[Problem]:
    for address, message in found:
        line, column = _place(flow, address)
        problem = Problem(file, line, column, rule, message, severity)
        within = place(flow, address)
        yield inside(problem, *within) if within else problem


def _place(flow: Flow, address: str) -> tuple[int, int]:
    """Where the address stands, or the nearest one around it."""
    while address and address not in flow.marks:
        address = address.rpartition(".")[0]
    return flow.marks.get(address, (1, 1))


def _with_service(flow: Flow) -> Flow:
    """The flow with the service's own words and the steps of the last resort."""
    service = {name: service_prompt(name, flow.languages) for name in SERVICE}
    service |= {prompt.address.removeprefix("service."): prompt for prompt in language_prompts(flow.languages)}
    if any(isinstance(step.act, Queue) for step in flow.steps.values()):
        service |= {prompt.address.removeprefix("service."): prompt for prompt in queue_prompts(flow.languages)}
    if any(isinstance(step.act, Survey) and step.act.nps for step in flow.steps.values()):
        service["one_or_ten"] = service_prompt("one_or_ten", flow.languages)
    steps = dict(flow.steps)
    steps[VOICEMAIL] = Step(VOICEMAIL, Voicemail(box=flow.name, go="hangup"))
    if flow.last_resort:
        template = Template(flow.last_resort, (flow.last_resort,))
        dial = Dial(to=template, answered="hangup", busy=VOICEMAIL, no_answer=VOICEMAIL, failed=VOICEMAIL)
        steps[LAST_RESORT] = Step(LAST_RESORT, dial)
    return dataclasses.replace(flow, steps=steps, service=service)
