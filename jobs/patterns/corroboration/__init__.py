"""One event seen by several sources, and one incident that two districts recorded."""
