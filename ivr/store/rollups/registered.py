"""All roll-ups."""

from ivr.store import call_terms
from ivr.store.rollups import agents, steps
from ivr.store.rollups.cube import CUBE
from ivr.store.rollups.rollup import Rollup

ROLLUPS: tuple[Rollup, ...] = (CUBE, agents.ROLLUP, steps.ROLLUP, call_terms.ROLLUP)
