"""Quality: landed rows held against the expectations that the contracts state, off the hot path."""
