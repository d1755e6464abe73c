"""Publishing: the one way by which a menu goes live, to all callers or to a share of them, and the way back.

Checked as a whole, kept in SQL with who, when and why, told to running processes through Redis. Calls in
progress keep their version. What does not check changes nothing; of two who publish at once, one wins.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.menu import Flow, Problem, load
from ivr.menu.load import stem
from ivr.store.live import live, tell_newest
from ivr.store.versions import Deed, Overtaken, Published, Standing, Versions, version_of
from ivr.switchboard.apology import keep_document
from ivr.switchboard.commit import commit_of
from ivr.switchboard.menu_folder import files_of_line, home, menu_files, unreadable
from ivr.switchboard.publication import NotPossible, Publication
from ivr.switchboard.rehearsal import Rehearsal
from ivr.switchboard.step_back import step_back
from ivr.switchboard.to_publish import Candidate, Refused, candidate

__all__ = ["NotPossible", "Overtaken", "Publication", "Publisher", "Refused"]

log = logging.getLogger("ivr.publish")


class Publisher:
    """Publishes into one database, and tells one Redis where there is one.

    `fallbacks` is the folder of the lines' static documents. Whatever changes something takes `base`, the number of
    the line's newest row that whoever asks for it has seen (`Standing.id`, 0 for a new line; None: as it is now), and
    raises Overtaken where that is not the newest any more; and the database's errors. RedisError is none of them: SQL
    decides, and the worker tells Redis again and again.
    """

    def __init__(
        self, versions: Versions, redis: Redis | None, now: Callable[[], datetime], *, fallbacks: Path | None = None
    ) -> None:
        self._fallbacks = fallbacks
        self._versions = versions
        self._numbers: dict[str, frozenset[str]] = {}
        self._redis = redis
        self._now = now

    def publish(
        self,
        path: Path,
        *,
        who: str,
        why: str | None = None,
        base: int | None = None,
        share: float | None = None,
        rehearsal: Rehearsal | None = None,
        force: bool = False,
    ) -> Publication:
        """Makes the file the live version of its line, or what a share of callers gets beside it, such as 0.1.

        `rehearsal` is what came of its scripted calls; `force` goes past those that failed, and past what is wrong
        beside the file, and wants a `why`. Raises Refused where the file does not check, OSError, and ValueError for
        a share that is none, or force without a reason.
        """
        if force and not (why or "").strip():
            raise ValueError("what is forced needs a reason")
        if share is not None and not 0 < share < 1:
            raise ValueError(f"a share of callers is more than nothing and less than all, and not {share:g}")
        seen = self.seen(path) if base is None else base
        found = candidate(path, rehearsal, force=force)
        line = found.flow.name
        try:
            done = self._publish(found, self._standing(line, seen), share, who, why)
        except Overtaken:
            # Where somebody published the very same, that is no conflict.
            if share is not None or self._versions.live().get(line) != found.version:
                raise
            done = Publication(line, found.version, False, found.warnings)
        self._told(line, found.flow if share is None else None)
        return done

    def seen(self, path: Path) -> int:
        """The number of the newest row of the file's line, 0 for a new one: a `base` for what is done later."""
        standing = self._versions.standing(stem(path.name))
        return standing.id if standing else 0

    def _publish(
        self, found: Candidate, standing: Standing | None, share: float | None, who: str, why: str | None
    ) -> Publication:
        line = found.flow.name
        deed: Deed = "published" if share is None else "tried"
        live = standing.live if standing else None
        if share is not None:
            self._may_be_tried(found, live)
        if not self._new(standing, found.version, share):
            return Publication(line, found.version, False, found.warnings, deed, share, live.version if live else None)
        files = [home(found.path) / name for name in found.files]
        return self._do(
            line, found.version, found.files, deed, who, why, standing,
            flow=found.flow, path=found.path, share=share, git=commit_of(files), forced=found.forced,
            warnings=found.warnings,
        )  # fmt: skip

    def roll_back(
        self, line: str, *, who: str, why: str | None = None, to: str | None = None, base: int | None = None
    ) -> Publication:
        """One step back: a trial ends; else the version before the present one is live again, or `to`, the hash of
        another one or its beginning. A retired line is back. Raises NotPossible, and Refused where that version does
        not check with this release, or another line has its numbers now.
        """
        standing = self._known(line, base)
        if to is None and standing.trial is not None:
            version = standing.trial.version
            done = self._do(line, version, self._files(version), "withdrawn", who, why, standing)
            self.tell()
            return done
        history = self._versions.history(line)
        try:
            earlier = step_back(history) if to is None else self._versions.find(to, line)
        except ValueError as error:
            raise NotPossible(str(error)) from None
        if earlier is None:
            raise NotPossible(f"{line} has no version before this one; to take it out of service: ivr retire {line}")
        if standing.live and standing.live.version == earlier and standing.trial is None:
            raise NotPossible(f"version {earlier} of {line} is the live one")
        return self._again(line, earlier, "rolled_back", who, why, standing)

    def promote(self, line: str, *, who: str, why: str | None = None, base: int | None = None) -> Publication:
        """What is tried out goes to all callers. Raises NotPossible where nothing is tried out, and Refused."""
        standing = self._known(line, base)
        if standing.trial is None:
            raise NotPossible(f"no version of {line} is being tried out")
        return self._again(line, standing.trial.version, "promoted", who, why, standing)

    def retire(self, line: str, *, who: str, why: str | None = None, base: int | None = None) -> Publication:
        """The line has no version any more, and its numbers are free. Raises NotPossible where it has none."""
        standing = self._known(line, base)
        if standing.live is None:
            raise NotPossible(f"{line} is retired already")
        version = standing.live.version
        done = self._do(line, version, self._files(version), "retired", who, why, standing)
        self._told(line, None, retired=True)
        return done

    def _again(self, line: str, version: str, deed: Deed, who: str, why: str | None, standing: Standing) -> Publication:
        """A version that was published once is for all callers now."""
        files = self._files(version)
        menus = load(files)
        flow = menus.flows.get(line)
        if flow is None:
            raise Refused(menus.problems)
        done = self._do(line, version, files, deed, who, why, standing, flow=flow)
        self._told(line, flow)
        return done

    def _do(
        self,
        line: str,
        version: str,
        files: Mapping[str, bytes],
        deed: Deed,
        who: str,
        why: str | None,
        standing: Standing | None,
        *,
        flow: Flow | None = None,
        path: Path | None = None,
        share: float | None = None,
        git: str | None = None,
        forced: str | None = None,
        warnings: tuple[Problem, ...] = (),
    ) -> Publication:
        """Keeps a deed, if the line stands as it did, and no other line answers the numbers of the `flow`."""
        follows, kept = standing.id if standing else 0, False
        while not kept:  # where another line went live since its numbers were looked at, they are looked at again
            beside = self._versions.live()
            if flow is not None and (taken := self._taken(flow, beside)):
                place = Problem(str(path or f"{line}.yaml"), *flow.marks[".numbers"], "number-taken", taken)
                raise Refused((place, *warnings))
            kept = self._versions.publish(
                line, version, files, who=who, why=why, at=self._now(), deed=deed, share=share, git=git, forced=forced,
                follows=follows, beside=beside,
            ) is not None  # fmt: skip
        before = standing.live.version if standing and standing.live else None
        trial = standing.trial.version if standing and standing.trial else None
        ended = trial if trial != version or deed == "withdrawn" else None
        return Publication(line, version, True, warnings, deed, share, before, ended, forced)

    def _told(self, line: str, flow: Flow | None, *, retired: bool = False) -> None:
        """What is done is kept, whatever comes now. Running processes are told first, if not from here, by the worker;
        then the line's static document, for a day when nothing here answers, is that of what all callers get, or goes.
        """
        with suppress(SQLAlchemyError):
            self.tell()
        try:
            if self._fallbacks is not None and flow is not None:
                keep_document(flow, self._fallbacks)
            elif self._fallbacks is not None and retired:
                (self._fallbacks / f"{line}.xml").unlink(missing_ok=True)
        except OSError as error:
            log.warning("the static document of %s could not be written: %s", line, error.strerror or error)

    def _standing(self, line: str, base: int | None) -> Standing | None:
        standing = self._versions.standing(line)
        if base is not None and base != (standing.id if standing else 0):
            raise Overtaken(line, next(iter(self._versions.history(line)), None))
        return standing

    def _known(self, line: str, base: int | None) -> Standing:
        standing = self._standing(line, base)
        if standing is None:
            raise NotPossible(f"no line {line} was ever published")
        return standing

    def _files(self, version: str) -> dict[str, bytes]:
        return self._versions.files(version) or {}

    def _new(self, standing: Standing | None, version: str, share: float | None) -> bool:
        """Whether that is not so already."""
        if standing is None:
            return True
        if share is not None:
            trial = standing.trial
            return trial is None or (trial.version, trial.share) != (version, share)
        return standing.live is None or standing.live.version != version or standing.trial is not None

    def _may_be_tried(self, found: Candidate, live: Published | None) -> None:
        """Refuses a trial beside nothing, of the same, and of other numbers."""
        if live is None:
            refused = "there is no live version beside which it could be tried out; publish it to all callers first"
        elif live.version == found.version:
            refused = "this is the live version already; there is nothing to try out"
        elif self._numbers_of(live.version) != frozenset(found.flow.numbers):
            refused = "a share of callers cannot have other numbers; publish these to all callers"
        else:
            return
        place = found.flow.marks[".numbers"]
        raise Refused((Problem(str(found.path), *place, "share", refused), *found.warnings))

    def _taken(self, flow: Flow, live: Mapping[str, str]) -> str | None:
        """Which of the numbers another of these live lines answers, as a message."""
        for other, version in live.items():
            if other != flow.name:
                for number in flow.numbers:
                    if number in self._numbers_of(version):
                        return (
                            f"{number} is answered by the line {other} already; a number has one line "
                            f"(where {other} has become {flow.name}: ivr retire {other})"
                        )
        return None

    def _numbers_of(self, version: str) -> frozenset[str]:
        """The numbers of a version. They never change, so its file is read once."""
        if version not in self._numbers:
            flows = load(self._files(version)).flows.values()
            self._numbers[version] = frozenset(number for flow in flows for number in flow.numbers)
        return self._numbers[version]

    def live_line(self, path: Path) -> str | None:
        """The line that the file is or was, if it is live."""
        line = stem(path.name)
        return line if path.suffix == ".yaml" and line in self._versions.live() else None

    def changed(self, folder: Path) -> list[Path]:
        """The files of the folder that differ from the live version of their line."""
        live = self._versions.live()
        changed = []
        for path in menu_files(folder):
            with suppress(OSError):  # what cannot be read is told where it is to be published
                if live.get(stem(path.name), "") not in ("", version_of(files_of_line(path))):
                    changed.append(path)
        return changed

    def publish_new(self, folder: Path, *, who: str) -> Iterator[Publication | Refused]:
        """Publishes each line of the folder that never had a version, one at a time; what does not check says so."""
        self.tell()
        known = self._versions.lines()
        for path in menu_files(folder):
            if stem(path.name) not in known:
                try:
                    yield self.publish(path, who=who, why="first start")
                except Refused as refused:
                    yield refused
                except Overtaken:
                    continue  # another process starts, too
                except OSError as error:
                    yield Refused((unreadable(path, error),))

    def tell(self) -> None:
        """Tells running processes what SQL says is live, where they do not know it."""
        if self._redis is not None:
            with suppress(RedisError):  # the worker tells it again, and a process that finds Redis empty reads SQL
                if live(self._redis) != self._versions.now_live():
                    tell_newest(self._redis, self._versions.now_live)
