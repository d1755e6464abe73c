"""The line and the team of the hall: a queue with every exit, and two agents."""

LINE = """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: agents
operator: agents
last_resort: "+15005550199"
steps:
  agents:
    say:
      en-US: Please hold.
      es-MX: Espere, por favor.
    queue: bookings
    answered: after
    left: gone
    callback_booked: called_back
    timed_out: late
    full: crowded
    nobody_in: nobody
    closed: shut
  after:
    say:
      en-US: Thank you for talking.
      es-MX: Gracias por hablar.
    go: hangup
  gone:
    say:
      en-US: You left.
      es-MX: Salió.
    go: hangup
  called_back:
    say:
      en-US: See you.
      es-MX: Hasta luego.
    go: hangup
  late:
    say:
      en-US: That took too long.
      es-MX: Tardó mucho.
    go: hangup
  crowded:
    say:
      en-US: All places are taken.
      es-MX: No hay lugar.
    go: hangup
  nobody:
    say:
      en-US: Nobody is in.
      es-MX: No hay nadie.
    go: hangup
  shut:
    say:
      en-US: We are closed.
      es-MX: Está cerrado.
    go: hangup
"""

TEAM = """\
timezone: America/Chicago
country: US
agents:
  ana:
    name: Ana Ruiz
    phone: "+15005550401"
    languages: [en-US, es-MX]
  raj:
    name: Raj Patel
    phone: "+15005550402"
    languages: [en-US]
queues:
  bookings:
    agents: [ana, raj]
    hours: Mo-Fr 08:00-18:00
    room_for: 3
    longest_wait: 5m
    announce: 45s
    callback: {after: 1m, key: 1}
    wrap_up: 30s
    allow: [US, MX]
"""
