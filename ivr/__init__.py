"""Touchtone: phone menus as YAML files, answered over TwiML."""
