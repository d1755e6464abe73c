"""The collaborators put together, once a process: the web workers' and the worker's alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from ivr.carrier.profile import TWILIO
from ivr.config import SettingError, Settings
from ivr.store.audit import Audit
from ivr.store.callbacks import Callbacks
from ivr.store.callers import CallerHash
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.log_queries import LogQueries
from ivr.store.messages import Messages
from ivr.store.queues import Queues
from ivr.store.spool import Spool
from ivr.store.sql import open_engine
from ivr.store.surveys import Surveys
from ivr.store.versions import Versions
from ivr.store.wrong_pins import WrongPins
from ivr.switchboard.agent_leg import AgentLeg
from ivr.switchboard.answer import Switchboard
from ivr.switchboard.callbacks import Booker, Numbers
from ivr.switchboard.customer_leg import CustomerLeg
from ivr.switchboard.desk_deeds import DeskDeeds
from ivr.switchboard.desk_line import DeskLine
from ivr.switchboard.dispatch import Dispatcher, Mover
from ivr.switchboard.draw import Draw
from ivr.switchboard.effects import Effect
from ivr.switchboard.handover import Handover
from ivr.switchboard.lines import Lines
from ivr.switchboard.lookups import LookupRunner, Lookups
from ivr.switchboard.message_audio import MessageAudio
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.notices import Notices
from ivr.switchboard.outage import Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer, key_of
from ivr.switchboard.staff import Staff
from ivr.switchboard.stepping import KEPT_SECONDS, Stepper
from ivr.switchboard.surveys import Sampler, SurveyDesk
from ivr.switchboard.waiting import WaitingRoom
from ivr.switchboard.waits import Waits


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process works with."""

    settings: Settings
    engine: Engine
    switchboard: Switchboard
    handover: Handover
    agent_leg: AgentLeg
    dispatcher: Dispatcher
    room: WaitingRoom
    queues: Queues
    staff: Staff
    callbacks: Callbacks
    numbers: Numbers
    customer_leg: CustomerLeg
    messages: Messages
    message_audio: MessageAudio
    board: NoticeBoard
    lines: Lines
    shelf: Shelf
    spool: Spool
    calls: Calls
    versions: Versions
    log: LogQueries
    sealer: Sealer
    close: Callable[[], None]  # ends what they hold open

    def not_done(self, effect: Effect) -> None:
        """An effect that was not done and will not be."""
        if effect.kind == "move_member":
            self.handover.not_moved(effect.fields["sid"], effect.fields.get("offer", ""))


def wire(
    settings: Settings,
    clock: Callable[[], datetime],
    lookups: LookupRunner | None = None,
    surveys: SurveyDesk | None = None,
    slot_clock: Callable[[], datetime] | None = None,
) -> Parts:
    """The parts, from settings. Raises SettingError where no Redis is set and none of our own runs."""
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    redis, engine = connect(redis_url), open_engine(settings.database)
    calls, versions, messages = Calls(redis), Versions(engine), Messages(engine)
    own_lookups = Lookups(settings)
    key = key_of(settings)
    queues, staff = Queues(redis), Staff(settings.menus)
    message_audio = MessageAudio(key, clock)
    desk = DeskLine(staff, message_audio)
    copies = settings.data / "versions"
    lines = Lines(versions, recordings=settings.recordings, copies=copies, desk=desk, draw=Draw(key))
    board = NoticeBoard(redis, engine, slot_clock or clock)
    notices = Notices(board, engine, staff.now, slot_clock or clock)
    deeds = DeskDeeds(
        lookups or own_lookups,
        staff,
        queues,
        messages,
        Audit(engine, clock),
        WrongPins(redis),
        CallerHash(key),
        notices,
    )
    sealer = Sealer(key)
    spool = Spool(settings.data)
    shelf = Shelf(calls, spool)
    places = Places(key, KEPT_SECONDS)
    callbacks, numbers = Callbacks(engine), Numbers(key)
    booker = Booker(callbacks, numbers)
    moves = bool(settings.account_sid and settings.auth_tokens and settings.reached_at)
    room = WaitingRoom(
        queues,
        staff,
        Waits(queues),
        board,
        book=booker.book,
        callable_=booker.callable,
        moves=moves,
        slot_clock=slot_clock,
    )
    dispatcher = Dispatcher(queues, staff, Mover(calls, settings.reached_at))
    sampler = surveys or Sampler(Surveys(engine), CallerHash(key))
    stepper = Stepper(shelf, deeds, room, sampler, sealer, places, board, clock)
    handover = Handover(shelf, lines, sealer, places, stepper, room, dispatcher, clock)
    switchboard = Switchboard(shelf, lines, sealer, places, stepper, handover, clock)

    def close() -> None:
        board.close()
        calls.release()
        redis.close()
        engine.dispose()
        own_lookups.close()

    return Parts(
        settings=settings,
        engine=engine,
        switchboard=switchboard,
        handover=handover,
        agent_leg=AgentLeg(queues, staff, room, TWILIO),
        dispatcher=dispatcher,
        room=room,
        queues=queues,
        staff=staff,
        callbacks=callbacks,
        numbers=numbers,
        customer_leg=CustomerLeg(callbacks, numbers, queues, staff, lines, shelf, stepper, clock),
        messages=messages,
        message_audio=message_audio,
        board=board,
        lines=lines,
        shelf=shelf,
        spool=spool,
        calls=calls,
        versions=versions,
        log=LogQueries(engine),
        sealer=sealer,
        close=close,
    )
