"""Take a record back: a district's own command, which the gate judges like everything else."""
