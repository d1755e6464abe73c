"""Where the rooms meet: one webhook answered, look-ups run, a menu published, trouble met."""
