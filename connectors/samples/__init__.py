"""Real files that anyone can fetch by name, to see the platform at work: each a package with ``prepare(cache)``."""
