"""What callers can hear: the text of menu files, checked, becomes flows.

Pure: bytes come in, flows and problems go out. Nothing here reads a file, a clock or the network, and
nothing here raises for what somebody wrote in a menu file: mistakes are data (`Problem`).

    source    text of YAML -> nodes that know their place      traps     what YAML makes of honest mistakes
    mended    the copy of the text in which those are mended   problems  what is wrong, where, what to write
    reader    nodes -> dataclasses of keys                     shapes    the values: numbers, spans, lists, maps
    header    the top of a file                                sections  its hours, look-ups and steps
    steps     the kinds of step                                options   the keys of a menu
    questions typed answers                                    read_step one step: of which kind, its keys
    words     texts with values and pauses in them             prompts   words in every language of the line
    names     which names there are, and of what type          phrases   the service's own words
    conditions and hours: CEL and opening_hours                values    types of values, formats to speak them in
    flow      a whole line                                     graph     which step leads where
    tables    what look-ups ask of the CSV files               rules     one rule a module
    silences  comments that allow what a rule warns of         fixes     what can be mended without asking
    traffic   what callers did, for the rules that ask
    load      all of it together: `load({name: bytes})`        schema    the JSON Schema of a menu file
    team      agents and queues, of team.yaml                  team_load its bytes -> a team
    team_rules, team_lines: what is wrong with a team, and     team_schema its JSON Schema
              with a line that uses it                         phrases_queue what callers who wait hear
    priority  head starts in queues                       drawing   the picture of a line, as DOT and as Mermaid
    dialable  whether a number that came from outside may be dialled
"""

from ivr.menu.flow import Flow
from ivr.menu.load import Menus, load
from ivr.menu.problems import Problem

__all__ = ["Flow", "Menus", "Problem", "load"]
