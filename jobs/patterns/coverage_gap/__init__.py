"""Key places under duty where nobody came."""
