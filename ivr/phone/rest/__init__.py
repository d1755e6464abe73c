"""The REST calls that an application makes to its carrier, in the real API's shape: JSON over HTTP, basic auth.

    with Exchange(clock, auth_token=token) as exchange, RestServer(exchange) as rest:
        Client(account_sid, token)  # with https://api.twilio.com replaced by rest.url

What is asked for happens when the exchange comes to it: the answer says that it was taken, as the real one does.
"""

from ivr.phone.rest.server import Asked, RestServer

__all__ = ["Asked", "RestServer"]
