"""Where the documentation lies, and how examples in it are read."""
