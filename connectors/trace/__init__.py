"""Where a record went: every trace of it that has landed, in the order of time."""
