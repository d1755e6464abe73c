"""Menu files in, flows and problems out."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

from ivr.menu import names, shapes
from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Flow, Limits, LookupSource, Request, Table
from ivr.menu.hours import Hours, compile_hours, known_country
from ivr.menu.phrases import KNOWN
from ivr.menu.problems import Problem, all_of, one_of
from ivr.menu.prompts import LANGUAGE, language_prompts, service_prompt
from ivr.menu.rules import RULES
from ivr.menu.shapes import Reader, Skip, checked, key, list_of, map_of, record
from ivr.menu.source import Node, parse
from ivr.menu.steps import (
    KINDS,
    Act,
    Ask,
    Broken,
    Common,
    Dial,
    Language,
    Say,
    Step,
    Voicemail,
    destination,
    keypad,
    language,
)
from ivr.menu.words import Template

ANYWHERE = {"*": "back", "9": "repeat", "0": "operator"}
"""What the keys do in every menu where the file does not say: FIELD.md's manners, and most phones'."""

SERVICE = (
    "no_input", "no_match", "not_valid", "date_mdy", "date_dmy", "date_ymd", "money", "until_pound", "yes_no",
    "confirm", "voicemail", "too_many", "apology", "goodbye", "over",
)  # fmt: skip
"""The service's phrases that every line can say, as `service.NAME`."""

MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Menus:
    """What `load` found: the flows of the files that have no error, by stem, and all problems in order."""

    flows: Mapping[str, Flow] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that break calls."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(files: Mapping[str, bytes], tables: Mapping[str, bytes] | None = None) -> Menus:
    """Reads menu files, `{file name or path: bytes}`.

    `tables` are the CSV files beside them, by bare name; where they are not given (a published version, whose
    tables stay live), nothing is said of them. Never raises for what a file holds.
    """
    flows: dict[str, Flow] = {}
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    for file, data in files.items():
        flow, found = _load_one(file, data, tables)
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
    return Menus(flows, tuple(problems))


def stem(file: str) -> str:
    """What commands call the line of a file: `menus/meridian.yaml` is `meridian`."""
    return file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{text}" is no time zone, such as America/Chicago') from None


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isupper() or not known_country(text):
        raise ValueError(f'"{text}" is no country whose holidays are known; write two capital letters, such as US')
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError(f'"{text}" is no language with its country, such as en-US or es-MX')
    if text.split("-")[0] not in KNOWN:
        raise ValueError(f'the service has no words of its own for "{text}"; it knows {one_of(KNOWN)}')
    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f'"{text}" is no language that can be spoken') from None
    return text


def _number(text: str) -> str:
    return text if text.startswith(("sip:", "client:")) and len(text) > 7 else shapes.phone_number(text)


def _title(text: str) -> str:
    if not text:
        raise ValueError("a line has a name, such as Meridian Coaches")
    return text


@dataclass(frozen=True, slots=True)
class Header:
    """a menu file"""

    title: str = key(checked(_title, "the line's name", "value"), name="line")
    numbers: tuple[str, ...] = key(
        list_of(checked(_number, "a phone number", "phone-number"), "the line's numbers", least=1)
    )
    zone: ZoneInfo = key(checked(_timezone, "a time zone, such as America/Chicago", "timezone"), name="timezone")
    languages: tuple[str, ...] = key(list_of(checked(_language, "a language", "language"), "languages", least=1))
    start: str = key(destination)
    country: str | None = key(checked(_country, "a country, such as US", "country"), default=None)
    operator: str | None = key(destination, default=None)
    last_resort: str | None = key(shapes.phone, default=None)
    anywhere: Mapping[str, str] = key(map_of(keypad, destination, "keys that work in every menu"), default=ANYWHERE)
    limits: Limits = key(record(Limits, "limits: tries, errors, inputs, steps"), default=Limits())


SECTIONS = ("hours", "lookups", "steps")


def _load_one(file: str, data: bytes, tables: Mapping[str, bytes] | None) -> tuple[Flow | None, list[Problem]]:
    root, problems = parse(file, data)
    if root is None:
        return None, problems
    reader = Reader(file)
    reader.problems += problems
    # Languages come first: everything that is said needs them.
    reader.languages = _languages(root)
    header, broken = reader.partial(root, Header, "", skip=SECTIONS)
    languages = header.get("languages", ())
    if len(set(languages)) < len(languages):
        reader.problem(_value(root, "languages"), "duplicate-key", "a language is named twice")
    zone = header.get("zone", ZoneInfo("UTC"))
    hours = _hours(root, reader, zone, header)
    lookups = _lookups(root, reader)
    steps = _steps(root, reader)
    if not steps:
        return None, reader.problems
    flow = Flow(
        name=stem(file),
        title=header.get("title", ""),
        numbers=header.get("numbers", ()),
        zone=zone,
        languages=reader.languages,
        start=header.get("start", next(iter(steps))),
        steps=steps,
        country=header.get("country"),
        operator=header.get("operator"),
        last_resort=header.get("last_resort"),
        anywhere=header.get("anywhere", ANYWHERE),
        hours=hours,
        lookups=lookups,
        limits=header.get("limits", Limits()),
        types={entry.name: entry.type for entry in reversed(list(names.declared(steps, lookups)))},
        secrets=frozenset(entry.name for entry in names.declared(steps, lookups) if entry.secret),
        marks=reader.marks,
    )
    reader.problems += _findings(flow, file)
    reader.problems += _table_problems(flow, file, tables)
    if broken or any(problem.severity == "error" for problem in reader.problems):
        return flow, reader.problems
    return _with_service(flow), reader.problems


def _value(root: Node, name: str) -> Node:
    return root.get(name) or root


def _languages(root: Node) -> tuple[str, ...]:
    """The line's languages; where they cannot be read, those that its words use, so that other problems show."""
    quiet = Reader("")
    node = root.get("languages")
    if node is not None:
        try:
            return list_of(language, "languages", least=1).read(node, quiet, "")
        except Skip:
            pass
    return tuple(dict.fromkeys(entry.text for entry in root.walk() if LANGUAGE.fullmatch(entry.text))) or ("en-US",)


def _section(root: Node, reader: Reader, name: str) -> Iterator[tuple[str, Node, Node]]:
    node = root.get(name)
    if node is None:
        return
    try:
        pairs = reader.pairs(node, f"what stands under {name}:")
    except Skip:
        return
    for entry, value in pairs:
        try:
            word = shapes.name.read(entry, reader, "")
        except Skip:
            continue
        yield word, entry, value


def _hours(root: Node, reader: Reader, zone: ZoneInfo, header: Mapping[str, Any]) -> dict[str, Hours]:
    found = {}
    for name, entry, value in _section(root, reader, "hours"):
        reader.mark(f".hours.{name}", entry)
        shape = checked(lambda text: compile_hours(text, zone, header.get("country")), "opening hours", "hours")
        try:
            found[name] = shape.read(value, reader, f".hours.{name}")
        except Skip:
            continue
    return found


def _lookups(root: Node, reader: Reader) -> dict[str, LookupSource]:
    found: dict[str, LookupSource] = {}
    for name, entry, value in _section(root, reader, "lookups"):
        address = f".lookups.{name}"
        reader.mark(address, entry)
        try:
            if value.kind == "map" and value.get("table") is not None:
                found[name] = reader.fields(value, Table, address)
            else:
                found[name] = _request(value, reader, address)
        except Skip:
            continue
    return found


def _request(node: Node, reader: Reader, address: str) -> Request:
    request = reader.fields(node, Request, address)
    if (request.get is None) == (request.post is None):
        raise reader.problem(node, "missing-key", "a look-up has one of table:, get: or post:")
    if request.body and request.get:
        raise reader.problem(node, "value", "only a post: has a body:")
    return request


def _steps(root: Node, reader: Reader) -> dict[str, Step[Act]]:
    node = root.get("steps")
    if node is None:
        reader.problem(root, "missing-key", '"steps" is missing: the places of the line, by name')
        return {}
    try:
        if not reader.pairs(node, "the line's steps, by name"):
            reader.problem(node, "shape", "a line has at least one step")
    except Skip:
        return {}
    if len(node.pairs) > MOST_STEPS:
        reader.problem(node, "too-large", f"a line has at most {MOST_STEPS:,} steps")
        return {}
    reader.problems = list(dict.fromkeys(reader.problems))
    steps = {}
    known = {entry.text for entry, _ in node.pairs}
    for name, entry, value in _section(root, reader, "steps"):
        reader.mark(name, entry)
        try:
            steps[name] = _step(name, value, reader)
        except Skip:
            steps[name] = Step(name, Broken(_leads(value, known)))
    return steps


def _leads(node: Node, known: set[str]) -> tuple[str, ...]:
    """Where a step that cannot be read may lead: every name of a step in it."""
    found = []
    for entry in node.walk():
        word = entry.text.rsplit("->", 1)[-1].strip()
        if word in known:
            found.append(word)
    return tuple(found)


def _step(name: str, node: Node, reader: Reader) -> Step[Act]:
    present = [entry.text for entry, _ in reader.pairs(node, "a step: what it says and does")]
    kinds = [word for word in present if word in KINDS]
    if "open" in present or "closed" in present:
        kinds = [word for word in kinds if word != "hours"] or ["hours"]
    if len(kinds) > 1:
        raise reader.problem(
            node,
            "two-kinds",
            f"a step does one thing, and this one has {all_of(kinds)}",
        )
    if not kinds and "say" not in present:
        raise reader.problem(node, "no-kind", f"this step does nothing; it needs one of {one_of(['say', *KINDS])}")
    act_class = KINDS[kinds[0]] if kinds else Say
    common_keys = [spec.name for spec in dataclasses.fields(Common)]
    act_keys = [spec.metadata["name"] or spec.name for spec in dataclasses.fields(act_class)]
    common, broken = reader.partial(node, Common, name, skip=[*act_keys, *(w for w in present if w not in common_keys)])
    act: Act = reader.fields(node, act_class, name, skip=common_keys)
    if broken:
        raise Skip
    if isinstance(act, Ask):
        _check_ask(act, node, reader)
    if isinstance(act, Language):
        for number, choice in enumerate(act.languages, 1):
            if choice not in reader.languages:
                reader.problem(
                    _item(node, "language", number),
                    "unknown-language",
                    f'"{choice}" is no language of this line; it speaks {one_of(reader.languages)}',
                )
                raise Skip
        if len(act.languages) > 9 or len(set(act.languages)) < len(act.languages):
            raise reader.problem(_value(node, "language"), "value", "one key each: at most nine languages, none twice")
    return Step(name, act, common.get("say"), common.get("interruptible", True), common.get("goal"))


def _item(node: Node, name: str, number: int) -> Node:
    return _value(node, name).items[number - 1]


def _check_ask(ask: Ask, node: Node, reader: Reader) -> None:
    if ask.type == "digits" and ask.digits is None:
        raise reader.problem(
            node, "missing-key", '"digits" is missing: how many, 4 or 3-8 (or another type: date, money, …)'
        )
    if ask.digits and ask.type not in ("digits", "pin"):
        raise reader.problem(_value(node, "digits"), "value", f"an answer of type {ask.type} has its own length")
    if ask.luhn and ask.type != "digits":
        raise reader.problem(_value(node, "luhn"), "value", "luhn is for card and account numbers: type digits")
    if ask.confirm and ask.type == "yes_no":
        raise reader.problem(_value(node, "confirm"), "value", "yes or no needs no confirming")


def _findings(flow: Flow, file: str) -> Iterator[Problem]:
    for rule in RULES:
        for address, message in rule.check(flow):
            line, column = _place(flow, address)
            yield Problem(file, line, column, rule.ID, message, rule.SEVERITY)


def _place(flow: Flow, address: str) -> tuple[int, int]:
    """Where the address stands, or the nearest one around it."""
    while address and address not in flow.marks:
        address = address.rpartition(".")[0]
    return flow.marks.get(address, (1, 1))


def _table_problems(flow: Flow, file: str, tables: Mapping[str, bytes] | None) -> Iterator[Problem]:
    if tables is None:
        return
    for name, source in flow.lookups.items():
        if not isinstance(source, Table):
            continue
        line, column = _place(flow, f".lookups.{name}.table")
        if source.table not in tables:
            yield Problem(file, line, column, "table", f'there is no table "{source.table}" beside this menu')
            continue
        try:
            rows = csv.reader(tables[source.table].decode("utf-8-sig").splitlines())
            columns = [column_.strip() for column_ in next(rows, [])]
        except (UnicodeDecodeError, csv.Error):
            yield Problem(file, line, column, "table", f'"{source.table}" is not a CSV file in UTF-8')
            continue
        wanted = {**dict.fromkeys(source.where, "where"), **dict.fromkeys(source.gives, "gives")}
        if source.next:
            wanted[source.next] = "next"
        for word, part in wanted.items():
            if word not in columns:
                at = _place(flow, f".lookups.{name}.{part}.{word}")
                yield Problem(file, *at, "table", f'"{source.table}" has no column "{word}"; it has {one_of(columns)}')


def _with_service(flow: Flow) -> Flow:
    """The flow with the service's own words and the steps of the last resort."""
    service = {name: service_prompt(name, flow.languages) for name in SERVICE}
    service |= {prompt.address.removeprefix("service."): prompt for prompt in language_prompts(flow.languages)}
    steps = dict(flow.steps)
    steps[VOICEMAIL] = Step(VOICEMAIL, Voicemail(box=flow.name, go="hangup"))
    if flow.last_resort:
        template = Template(flow.last_resort, (flow.last_resort,))
        dial = Dial(to=template, answered="hangup", busy=VOICEMAIL, no_answer=VOICEMAIL, failed=VOICEMAIL)
        steps[LAST_RESORT] = Step(LAST_RESORT, dial)
    return dataclasses.replace(flow, steps=steps, service=service)
