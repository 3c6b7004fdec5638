"""Series of incidents that one hand may have done."""
