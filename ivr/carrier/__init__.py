"""The carrier's dialects: what a webhook's form means, what a turn's says are in TwiML, who signed a request.

Plain functions over mappings, strings and bytes: no web framework, no network, no clock. The engine knows no
carrier, and what differs between carriers is data in a `Profile`.

    profile      what is particular to one carrier; TWILIO
    forms        a webhook's form as a caller and an input
    twiml        a turn's says as a document; the few documents that need no call
    fragments    the words of a prompt as ready pieces of a document
    markup       text as XML carries it
    urls         the addresses that a carrier calls, and that it signed
    signature    whether a carrier sent a request
"""
