"""What has been kept long enough: counted, and deleted.

The shortest of three counts: the contract of a record type, the file of its district, and the end of its release
(its own, or that of the agreement that it was shared under). ``rules`` says what is due, without asking anybody;
``tables`` counts and deletes in ClickHouse, ``topics`` counts in Kafka, where the broker deletes by itself.
``python -m infra.retention`` is one run that deletes; ``infra.local.nightly`` starts it each night.
"""

from infra.retention.due import Due, Gone, Reason
from infra.retention.rules import rules
from infra.retention.tables import Tables
from infra.retention.topics import count_topics

__all__ = ["Due", "Gone", "Reason", "Tables", "count_topics", "rules"]
