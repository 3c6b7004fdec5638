"""Take out of free text what could name or reach a person: e-mail addresses, telephone and document numbers, and
names that follow a salutation or say that they are one, in English and Chinese.

It finds what has a form. A bare name or an address has none, so districts are told to leave them out (see the
contract's `description`). Of `Mr Smith` stays `Mr _`, of 王先生 stays 某先生.
A mark is never longer than what it stands for, so a text that fitted still fits.

Every run is bounded or possessive, and none may begin inside another: time grows with the length of the text, not its
square.
"""

from __future__ import annotations

import re

# Letters that go on a word. Chinese and Japanese put no space between words: 手机13800138000 is a word and a number.
LETTERS = r"\dA-Za-z_À-ɏͰ-ӿＡ-Ｚａ-ｚ"
AFTER = rf"(?![{LETTERS}])"

MAIL = re.compile(
    rf"(?<![{LETTERS}.+%-])[{LETTERS}.+%-]{{1,64}}[@＠][{LETTERS}-]{{1,63}}(?:[.．。][{LETTERS}-]{{2,63}}){{1,4}}"
)
# Card and account numbers, national numbers; then licence and passport numbers, which mix letters with digits.
DOCUMENT = re.compile(
    rf"(?<![{LETTERS}-])(?:\d(?:[ -]?\d){{12,18}}[Xx]?"
    r"|\d{3}[ -]\d{2}[ -]\d{4}"
    r"|(?:[A-Za-z]{1,3}|[A-Z]{1,3}[ -])\d{5,12}[A-Za-z]?"
    r"|[A-Za-z]\d{4}-\d{5}-\d{5}"
    rf"|\d{{6,9}}[A-Za-z]){AFTER}"
)
# Seven digits or more with the usual separators, but no date: 2024-03-07, 7.3.2024, 03/07/2024.
DATE = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?!\d)"
PHONE = re.compile(rf"(?<![{LETTERS}.-])(?!{DATE})[+＋]?[(（]?\d(?:[ ()（）./－-]{{0,2}}\d){{6,14}}{AFTER}")

CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĪİŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽ"
REST = r"[\w'’-]*+"
NAME = rf"[{CAPITAL}]{REST}"
# A full stop ends a sentence, unless it follows an initial: J. R. Smith.
MORE = rf"(?:(?:(?<=\b[{CAPITAL}])\.)?[ \t]{NAME})*+"
SALUTED = re.compile(
    # These stand before nothing but a name, so that it may be written small.
    rf"\b((?:[Mm][Rr][Ss]?|M[SsXx])\.?[ \t]{{1,3}})(?!(?:[Mm][RrSs]{{1,2}}|and|or)\b)[^\W\d_]{REST}{MORE}"
    # These are ordinary words or parts of an address too.
    rf"|\b((?:Miss|Dr|Prof|Professor|Doctor|Sir|Madam|Rev|Mister|Missus)\.?[ \t]{{1,3}}){NAME}{MORE}"
    rf"|\b([Dd]ear[ \t]{{1,3}})(?!(?:Sir|Madam|All|Team|Officer|Customer|Mr|Mrs|Ms|Mx|Miss|Dr|Prof)\b){NAME}{MORE}"
    rf"|\b([Mm]y name is[ \t]{{1,3}}|[Nn]ame[ds]?:[ \t]{{0,3}}|I am called[ \t]{{1,3}}){NAME}{MORE}"
)
# The commonest family names, which cover nine people of ten; those that are ordinary words before a title are left out.
FAMILY = (
    "(?:欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|夏侯|端木|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许邓韩冯曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖"
    "贾韦夏付傅方邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤阎欧樊殷颜倪翁凌"
    "劉陳楊黃趙吳孫馬羅鄭許鄧韓馮蕭蔣葉蘇呂盧鐘鍾譚陸範賈韋鄒龍賀顧龔萬錢嚴湯])"
)
TITLE = (
    "(?:先生|女士|小姐|太太|夫人|同志|师傅|師傅|老师|老師|医生|醫生|大夫|阿姨|叔叔|大爷|大妈"
    "|警官|经理|經理|老板|老闆|教授|主任)"
)
GIVEN = "(?:(?!某)[㐀-鿿])"  # 某 stands for a name already
CHINESE_SALUTED = re.compile(rf"{FAMILY}{GIVEN}{{0,2}}(?={TITLE})")
WHO = "(?:姓名|联系人|聯繫人|报警人|报案人|举报人|投诉人|当事人)[:：是为叫][ ]?"
CHINESE_TOLD = re.compile(rf"((?:我叫|名叫|名字叫|名字是|尊敬的|亲爱的|親愛的|{WHO})){FAMILY}{GIVEN}{{1,2}}")
MARKS = ((MAIL, "[mail]"), (DOCUMENT, "[doc]"), (PHONE, "[phone]"))
WORTH_A_LOOK = re.compile(r"[@＠]|\d\D{0,2}\d\D{0,2}\d\D{0,2}\d\D{0,2}\d")
# What shows nothing and would hide a number from every pattern: zero-width marks, the soft hyphen.
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def scrub(text: str) -> str:
    """The text with each such thing replaced by a mark; the same text when there is none."""
    if not text.isascii():
        text = text.translate(UNSEEN)
        text = CHINESE_SALUTED.sub("某", text)
        text = CHINESE_TOLD.sub(r"\g<1>某", text)
    if WORTH_A_LOOK.search(text) is not None:
        for pattern, mark in MARKS:
            text = pattern.sub(mark, text)
    return SALUTED.sub(_unnamed, text)


def _unnamed(found: re.Match[str]) -> str:
    return f"{found[found.lastindex or 0]}_"
