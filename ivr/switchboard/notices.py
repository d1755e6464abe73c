"""The one switch for emergencies: closing and opening, notices, special days; for the command, the page and the phone.

Whoever may use it is decided where it is asked for; who did is kept here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ivr.menu.problems import all_of, did_you_mean, one_of, shown
from ivr.menu.special_days import read_hours, rule
from ivr.menu.team import Team
from ivr.store.audit import Audit
from ivr.store.notices import Board, Notice, NoticeBook, SpecialDay
from ivr.switchboard.notice_board import QUEUE, NoticeBoard, spoken
from ivr.switchboard.notice_targets import Targets

LASTS = timedelta(hours=4)
"""How long a notice is on of which nobody said until when: what is forgotten ends by itself."""

LONGEST = timedelta(days=60)
"""How long one may be on: what lasts longer belongs in the menu."""

LONGEST_WORDS = 500
"""Characters: half a minute, spoken. Everybody has to hear it."""

LONGEST_WHY = 200
"""Characters of a reason. That of a special day goes into each call of the day."""

FARTHEST = timedelta(days=1100)
"""How far ahead a special day can be: three years."""

_JUST_NOW = timedelta(seconds=5)

_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class RefusedNotice(ValueError):  # noqa: N818 - it is an answer, not a fault
    """Nothing was changed; the message says why, and what to do instead.

    `about` names what of the deed is meant, for whoever shows it: target, since, until, why, day, hours, of, or the
    languages whose words are.
    """

    def __init__(self, message: str, *about: str) -> None:
        super().__init__(message)
        self.about = about


@dataclass(frozen=True, slots=True)
class Switch:
    """What can be switched with one key: a line or a queue (is it open?), or a prepared notice (is it on?)."""

    key: str  # a target, or the number of a prepared notice
    kind: str  # line, queue or notice
    name: str  # as it is spoken; of a notice its words
    on: bool  # closed, or playing
    until: datetime | None = None


class Notices:
    """Sets and ends what callers meet. Safe between threads.

    Every method raises `sqlalchemy.exc.SQLAlchemyError` where the database is away; what makes no sense raises
    RefusedNotice. Each deed is in the audit trail.
    """

    def __init__(
        self, board: NoticeBoard, engine: Engine, team: Callable[[], Team], clock: Callable[[], datetime]
    ) -> None:
        self._board = board
        self._book = NoticeBook(engine)
        self._audit = Audit(engine, clock)
        self._clock = clock
        self.of = Targets(engine, team)

    # What there is

    def targets(self) -> tuple[str, ...]:
        """The lines that are live, then the queues of the team as `queue:NAME`."""
        return self.of.all()

    def languages(self, target: str) -> tuple[str, ...]:
        """The languages in which words are needed: the line's, or those of all lines that lead to the queue; those of
        a version that is on trial, too."""
        self._known(target)
        return self.of.languages(target)

    def all(self, most: int = 100) -> list[Notice]:
        """What is on, coming or prepared, and of the others the newest, the newest first."""
        kept = (*self._book.all(most), *self._book.current(self._clock()).notices, *self._book.prepared())
        return sorted({it.id: it for it in kept}.values(), key=lambda it: -it.id)

    def board(self, at: datetime) -> Board:
        """What holds at a moment (aware), as far as it is known by now; for one that is past, as it was known then."""
        now = self._clock()
        return self._book.current(now) if at >= now - _JUST_NOW else self._book.back_then(at)

    def days(self, target: str | None = None) -> list[SpecialDay]:
        """The special days that are not past."""
        return [it for it in self._book.current(self._clock()).days if target in (None, it.target)]

    def _known(self, target: str) -> None:
        targets = self.targets()
        if target not in targets:
            what = "queue" if target.startswith(QUEUE) else "live line"
            known = f"; there are {one_of(targets)}" if targets else "; nothing is live yet"
            name = target.removeprefix(QUEUE)
            message = f"there is no {what} {shown(name)}{did_you_mean(target, targets)}{known}"
            raise RefusedNotice(message, "target")

    # Notices

    def put(
        self,
        target: str,
        words: Mapping[str, str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        closed: bool = False,
        who: str,
        why: str = "",
    ) -> Notice:
        """Sets a notice: from `since` (now) until `until` (four hours later), aware. A closing needs no words."""
        self._known(target)
        now, zone = self._clock(), self.of.zone(target)
        # In UTC: within one zone Python counts and compares what the hands show, also where they are moved.
        begins = (since or now).astimezone(UTC)
        ends = until.astimezone(UTC) if until else begins + LASTS
        if ends <= begins:
            raise RefusedNotice(f"a notice until {_at(ends, zone)} cannot begin at {_at(begins, zone)}", "until")
        if ends <= now:
            raise RefusedNotice(f"{_at(ends, zone)} is over: say until when the notice is on", "until")
        if ends - begins > LONGEST:
            message = f"a notice is on for {LONGEST.days} days at most; what lasts longer belongs in the menu"
            raise RefusedNotice(message, "until")
        if begins > now + FARTHEST:
            raise RefusedNotice(f"{_at(begins, zone)} is more than three years away", "since")
        notice = self._notice(target, words, closed=closed, who=who, why=why)
        return self._kept(replace(notice, since=begins, until=ends), "notice_set")

    def prepare(
        self, target: str, words: Mapping[str, str], *, closed: bool = False, who: str, why: str = ""
    ) -> Notice:
        """Keeps a notice to be switched on later, by phone too."""
        return self._kept(self._notice(target, words, closed=closed, who=who, why=why), "notice_prepared")

    def switch_on(self, id_: int, *, who: str, until: datetime | None = None) -> Notice:
        """Switches a prepared notice on, now, until `until` (four hours later)."""
        ready = next((it for it in self._book.prepared() if it.id == id_), None)
        if ready is None:
            raise RefusedNotice(f"there is no prepared notice {id_}; ivr notice list shows what there is")
        now = self._clock()
        if until is not None and not now < until <= now + LONGEST:
            at = _at(until, self.of.zone(ready.target))
            message = f"until {at}: write a moment to come, in {LONGEST.days} days at most"
            raise RefusedNotice(message, "until")
        if already := next((it for it in self._book.current(now).on(now) if it.prepared == id_), None):
            raise RefusedNotice(f"it is on already, as notice {already.id}, by {already.who}")
        self._known(ready.target)
        on = replace(ready, since=now, until=until or now + LASTS, who=who, set_at=now, prepared=ready.id)
        return self._kept(on, "notice_set")

    def end(self, id_: int, *, who: str) -> Notice:
        """Ends a notice, at once; one that is to come never begins, a prepared one is kept no longer."""
        now = self._clock()
        found = self._book.get(id_)
        if found is None:
            raise RefusedNotice(f"there is no notice {id_}; ivr notice list shows what there is")
        if not self._book.end([id_], who, now):
            ended = f", ended by {found.ended_by}" if found.ended_by else ""
            raise RefusedNotice(f"notice {id_} is over already{ended}")
        self._audit.note(who, "notice_ended", notice=str(id_), target=found.target)
        self._board.changed()
        return replace(found, ended_at=now, ended_by=who)

    def _notice(self, target: str, words: Mapping[str, str], *, closed: bool, who: str, why: str) -> Notice:
        self._known(target)
        said = {language: " ".join(text.split()) for language, text in words.items()}
        said = {language: text for language, text in said.items() if text}
        if said or not closed:
            needed = self.languages(target)
            missing = [language for language in needed if language not in said]
            if missing:
                hint = "" if closed else "; a notice needs words, and only a closing can do without"
                message = f"there are no words for {all_of(missing)}; {target} speaks {all_of(needed)}{hint}"
                raise RefusedNotice(message, *missing)
            if strange := [language for language in said if language not in needed]:
                near = did_you_mean(strange[0], needed)
                message = f"{shown(strange[0])} is no language of {target}{near}; it speaks {all_of(needed)}"
                raise RefusedNotice(message, strange[0])
        for language, text in said.items():
            if len(text) > LONGEST_WORDS:
                message = f"the words for {language} have {len(text)} characters; a notice has at most {LONGEST_WORDS}"
                raise RefusedNotice(message, language)
            if sign := _UNSPEAKABLE.search(text):
                raise RefusedNotice(f"the words for {language} have a sign that nobody can say, {sign[0]!a}", language)
        _check_reason(why)
        return Notice(0, target, said, closed, None, None, who, why, self._clock())

    def _kept(self, notice: Notice, did: str) -> Notice:
        kept = self._book.add(notice)
        until = {"until": kept.until.isoformat(timespec="seconds")} if kept.until else {}
        closed = {"closed": "yes"} if kept.closed else {}
        self._audit.note(kept.who, did, notice=str(kept.id), target=kept.target, **until, **closed)
        self._board.changed()
        return kept

    # Special days

    def add_day(self, target: str, day: date, hours: str, *, of: str = "", who: str, why: str = "") -> SpecialDay:
        """Enters the hours of one date ahead: `08:00-12:00`, or `off`; for one of the line's named hours, or all."""
        self._known(target)
        today = self._clock().astimezone(self.of.zone(target)).date()
        if not today <= day <= today + FARTHEST:
            raise RefusedNotice(f"{day} is no day to come in the next three years", "day")
        names = self.of.hours(target)
        if of and of not in names:
            known = f"; it has {one_of(names)}" if names else ""
            raise RefusedNotice(f"{target} has no hours {shown(of)}{did_you_mean(of, names)}{known}", "of")
        if not names and not target.startswith(QUEUE):
            message = f"{target} has no hours that a day could change; a closing closes it all the same"
            raise RefusedNotice(message, "of")
        try:
            text = read_hours(hours)
        except ValueError as error:
            raise RefusedNotice(str(error), "hours") from None
        _check_reason(why)
        kept = self._book.add_day(SpecialDay(0, target, of, day, text, why, who, self._clock()))
        self._audit.note(who, "special_day_set", target=target, day=day.isoformat(), hours=text)
        self._board.changed()
        return kept

    def drop_day(self, id_: int, *, who: str) -> SpecialDay:
        """Takes a special day back: the hours of the file count again."""
        dropped = self._book.drop_day(id_, who, self._clock())
        if dropped is None:
            raise RefusedNotice(f"there is no special day {id_}; ivr hours LINE shows what there is")
        self._audit.note(who, "special_day_dropped", target=dropped.target, day=dropped.day.isoformat())
        self._board.changed()
        return dropped

    # With one key

    def switches(self, language: str) -> tuple[Switch, ...]:
        """What can be switched by phone: each line and queue, then the prepared notices, in a language."""
        now = self._clock()
        on = self._book.current(now).on(now)
        found = []
        for target in self.targets():
            until = max((it.until for it in on if it.target == target and it.closed and it.until), default=None)
            kind, name = ("queue", target.removeprefix(QUEUE)) if target.startswith(QUEUE) else ("line", target)
            found.append(Switch(target, kind, name.replace("_", " "), until is not None, until))
        for ready in self._book.prepared():
            until = max((it.until for it in on if it.prepared == ready.id and it.until), default=None)
            words = spoken(ready, language) or next(iter(ready.words.values()), ready.target)
            found.append(Switch(str(ready.id), "notice", words, until is not None, until))
        return tuple(found)

    def turn(self, switch: Switch, *, who: str) -> None:
        """Closes what is open and opens what is closed; a prepared notice is switched on, or off."""
        now = self._clock()
        if not switch.on and switch.kind == "notice":
            self.switch_on(int(switch.key), who=who)
        elif not switch.on:
            self.put(switch.key, {}, closed=True, who=who, why="by phone")
        else:
            for it in self._book.current(now).on(now):
                closes = it.target == switch.key and it.closed
                if closes or (switch.kind == "notice" and str(it.prepared) == switch.key):
                    self.end(it.id, who=who)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _check_reason(why: str) -> None:
    if len(why) > LONGEST_WHY:
        raise RefusedNotice(f"the reason has {len(why)} characters, and at most {LONGEST_WHY} are kept", "why")
    if _UNSPEAKABLE.search(why):
        raise RefusedNotice("the reason has a sign that cannot be kept", "why")


def in_words(day: SpecialDay) -> str:
    """A special day as a rule, as it stands behind the text of the hours."""
    return rule(day.day, day.hours, day.why)
