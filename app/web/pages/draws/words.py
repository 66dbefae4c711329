"""States, answers and reasons of draws, in words. One that has none shows as it is."""

from collections.abc import Mapping

from oversight.expert_draw import Answer
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
ANSWERS = {answer.value: answer.said for answer in Answer}
REASONS = {
    "employer": Said("同一单位", "same employer"),
    "kinship": Said("亲属关系", "kinship"),
    "project": Said("曾参与该项目", "earlier work on the project"),
    "declared": Said("自行申报", "declared"),
    "supervisor": Said("监督部门人员", "staff of a supervisor"),
}
KINDS = {
    "draws": Said("专家抽取", "draws of experts"),
    "lots": Said("标段", "lots"),
    "guarantees": Said("保函", "guarantees"),
    "evaluations": Said("评标", "evaluations"),
}
IDENTITY = {
    "draw": Said("抽取", "draw"),
    "lot": Said("标段", "lot"),
    "guarantee": Said("保函", "guarantee"),
    "evaluation": Said("评标", "evaluation"),
    "title": Said("项目", "tender"),
    "on": Said("日期", "on"),
    "name": Said("姓名", "name"),
    "authority": Said("部门", "authority"),
    "person": Said("人员编号", "number of the person"),
}
EXPERTS = {
    "entered": Said("待审核", "entered, not reviewed"),
    "admitted": Said("在库", "in the pool"),
    "refused": Said("未获准入库", "refused"),
    "suspended": Said("已暂停", "suspended"),
    "removed": Said("已移出", "removed"),
}


def subject(name: str) -> Said:
    """What a sample is of, from its name in the ledger: "draws of 2026Q1"."""
    kind, _, quarter = name.partition(" of ")
    word_of = KINDS.get(kind)
    return Said(f"{quarter} 季度{word_of.zh}", name) if word_of and quarter else Said(name, name)


def word(words: Mapping[str, Said], name: str) -> Said:
    return words.get(name, Said(name, name))
