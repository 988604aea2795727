"""Whether a graph holds what it must: syntax, consistency, shapes."""
