"""The tables of the people who work with the service: who may sign in, their one-time links, and what they did."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from ivr.store.sql import Moment, metadata

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("agent", String(64), nullable=True),
    Column("password", Text, nullable=True),
    Column("epoch", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
)
"""One row a person. `password` is an argon2 hash, none until they have chosen one; who has another `epoch` in their
cookie is signed out; `agent` is who they are in team.yaml."""

links = Table(
    "links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person", Integer, ForeignKey("people.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
)
"""One-time links, by which somebody chooses their password. Of the token only its SHA-256 is kept."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),
    Column("did", String(64), nullable=False),
    Column("about", JSON, nullable=False),
    Index("ix_audit_at", "at"),
)
"""What people did: one row a deed. `about` is a small map; it holds no secret and no whole number of a caller."""
