"""The choice of language."""

from __future__ import annotations

from calling import line, transcript

BILINGUAL = """
welcome:
  say:
    en-US: Welcome.
    es-MX: Bienvenido.
  language: [en-US, es-MX]
  go: main
main:
  menu:
    1 -> bye:
      en-US: To end
      es-MX: Para terminar
  give_up: bye
bye:
  say:
    en-US: Bye.
    es-MX: Adiós.
  go: hangup
"""


def test_each_language_is_offered_in_its_own_words() -> None:
    """The choice switches every later prompt, the service's own words among them."""
    transcript(
        line(BILINGUAL, languages="[en-US, es-MX]"),
        """
        start   | Welcome. For English, press 1. Para español, oprima 2. (1 key)
        2       | Para terminar, oprima 1. (1 key) | language_chosen es-MX, entered main
        silence | Disculpe, no escuché nada. Para terminar, oprima 1. (1 key)
        1       | Adiós. (hangup)
        """,
    )


def test_silence_at_the_choice_of_language_goes_on_in_the_first() -> None:
    """It is offered twice; then the call goes on. Keys that work anywhere work there, too."""
    flow = line(BILINGUAL, languages="[en-US, es-MX]")
    transcript(
        flow,
        """
        start   |
        silence | Welcome. For English, press 1. Para español, oprima 2. (1 key) | no_input welcome
        7       | To end, press 1. (1 key) | no_match 7, gave_up welcome, entered main
        """,
    )
    transcript(flow, "start |\n9 | Welcome. For English, press 1. Para español, oprima 2. (1 key) | chose 9 repeat")


def test_who_comes_back_to_the_choice_of_language_keeps_theirs() -> None:
    """`back` leads to the choice again; silence there keeps the language that was chosen before."""
    transcript(
        line(BILINGUAL, languages="[en-US, es-MX]"),
        """
        start   |
        2       |
        *       | Bienvenido. For English, press 1. Para español, oprima 2. (1 key) | chose * back, entered welcome
        silence |
        silence | Para terminar, oprima 1. (1 key)
        *       |
        1       | To end, press 1. (1 key)
        """,
    )
