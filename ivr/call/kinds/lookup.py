"""A look-up: the engine wants it run, the switchboard tells what came of it."""

from __future__ import annotations

from ivr.call import events
from ivr.call.inputs import Silent, Told
from ivr.call.says import Redirect
from ivr.call.scene import Scene
from ivr.call.wants import RunLookup
from ivr.menu.flow import LookupSource, Request, Table
from ivr.menu.steps import Lookup, Step

AWAITS = (Told, Silent)


def enter(step: Step[Lookup], scene: Scene) -> None:
    """Wants the look-up run; a slow one after its filler words, when the carrier has come again."""
    source = scene.flow.lookups[step.act.lookup]
    if step.say and not scene.call.filled:
        scene.speak(step.say, interruptible=step.interruptible)
    if isinstance(source, Request) and source.filler and not scene.call.filled:
        scene.speak(source.filler)
        scene.call.filled = True
        scene.says.append(Redirect())
        return
    secrets = scene.call.secrets  # a look-up is the one place that is given them
    values = {name: secrets[name] if name in secrets else scene.text(name) for name in names_used(source)}
    scene.want = RunLookup(step.act.lookup, values)


def names_used(source: LookupSource) -> tuple[str, ...]:
    """The names of the call that a look-up is given."""
    match source:
        case Table(where=where):
            templates = list(where.values())
        case Request(body=body, headers=headers):
            templates = [source.url, *body.values(), *headers.values()]
    names = (name for template in templates for name in template.names)
    return tuple(dict.fromkeys(name for name in names if not name.startswith("env.")))


def take(step: Step[Lookup], scene: Scene) -> str | None:
    """Keeps what was found and goes where the outcome says."""
    act, call = step.act, scene.call
    if not isinstance(scene.input, Told):
        enter(step, scene)
        return None
    told = scene.input
    source = scene.flow.lookups[act.lookup]
    scene.event(events.LookedUp(step.name, act.lookup, told.outcome, told.why))
    for name in names_used(source):
        call.secrets.pop(name, None)  # a secret lives "until its look-up is done, and nowhere else"
    for field in source.gives:
        call.values.pop(f"{act.lookup}.{field}", None)  # what the last one found is not what this one did
    match told.outcome:
        case "found":
            call.values |= {
                f"{act.lookup}.{field}": told.values[field] for field in source.gives if field in told.values
            }
            return act.found
        case "failed":
            return act.failed
    # Nothing found counts as an error, so that asking again cannot go round for ever.
    capped = scene.error()
    scene.missed = capped is None
    return capped or act.not_found
