"""What goes wrong between a carrier and an application, as a setting of an exchange or of one call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """Each of them is something that a carrier's pages say may happen.

    - `webhooks_twice`: each document is asked for twice and the first answer is lost; the second request
      "carries `I-Twilio-Idempotency-Token`".
    - `status_twice`, `status_late` (seconds), `status_reversed`: status callbacks have "**no guarantee of
      order**, may repeat, may come after or before the last action webhook". Reversed ones are all held until
      the call is over, and the last comes first.
    - `recording_after`: seconds until a recording is there ("The file may not exist yet"); `recording_twice`.
    - `action_first`: "A member moved by REST causes two requests […] in no documented order": Enqueue's action
      before the new URL, and not after it.
    """

    webhooks_twice: bool = False
    status_twice: bool = False
    status_late: float = 0
    status_reversed: bool = False
    recording_after: float = 1
    recording_twice: bool = False
    action_first: bool = False
