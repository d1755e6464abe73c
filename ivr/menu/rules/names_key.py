"""Words that name a key themselves: the service adds ", press 1" to each option, in the caller's language.

Callers would hear the key twice; and when the key is changed, the words still name the old one. So an option's words
say what it is for, and what is said before them does not list the keys. `ivr check --fix` takes the key out of an
option's words where it stands at their end and is the option's own.

```diff steps
 main:
   menu:
-    1 -> person: To talk to us, press 1
+    1 -> person: To talk to us
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import target
from ivr.menu.options import Option
from ivr.menu.phrases import KNOWN, phrase
from ivr.menu.problems import Severity, shown
from ivr.menu.prompts import key_name
from ivr.menu.steps import Act, Menu, Say
from ivr.menu.words import Prompt, plain

ID = "names-key"
SEVERITY: Severity = "warning"

_PRESS = {
    "en": r"press|dial|hit|push|enter|choose|select",
    "es": r"oprim[ae]|presion[ae]|puls[ae]|marque|marca|teclee|digite",
    "fr": r"appuyez\s+sur|tapez|composez|pressez|faites",
    "de": r"dr(?:ü|ue)cken\s+sie|w(?:ä|ae)hlen\s+sie|tippen\s+sie|tasten?",
    "pt": r"pressione|digite|tecle|aperte|disque|carregue\s+em|prima|marque",
}
_THE = (
    r"(?:the\s+|la\s+|le\s+|el\s+|die\s+|a\s+|o\s+)?"
    r"(?:(?:key|number|button|tecla|n[uú]mero|touche|taste|op[cç][aã]o)\s+)?"
)
_NAMED = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
}
_SIGNS = {"star": "*", "asterisk": "*", "pound": "#", "hash": "#"}


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each option's words, and what is said before the options: by the menu, or by a step that leads to it."""
    for step in flow.steps.values():
        menu: Act = step.act
        if isinstance(menu, Menu):
            for option in menu.options:
                yield from _option(option)
        elif isinstance(menu, Say) and (to := flow.steps.get(target(flow, menu.go))):
            menu = to.act
        if step.say and isinstance(menu, Menu):
            yield from _first(step.say, {option.key for option in menu.options})


def _option(option: Option) -> Iterator[tuple[str, str]]:
    for language, texts in option.prompt.texts.items():
        for text in texts:
            words = own_words(plain(text), option.key, language)
            if found := named_key(words, language):
                yield (
                    option.prompt.address,
                    f"these words name a key themselves, {shown(found[0], 30)}; the service adds "
                    f"{shown(_added(option.key, language))}",
                )
                return


def _first(say: Prompt, keys: set[str]) -> Iterator[tuple[str, str]]:
    for language, texts in say.texts.items():
        for text in texts:
            found = named_key(plain(text), language)
            if found and found[1] in keys:
                message = f"these words name a key of the menu, {shown(found[0], 30)}, which its option says by itself"
                yield say.address, message
                return


def _added(key: str, language: str) -> str:
    return _around(key, language)[1].strip(" ,.")


def _around(key: str, language: str) -> tuple[str, str]:
    if language.split("-")[0] not in KNOWN:
        return "", ""
    before, _, after = phrase("option", language).replace("{key}", key_name(key, language)).partition("{words}")
    return before, after


def own_words(words: str, key: str, language: str) -> str:
    """An option's words as the file has them: without the key, which the service says."""
    before, after = _around(key, language)
    return words.removeprefix(before).removesuffix(after)


def named_key(words: str, language: str) -> tuple[str, str] | None:
    """Where words name a key: how they do, and which key; None where they name none."""
    short = language.split("-")[0]
    verb = _PRESS.get(short)
    if verb is None:
        return None
    numbers = {word: str(number) for number, word in enumerate(_NAMED[short].split())}
    signs = _SIGNS | {phrase("star", language): "*", phrase("pound", language): "#"}
    names = numbers | signs | {"*": "*", "#": "#"}
    keys = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    found = re.search(rf"(?<!\w)(?:{verb})\s+{_THE}([0-9]|{keys})(?!\w|[.,]?[0-9])", words, re.IGNORECASE)
    return (found[0], names.get(found[1].lower(), found[1])) if found else None
