"""Look-out hits: a read of a vehicle that some district has a live look-out for."""
