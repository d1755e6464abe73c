"""The team as a process knows it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from ivr.switchboard.staff import Staff

AGENTS = "\n".join(f'  a{n}: {{name: A{n}, phone: "+1500555{n:04}", languages: [en-US]}}' for n in range(400))
TEAM = f'desk: ["+15005550300"]\nagents:\n{AGENTS}\nqueues: {{}}\n'


def test_the_first_who_ask_at_once_all_get_the_team(tmp_path: Path) -> None:
    """Nobody hears of an empty team while somebody else reads the file for the first time."""
    (tmp_path / "team.yaml").write_text(TEAM, "utf-8")
    staff, together = Staff(tmp_path), Barrier(8)

    def ask(_: int) -> int:
        together.wait(30)
        return len(staff.now().agents)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [400] * 8
