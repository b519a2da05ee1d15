"""Extension points, each used by a package that is really installed: the example of its walk-through in the manual."""
