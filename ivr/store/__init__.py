"""What outlives a request: calls and live versions in Redis, and everything that lasts in SQL.

- `client` opens Redis, `embedded` runs a Valkey of our own where there is none to open;
- `calls` keeps the state of calls, their records and what they ask for, `live` which version answers;
- `sql` opens and migrates the database, `versions` keeps what was ever published;
- the call log: `log_tables` declares it, `streams` reads records from Redis, `call_log` writes them to SQL,
  `call_rows` sums a call up, `callers` keeps numbers out of it, `log_queries` reads it;
- for the worker: `leases` share the partitions out, `claims` note effects, `set_aside` keeps what cannot be written,
  `old_calls` removes what is old enough.

Nothing here knows what a menu *is*. To Redis, states, replies, records and effects are somebody's bytes; the call
log knows a record's JSON.
"""
