"""Topics and subjects of a contract, as a document that can be read and compared."""

from __future__ import annotations

from typing import Any

from schemas.contract import Contract


def document(contract: Contract) -> dict[str, Any]:
    """What the broker and the registry must hold for a contract, by stage.

    A district's own topic is shown under the name that it has for a district called ``{district}``.
    """
    return {stage: _stage(contract, stage) for stage in contract.stages}


def _stage(contract: Contract, stage: str) -> dict[str, Any]:
    topic = contract.topic(stage, "{district}")
    notes = contract.stage(stage)
    return {
        "topic": topic.name,
        "partitions": topic.partitions,
        "config": topic.config,
        "key": list(notes.key),
        "dead_letter": notes.dead_letter,
        "subject": contract.subject(stage),
        "compatibility": "FULL_TRANSITIVE",
    }
