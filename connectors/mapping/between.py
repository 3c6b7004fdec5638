"""What a contract says between fields, asked of the rows too: a rehearsal then tells what the gate would refuse."""

from __future__ import annotations

import polars as pl

from connectors.mapping.draft import Draft
from connectors.mapping.targets import SECTIONS
from schemas import contracts, rules


def of(record: str) -> tuple[rules.Rule, ...]:
    """The rules of a record type that are not held already by reading times and places."""
    return tuple(
        rule
        for rule in rules.of(contracts.get(record))
        if not (isinstance(rule, rules.Order) and {rule.low, rule.high} <= SECTIONS)
        and not (isinstance(rule, rules.Together) and set(rule.fields) <= SECTIONS)
    )


def check(draft: Draft, held: tuple[rules.Rule, ...]) -> None:
    """Reject the rows that break a rule; rows with a defect already are not asked."""
    if not held:
        return
    frame = pl.DataFrame([values.alias(name) for name, values in draft.out.items() if not values.dtype.is_nested()])
    faulty: dict[tuple[str, str, str], list[int]] = {}
    good = draft.good().to_list()
    for index, record in enumerate(frame.iter_rows(named=True)):
        if not good[index]:
            continue
        for rule in held:
            fault = rule(record)
            if fault is not None:
                faulty.setdefault((fault.reason, fault.field, fault.message), []).append(index)
    for (reason, field, message), indices in faulty.items():
        mask = pl.Series([False]).new_from_index(0, len(draft))
        draft.reject(mask.scatter(indices, True), reason, field, message)
