"""Take out of free text what could name or reach a person: e-mail addresses, telephone and document numbers.

It finds what has a form. A name or an address has none, so districts are told to leave them out
(see the contract's `description`). A mark is never longer than what it stands for, so a text that fitted still fits.
"""

from __future__ import annotations

import re

# No run may begin inside another, and every run is bounded: time grows with the length of the text, not its square.
MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
# Card and account numbers, national numbers; then licence and passport numbers, which mix letters with digits.
DOCUMENT = re.compile(
    r"(?<![\w-])(?:\d(?:[ -]?\d){12,18}[Xx]?"
    r"|\d{3}[ -]\d{2}[ -]\d{4}"
    r"|(?:[A-Za-z]{1,3}|[A-Z]{1,3}[ -])\d{5,12}[A-Za-z]?"
    r"|[A-Za-z]\d{4}-\d{5}-\d{5}"
    r"|\d{6,9}[A-Za-z])(?!\w)"
)
# Seven digits or more with the usual separators, but no date: 2024-03-07, 7.3.2024, 03/07/2024.
DATE = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?!\d)"
PHONE = re.compile(rf"(?<![\w.-])(?!{DATE})\+?\(?\d(?:[ ()./-]{{0,2}}\d){{6,14}}(?!\w)")
MARKS = ((MAIL, "[mail]"), (DOCUMENT, "[doc]"), (PHONE, "[phone]"))
WORTH_A_LOOK = re.compile(r"[@＠]|\d\D{0,2}\d\D{0,2}\d\D{0,2}\d\D{0,2}\d")


def scrub(text: str) -> str:
    """The text with each such thing replaced by a mark; the same text when there is none."""
    if WORTH_A_LOOK.search(text) is None:
        return text
    for pattern, mark in MARKS:
        text = pattern.sub(mark, text)
    return text
