"""A whole line: what a menu file says, ready to be called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ivr.menu import shapes
from ivr.menu.hours import Hours
from ivr.menu.prompts import words
from ivr.menu.reader import key
from ivr.menu.shapes import choice, count, map_of, span
from ivr.menu.steps import Act, Step, prompts, text_template
from ivr.menu.values import GIVEN, Type
from ivr.menu.words import Prompt, Template

gives = map_of(shapes.name, choice(GIVEN, "a type"), "names and their types", least=1)
_GIVES = f"what it gives: names and their types ({', '.join(GIVEN)})"


@dataclass(frozen=True, slots=True)
class Table:
    """a look-up in a table"""

    table: str = key(
        shapes.pattern(r"[\w-]+\.csv", "the name of a CSV file, such as departures.csv"), "a CSV file beside the menu"
    )
    where: Mapping[str, Template] = key(
        map_of(shapes.name, text_template, "columns and what they shall equal", least=1),
        "which rows: columns, and what each shall equal, as text or <name>",
    )
    gives: Mapping[str, Type] = key(gives, _GIVES)
    next: str | None = key(
        shapes.name, "a column of times or dates: of the rows, the first at or after now", default=None
    )


@dataclass(frozen=True, slots=True)
class Request:
    """a look-up over HTTP"""

    gives: Mapping[str, Type] = key(gives, _GIVES)
    get: Template | None = key(text_template, "the address that is asked, with values as <name>", default=None)
    post: Template | None = key(text_template, "the address that the body is sent to", default=None)
    body: Mapping[str, Template] = key(
        map_of(shapes.name, text_template, "fields of the JSON body"),
        "the fields of the JSON body, as text or <name>",
        default={},
    )
    headers: Mapping[str, Template] = key(
        map_of(shapes.pattern(r"[A-Za-z0-9-]+", "a header's name"), text_template, "headers"),
        "headers; <env.NAME> is a setting of the service, for keys that belong in no file",
        default={},
    )
    timeout: float = key(span(0.1, 8, "a time to wait for the answer"), "how long to wait (3s)", default=3.0)
    filler: Prompt | None = key(words, "what is said while the caller waits", default=None)

    @property
    def url(self) -> Template:
        """The address that is asked, with its names."""
        url = self.get or self.post
        assert url is not None, "the loader takes a request with get or post alone"  # noqa: S101
        return url


LookupSource = Table | Request


@dataclass(frozen=True, slots=True)
class Limits:
    """the limits of a call"""

    tries: int = key(count(1, 9, "a number of tries"), "tries at a step (3)", default=3)
    errors: int = key(count(1, 50, "a number of errors"), "errors in a call (6)", default=6)
    inputs: int = key(count(5, 1000, "a number of inputs"), "inputs in a call (150)", default=150)
    steps: int = key(count(5, 200, "a number of steps"), "steps in a row without the caller (50)", default=50)


@dataclass(frozen=True, slots=True)
class Use:
    """One running of a piece in a line: its name, title and file, what it needs and gives, its ends and their ways."""

    piece: str
    title: str
    file: str
    needs: Mapping[str, Type] = field(default_factory=dict)
    gives: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)  # outcome -> destination


@dataclass(frozen=True, slots=True)
class Flow:
    """A menu file that checks. `name` is the file's stem, and what commands and logs call the line."""

    name: str
    title: str
    numbers: tuple[str, ...]
    zone: ZoneInfo
    languages: tuple[str, ...]  # the first is the default
    start: str
    steps: Mapping[str, Step[Act]]
    country: str | None = None
    operator: str | None = None
    last_resort: str | None = None
    anywhere: Mapping[str, str] = field(default_factory=dict)  # key -> destination
    hours: Mapping[str, Hours] = field(default_factory=dict)
    lookups: Mapping[str, LookupSource] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    priority: float = 0.0  # seconds of head start in every queue
    types: Mapping[str, Type] = field(default_factory=dict)  # dotted name -> type
    secrets: frozenset[str] = frozenset()  # names whose values may be nowhere
    service: Mapping[str, Prompt] = field(default_factory=dict, repr=False)  # the service's own words
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)  # address -> line, column
    uses: Mapping[str, Use] = field(default_factory=dict)  # step -> the piece that it runs

    @property
    def written_lookups(self) -> set[str]:
        """The names of all look-ups that are written, also of those that could not be read."""
        written = {address.removeprefix(".lookups.") for address in self.marks if address.startswith(".lookups.")}
        return {name for name in written if name.rpartition(".")[0] not in written}

    @property
    def person(self) -> str:
        """The step that a caller in trouble is handed to: the operator, else the last resort, else a voicemail."""
        return self.operator or self.rescue

    @property
    def rescue(self) -> str:
        """Where the caller goes when even the operator cannot be had."""
        return LAST_RESORT if self.last_resort else VOICEMAIL

    def prompts(self) -> Iterator[Prompt]:
        """Every prompt of the line, its own and the service's."""
        for step in self.steps.values():
            yield from prompts(step)
        for source in self.lookups.values():
            if isinstance(source, Request) and source.filler:
                yield source.filler
        yield from self.service.values()


LAST_RESORT = "service.last_resort"
"""The step, of every line that has a `last_resort`, that dials it. No step of a file has a dot in its name."""

VOICEMAIL = "service.voicemail"
"""The step, of every line, that takes a message where nobody else can be had."""
