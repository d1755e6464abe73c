"""What happens in a call.

Pure: `step(flow, call, input)` decides everything that a caller hears, and the same arguments give the
same turn, always. No clock (every input carries its moment), no chance, no network, no log.

    engine    the theory, and step()         kinds     one module a kind of step
    inputs    what came in                   says      what the caller shall hear
    wants     what the engine needs          events    what happened
    state     the call, a turn, a record     scene     the mutable helper of one step()
    answers   typed answers, validated       speech    values as spoken, by Babel
    facts     names to values, per call      replay    folding step over the log
    queue_words, queue_events, queue_notes: what callers who wait hear, and what is noted of them
    comparison, sides, heard, answers_known, by_number: one logged call over two versions
    wire      all of it as JSON
"""

from ivr.call.engine import step
from ivr.call.replay import replay
from ivr.call.state import Call, Record, Turn

__all__ = ["Call", "Record", "Turn", "replay", "step"]
