"""The browser phone: a page that is a phone, and the local carrier behind it. In development only.

Each tab is one phone, at the end of one WebSocket. `app` has the addresses, `handset` is a tab's phone, `owners`
knows whose phone rings, `messages` turns what happens into what the page is told, `service` asks the application
what only it knows, `guard` keeps other websites out. `static/` is the page: no build step, no other hosts.
"""

from ivr.phone.page.app import create_page
from ivr.phone.page.service import Service

__all__ = ["Service", "create_page"]
