"""Which of the pressed keys a Gather takes: a pure function, so that its rules are a table in the tests."""

from dataclasses import dataclass

from ivr.phone.twiml import Gather


@dataclass(frozen=True, slots=True)
class Taken:
    """What a Gather made of the keys.

    `digits` is what it submits, or None where nothing was entered; `rest` are the keys that it left,
    typed ahead for what follows in the same document; `waited` tells whether its time-out had to pass.
    """

    digits: str | None
    rest: str
    waited: bool


def listen(gather: Gather, keys: str) -> Taken:
    """Press `keys` (none: silence) into `gather`, one after the other.

    "`finishOnKey=#`, `numDigits` unlimited. `finishOnKey=""` means none, and only then can `#` be a menu
    key. Pressed **first**, the finish key falls through like silence. The time-out starts after the
    nested audio or at the first key." So fewer keys than `numDigits` are submitted when it has passed.
    """
    if not gather.takes_keys:
        return Taken(None, keys, waited=True)
    digits = ""
    for position, key in enumerate(keys, start=1):
        if key in gather.finish_on_key:
            return Taken(digits or None, keys[position:], waited=False)
        digits += key
        if len(digits) == gather.num_digits:
            return Taken(digits, keys[position:], waited=False)
    return Taken(digits or None, "", waited=True)
