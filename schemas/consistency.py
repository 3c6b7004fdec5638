"""Hold a contract against itself: what its annotations name must be there, once, and must be able to mean something."""

from __future__ import annotations

from schemas import codes
from schemas.annotations import WhenNotes
from schemas.contract import Contract
from schemas.errors import ContractError


def check(contract: Contract, where: str) -> None:
    """Raise for the first thing that annotations say and the fields do not bear out.

    Args:
        contract: the contract as read.
        where: its file, for the message.

    Raises:
        ContractError: naming the stage, the field and what is wrong.
    """
    for stage in contract.stages:
        _names(contract, stage, where)
    if contract.storage:
        contract.stage(contract.storage.stage)
        kept = {*contract.storage.order_by, contract.storage.version} & set(contract.storage.leave_out)
        if kept:
            raise ContractError(
                f"{where}: storage cannot leave out {', '.join(sorted(kept))}: the table is ordered by it"
            )
    for name in set(contract.notes.optional) - set(contract.part_titles):
        raise ContractError(f"{where}: optional names a part {name} that it does not have")
    shown = set(contract.notes.examples) - {field.name for stage in contract.stages for field in contract.fields(stage)}
    for name in sorted(shown):
        raise ContractError(f"{where}: examples name a field {name} that it does not have")
    for rule in (*contract.notes.needed_when, *contract.notes.only_when):
        _rule(contract, rule, where)


def _names(contract: Contract, stage: str, where: str) -> None:
    names = [field.name for field in contract.fields(stage)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ContractError(f"{where}: stage {stage}: field {', '.join(sorted(twice))} stands twice")
    spoken = {*contract.stage(stage).key, *_spoken(contract)}
    storage = contract.storage
    if storage and storage.stage == stage:
        spoken |= {*storage.order_by, *storage.leave_out, *filter(None, [storage.deleted, storage.owner])}
        spoken |= set() if storage.version_expression else {storage.version}
    for name in sorted(spoken - set(names)):
        raise ContractError(f"{where}: stage {stage}: annotations name a field {name} that it does not have")


def _spoken(contract: Contract) -> set[str]:
    """Fields that the rules between fields name."""
    notes = contract.notes
    pairs = (*contract.order, *((low, high) for low, high, _ in notes.within))
    whens = (*notes.needed_when, *notes.only_when)
    return {name for pair in pairs for name in pair} | {name for one in whens for name in (one.field, *one.fields)}


def _rule(contract: Contract, rule: WhenNotes, where: str) -> None:
    fields = {field.name: field for field in contract.fields(contract.stages[0])}
    code_list = fields[rule.field].notes.code_list
    if code_list is None:
        raise ContractError(f"{where}: a rule hangs on {rule.field}, which has no code list: name a coded field")
    known = codes.get(code_list).codes
    for code in sorted(set(rule.codes) - set(known)):
        raise ContractError(f"{where}: a rule names a code {code} of {rule.field}: it has {', '.join(known)}")
    for name in rule.fields:
        if not fields[name].nullable:
            raise ContractError(f"{where}: a rule on {name} means nothing, for it is never null: leave it out")
