"""Calls that nobody made, for trying reports: believable, repeatable, and taken out again by one command.

editions   the menus that followed each other: the line's own file, and small edits of it
days       how many call when: weekdays, rushes, seasons, holidays
persona    who calls: a language, a way with keys, patience; and what they do at each place of a call
tape       a call on the real engine, as it is recorded
library    calls that went so before, to be told again with other names and moments
crew       the agents: when they are in, how long they talk
hall       a day of the queues: who waits how long, and who takes them
waits      what the caller's leg hears of that, on the real engine
rows       the rows that the log writer would have made of it
making     all of it, day after day
"""
