"""States, answers and reasons of draws, in words. One that has none shows as it is."""

from collections.abc import Mapping

from statutes.said import Said

STATES = {
    "requested": Said("等待种子", "waits for its seed"),
    "calling": Said("通知专家中", "experts are called"),
    "formed": Said("委员会已组成", "committee formed"),
    "exhausted": Said("专家库已用尽", "nobody left to call"),
    "published": Said("名单已公布", "names published"),
    "drawn": Said("已抽取", "drawn"),
}
TONES = {
    "requested": "tone-work",
    "calling": "tone-work",
    "formed": "tone-open",
    "exhausted": "tone-halt",
    "published": "tone-done",
    "drawn": "tone-done",
}
ANSWERS = {
    "pending": Said("等待答复", "has not answered yet"),
    "accepted": Said("接受", "accepted"),
    "declined": Said("谢绝", "declined"),
    "silent": Said("逾期未复", "silent"),
    "conflicted": Said("回避", "has a conflict"),
}
REASONS = {
    "employer": Said("同一单位", "same employer"),
    "kinship": Said("亲属关系", "kinship"),
    "project": Said("曾参与该项目", "earlier work on the project"),
    "declared": Said("自行申报", "declared"),
    "supervisor": Said("监督部门人员", "staff of a supervisor"),
}
EXPERTS = {
    "entered": Said("待审核", "entered, not reviewed"),
    "admitted": Said("在库", "in the pool"),
    "refused": Said("未获准入库", "refused"),
    "suspended": Said("已暂停", "suspended"),
    "removed": Said("已移出", "removed"),
}


def word(words: Mapping[str, Said], name: str) -> Said:
    return words.get(name, Said(name, name))
