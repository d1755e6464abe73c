"""What the call log says in figures: each is a piece of data with its formula in words, and how to measure it."""

from ivr.reports.call_kpis import CALLS_IN, CONTAINMENT, FIRST_CONTACT, FIRST_RESPONSE, TRUE_CONTAINMENT
from ivr.reports.estimate_kpis import ESTIMATE_ERROR, ESTIMATE_RIGHT
from ivr.reports.handling_kpis import HANDLING_TIME, MISSED, TALK_TIME, TOTAL_HANDLING_TIME, WRAP_UP_TIME
from ivr.reports.kpi import Kpi
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.survey_kpis import CES, CSAT, NPS, RESPONSE
from ivr.reports.waiting_kpis import (
    ABANDONED_VISITS,
    ABANDONMENT,
    ASA,
    CALLBACKS_BOOKED,
    CALLBACKS_KEPT,
    HANDLED,
    LEFT,
    OTHER_WAITS,
    TIME_TO_ABANDON,
    TIMED_OUT,
    TURNED_AWAY,
)

KPIS: tuple[Kpi, ...] = (
    CALLS_IN, FIRST_RESPONSE, CONTAINMENT, TRUE_CONTAINMENT, FIRST_CONTACT,
    SERVICE_LEVEL, ASA, ABANDONMENT, TIME_TO_ABANDON, OTHER_WAITS,
    HANDLED, ABANDONED_VISITS, TIMED_OUT, LEFT, TURNED_AWAY,
    CALLBACKS_BOOKED, CALLBACKS_KEPT, ESTIMATE_RIGHT, ESTIMATE_ERROR,
    HANDLING_TIME, TOTAL_HANDLING_TIME, TALK_TIME, WRAP_UP_TIME, MISSED,
    RESPONSE, CSAT, NPS, CES,
)  # fmt: skip
"""All of them, in the order in which reports show them."""

__all__ = ["KPIS", "Kpi"]
