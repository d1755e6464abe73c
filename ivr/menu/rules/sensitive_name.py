"""A question whose answer is a secret by its name (a card, a PIN, a password), and that is asked without `secret`.

Without it the digits stand in the call log, in records and in exports. With `secret: yes` they are stored nowhere and
given to look-ups only. A number of 13 digits or more with a check digit (`luhn`) is taken for a card, whatever its
name. `ivr check --fix` adds `secret: yes`, where the file still checks with it.

```diff steps
 main:
   ask: Enter the number of your card.
   digits: 16
   save: card_number
+  secret: yes
   go: goodbye
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, shown
from ivr.menu.steps import Ask

ID = "sensitive-name"
SEVERITY: Severity = "warning"

WORDS = frozenset(
    [
        *("pin", "cvv", "cvv2", "cvc", "cvc2", "csc", "ssn", "iban", "otp", "tan", "mtan", "secret"),
        *("card", "cards", "creditcard", "cardnumber", "password", "passcode", "passphrase"),
        *("nip", "tarjeta", "clave", "contrasena", "karte", "kreditkarte", "kennwort", "passwort", "geheimzahl"),
        *("carte", "motdepasse", "cartao", "senha"),
    ]
)
"""Parts of names (between underscores) that are a secret's: in the languages that the service knows."""

_PHRASES = ("mot_de_passe", "social_security", "security_code", "codigo_de_seguridad", "clave_secreta")

CARD = 13
"""Digits of the shortest number of a card."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each question for digits that is not hidden."""
    for step in flow.steps.values():
        act = step.act
        if not isinstance(act, Ask) or act.hidden or act.type != "digits":
            continue
        name = act.save.rpartition(".")[2].lower()
        card = act.luhn and act.length[1] >= CARD
        if card or WORDS & set(name.split("_")) or any(phrase in name for phrase in _PHRASES):
            what = (
                "a number with a check digit this long is a card's" if card else f"{shown(name)} sounds like a secret"
            )
            yield f"{step.name}.save", f"{what}, and the answer would stand in the log; add secret: yes"
