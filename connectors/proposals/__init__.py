"""Corrections that one district proposes of another's record: without effect until the owner publishes them itself."""
