"""The broker's own details."""

from __future__ import annotations

import uuid

from infra.local.kafka import cluster_id


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    first_bits_of_a_dash = uuid.UUID(int=0b111110 << 122)
    assert cluster_id(first_bits_of_a_dash).startswith("_")
    assert len(cluster_id(first_bits_of_a_dash)) == 22
