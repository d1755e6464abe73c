"""Versions in the console: a trial on a share of callers, how it ends, retiring, and what changed between two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flow_calls import FILES, HEARD, HUNG_UP_IN_MAIN, NOW
from flow_calls import NEW as AFTER
from flow_calls import OLD as BEFORE
from people_rooms import opened, settings_in
from visitors import Visitor, hidden

from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.embedded import Embedded
from ivr.store.versions import Standing, Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.publish import Publisher
from ivr.web.console.comparing import befores
from ivr.web.people.office import Office

LINE = """\
line: Corner Shop
numbers: ["+15005550016"]
timezone: America/Chicago
languages: [en-US]
start: hello
steps:
  hello:
    menu:
      1 -> bye: To hang up
  bye:
    say: Goodbye.
    go: hangup
"""
NEW = LINE.replace("Goodbye.", "So long, and thanks.")

NAMES = count(1)


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """One application for all tests here."""
    with opened(settings_in(tmp_path_factory.mktemp("trial"), valkey.url)) as app:
        yield app


@pytest.fixture
def publisher(office: Office) -> Publisher:
    """Somebody else, who publishes by command."""
    return Publisher(Versions(office.engine), office.redis, utc_now)


@pytest.fixture
def shop(office: Office, publisher: Publisher) -> Iterator[Path]:
    """A line of the test's own that is live; it is retired after the test, so that its number is free."""
    path = office.settings.menus / f"shop-{next(NAMES)}.yaml"
    path.write_text(LINE, "utf-8")
    publisher.publish(path, who="olga", why="the first")
    yield path
    path.unlink(missing_ok=True)
    if path.stem in Versions(office.engine).live():
        publisher.retire(path.stem, who="the test")


@pytest.fixture
def stands(office: Office, shop: Path) -> Callable[[], Standing]:
    """How the line stands."""

    def standing() -> Standing:
        found = Versions(office.engine).standing(shop.stem)
        assert found is not None
        return found

    return standing


def tries(ops: Visitor, shop: Path, share: str = "10") -> int:
    """Changes the file and tries it out from the page; the status of the answer."""
    shop.write_text(NEW, "utf-8")
    page = ops.get(f"/console/lines/{shop.stem}/publish").get_data(as_text=True)
    form = {"base": hidden(page, "base"), "version": hidden(page, "version")}
    return ops.post(
        f"/console/lines/{shop.stem}/publish", why="does it help?", to="share", share=share, **form
    ).status_code


def test_a_version_is_tried_out_and_given_to_all(
    ops: Visitor, shop: Path, office: Office, stands: Callable[[], Standing]
) -> None:
    """A share in percent and a reason; both versions side by side; then all callers get it, with a reason."""
    live = stands().live
    assert tries(ops, shop, " 12,5 %") == 302
    now = stands()
    assert now.trial is not None
    assert (now.live, now.trial.share, now.trial.who, now.trial.why) == (live, 0.125, "otto", "does it help?")
    page = ops.get(f"/console/lines/{shop.stem}/trial").get_data(as_text=True)
    assert "is tried out on 12.5% of callers" in page
    assert "Nothing is judged before each version has had 100 callers" in page
    assert "Callers lost or in trouble" in page
    assert "tried out on 12.5%" in page.split("Trials so far")[-1]
    assert "on 12.5% of callers" in ops.get("/console").get_data(as_text=True)
    publish = ops.get(f"/console/lines/{shop.stem}/publish").get_data(as_text=True)
    assert "which is what the file says, is tried out on 12.5% of callers now" in publish
    base = hidden(page, "base")
    address = f"/console/lines/{shop.stem}/trial/promote"
    assert ops.post(address, base=base, why=" ").status_code == 422
    assert ops.post(address, base=base, why="it does").status_code == 302
    after = stands()
    assert after.live is not None
    assert (after.live.version, after.live.deed, after.trial) == (now.trial.version, "promoted", None)
    assert ops.post(address, base=base, why="again").status_code == 409
    assert [it.did for it in office.audit.newest(2)] == ["line_promoted", "line_tried"]
    assert office.audit.newest(2)[1].about["share"] == "12.5%"


def test_figures_of_both_versions_stand_side_by_side(ops: Visitor, office: Office) -> None:
    """With how many calls they are of, how far apart they are, and what the evidence says in a sentence."""
    versions = Versions(office.engine)
    versions.publish("meridian", BEFORE, FILES[0], who="ana", why=None, at=NOW - timedelta(days=1))
    versions.publish("meridian", AFTER, FILES[1], who="ana", why=None, at=NOW, deed="tried", share=0.5)
    entries = []
    for place in range(90):
        path = HUNG_UP_IN_MAIN if place % 3 else HEARD
        version, caller = (AFTER if place % 2 else BEFORE), f"+1500555{place:04}"
        for seq, events in enumerate(path, 1):
            input_: dict[str, object] = {"kind": "pressed", "at": NOW + timedelta(seconds=15 * place + seq)}
            if seq == 1:
                input_ |= {"kind": "started", "caller": caller, "to": "+15005550006", "line": "meridian"}
                input_ |= {"version": version, "step": ""}
            record = orjson.dumps({"seq": seq, "input": input_, "events": events})
            entries.append(Entry(b"{p00}:log", b"%d-%d" % (place + 1, seq), f"CA{place:04}", record))
    assert not CallLog(office.engine, CallerHash("k" * 40)).write(entries).refused
    page = ops.get("/console/lines/meridian/trial").get_data(as_text=True)
    assert re.search(
        r"Callers lost or in trouble</th><td>66.7 % \(of 45\)</td><td>66.7 % \(of 45\)</td><td>[^<]+ points", page
    )
    assert "30 of 45 callers with it were lost or in trouble" in page
    assert "it may be chance, at a single look" in page


def test_a_trial_is_taken_back_and_nothing_else(
    ops: Visitor, shop: Path, office: Office, publisher: Publisher, stands: Callable[[], Standing]
) -> None:
    """Who is overtaken is told by whom; where no trial is on any more, no other step back is taken."""
    publisher.publish(shop, who="olga")
    shop.write_text(LINE.replace("Goodbye.", "Bye."), "utf-8")
    publisher.publish(shop, who="olga", why="the second")
    live = stands().live
    assert tries(ops, shop) == 302
    page = ops.get(f"/console/lines/{shop.stem}/trial").get_data(as_text=True)
    publisher.roll_back(shop.stem, who="the service itself", why="it does worse")
    address = f"/console/lines/{shop.stem}/trial/withdraw"
    answer = ops.post(address, base=hidden(page, "base"), why="too slow").get_data(as_text=True)
    assert "the service itself has withdrawn" in answer
    assert "taken back" in answer
    newest = str(stands().id)
    assert ops.post(address, base=newest, why="too slow").status_code == 409
    assert ops.post(address, base="x", why="too slow").status_code == 400
    assert (stands().live, stands().trial) == (live, None)
    assert tries(ops, shop) == 302
    base = hidden(ops.get(f"/console/lines/{shop.stem}/trial").get_data(as_text=True), "base")
    assert ops.post(address, base=base, why="not now").status_code == 302
    assert (stands().live, stands().trial) == (live, None)
    assert office.audit.newest(1)[0].did == "trial_withdrawn"


def test_a_share_that_is_none_is_told(ops: Visitor, shop: Path, stands: Callable[[], Standing]) -> None:
    """Nothing is published, to nobody; what was typed stays in the form."""
    before = stands()
    for share in ("0", "100", "", "-5", "many", "٣"):
        assert (share, tries(ops, shop, share)) == (share, 422)
    assert stands() == before


def test_a_trial_cannot_have_other_numbers(ops: Visitor, shop: Path, stands: Callable[[], Standing]) -> None:
    """Refused in words; nothing is tried out."""
    shop.write_text(NEW.replace("5550016", "5550017"), "utf-8")
    page = ops.get(f"/console/lines/{shop.stem}/publish").get_data(as_text=True)
    form = {"base": hidden(page, "base"), "version": hidden(page, "version"), "to": "share", "share": "10"}
    answer = ops.post(f"/console/lines/{shop.stem}/publish", why="x", **form)
    assert answer.status_code == 422
    assert "a share of callers cannot have other numbers" in answer.get_data(as_text=True)
    assert stands().trial is None


def test_a_line_is_retired_on_purpose_and_brought_back(
    ops: Visitor, shop: Path, office: Office, stands: Callable[[], Standing]
) -> None:
    """With a reason and its name written out; the page of the line stays, and going back makes it live again."""
    address = f"/console/lines/{shop.stem}/retire"
    page = ops.get(address).get_data(as_text=True)
    assert "+15005550016" in page
    form = {"base": hidden(page, "base"), "why": "moved"}
    assert ops.post(address, **form).status_code == 422
    assert ops.post(address, **form, name="shop").status_code == 422
    assert ops.post(address, **form | {"why": ""}, name=shop.stem).status_code == 422
    assert stands().live is not None
    assert ops.post(address, **form, name=f" {shop.stem} ").status_code == 302
    assert stands().live is None
    assert office.audit.newest(1)[0].did == "line_retired"
    assert ops.post(address, **form, name=shop.stem).status_code == 409
    shop.unlink()
    page = ops.get(f"/console/lines/{shop.stem}").get_data(as_text=True)
    assert "this line is retired" in page
    assert ops.get(address).status_code == 200
    back = {"base": hidden(page, "base"), "to": re.findall(r'<option value="(\w+)"', page)[0], "why": "back"}
    assert ops.post(f"/console/lines/{shop.stem}/publish/back", **back).status_code == 302
    assert stands().live is not None


def test_what_changed_between_two_versions(ops: Visitor, shop: Path, publisher: Publisher, office: Office) -> None:
    """The table of versions leads to it; any two by address, in either direction; unknown ones are told."""
    shop.write_text(NEW, "utf-8")
    publisher.publish(shop, who="olga", why="the second")
    second, first = Versions(office.engine).history(shop.stem)
    assert befores([second, first]) == {second.id: first.version}
    address = f"/console/lines/{shop.stem}/compare"
    link = f"{address}?from={first.version}&amp;to={second.version}"
    assert link in ops.get(f"/console/lines/{shop.stem}").get_data(as_text=True)
    page = ops.get(link.replace("&amp;", "&")).get_data(as_text=True)
    assert "“Goodbye.” is now “So long, and thanks.”" in page
    assert "line by line" in page
    assert page.count("selected") == 2
    assert ops.get(address).get_data(as_text=True).count("So long, and thanks.") >= 1
    back = ops.get(f"{address}?from={second.version[:6]}&to={first.version}").get_data(as_text=True)
    assert "“So long, and thanks.” is now “Goodbye.”" in back
    assert "one and the same" in ops.get(f"{address}?from={first.version}&to={first.version}").get_data(as_text=True)
    for wrong in ("0000", "x", "../..", "<b>"):
        answer = ops.get(address, query_string={"from": first.version, "to": wrong})
        assert (wrong, answer.status_code) == (wrong, 404)
        assert "<b>" not in answer.get_data(as_text=True)
    assert ops.get("/console/lines/nothing/compare").status_code == 404


def test_who_may_not_publish_changes_nothing(ops: Visitor, shop: Path, signed_in: Callable[..., Visitor]) -> None:
    """An analyst has no console; each of the deeds asks for the right to publish."""
    it = signed_in("ann", "analyst")
    for address in ("trial/promote", "trial/withdraw", "retire", "publish"):
        assert it.post(f"/console/lines/{shop.stem}/{address}", why="x", base="1").status_code == 403
        assert ops.client.post(f"/console/lines/{shop.stem}/{address}", data={"why": "x"}).status_code == 400
