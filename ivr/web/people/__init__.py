"""The door for people: desk, console and reports, behind a sign-in. Carriers never come through here."""

from ivr.web.people.app import create_people

__all__ = ["create_people"]
