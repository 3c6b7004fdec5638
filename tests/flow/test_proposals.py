"""A proposal as it lands, and the answer to it."""

from __future__ import annotations

import random
import uuid

import pytest

from bench.loader import incident
from connectors.proposals import stored
from connectors.proposals.answer import acknowledged, revised
from connectors.proposals.propose import Correction, record
from connectors.records import NotTaken
from streams.settings import Settings
from tests.flow.land import land

pytestmark = pytest.mark.server


def test_a_proposal_has_no_effect_until_the_owner_answers(stack: Settings) -> None:
    owner, proposer = f"o{uuid.uuid4().hex[:8]}", f"p{uuid.uuid4().hex[:8]}"
    target = f"{owner}:1"
    before = incident(random.Random(5), 1) | {"record_id": target, "district": owner, "offence": "burglary"}
    land(stack, "incident", "shared", [before])
    made = record(Correction("incident", target, 1, "offence", "robbery", "wrong_code"), proposer)
    gated = {"gated_at": before["gated_at"], "source_topic": "t", "source_partition": 0, "source_offset": 1}
    more = {"visible_to": [owner, proposer], "retracted": False, "prior_revision": None, "prior_visible_to": []}
    land(stack, "proposal", "shared", [made | gated | more])

    (waiting,) = stored.proposals(stack, owner)
    assert (waiting["proposal"], waiting["answer"]) == (made["record_id"], "")
    assert stored.record(stack, "incident", target)["offence"] == "burglary"
    after = revised(stored.record(stack, "incident", target), stored.record(stack, "proposal", made["record_id"]))
    assert (after["offence"], after["revision"], after["lat"]) == ("robbery", 2, before["lat"])
    reply = acknowledged(made, owner, "accept", None)
    land(stack, "acknowledgement", "shared", [reply | gated | more])
    (answered,) = stored.proposals(stack, owner)
    assert answered["answer"] == "accept"
    with pytest.raises(NotTaken, match="has landed"):
        stored.record(stack, "incident", f"{owner}:none")
