"""HTTP intake of one district: online reports and camera events over HTTP, 202 only for what cannot be lost any more.

IntakeError             the service cannot start or go on: the message says why and what to do
├── BadFile             a file of keys is missing, damaged or open to others
└── SpoolFull           Kafka is away and the spool has no room: the sender must keep it
"""

from connectors.intake.errors import BadFile, IntakeError, SpoolFull

__all__ = ["BadFile", "IntakeError", "SpoolFull"]
