"""Clusters at a border: a prospective space-time permutation scan."""
