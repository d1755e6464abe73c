"""Surveys, whole: asked after a talk on the real application, answered by keys and by voice, and told in SQL."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hall import ACCOUNT, LINE, TOKEN, Hall, hall, heard
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from ivr.call import Call
from ivr.call.wants import MaySurvey
from ivr.carrier.rest import Carrier
from ivr.phone import Dialed, Faults
from ivr.store.callers import CallerHash
from ivr.store.embedded import Embedded
from ivr.store.messages import Messages
from ivr.store.survey_tables import survey_answers, surveys_asked
from ivr.store.surveys import Surveys
from ivr.switchboard.mailbox import Mailbox
from ivr.switchboard.surveys import Sampler, drawn

ANA = "+15005550401"
SURVEY = """\
  asked:
    survey: satisfaction
    csat:
      en-US: How satisfied?
      es-MX: ¿Qué tan satisfecho?
    nps:
      en-US: How likely?
      es-MX: ¿Qué tan probable?
    comment:
      en-US: Tell us more.
      es-MX: Cuéntenos más.
    thanks:
      en-US: Thanks.
      es-MX: Gracias.
    go: after
"""
WITH_SURVEY = LINE.replace("answered: after", "answered: asked").replace("  gone:\n", f"{SURVEY}  gone:\n")
AT = datetime(2026, 7, 6, 15, tzinfo=UTC)
WANT = MaySurvey("satisfaction", 1.0, 1, 30 * 86_400.0)

Halls = Callable[[str], AbstractContextManager[Hall]]


@pytest.fixture
def halls(tmp_path: Path, valkey: Embedded) -> Halls:
    """Give the line with its queue and, after the talk, a survey with these keys more."""

    @contextmanager
    def make(more: str = "") -> Iterator[Hall]:
        line = WITH_SURVEY.replace("    go: after\n", f"{more}    go: after\n", 1)
        with hall(tmp_path, valkey.url, line=line) as it:
            it.agent("ana")
            it.phone(ANA, Dialed("answered", 40, after=3))
            yield it

    return make


def told(it: Hall, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of all rows of a table of surveys."""
    with it.parts.engine.connect() as connection:
        query = select(*(table.c[name] for name in columns)).order_by(table.c.at)
        return [tuple(row) for row in connection.execute(query)]


def test_a_whole_survey_after_a_talk(halls: Halls) -> None:
    """Each answer is in SQL with queue and agent; a ten is two keys; the comment's audio is fetched and kept."""
    with halls("") as it:
        leg = it.call("wait:50 4 1 0 speak:7:#")
        it.run()
        assert heard(leg)[-12:] == [
            "en-US  How satisfied?",
            "> 4",
            "en-US  How likely?",
            "> 1",
            "en-US  For ten, press 0 now. For one, press pound.",
            "> 0",
            "en-US  Tell us more.",
            "record",
            "> speak 7 s #",
            "en-US  Thanks.",
            "en-US  Thank you for talking.",
            "hangup by the line",
        ]
        assert told(it, survey_answers, "survey", "question", "kind", "value", "line", "queue", "agent") == [
            ("satisfaction", "csat", "csat", 4, "test", "bookings", "ana"),
            ("satisfaction", "nps", "nps", 10, "test", "bookings", "ana"),
            ("satisfaction", "comment", "comment", None, "test", "bookings", "ana"),
        ]
        assert told(it, surveys_asked, "call_sid", "agent") == [(leg.sid, "ana")]
        carrier = Carrier(ACCOUNT, (TOKEN,), it.rest.url)
        messages = Messages(it.parts.engine)
        kept = Mailbox(it.parts.settings.data, messages, carrier, remove=False).fetch(it.now() + timedelta(minutes=1))
        carrier.close()
        (comment,) = messages.comments()
        assert (kept, comment.audio, comment.seconds) == (1, "kept", 7)
        assert (it.parts.settings.data / "messages" / str(comment.file)).is_file()
        assert messages.open() == []


def test_an_unfinished_survey_counts_what_was_answered(halls: Halls) -> None:
    """Who hangs up at the second question has answered the first."""
    with halls("") as it:
        it.call("wait:50 5 hangup")
        it.run()
        assert told(it, survey_answers, "question", "value") == [("csat", 5)]


def test_a_webhook_that_comes_twice_answers_once(halls: Halls) -> None:
    """Each document is asked for twice: an answer is there once, no question is skipped, and silence counts once."""
    with halls("") as it:
        it.exchange.faults = Faults(webhooks_twice=True, status_twice=True)
        leg = it.call("wait:50 5 silence silence")
        it.run()
        assert told(it, survey_answers, "question", "value") == [("csat", 5)]
        assert heard(leg).count("en-US  How likely?") == 2
        assert it.happened(leg, "survey_skipped")[0]["why"] == "no_answer"


def test_a_caller_is_asked_as_often_as_the_cap_says(halls: Halls) -> None:
    """The second time within the period they go on at once; somebody else is asked."""
    with halls("    at_most: 1 in 24h\n") as it:
        first = it.call("wait:50 5 hangup")
        it.run()
        it.run(60)
        second = it.call("wait:400")
        it.run()
        it.run(60)
        other = it.call("wait:50 4 hangup", from_="+13125550199")
        it.run()
        assert [leg.sid for leg in (first, other)] == [sid for (sid,) in told(it, surveys_asked, "call_sid")]
        assert "en-US  How satisfied?" not in heard(second)
        assert heard(second)[-2:] == ["en-US  Thank you for talking.", "hangup by the line"]
        assert [it["why"] for it in it.happened(second, "survey_skipped")] == ["asked_before"]


class Away(Surveys):
    """A database that is away, and counts how often it was asked."""

    def __init__(self) -> None:
        self.tried = 0

    def asked(self, caller_hash: str, survey: str, since: datetime) -> int:
        """Raise as a database that is away does."""
        self.tried += 1
        raise OperationalError("select", {}, Exception("away"))


def call_of(sid: str, caller: str = "+13125550142") -> Call:
    """A call from this caller."""
    return Call(sid, "v", "test", caller, "+15005550001")


def test_without_the_database_nobody_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Better none than one too many. It is said once, and the database is left alone for a while."""
    away = Away()
    sampler = Sampler(away, CallerHash("k" * 40))
    with caplog.at_level(logging.ERROR, "ivr.surveys"):
        answers = [sampler.may(call_of(f"CA{number}"), WANT, AT).outcome for number in range(20)]
    assert set(answers) == {"failed"}
    assert away.tried == 1
    assert len(caplog.records) == 1
    assert "0142" not in caplog.text


@pytest.mark.parametrize("caller", ["anonymous", "", "+266696687"])
def test_who_shows_no_number_has_no_cap(caller: str) -> None:
    """They are many callers, and the database is not asked about them."""
    away = Away()
    assert Sampler(away, CallerHash("k" * 40)).may(call_of("CA1", caller), WANT, AT).outcome == "found"
    assert away.tried == 0


def test_the_cap_counts_each_survey_by_itself(engine: Engine) -> None:
    """An empty database knows of nobody who was asked."""
    sampler = Sampler(Surveys(engine), CallerHash("k" * 40))
    assert sampler.may(call_of("CA1"), WANT, AT).outcome == "found"


def test_the_share_is_drawn_by_the_call() -> None:
    """A quarter of all calls, the same ones each time, others for another survey; all of them, and hardly any."""
    sids = [f"CA{number:032x}" for number in range(8000)]
    quarter = [sid for sid in sids if drawn(sid, "satisfaction", 0.25)]
    assert quarter == [sid for sid in sids if drawn(sid, "satisfaction", 0.25)]
    assert 0.23 < len(quarter) / len(sids) < 0.27
    assert 0.2 < sum(drawn(sid, "other", 0.25) for sid in quarter) / len(quarter) < 0.3
    assert all(drawn(sid, "satisfaction", 1.0) for sid in sids)
    sampler = Sampler(Away(), CallerHash("k" * 40))
    answers = {sampler.may(call_of(sid), MaySurvey("satisfaction", 0.25, 0, 0.0), AT).outcome for sid in quarter}
    assert answers == {"found"}
    others = next(sid for sid in sids if sid not in quarter)
    assert sampler.may(call_of(others), MaySurvey("satisfaction", 0.25, 0, 0.0), AT).why == "not_drawn"
