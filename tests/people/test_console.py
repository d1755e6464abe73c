"""The console for ops: what is live, editing without losing anything, publishing, and the way back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from flask import Flask
from people_rooms import opened, settings_in
from visitors import Visitor, hidden, read_as

from ivr.store.call_log import CallLog, Entry
from ivr.store.embedded import Embedded
from ivr.store.versions import Published, Versions
from ivr.switchboard import menu_texts
from ivr.switchboard.clock import utc_now
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.menu_texts import LARGEST
from ivr.switchboard.publish import Publisher
from ivr.web.people.office import Office

LINE = """\
# A line of two languages; this comment stays.
line: Corner Shop
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US, es-MX]   # both, everywhere
start: hello
operator: bye
steps:
  hello:
    menu:
      1 -> news:
        en-US: To hear the news
        es-MX: Para escuchar las noticias
      2 -> bye:
        say:
          en-US: "To hang up"
          es-MX: 'Para colgar'
  news:
    say:
      - en-US: >-
          The shop is open
          all day.
        es-MX: La tienda abre todo el día.
      - en-US: Open all day.
        es-MX: Abre todo el día.
    go: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""

SCRIPT = """\
line: shop.yaml
from: +15005550100
to: +15005550006
at: 2026-07-01T10:00

en-US  Nothing of the kind.
> hangup
"""

SignedIn = Callable[..., Visitor]


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """Give one application for all tests here: each test begins with the line as `shop` makes it."""
    with opened(settings_in(tmp_path_factory.mktemp("console"), valkey.url)) as app:
        yield app


@pytest.fixture
def shop(office: Office) -> Path:
    """Give the file of a line that is live, and nothing beside it."""
    folder = office.settings.menus
    for path in folder.iterdir():
        path.unlink()
    path = folder / "shop.yaml"
    path.write_text(LINE, "utf-8")
    Publisher(Versions(office.engine), office.redis, utc_now).publish(path, who="olga", why="the first")
    return path


def live(office: Office) -> Published:
    """What is live of the line."""
    standing = Versions(office.engine).standing("shop")
    assert standing is not None
    assert standing.live is not None
    return standing.live


def test_only_who_may_sees_and_changes(people_app: Flask, signed_in: SignedIn, shop: Path) -> None:
    """Strangers sign in first, agents and analysts get 403; nobody changes anything without the deed."""
    assert Visitor(people_app.test_client()).get("/console").headers["Location"].startswith("/sign-in")
    for role in ("agent", "analyst"):
        it = signed_in(f"{role}-one", role)
        assert it.get("/console").status_code == 403
        assert it.post("/console/files/shop.yaml", text="x", read_as="x").status_code == 403
        assert it.post("/console/lines/shop/publish", why="x", base="1").status_code == 403
    assert shop.read_text() == LINE


def test_every_page_tells_how_the_line_stands(ops: Visitor, shop: Path) -> None:
    """What is live, by whom and why; and the file: same, changed, with errors, gone."""
    page = ops.get("/console").get_data(as_text=True)
    assert "Corner Shop" in page
    assert "by olga: the first" in page
    assert "The file says what is live." in page
    for path in ("/lines/shop", "/files", "/files/shop.yaml", "/words/shop.yaml", "/lines/shop/try", "/audit"):
        assert ops.get(f"/console{path}").status_code == 200
    assert "There is nothing to publish" in ops.get("/console/lines/shop/publish").get_data(as_text=True)
    shop.write_text(LINE.replace("Goodbye.", "So long."))
    assert "The file was changed since." in ops.get("/console/lines/shop").get_data(as_text=True)
    shop.write_text(LINE.replace("go: bye", "go: by"))
    page = ops.get("/console/lines/shop").get_data(as_text=True)
    assert "The file has errors" in page
    assert "there is no step &#34;by&#34;" in page
    shop.unlink()
    assert "There is no file any more." in ops.get("/console/lines/shop").get_data(as_text=True)
    assert ops.get("/console/lines/nothing").status_code == 404


def test_a_text_is_checked_while_it_is_typed_and_nothing_is_saved(ops: Visitor, shop: Path) -> None:
    """The problems come as data, each with its line; the file stays."""
    ops.get("/console/files/shop.yaml")
    found = ops.post("/console/files/shop.yaml/check", text=LINE.replace("go: bye", "go: by")).get_json()
    assert [(it["line"], it["rule"]) for it in found["problems"] if it["severity"] == "error"] == [(26, "unknown-step")]
    assert ops.post("/console/files/shop.yaml/check", text="\0").get_json()["refused"]
    assert ops.post("/console/files/shop.yaml/check", text="{" * 50_000).status_code == 200
    assert shop.read_text() == LINE


def test_a_line_is_judged_by_its_calls_too(ops: Visitor, shop: Path, office: Office, people_app: Flask) -> None:
    """Of the last four weeks, on the line's page and while it is typed: what most want should be the first option."""
    busy = shop.with_name("busy.yaml")
    busy.write_text(LINE.replace("Corner Shop", "Busy Shop").replace("0006", "0007"), "utf-8")
    version = Publisher(Versions(office.engine), office.redis, utc_now).publish(busy, who="olga", why="busy").version
    entries = []
    for number in range(120):
        at = utc_now() - timedelta(minutes=10 + number)
        begun = {"kind": "started", "at": at, "to": "+15005550007", "line": "busy", "version": version}
        hello = {"kind": "entered", "step": "hello"}
        chose = {"kind": "chose", "step": "hello", "key": "2", "to": "bye"}
        for seq, (input_, *events) in enumerate([(begun, hello), ({"kind": "pressed", "at": at}, chose)], 1):
            record = orjson.dumps({"seq": seq, "input": input_, "events": events})
            entries.append(Entry(b"{p00}:log", b"%d-%d" % (number, seq), f"CAbusy{number}", record))
    assert not CallLog(office.engine, office.hashes).write(entries).refused
    people_app.extensions.pop("ivr_lately", None)  # what it read for another test holds a minute
    assert "key 2 is chosen most" in ops.get("/console/lines/busy").get_data(as_text=True)
    found = ops.post("/console/files/busy.yaml/check", text=busy.read_text("utf-8")).get_json()["problems"]
    assert [(it["line"], it["rule"]) for it in found if it["rule"] == "commonest-first"] == [(10, "commonest-first")]


def test_what_is_saved_is_in_the_file_and_not_live(ops: Visitor, shop: Path, office: Office) -> None:
    """Saved whole, with the file's own line breaks; noted; callers hear what was published."""
    page = ops.get("/console/files/shop.yaml").get_data(as_text=True)
    text = LINE.replace("Goodbye.", "So long.")
    answer = ops.post("/console/files/shop.yaml", text=text.replace("\n", "\r\n"), read_as=read_as(page))
    assert answer.status_code == 302
    assert shop.read_text() == text
    assert "Saved. Callers hear it once it is published." in ops.get("/console/files/shop.yaml").get_data(as_text=True)
    assert [(it.who, it.did, it.about["file"]) for it in office.audit.newest(1)] == [
        ("otto", "file_saved", "shop.yaml")
    ]
    assert live(office).why == "the first"
    assert [path.name for path in shop.parent.glob(".*shop*")] == []


def test_a_file_that_was_changed_underneath_is_a_conflict(ops: Visitor, shop: Path) -> None:
    """Neither text is lost: the file stays, the page has both and where they differ; then it is saved on purpose."""
    page = ops.get("/console/files/shop.yaml").get_data(as_text=True)
    theirs = LINE.replace("Goodbye.", "Bye from git.")
    shop.write_text(theirs)
    mine = LINE.replace("Goodbye.", "Bye from me.")
    answer = ops.post("/console/files/shop.yaml", text=mine, read_as=read_as(page))
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert shop.read_text() == theirs
    assert "Bye from git." in words
    assert "Bye from me." in words
    assert ops.post("/console/files/shop.yaml", text=mine, read_as=read_as(words)).status_code == 302
    assert shop.read_text() == mine


def test_of_many_who_save_at_once_one_wins(tmp_path: Path) -> None:
    """Each had read the same; the others are told, and what the file says is one of the texts, whole."""
    (tmp_path / "shop.yaml").write_text(LINE)
    texts = [LINE.replace("Goodbye.", f"Goodbye, {name}.").encode() for name in range(8)]
    won: list[bytes] = []
    barrier = threading.Barrier(len(texts))

    def save(text: bytes) -> None:
        barrier.wait()
        with suppress(menu_texts.Overtaken):
            won.append(menu_texts.save(tmp_path, "shop.yaml", text, menu_texts.mark_of(LINE.encode())).data)

    threads = [threading.Thread(target=save, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert won == [(tmp_path / "shop.yaml").read_bytes()]
    assert [path.name for path in tmp_path.iterdir()] == ["shop.yaml"]


def test_what_no_file_can_be_is_refused_and_kept_in_the_field(ops: Visitor, shop: Path) -> None:
    """Signs that are no text, and too many of them: 422, nothing written."""
    mark = read_as(ops.get("/console/files/shop.yaml").get_data(as_text=True))
    for text, why in (("a\0b", "no file can hold"), ("a\ufffdb", "no file can hold"), ("a" * (LARGEST + 1), "at most")):
        answer = ops.post("/console/files/shop.yaml", text=text, read_as=mark)
        assert (answer.status_code, why in answer.get_data(as_text=True)) == (422, True)
    assert ops.post("/console/files/shop.yaml", text="a" * 2_000_000, read_as=mark).status_code == 413
    assert shop.read_text() == LINE


def test_no_other_file_is_ever_opened(ops: Visitor, shop: Path) -> None:
    """Only names of the list: no path leads out of the folder, tables are read only, and bad bytes are told."""
    folder = shop.parent
    (folder / "secret.txt").write_text("secret")
    (folder / ".hidden.yaml").write_text("secret")
    (folder / "rows.csv").write_text("a,b\n")
    (folder / "bad.yaml").write_bytes(b"line: \xff\n")
    for name in ("secret.txt", ".hidden.yaml", "../secret.txt", "%2e%2e/secret.txt", "/etc/passwd", "x/../shop.yaml"):
        assert ops.get(f"/console/files/{name}").status_code in (308, 404)
        assert ops.post(f"/console/files/{name}", text="x", read_as="x").status_code in (308, 404)
    page = ops.get("/console/files/rows.csv").get_data(as_text=True)
    assert "readonly" in page
    assert ops.post("/console/files/rows.csv", text="x", read_as=read_as(page)).status_code == 422
    assert (folder / "rows.csv").read_text() == "a,b\n"
    assert "no text in UTF-8 from line 1 on" in ops.get("/console/files/bad.yaml").get_data(as_text=True)
    assert ops.get("/console/words/bad.yaml").status_code == 200
    assert ops.get("/console/words/rows.csv").status_code == 404


def test_a_new_line(ops: Visitor, shop: Path, office: Office) -> None:
    """A small file that checks; what makes no sense is told, and no file is ever overwritten."""
    ops.get("/console/files")
    form = {"title": 'The "Other" Shop', "name": "other-shop", "number": "+15005550009", "zone": "America/Chicago"}
    for name, wrong in (
        ("name", "../x"),
        ("name", "team"),
        ("name", "shop"),
        ("number", "12"),
        ("zone", "Mars"),
        ("title", ""),
    ):
        answer = ops.post("/console/files", **form | {name: wrong})
        assert (name, answer.status_code) == (name, 422)
    assert shop.read_text() == LINE
    assert ops.post("/console/files", **form).status_code == 302
    made = shop.with_name("other-shop.yaml")
    assert check_files([made]).problems == ()
    assert check_files([made]).flows["other-shop"].title == 'The "Other" Shop'
    assert "other-shop" not in Versions(office.engine).live()
    page = ops.get("/console/lines/other-shop/publish").get_data(as_text=True)
    assert "it answers +15005550009 from now on" in page
    sent = {"base": hidden(page, "base"), "version": hidden(page, "version"), "why": "new"}
    assert ops.post("/console/lines/other-shop/publish", **sent).status_code == 302
    assert "other-shop" in Versions(office.engine).live()


def test_words_are_saved_in_their_place(ops: Visitor, shop: Path, office: Office) -> None:
    """Only the lines of the changed words differ; words that cannot be said are told at their field."""
    page = ops.get("/console/words/shop.yaml").get_data(as_text=True)
    assert "Para escuchar las noticias" in page
    form = {"read_as": read_as(page), "words hello.menu.1 en-US 0": "To hear: the news"}
    assert ops.post("/console/words/shop.yaml", **form).status_code == 302
    assert shop.read_text() == LINE.replace("en-US: To hear the news", 'en-US: "To hear: the news"')
    assert office.audit.newest(1)[0].did == "words_saved"
    mark = read_as(ops.get("/console/words/shop.yaml").get_data(as_text=True))
    answer = ops.post("/console/words/shop.yaml", read_as=mark, **{"words bye.say en-US 0": "Bye <nobody knows>"})
    assert answer.status_code == 422
    assert "neither a value" in answer.get_data(as_text=True)
    assert ops.post("/console/words/shop.yaml", read_as=mark, **{"words no.say en-US 0": "x"}).status_code == 400
    shop.write_text(LINE)
    form = {"read_as": mark, "words bye.say en-US 0": "So long."}
    assert ops.post("/console/words/shop.yaml", **form).status_code == 409
    assert shop.read_text() == LINE


def test_published_with_a_reason_and_taken_back(ops: Visitor, shop: Path, office: Office) -> None:
    """The page says what callers will notice; publishing and going back are versions, and in the audit trail."""
    first = live(office).version
    shop.write_text(LINE.replace("Goodbye.", "So long, and thanks."))
    page = ops.get("/console/lines/shop/publish").get_data(as_text=True)
    assert "So long, and thanks." in page
    form = {"base": hidden(page, "base"), "version": hidden(page, "version")}
    assert ops.post("/console/lines/shop/publish", why=" ", **form).status_code == 422
    assert live(office).version == first
    assert ops.post("/console/lines/shop/publish", why="friendlier", **form).status_code == 302
    now = live(office)
    assert (now.version, now.who, now.why) == (form["version"], "otto", "friendlier")
    page = ops.get("/console/lines/shop").get_data(as_text=True)
    back = {"base": hidden(page, "base"), "to": first, "why": "too long"}
    assert ops.post("/console/lines/shop/publish/back", **back).status_code == 302
    assert live(office).version == first
    assert ops.post("/console/lines/shop/publish/back", **back).status_code == 409  # it is done already
    deeds = [it.did for it in office.audit.newest(2)]
    assert deeds == ["line_rolled_back", "line_published"]
    page = ops.get("/console/audit").get_data(as_text=True)
    assert "friendlier" in page
    assert "signed in" not in page


def test_two_who_publish_at_once(signed_in: SignedIn, ops: Visitor, shop: Path, office: Office) -> None:
    """One wins; the other is told by whom they were overtaken, and nothing is changed by them."""
    other = signed_in("oda", "ops")
    shop.write_text(LINE.replace("Goodbye.", "So long."))
    pages = [it.get("/console/lines/shop/publish").get_data(as_text=True) for it in (ops, other)]
    forms = [{"base": hidden(page, "base"), "version": hidden(page, "version"), "why": "new"} for page in pages]
    assert ops.post("/console/lines/shop/publish", **forms[0]).status_code == 302
    won = live(office)
    shop.write_text(LINE.replace("Goodbye.", "Bye bye."))
    forms[1]["version"] = hidden(other.get("/console/lines/shop/publish").get_data(as_text=True), "version")
    answer = other.post("/console/lines/shop/publish", **forms[1])
    assert answer.status_code == 409
    assert "otto has published" in answer.get_data(as_text=True)
    assert live(office) == won


def test_what_has_errors_or_unheard_scripts_is_not_published(ops: Visitor, shop: Path, office: Office) -> None:
    """Errors never; scripted calls that were not run only on purpose, which is kept."""
    was = live(office)
    shop.write_text(LINE.replace("go: bye", "go: by"))
    assert "1 error to mend" in ops.get("/console/lines/shop/publish").get_data(as_text=True)
    form = {"base": "1", "version": "", "why": "x", "force": "yes"}
    assert ops.post("/console/lines/shop/publish", **form).status_code in (409, 422)
    shop.write_text(LINE.replace("Goodbye.", "So long."))
    (shop.parent / "one.call").write_text(SCRIPT)
    page = ops.get("/console/lines/shop/publish").get_data(as_text=True)
    form = {"base": hidden(page, "base"), "version": hidden(page, "version"), "why": "in a hurry"}
    answer = ops.post("/console/lines/shop/publish", **form)
    assert (answer.status_code, "were not run since" in answer.get_data(as_text=True)) == (422, True)
    assert live(office) == was
    assert ops.post("/console/lines/shop/publish", force="yes", **form).status_code == 302
    assert "1 of 1 scripted calls" in (live(office).forced or "")


@pytest.mark.long
def test_the_scripted_calls_of_a_draft(ops: Visitor, shop: Path) -> None:
    """Run beside the pages: what differs is shown, what was heard can be taken into the script, then they pass."""
    shop.write_text(LINE.replace("Goodbye.", "So long."))
    script = shop.parent / "one.call"
    script.write_text(SCRIPT)

    def run(**form: str) -> str:
        assert ops.post("/console/lines/shop/try", **form).status_code == 302
        for _ in range(600):
            if ops.get("/console/lines/shop/try/state").get_data(as_text=True) == "done":
                break
            time.sleep(0.1)
        return ops.get("/console/lines/shop/try").get_data(as_text=True)

    page = run()
    assert "1 of 1 scripted calls failed." in page
    assert "+en-US  To hear the news, press 1." in page.replace("&#43;", "+")
    assert "All 1 scripted calls passed." in run(update="yes")
    assert "To hear the news, press 1." in script.read_text()
    assert "All 1 scripted calls passed." in ops.get("/console/lines/shop/publish").get_data(as_text=True)
    shop.write_text(LINE + "\n")
    assert "not run since the last change" in ops.get("/console/lines/shop/try").get_data(as_text=True)
