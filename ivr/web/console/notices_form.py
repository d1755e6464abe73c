"""What somebody wants of a notice, as the form has it; and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.menu.spoken import spoken_seconds, words_a_minute
from ivr.store.notices import Notice
from ivr.switchboard.notices import LONGEST_WHY, LONGEST_WORDS
from ivr.web.console.wall_clock import read

WORDS = "words "
"""What the name of the field of a language's words begins with."""

LASTS = {"30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "8h": "8 hours", "24h": "24 hours"}
"""For how long a notice can be on at one press."""

USUAL = "4h"


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form, as they were filled in. `since` and `until` are by the clock of the target."""

    closed: bool
    words: Mapping[str, str] = field(default_factory=dict)
    lasts: str = USUAL
    since: str = ""
    until: str = ""
    why: str = ""

    @property
    def more(self) -> bool:
        """Whether there is something in the fields that few need."""
        return bool(self.since or self.until or self.why)

    def said(self) -> dict[str, str]:
        """The words that are there, by language."""
        return {language: text for language, text in self.words.items() if text.strip()}

    def timeless(self) -> None:
        """For what is only prepared: raises WrongField where a moment is filled in."""
        for name in ("since", "until"):
            if getattr(self, name).strip():
                raise WrongField(name, "what is prepared has no time yet: it is on when it is switched on")

    def span(self, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime, list[str]]:
        """From when until when, and what is to be said of that. Raises WrongField."""
        remarks: list[str] = []
        since = _moment("since", self.since, zone, remarks)
        until = _moment("until", self.until, zone, remarks, last=True)
        return since, until or (since or now) + _length(self.lasts), remarks


class WrongField(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A field that makes no sense; the message says why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class Words:
    """The field of one language: its name and text, how long that takes to say, and by which pace one counts."""

    language: str
    text: str

    @property
    def name(self) -> str:
        """The name of the field."""
        return f"{WORDS}{self.language}"

    @property
    def seconds(self) -> float:
        """How many seconds the text takes to say."""
        return spoken_seconds(self.text, self.language)

    @property
    def pace(self) -> float:
        """Words a minute of the language."""
        return words_a_minute(self.language)


def asked_of(form: Mapping[str, str]) -> Asked:
    """What a form says. Every field is cut a little above what would be refused."""
    words = {key.removeprefix(WORDS): text[: 2 * LONGEST_WORDS] for key, text in form.items() if key.startswith(WORDS)}
    return Asked(
        closed=form.get("does") == "close",
        words=dict(list(words.items())[:100]),
        lasts=form.get("lasts", USUAL),
        since=form.get("since", "")[:40],
        until=form.get("until", "")[:40],
        why=" ".join(form.get("why", "").split())[: 2 * LONGEST_WHY],
    )


def asked_like(notice: Notice) -> Asked:
    """The form for another notice that says the same."""
    return Asked(closed=notice.closed, words=notice.words, why=notice.why)


def _moment(name: str, text: str, zone: ZoneInfo, remarks: list[str], *, last: bool = False) -> datetime | None:
    if not text.strip():
        return None
    try:
        moment, remark = read(text, zone, last=last)
    except ValueError as error:
        raise WrongField(name, str(error)) from None
    if remark:
        remarks.append(remark)
    return moment


def _length(lasts: str) -> timedelta:
    if lasts not in LASTS:
        raise WrongField("lasts", "choose how long")
    return timedelta(minutes=int(lasts[:-1])) if lasts.endswith("m") else timedelta(hours=int(lasts[:-1]))
