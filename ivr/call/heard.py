"""Whether two callers heard the same: what was said to them, and what was then awaited of them.

The same is what sounds the same: words, in their language, one after the other. By which step or prompt they were
said is nothing that a caller hears; nor is where a key leads.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.call.inputs import Dialed, HungUp, Input, Silent
from ivr.call.says import Closing, Dial, DialAgent, Gather, Record, Say


def same_words(old: Sequence[Say], new: Sequence[Say], *, reworded: bool = False) -> bool:
    """Whether they sound the same; with `reworded`, whether they are the same prompts, whatever their words are."""
    if reworded and [it.prompt.address for it in old] == [it.prompt.address for it in new]:
        return True
    if len(old) == len(new) and all(_same(one, other) for one, other in zip(old, new, strict=True)):
        return True
    return _sound(old) == _sound(new)


def _same(old: Say, new: Say) -> bool:
    if old.language != new.language or old.values != new.values:
        return False
    texts = old.prompt.texts[old.language], new.prompt.texts[new.language]
    return texts[0][old.variant] == texts[1][new.variant]


def _sound(said: Sequence[Say]) -> list[tuple[str, str]]:
    """What is heard, in runs of one language."""
    runs: list[tuple[str, list[str]]] = []
    for it in said:
        if not runs or runs[-1][0] != it.language:
            runs.append((it.language, []))
        runs[-1][1].append(it.words())
    return [(language, " ".join(" ".join(words).split())) for language, words in runs]


def same_wait(old: Closing | None, new: Closing | None, input_: Input) -> bool:
    """Whether an input that came while the old was awaited would have come so with the new.

    Who pressed keys within 5 s would have within 10 s, and who pressed none in 10 s pressed none in 5 s either; the
    reverse nobody knows. The same holds of how long it rings. How long a recording may be decides nothing.
    """
    match old, new:
        case Gather(), Gather():
            if isinstance(input_, Silent):
                return new.wait <= old.wait
            as_many = isinstance(input_, HungUp) or (old.digits, old.finish) == (new.digits, new.finish)
            return as_many and new.wait >= old.wait
        case Record(), Record():
            return True
        case Dial(), Dial():
            if (old.to, old.send_digits) != (new.to, new.send_digits):
                return False
            if isinstance(input_, Dialed) and input_.outcome in ("busy", "failed"):
                return True
            unanswered = isinstance(input_, Dialed) and input_.outcome == "no_answer"
            return new.ring <= old.ring if unanswered else new.ring >= old.ring
        case DialAgent(), DialAgent():
            return old.offer == new.offer
    return old == new
