"""What outlives a request: calls and live versions in Redis, and everything that lasts in SQL.

- `client` opens Redis, `embedded` runs a Valkey of our own where there is none to open;
- `calls` keeps the state of calls, their records and what they ask for, `live` which version answers;
- `sql` opens and migrates the database, `versions` keeps what was ever published.

Nothing here knows what a call or a menu *is*: states, replies, records and effects are somebody's bytes.
"""
