"""Report campaigns: one fraud indicator reported in several districts within hours, however it is written."""
