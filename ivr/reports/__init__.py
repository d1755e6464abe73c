"""What the call log says in figures: each is a piece of data with its formula in words, and the query behind it."""

from ivr.reports.kpi import Kpi
from ivr.reports.service_level import SERVICE_LEVEL

KPIS: tuple[Kpi, ...] = (SERVICE_LEVEL,)

__all__ = ["KPIS", "Kpi"]
