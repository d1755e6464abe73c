"""What callers hear while they wait: place, wait, and hold audio that goes on where it was."""

from itertools import pairwise
from pathlib import Path

import pytest
from hall import ANA, SECOND, TEAM, hall, heard, talks

from ivr.store.embedded import Embedded


@pytest.mark.long
def test_place_and_wait_are_announced(tmp_path: Path, valkey: Embedded) -> None:
    """The place from the first announcement on; the wait as a range, once enough answers tell it, and noted then."""
    team = TEAM.replace("room_for: 3", "room_for: 20").replace("wrap_up: 30s", "wrap_up: 5s")
    with hall(tmp_path, valkey.url, team=team) as h:
        h.agent("ana")
        h.phone(ANA, talks(20))
        legs = [h.call("wait:2000", after=20 * n, from_=f"+131255501{n:02}") for n in range(16)]
        h.run()
        said = [line for leg in legs for line in heard(leg)]
        assert "en-US  You are next in line." in said
        assert "en-US  You are number 2 in line." in said
        assert "en-US  If you would rather not wait, press star." in said
        assert any(line.startswith("en-US  We expect to answer") for line in said)
        assert any(line.startswith("told ") for leg in legs for line in h.story(leg))


def test_hold_audio_goes_on_where_it_was(tmp_path: Path, valkey: Embedded) -> None:
    """Each piece begins where the last one ended, after an announcement as well."""
    with hall(tmp_path, valkey.url, team=TEAM.replace("announce: 45s", "announce: 45s\n    hold: quiet.wav")) as h:
        h.agent("ana")
        h.phone(ANA, talks(300))
        h.call("wait:900")
        leg = h.call("wait:150 hangup", after=5, from_=SECOND)
        h.run()
        offsets = [float(it.url.split("/hold/")[1].split("/")[0]) / 10 for it in leg.events if "/hold/" in _url(it)]
        assert len(offsets) > 5
        assert all(0 < later - earlier <= 26 for earlier, later in pairwise(offsets))
        assert offsets[-1] < 150


def _url(event: object) -> str:
    return str(getattr(event, "url", ""))
