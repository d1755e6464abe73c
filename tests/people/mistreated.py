"""Real folders of menus of which one file was mistreated.

A strategy of Hypothesis draws a file and a few mistreatments of it, so that what fails shrinks to one of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from mistreatments import MISTREATMENTS, bytes_of

ROOT = Path(__file__).parents[2]
TEAM = "team.yaml"


@dataclass(frozen=True, slots=True)
class Seed:
    """A file of a folder of menus, and the files that lie beside it."""

    folder: Path
    name: str
    alone: bool = False  # of the other files only tables are its own

    @property
    def data(self) -> bytes:
        """What it says."""
        return (self.folder / self.name).read_bytes()

    def lay_out(self, into: Path) -> Path:
        """Puts the files into an empty folder; the path of this one there."""
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        for path in [*self.folder.glob("*.csv"), *self._others()]:
            place = into / path.relative_to(self.folder)
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(path.read_bytes())
        (into / self.name).write_bytes(self.data)
        return into / self.name

    def _others(self) -> Iterator[Path]:
        if not self.alone:
            yield from self.folder.glob("*.yaml")
            yield from self.folder.glob("pieces/*.yaml")

    def __repr__(self) -> str:
        """Short, as an example that fails is printed."""
        return f"<{self.folder.relative_to(ROOT)}/{self.name}>"


def _of(folder: str, *patterns: str, alone: bool = False, most: int = 100_000) -> list[Seed]:
    home = ROOT / folder
    paths = [path for pattern in patterns for path in sorted(home.glob(pattern)) if path.stat().st_size < most]
    return [Seed(home, path.relative_to(home).as_posix(), alone) for path in paths]


GOOD = [
    *_of("menus", "*.yaml", "departures.csv"),
    *_of("tests/menu/ok", "*.yaml", alone=True),
    *_of("tests/menu/ok_pieces", "*.yaml", "pieces/*.yaml"),
    *_of("tests/queues/scripts", "*.yaml"),
]
BAD = _of("tests/menu/err", "*.yaml", alone=True, most=5_000)
SMALL = [seed for seed in GOOD if len(seed.data) < 6_000]


@dataclass(frozen=True, slots=True)
class Mistreated:
    """A file after what was done to it: the names of the mistreatments, with the dice of each."""

    seed: Seed
    done: tuple[tuple[str, int], ...]
    written: int

    @property
    def data(self) -> bytes:
        """What it says now."""
        text = self.seed.data.decode("utf-8", "replace")
        named = {it.__name__: it for it in MISTREATMENTS}
        for name, number in self.done:
            text = named[name](text, Random(number))
        return bytes_of(text, Random(self.written))


def mistreated(seeds: list[Seed]) -> st.SearchStrategy[Mistreated]:
    """One of these files, after one to four mistreatments."""
    numbers = st.integers(0, 2**20)
    names = st.sampled_from([it.__name__ for it in MISTREATMENTS])
    done = st.lists(st.tuples(names, numbers), min_size=1, max_size=4).map(tuple)
    return st.builds(Mistreated, st.sampled_from(seeds), done, numbers)
