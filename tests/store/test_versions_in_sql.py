"""Versions: what was published comes back, and the newest row of a line is live."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.store.live import Live, Trial
from ivr.store.sql import open_engine
from ivr.store.versions import Deed, Overtaken, Published, Versions, version_of

AT = datetime(2026, 7, 4, 12, 30, tzinfo=UTC)
ONE = {"meridian.yaml": b"line: Meridian\n", "pieces/identify.yaml": "sí\r\n\ufeff\x00\U0001f600".encode()}
TWO = {"meridian.yaml": b"line: Meridian Coaches\n"}


@pytest.fixture
def versions(engine: Engine) -> Versions:
    """The versions of an empty database."""
    return Versions(engine)


def publish(versions: Versions, line: str, files: dict[str, bytes], why: str | None = None) -> int:
    """Publish with what does not matter here filled in."""
    return versions.publish(line, version_of(files), files, who="ana", why=why, at=AT)


def test_an_empty_database_has_no_versions(versions: Versions) -> None:
    """Nothing published: nothing live, no history, no files."""
    assert versions.live() == {}
    assert versions.history("meridian") == []
    assert versions.files(version_of(ONE)) is None


def test_the_newest_row_of_a_line_is_live(versions: Versions) -> None:
    """Each line has its own live version; going back is a new row with the old hash."""
    first = publish(versions, "meridian", ONE)
    publish(versions, "press-one", ONE)
    second = publish(versions, "meridian", TWO, "new hours")
    assert versions.live() == {"meridian": version_of(TWO), "press-one": version_of(ONE)}
    third = publish(versions, "meridian", ONE, "back")
    assert versions.live() == {"meridian": version_of(ONE), "press-one": version_of(ONE)}
    assert first < second < third
    assert [(row.id, row.version, row.why) for row in versions.history("meridian")] == [
        (third, version_of(ONE), "back"),
        (second, version_of(TWO), "new hours"),
        (first, version_of(ONE), None),
    ]


def test_history_says_who_when_and_why(versions: Versions) -> None:
    """A publishing keeps what it was given, its moment in UTC."""
    at = datetime(2026, 7, 4, 8, 0, tzinfo=timezone(timedelta(hours=-5)))
    id_ = versions.publish("m", version_of(ONE), ONE, who="Ana Ruiz", why="días", at=at)
    utc = datetime(2026, 7, 4, 13, 0, tzinfo=UTC)
    assert versions.history("m") == [Published(id_, "m", version_of(ONE), utc, "Ana Ruiz", "días")]
    assert versions.history("m")[0].published_at.tzinfo is UTC


def test_files_come_back_byte_for_byte(versions: Versions) -> None:
    """A call that began with a version finds its files when another one is long live."""
    publish(versions, "meridian", ONE)
    publish(versions, "meridian", TWO)
    assert versions.files(version_of(ONE)) == ONE
    assert versions.files(version_of(TWO)) == TWO


def test_what_cannot_be_kept_is_refused(versions: Versions) -> None:
    """Bytes that are no UTF-8, and a hash of something else, raise and leave no row."""
    binary = {"a.yaml": b"\xff"}
    with pytest.raises(ValueError, match="utf-8"):
        publish(versions, "m", binary)
    with pytest.raises(ValueError, match="is not the hash"):
        versions.publish("m", version_of(ONE), TWO, who="ana", why=None, at=AT)
    assert versions.live() == {}


def test_publishing_at_once_leaves_every_row_in_an_order(database_url: str, engine: Engine) -> None:
    """Two processes' worth of publishings of one line all leave a row, and the highest id is live."""
    files = [{"m.yaml": b"%d" % n} for n in range(12)]
    together = threading.Barrier(3)
    ids: dict[int, str] = {}

    def work(share: list[dict[str, bytes]]) -> None:
        own = open_engine(database_url)
        together.wait()
        for each in share:
            ids[publish(Versions(own), "m", each)] = version_of(each)
        own.dispose()

    threads = [threading.Thread(target=work, args=(files[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = Versions(engine)
    assert len(ids) == 12
    assert {row.id: row.version for row in versions.history("m")} == ids
    assert [row.id for row in versions.history("m")] == sorted(ids, reverse=True)
    assert versions.live() == {"m": ids[max(ids)]}


def test_of_two_after_the_same_row_one_wins(database_url: str, engine: Engine) -> None:
    """Many publish after the row that all have seen: one row more, and the others know who was quicker."""
    seen = publish(Versions(engine), "m", ONE)
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def work(number: int) -> None:
        own = open_engine(database_url)
        files = {"m.yaml": b"%d" % number}
        together.wait(30)
        try:
            Versions(own).publish("m", version_of(files), files, who=str(number), why=None, at=AT, follows=seen)
            outcomes.append("won")
        except Overtaken as overtaken:
            outcomes.append(f"lost to {overtaken.newest.who if overtaken.newest else None}")
        own.dispose()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    newest, first = Versions(engine).history("m")
    assert first.id == seen
    assert sorted(outcomes) == sorted(["won", *[f"lost to {newest.who}"] * 5])
    with pytest.raises(Overtaken, match="it is new"):
        Versions(engine).publish("n", version_of(ONE), ONE, who="ana", why=None, at=AT, follows=seen)


def test_nothing_is_done_beside_other_lines_than_were_looked_at(versions: Versions) -> None:
    """Another line went live, or away, meanwhile: whoever publishes looks again; their own line is no other one."""
    now = datetime(2026, 7, 1, tzinfo=UTC)

    def publish(line: str, beside: dict[str, str], deed: Deed = "published") -> int | None:
        return versions.publish(line, version_of(ONE), ONE, who="a", why=None, at=now, deed=deed, beside=beside)

    assert publish("one", {})
    assert publish("two", {}) is None
    assert publish("two", {"one": version_of(ONE)})
    assert publish("two", versions.live() | {"two": "0" * 12})
    assert publish("one", versions.live(), "retired")
    assert publish("two", {"one": version_of(ONE)}) is None
    assert versions.live() == {"two": version_of(ONE)}


def test_what_is_live_follows_from_the_deeds(versions: Versions) -> None:
    """A trial leaves the live version alone, and is over with whatever comes after it; a retired line has none."""

    def do(deed: Deed, files: dict[str, bytes], share: float | None = None) -> Live:
        version = version_of(files)
        versions.publish("m", version, files, who="ana", why=None, at=AT, deed=deed, share=share)
        return versions.now_live()

    one, two = version_of(ONE), version_of(TWO)
    assert do("published", ONE) == Live({"m": one})
    assert do("tried", TWO, 0.1) == Live({"m": one}, {"m": Trial(two, 0.1)})
    assert do("tried", TWO, 0.3) == Live({"m": one}, {"m": Trial(two, 0.3)})
    assert do("withdrawn", TWO) == Live({"m": one})
    assert do("tried", TWO, 0.5).trials
    assert do("promoted", TWO) == Live({"m": two})
    assert do("retired", TWO) == Live()
    assert versions.lines() == {"m"}
    standing = versions.standing("m")
    assert standing is not None
    assert (standing.live, standing.trial, standing.id) == (None, None, versions.history("m")[0].id)
    assert do("rolled_back", ONE) == Live({"m": one})
    assert versions.standing("nosuch") is None


def test_a_version_is_found_by_how_it_begins(versions: Versions) -> None:
    """By four or more of its digits, where they say which; else it is said why not."""
    publish(versions, "m", ONE)
    publish(versions, "n", TWO)
    assert versions.find(version_of(ONE)[:4]) == versions.find(version_of(ONE), "m") == version_of(ONE)
    for text, line, said in (
        ("abc", None, "is no version"), ("%%%%", None, "is no version"),
        ("ffffffff", None, "there is no version"), (version_of(ONE), "n", "n has no version"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            versions.find(text, line)


def test_a_version_is_named_by_names_and_contents() -> None:
    """The hash is fixed for ever, independent of order, and shifts of text between files change it."""
    assert version_of({}) == "e3b0c44298fc"
    assert version_of({"a": b"1", "b": b"2"}) == version_of({"b": b"2", "a": b"1"}) == "4016e0316f40"
    different = [
        {"a": b"1", "b": b"2"},
        {"a": b"12", "b": b""},
        {"a": b"", "b": b"12"},
        {"ab": b"12"},
        {"a": b"1"},
        {"a": b"1:b1:2"},
        {"a1:1": b"", "b": b"2"},
        {"": b""},
    ]
    assert len({version_of(files) for files in different}) == len(different)


files_of_any_text = st.dictionaries(
    st.text(max_size=10).filter(lambda name: not any("\ud800" <= char <= "\udfff" for char in name)),
    st.text(st.characters(codec="utf-8"), max_size=30).map(str.encode),
    max_size=4,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=files_of_any_text)
def test_any_utf_8_is_kept(versions: Versions, files: dict[str, bytes]) -> None:
    """Whatever text the files hold, they come back byte for byte."""
    publish(versions, "m", files)
    assert versions.files(version_of(files)) == files
    assert versions.live()["m"] == version_of(files)
