"""Lines, and what was published of them."""

from __future__ import annotations

from sqlalchemy import func, select

from ivr.store.versions import TO_ALL, Versions, versions
from ivr.web.api import answered, asked
from ivr.web.people.office import office

MOST = 1000


def lines(_: asked.Asked) -> answered.Lines:
    """Every line with its live version. Raises SQLAlchemyError."""
    live = Versions(office().engine).live()
    return answered.Lines(lines=[answered.Line(line=name, version=live[name]) for name in sorted(live)])


def published(query: asked.Versions) -> answered.Versions:
    """The newest publishings. Raises SQLAlchemyError."""
    to_all = versions.c.deed.in_(TO_ALL)
    newest = select(func.max(versions.c.id)).where(to_all).group_by(versions.c.line)
    live = versions.c.id.in_(newest).label("live")
    wanted = select(versions.c.line, versions.c.version, versions.c.published_at, live)
    wanted = wanted.where(to_all, versions.c.deed != "retired").order_by(versions.c.id.desc())
    if query.line is not None:
        wanted = wanted.where(versions.c.line == query.line)
    with office().engine.connect() as connection:
        rows = connection.execute(wanted.limit(MOST)).mappings()
        return answered.Versions(versions=[answered.Version(**row) for row in rows])
