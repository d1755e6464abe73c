"""Menus: options, keys, words that taper, and longer numbers."""

from __future__ import annotations

from calling import line, transcript

from ivr.call.says import Gather

MAIN = """
main:
  say: Welcome.
  menu:
    1 -> times: To hear times
    2 -> office:
      say: To talk to us
      goal: wanted_a_person
  tries: 3
  give_up: office
times:
  say: At nine.
  go: main
office:
  voicemail: office
  go: hangup
"""


def test_an_option_is_said_with_its_key_and_leads_on() -> None:
    """Key and words come from one line; a goal is reached by choosing, and the words of steps run together."""
    transcript(
        line(MAIN),
        """
        start | Welcome. To hear times, press 1. To talk to us, press 2. (1 key) | entered main
        1     | At nine. Welcome. To hear times, press 1. To talk to us, press 2. (1 key) | chose 1 times, entered times, entered main
        2     | Please leave a message after the tone. When you are done, press pound. (record) | chose 2 office, goal_reached wanted_a_person, entered office
        """,  # noqa: E501
    )


def test_silence_and_wrong_keys_have_their_own_words() -> None:
    """No input and no match are told apart, in the service's words where the file has none."""
    transcript(
        line(MAIN),
        """
        start   |
        silence | Sorry, I didn't hear anything. Welcome. To hear times, press 1. To talk to us, press 2. (1 key) | no_input main
        7       | Sorry, that is not one of the choices. Welcome. To hear times, press 1. To talk to us, press 2. (1 key) | no_match 7
        silence | | no_input main, gave_up main, entered office
        """,  # noqa: E501
    )


def test_words_taper() -> None:
    """A list of words is the first time, the second, and from then on; each prompt counts for itself."""
    transcript(
        line("""
        main:
          say:
            - Welcome to the line.
            - Hello again.
          menu:
            1 -> main:
              - To hear all of this once more
              - Again
          no_input:
            - Are you there?
            - Hello?
          no_match:
            - There is no such choice.
            - No.
          tries: 9
          give_up: hangup
        """),
        """
        start   | Welcome to the line. To hear all of this once more, press 1. (1 key)
        silence | Are you there? Hello again. Again, press 1. (1 key)
        5       | There is no such choice. Hello again. Again, press 1. (1 key)
        silence | Hello? Hello again. Again, press 1. (1 key)
        5       | No. Hello again. Again, press 1. (1 key)
        1       | Hello again. Again, press 1. (1 key)
        """,
    )


def test_repeat_says_the_same_words() -> None:
    """A tapered prompt that is repeated is the one just heard, not the next; words about a miss are not repeated."""
    transcript(
        line("""
        main:
          menu:
            1 -> main:
              - One
              - Two
              - Three
          no_input: Hm?
          tries: 9
          give_up: hangup
        """),
        """
        start   | One, press 1. (1 key)
        9       | One, press 1. (1 key)    | chose 9 repeat
        silence | Hm? Two, press 1. (1 key)
        9       | Two, press 1. (1 key)
        9       | Two, press 1. (1 key)
        1       | Three, press 1. (1 key)
        9       | Three, press 1. (1 key)
        1       | Three, press 1. (1 key)
        """,
    )


def test_tapering_goes_on_in_another_language() -> None:
    """How often a prompt was heard counts across languages, and each has as many texts as it has."""
    flow = line(
        """
        main:
          language: [en-US, es-MX]
          go: more
        more:
          say:
            en-US:
              - First.
              - Second.
              - Third.
            es-MX:
              - Primero.
              - Segundo.
          menu:
            1 -> main:
              en-US: Language
              es-MX: Idioma
        """,
        languages="[en-US, es-MX]",
    )
    transcript(
        flow,
        """
        start |
        1     | First. Language, press 1. (1 key)
        1     |
        2     | Segundo. Idioma, oprima 1. (1 key)
        9     | Segundo. Idioma, oprima 1. (1 key)
        1     |
        1     | Third. Language, press 1. (1 key)
        """,
    )


def test_a_menus_own_key_wins_over_anywhere() -> None:
    """0, 9 and star mean what the menu says where it says so, else what they mean anywhere."""
    transcript(
        line(
            """
            main:
              menu:
                1 -> other: To go on
                9 -> bye: To end
                pound -> other: To skip
            other:
              menu:
                star -> bye: To end
            bye:
              say: Bye.
              go: hangup
            """,
            top="anywhere: {0: bye, 9: repeat, star: back}",
        ),
        """
        start | To go on, press 1. To end, press 9. To skip, press pound. (1 key)
        #     | To end, press star. (1 key)
        9     | To end, press star. (1 key) | chose 9 repeat
        *     | Bye. (hangup) | chose * bye, entered bye, ended line
        """,
    )
    transcript(
        line("""
        main:
          menu:
            9 -> main: To end
          give_up: hangup
        """),
        """
        start |
        9     | | chose 9 main, entered main
        """,
    )


HOURS = """
main:
  menu:
    1 -> main:
      say: To wait
    2 -> office:
      hours: office
      say: To talk to us
    3 -> office:
      if: call.tries > 0
      say: To get help
  give_up: hangup
  tries: 9
office:
  say: Office.
  go: hangup
"""
OFFICE = """
hours:
  office: Mo-Fr 08:00-18:00
"""


def test_options_are_offered_while_their_hours_and_conditions_hold() -> None:
    """What is not offered is no match; what was offered stays valid until the caller has chosen."""
    flow = line(HOURS, OFFICE)
    transcript(
        flow,
        """
        clock 2026-06-02T22:59:58
        start   | To wait, press 1. To talk to us, press 2. (1 key)
        clock 2026-06-02T23:00:05
        2       | Office. (hangup)
        """,
    )
    transcript(
        flow,
        """
        clock 2026-06-02T22:59:58
        start   |
        3       | Sorry, that is not one of the choices. To wait, press 1. To talk to us, press 2. To get help, press 3. (1 key)
        clock 2026-06-02T23:00:05
        1       | To wait, press 1. To get help, press 3. (1 key)
        2       | | no_match 2
        3       | Office. (hangup)
        """,  # noqa: E501
    )


def test_a_menu_that_has_nothing_to_offer_is_not_silence() -> None:
    """Where no option holds now and there are no words either, the caller goes where give_up leads."""
    steps = """
    main:
      menu:
        2 -> office:
          hours: office
          say: To talk to us
      give_up: closed
    office:
      say: Office.
      go: hangup
    closed:
      say: Closed.
      go: hangup
    """
    transcript(
        line(steps, OFFICE),
        """
        clock 2026-06-07T17:00:00
        start | Closed. (hangup) | entered main, gave_up main, entered closed, ended line
        """,
    )
    transcript(
        line(steps.replace("main:", "main:\n      say: Nobody is here.", 1), OFFICE),
        """
        clock 2026-06-07T17:00:00
        start | Nobody is here. (1 key)
        """,
    )


EXTENSIONS = """
main:
  menu:
    1 -> bye: To end
  extension: {digits: 3, save: extension, go: tell}
  no_match: There is no such number.
  wait: 4s
  between: 6s
  give_up: bye
tell:
  say: Extension <extension>.
  lookup: people
  found: bye
  not_found: main
  failed: bye
bye:
  say: Bye.
  go: hangup
"""
PEOPLE = """
lookups:
  people:
    table: people.csv
    where: {extension: <extension>}
    gives: {name: text}
"""


def test_longer_numbers_beside_single_keys() -> None:
    """An extension is taken where it has all its digits, with or without pound; a single key still works."""
    flow = line(EXTENSIONS, PEOPLE)
    transcript(
        flow,
        """
        start     | To end, press 1. (3 keys)
        415       | Extension 4 1 5. (look up people: extension=415) | answered extension 415, entered tell
        not_found | There is no such number. To end, press 1. (3 keys)  | looked_up people not_found, entered main
        41#       | There is no such number. To end, press 1. (3 keys)  | no_match 41#
        1#        | Bye. (hangup)
        """,
    )
    assert transcript(flow, "start |").turns[-1].says[-1] == Gather(3, "", 6.0)


def test_how_long_a_menu_waits() -> None:
    """A menu waits as long as it says for its one key, and takes pound as any other key."""
    flow = line(MAIN.replace("tries: 3", "wait: 8s"))
    assert transcript(flow, "start |").turns[-1].says[-1] == Gather(1, "", 8.0)
