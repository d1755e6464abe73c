"""Publishing: refused, forced, overtaken, taken back, retired, and tried out on a share of callers."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from running import LINE, TO, Running, action, words
from sqlalchemy import Engine

from ivr.store.client import connect
from ivr.store.live import Live, Trial, live
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Published, Versions, version_of
from ivr.switchboard.draw import Draw
from ivr.switchboard.publish import NotPossible, Overtaken, Publisher, Refused
from ivr.switchboard.rehearsal import Rehearsal, rehearse, scripts_of
from ivr.switchboard.step_back import step_back

NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)

CALL = """\
line: test.yaml
from: +15005550100
to: +15005550001
at: 2026-07-01T10:00:00-05:00

en-US  {hears}
en-US  For English, press 1.
es-MX  Para español, oprima 2.
> hangup
hangup by the caller
"""


TEAM = """\
agents:
  ana:
    name: Ana Ruiz
    phone: "+15005550401"
    languages: [en-US, es-MX]
queues:
  bookings:
    agents: [ana]
"""


PIECE = """\
piece: Who is it
languages: [en-US, es-MX]
outcomes: [known]
start: hello
steps:
  hello:
    say:
      en-US: Hello.
      es-MX: Hola.
    go: known
"""


class House:
    """A folder of menus, a database, and a publisher on them."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.file = folder / "test.yaml"
        self.versions = Versions(engine)
        self.publisher = Publisher(self.versions, None, lambda: NOW, fallbacks=folder / "fallback")

    def write(self, welcome: str = "Welcome.", name: str = "test") -> Path:
        """A menu file that welcomes so."""
        path = self.file.with_name(f"{name}.yaml")
        path.write_text(LINE.replace("en-US: Welcome.", f"en-US: {welcome}"), "utf-8")
        return path

    def publish(self, welcome: str, **how: object) -> str:
        """The version of a file that welcomes so, published."""
        return self.publisher.publish(self.write(welcome), who="ana", **how).version  # type: ignore[arg-type]

    def all(self) -> list[Published]:
        """Everything that was done."""
        return self.versions.history("test")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty database, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "a.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def house(tmp_path: Path, empty: Path) -> Iterator[House]:
    """An empty one."""
    shutil.copyfile(empty, tmp_path / "a.db")
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    yield House(tmp_path, engine)
    engine.dispose()


def test_what_fails_changes_nothing(house: House) -> None:
    """A file with errors, and one whose scripted calls failed, leave rows, static document and live version alone."""
    house.publish("One.")
    before = house.all(), (house.file.parent / "fallback" / "test.xml").read_bytes()
    house.file.write_text("line: broken", "utf-8")
    with pytest.raises(Refused):
        house.publisher.publish(house.file, who="ana")
    house.write("Two.")
    failed = Rehearsal(version_of({"test.yaml": house.file.read_bytes()}), 3, 2)
    with pytest.raises(Refused, match=r"scripted-calls 2 of 3 scripted calls failed"):
        house.publisher.publish(house.file, who="ana", rehearsal=failed)
    with pytest.raises(Refused, match=r"changed the file was changed while it was called"):
        house.publisher.publish(house.file, who="ana", rehearsal=Rehearsal("0" * 12, 3, 0))
    other = house.write("New.", "other")
    other.write_text(other.read_text("utf-8").replace(TO, "+15005550002"), "utf-8")
    with pytest.raises(Refused, match="there is no live version"):
        house.publisher.publish(other, who="ana", share=0.1)
    assert (house.all(), (house.file.parent / "fallback" / "test.xml").read_bytes()) == before


def test_force_wants_a_reason_and_keeps_it(house: House) -> None:
    """Past scripted calls that failed, with what failed and why it was forced; never past errors of the file."""
    house.write("Two.")
    failed = Rehearsal(version_of({"test.yaml": house.file.read_bytes()}), 3, 2)
    with pytest.raises(ValueError, match="reason"):
        house.publisher.publish(house.file, who="ana", rehearsal=failed, force=True, why=" ")
    done = house.publisher.publish(house.file, who="ana", rehearsal=failed, force=True, why="the river rises")
    assert (done.changed, done.forced) == (True, "2 of 3 scripted calls failed")
    assert [(it.why, it.forced) for it in house.all()] == [("the river rises", "2 of 3 scripted calls failed")]
    house.file.write_text(LINE.replace("go: bye", "go: nowhere"), "utf-8")
    with pytest.raises(Refused):
        house.publisher.publish(house.file, who="ana", force=True, why="now")


def test_force_goes_past_what_is_wrong_beside_the_file(house: House) -> None:
    """A team file that is broken keeps nobody from publishing in a hurry: no version holds it."""
    house.file.with_name("team.yaml").write_text(TEAM, "utf-8")
    text = LINE.replace('    dial: "+15005550150"\n    answered: bye\n    busy: message\n    no_answer: message\n'
                        "    failed: message\n",
                        "    queue: nobody\n    answered: bye\n    left: bye\n    callback_booked: bye\n"
                        "    timed_out: message\n    full: message\n    nobody_in: message\n"
                        "    closed: message\n")  # fmt: skip
    house.file.write_text(text, "utf-8")
    with pytest.raises(Refused):
        house.publisher.publish(house.file, who="ana")
    done = house.publisher.publish(house.file, who="ana", force=True, why="the team is mended tomorrow")
    assert done.changed
    assert "error" in str(done.forced)


def test_of_two_who_publish_at_once_one_wins(house: House) -> None:
    """Both began from the same version: one is live, the other is told by whom they were overtaken."""
    house.publish("One.")
    seen = house.publisher.seen(house.file)
    mine = house.publish("Mine.", base=seen)
    with pytest.raises(Overtaken, match=f"ana has published {mine} meanwhile"):
        house.publish("Theirs.", base=seen)
    with pytest.raises(Overtaken):
        house.publisher.roll_back("test", who="ben", base=seen)
    assert house.versions.live() == {"test": mine}
    house.publish("Mine.", base=seen)  # the very same is no conflict
    assert len(house.all()) == 2


def test_at_once_in_threads(house: House, tmp_path: Path) -> None:
    """Eight people publish eight texts from what they all saw: one row more, and seven who know."""
    house.publish("One.")
    seen, together = house.publisher.seen(house.file), threading.Barrier(8)
    won: list[str] = []
    lost: list[Overtaken] = []

    def publish(number: int) -> None:
        path = tmp_path / str(number) / "test.yaml"
        path.parent.mkdir()
        path.write_text(LINE.replace("en-US: Welcome.", f"en-US: Number {number}."), "utf-8")
        together.wait(30)
        try:
            won.append(house.publisher.publish(path, who=str(number), base=seen).version)
        except Overtaken as overtaken:
            lost.append(overtaken)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(won), len(lost)) == (1, 7)
    assert house.versions.live() == {"test": won[0]}
    assert len(house.all()) == 2


def test_of_two_lines_that_want_one_number_at_once_one_gets_it(house: House, tmp_path: Path) -> None:
    """Both are new, and neither sees the other when it is checked: one is live, the others read which line has it."""
    together, refused = threading.Barrier(6), list[str]()

    def publish(number: int) -> None:
        path = tmp_path / str(number) / f"line{number}.yaml"
        path.parent.mkdir()
        path.write_text(LINE, "utf-8")
        together.wait(30)
        try:
            house.publisher.publish(path, who=str(number))
        except Refused as error:
            refused.append(str(error))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (live_,) = house.versions.live()
    assert len(refused) == 5
    assert all(f"is answered by the line {live_} already" in it for it in refused)


def test_what_is_live_is_live_whatever_the_disk_says(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """No room for the static document: it is said, and publishing, going back and retiring are done all the same."""
    (house.file.parent / "fallback").write_text("a file stands where the folder should", "utf-8")
    first = house.publish("One.")
    house.publish("Two.")
    assert "the static document of test could not be written: File exists" in caplog.text
    assert house.publisher.roll_back("test", who="ana").version == first
    assert house.versions.live() == {"test": first}
    house.publisher.retire("test", who="ana")
    assert house.versions.live() == {}


def test_redis_that_heard_nothing_is_told_later(service: Running, tmp_path: Path) -> None:
    """Whoever published could not reach Redis, or died before: what runs hears of it as soon as anybody tells it."""
    file = service.settings.menus / "test.yaml"
    file.write_text(LINE.replace("en-US: Welcome.", "en-US: Hello."), "utf-8")
    away = connect(f"unix://{tmp_path}/nobody.sock")
    engine = open_engine(service.settings.database)
    done = Publisher(Versions(engine), away, lambda: NOW).publish(file, who="ana")
    assert live(service.redis).versions["test"] != done.version
    service.publisher.tell()
    assert live(service.redis).versions["test"] == done.version
    assert words(service.post("/voice", CallSid="CA1")).startswith("Hello.")
    away.close()
    engine.dispose()


@pytest.mark.parametrize("name", ["team.yaml", "pieces/who.yaml", "notes.txt"])
def test_what_is_no_line_is_refused_with_words(house: House, name: str) -> None:
    """The team, a piece, a file of another kind: each is told what it is not."""
    path = house.file.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(TEAM if name == "team.yaml" else PIECE, "utf-8")
    for force in (False, True):
        with pytest.raises(Refused, match=r"this is (not the file of a line|a piece)"):
            house.publisher.publish(path, who="ana", force=force, why="now")


def test_each_step_back_goes_further_back(house: House) -> None:
    """After A, B and C: B, then A, then nothing; and to any version by how its hash begins."""
    a, b, c = (house.publish(welcome) for welcome in ("A.", "B.", "C."))
    back = [house.publisher.roll_back("test", who="ana", why="wrong") for _ in range(2)]
    assert [(it.version, it.before, it.deed) for it in back] == [(b, c, "rolled_back"), (a, b, "rolled_back")]
    with pytest.raises(NotPossible, match="no version before"):
        house.publisher.roll_back("test", who="ana")
    assert house.publisher.roll_back("test", who="ana", to=c[:6]).version == c
    for to, said in ((c, "is the live one"), ("ffff", "has no version"), ("no", "is no version")):
        with pytest.raises(NotPossible, match=said):
            house.publisher.roll_back("test", who="ana", to=to)
    with pytest.raises(NotPossible, match="ever published"):
        house.publisher.roll_back("nosuch", who="ana")
    assert step_back(house.all()) == a


def test_a_retired_line_gives_its_numbers_to_another(house: House) -> None:
    """The same line under a new name goes live when the old one is retired; nobody starts it again; back it comes."""
    first = house.publish("One.")
    renamed = house.write("One.", "renamed")
    with pytest.raises(Refused, match="ivr retire test"):
        house.publisher.publish(renamed, who="ana")
    house.publisher.retire("test", who="ana", why="renamed")
    assert house.versions.live() == {}
    assert not (house.file.parent / "fallback" / "test.xml").exists()
    with pytest.raises(NotPossible, match="retired already"):
        house.publisher.retire("test", who="ana")
    house.publisher.publish(renamed, who="ana")
    assert list(house.publisher.publish_new(house.file.parent, who="ana")) == []
    with pytest.raises(Refused, match="answered by the line renamed"):
        house.publisher.roll_back("test", who="ana")
    house.publisher.retire("renamed", who="ana")
    assert house.publisher.roll_back("test", who="ana").version == first
    assert house.versions.live() == {"test": first}


def test_a_trial_stands_beside_the_live_version(house: House) -> None:
    """Its share may change; it goes to all, or ends; one of other numbers, or of the live version, is refused."""
    live_ = house.publish("One.")
    new = house.publish("Two.", share=0.1)
    assert house.versions.now_live() == Live({"test": live_}, {"test": Trial(new, 0.1)})
    assert house.publish("Two.", share=0.25) == new
    assert house.versions.trials() == {"test": Trial(new, 0.25)}
    assert not house.publisher.publish(house.file, who="ana", share=0.25).changed
    done = house.publisher.promote("test", who="ana")
    assert (done.deed, done.before) == ("promoted", live_)
    assert house.versions.now_live() == Live({"test": new})
    with pytest.raises(NotPossible, match="being tried out"):
        house.publisher.promote("test", who="ana")
    with pytest.raises(Refused, match="live version already"):
        house.publish("Two.", share=0.1)
    other = house.write("Three.")
    other.write_text(other.read_text("utf-8").replace("+15005550001", "+15005550002"), "utf-8")
    with pytest.raises(Refused, match="other numbers"):
        house.publisher.publish(other, who="ana", share=0.1)
    third = house.publish("Three.", share=0.5)
    ended = house.publisher.roll_back("test", who="ana")
    assert (ended.deed, ended.version, ended.before) == ("withdrawn", third, new)
    assert house.versions.now_live() == Live({"test": new})
    assert step_back(house.all()) == live_


def test_publishing_what_is_live_to_all_ends_a_trial_beside_it(house: House) -> None:
    """Who puts the file back as it was and publishes it wants all callers to have that."""
    first = house.publish("One.")
    trial = house.publish("Two.", share=0.5)
    done = house.publisher.publish(house.write("One."), who="ana")
    assert (done.changed, done.version, done.ended) == (True, first, trial)
    assert house.versions.now_live() == Live({"test": first})
    assert not house.publisher.publish(house.file, who="ana").changed
    with pytest.raises(NotPossible, match="no version before"):
        house.publisher.roll_back("test", who="ana")


def test_the_git_commit_is_kept(house: House) -> None:
    """The commit that is checked out; with a plus where the file is not as it has it; nothing outside of git."""
    house.publish("One.")

    def git(*given: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        done = subprocess.run(
            ("git", "-C", house.file.parent, *who, *given), check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("add", "test.yaml")
    git("commit", "-q", "-m", "one")
    house.write("Two.")
    git("commit", "-qam", "two")
    house.publisher.publish(house.file, who="ana")
    house.publish("Three.")
    commit = git("rev-parse", "HEAD")
    assert [it.git for it in house.all()] == [f"{commit}+", commit, None]


def test_the_same_callers_are_drawn_each_time() -> None:
    """About the share is drawn; a larger share keeps them; another trial draws others; keys draw differently."""
    draw, other = Draw("a key"), Draw("another key")
    callers = [f"+1500555{number:04}" for number in range(2000)]

    def drawn(by: Draw, share: float, version: str = "a" * 12) -> set[str]:
        return {it for it in callers if by.takes("test", Trial(version, share), it, "CA1")}

    ten = drawn(draw, 0.1)
    assert 140 < len(ten) < 260
    assert ten == drawn(draw, 0.1)
    assert ten < drawn(draw, 0.3)
    assert ten != drawn(draw, 0.1, "b" * 12)
    assert ten != drawn(other, 0.1)
    withheld = [draw.takes("test", Trial("a" * 12, 0.5), "anonymous", f"CA{number}") for number in range(400)]
    assert 130 < sum(withheld) < 270


def test_a_share_of_callers_hears_the_new_version(service: Running) -> None:
    """Who is drawn hears it in each call, the others never; when the trial ends nobody new does, calls go on."""
    file = service.settings.menus / "test.yaml"
    file.write_text(LINE.replace("en-US: Welcome.", "en-US: Hello."), "utf-8")
    service.publisher.publish(file, who="ana", share=0.5)
    heard: dict[str, set[str]] = {}
    for number in range(16):
        caller = f"+150055501{number % 8:02}"
        said = words(service.post("/voice", CallSid=f"CA{number}", From=caller))
        heard.setdefault(caller, set()).add(said.partition(".")[0])
    assert all(len(said) == 1 for said in heard.values())
    assert {next(iter(said)) for said in heard.values()} == {"Hello", "Welcome"}
    drawn = next(caller for caller, said in heard.items() if said == {"Hello"})
    service.publisher.roll_back("test", who="ana")
    assert live(service.redis).trials == {}
    assert words(service.post("/voice", CallSid="CA99", From=drawn)).startswith("Welcome")


def test_a_retired_line_is_not_in_service(service: Running) -> None:
    """Callers of its numbers hear so; one who is on the line goes on."""
    begun = service.post("/voice", CallSid="CA1")
    service.publisher.retire("test", who="ana")
    assert "not in service" in words(service.post("/voice", CallSid="CA2", To=TO))
    assert "To enter a number" in words(service.post(action(begun), CallSid="CA1", Digits="1"))


def test_scripts_of_a_line_are_found_by_what_they_call(house: House) -> None:
    """All below the folder that name the line, with or without its ending; none of another line, none hidden."""
    folder = house.write("One.").parent
    (folder / "calls").mkdir()
    (folder / "calls" / "a.call").write_text(CALL.format(hears="One."), "utf-8")
    (folder / "b.call").write_text("\N{BOM}line: test  \r\n", "utf-8")
    (folder / "calls" / "path.call").write_text("line: ../test.yaml\n", "utf-8")
    (folder / "c.call").write_text("line: other.yaml\n", "utf-8")
    (folder / ".d.call").write_text("line: test\n", "utf-8")
    assert scripts_of(house.file) == [folder / "b.call", folder / "calls" / "a.call", folder / "calls" / "path.call"]
    spaced = house.write("Two.", "city branch")
    (folder / "e.call").write_text("line: city branch.yaml\n", "utf-8")
    assert scripts_of(spaced) == [folder / "e.call"]
    assert rehearse(house.write("One.", "unscripted")).passed


@pytest.mark.long
def test_scripted_calls_are_rehearsed(house: House) -> None:
    """They are placed to the file as it is: one that hears what it says passes, else it is told what differs."""
    folder = house.write("One.").parent
    (folder / "a.call").write_text(CALL.format(hears="One."), "utf-8")
    passed = rehearse(house.file)
    assert (passed.passed, passed.scripts) == (True, 1), passed.told
    assert house.publisher.publish(house.file, who="ana", rehearsal=passed).changed
    house.write("Two.")
    failed = rehearse(house.file)
    assert (failed.scripts, failed.failed) == (1, 1)
    assert "-en-US  One." in failed.told
    with pytest.raises(Refused, match="1 of 1 scripted calls failed"):
        house.publisher.publish(house.file, who="ana", rehearsal=failed)
    late = rehearse(house.file, timeout=0.01)
    assert (late.failed, "not done" in late.told) == (1, True)


@pytest.mark.long
def test_two_hundred_calls_end_on_their_own_versions(service: Running) -> None:
    """Calls are on the line while twenty versions are published, tried out and taken back: each keeps its own."""
    file = service.settings.menus / "test.yaml"
    engine = open_engine(service.settings.database)
    versions = Versions(engine)
    on_the_line = {}
    for number in range(200):
        if number % 10 == 0:
            file.write_text(LINE.replace("Enter four digits.", f"Edition {number}."), "utf-8")
            service.publisher.publish(file, who="ana", share=0.5 if number % 30 == 0 and number else None)
        if number % 50 == 45:
            service.publisher.roll_back("test", who="ana")
        sid = f"CA{number}"
        welcome = service.post("/voice", CallSid=sid, From=f"+1500555{number:04}")
        on_the_line[sid] = service.post(action(welcome), CallSid=sid, Digits="1")
    heard = set()
    for sid, main in on_the_line.items():
        question = service.post(action(main), CallSid=sid, Digits="1")
        version = next(it for it in (row.version for row in versions.history("test")) if it in _began(service, sid))
        files = versions.files(version)
        said = words(question).partition(".")[0]
        heard.add(said)
        assert files is not None
        assert f"en-US: {said}.\n" in files["test.yaml"].decode()
        told = service.post(action(question), CallSid=sid, Digits="1234")
        assert "You entered" in words(told)
        bye = service.post(action(service.post(action(told), CallSid=sid, Digits="3")), CallSid=sid)
        assert "Goodbye" in words(bye)
    assert len(heard) > 15
    engine.dispose()


def _began(service: Running, sid: str) -> str:
    """The first record of a call, which says with which version it began."""
    return service.records(sid)[0].decode()


def test_a_row_of_long_ago_counts_as_published() -> None:
    """Rows from before deeds were kept are publishings to all."""
    row = Published(1, "test", "a" * 12, NOW - timedelta(days=1), "ana", None)
    assert (row.deed, row.share, step_back([row])) == ("published", None, None)
