"""What somebody hears whom the service calls back: who calls, and which key connects them."""

from __future__ import annotations

CALLBACKS: dict[str, dict[str, str]] = {
    "en": {
        "hello": "Hello. This is {line}, calling you back as you asked.",
        "press": "To be connected, press 1.",
        "gone": "This callback is no longer wanted. Goodbye.",
    },
    "es": {
        "hello": "Hola. Le llama {line}, como usted lo pidió.",
        "press": "Para comunicarse, oprima 1.",
        "gone": "Esta llamada ya no es necesaria. Hasta luego.",
    },
    "fr": {
        "hello": "Bonjour. Ici {line}, nous vous rappelons comme vous l'avez demandé.",
        "press": "Pour être mis en relation, appuyez sur 1.",
        "gone": "Ce rappel n'est plus nécessaire. Au revoir.",
    },
    "de": {
        "hello": "Guten Tag. Hier ist {line} mit dem Rückruf, um den Sie gebeten haben.",
        "press": "Um verbunden zu werden, drücken Sie 1.",
        "gone": "Dieser Rückruf ist nicht mehr nötig. Auf Wiederhören.",
    },
    "pt": {
        "hello": "Olá. Aqui é {line}, retornando a sua ligação.",
        "press": "Para ser atendido, pressione 1.",
        "gone": "Esta ligação já não é necessária. Até logo.",
    },
}
"""By language and name. `{line}` is the line's name."""


def calling_back(name: str, language: str, line: str = "") -> str:
    """One of the phrases; in English for a language that the service does not know."""
    return CALLBACKS.get(language.split("-")[0], CALLBACKS["en"])[name].format(line=line)
