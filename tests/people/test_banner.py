"""While a notice is on, every page for people says so."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from visitors import Visitor

from ivr.store.versions import Versions, version_of
from ivr.web.people.office import Office

LINE = Path(__file__).parents[2] / "menus" / "meridian.yaml"


def test_a_notice_stands_on_every_page_until_it_ends(
    office: Office, visitor: Callable[[], Visitor], signed_in: Callable[..., Visitor]
) -> None:
    """What callers hear, until when, set by whom; strangers who sign in do not read it; what is over is gone."""
    files = {"meridian.yaml": LINE.read_bytes()}
    now = office.clock()
    Versions(office.engine).publish("meridian", version_of(files), files, who="ana", why=None, at=now)
    words = {"en-US": "Snow <b>delays</b> us.", "es-MX": "La nieve nos retrasa."}
    until = now + timedelta(minutes=30)
    notice = office.emergencies.put("meridian", words, until=until, closed=True, who="ana")
    assert "set by ana" not in visitor().get("/sign-in").get_data(as_text=True)
    browser = signed_in()
    for path in ("/", "/people"):
        page = browser.get(path).get_data(as_text=True)
        assert "The line meridian is closed until" in page, path
        assert "set by ana." in page
        assert "<q>Snow &lt;b&gt;delays&lt;/b&gt; us.</q>" in page
    office.emergencies.end(notice.id, who="raj")
    assert "The line meridian is closed" not in browser.get("/people").get_data(as_text=True)


def test_a_page_does_not_fail_for_its_banner(office: Office, signed_in: Callable[..., Visitor]) -> None:
    """What Redis has may be of another release: then SQL is asked, and the page is there."""
    browser = signed_in()
    office.redis.set("notices", b'{"notices": 7}')
    assert browser.get("/people").status_code == 200
