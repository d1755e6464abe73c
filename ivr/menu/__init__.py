"""What callers can hear: the text of menu files, checked, becomes flows.

Pure: bytes come in, flows and problems go out. Nothing here reads a file, a clock or the network, and
nothing here raises for what somebody wrote in a menu file: mistakes are data (`Problem`).

    source    text of YAML -> nodes that know their place      traps     what YAML makes of honest mistakes
    shapes    nodes -> values, and the JSON Schema of both     words     prompts: texts with values and pauses
    steps     the kinds of step                                flow      a whole line
    names     which names there are, and of what type          phrases   the service's own words
    graph     which step leads where                           rules     one rule a module
    load      all of it together: `load({name: bytes})`        schema    the JSON Schema of a menu file
"""

from ivr.menu.flow import Flow
from ivr.menu.load import Menus, load
from ivr.menu.problems import Problem

__all__ = ["Flow", "Menus", "Problem", "load"]
