"""What the call log says in figures: each is a piece of data with its formula in words, and the query behind it."""
