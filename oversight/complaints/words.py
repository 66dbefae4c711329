"""What a case can be about, how it can stand, and how it can end: ids for machines, names in both languages."""

from enum import StrEnum

from statutes.said import Said


class Kind(StrEnum):
    """Before the tenderee, or before an authority."""

    OBJECTION = "objection"
    COMPLAINT = "complaint"


class Matter(StrEnum):
    """What of a tender is objected to. 条22, 条44, 条54; 采52."""

    PREQUALIFICATION = "prequalification"
    DOCUMENTS = "documents"
    OPENING = "opening"
    PROCESS = "process"
    RESULT = "result"


class Capacity(StrEnum):
    """As what somebody files. A supplier (采52) is a potential bidder or a bidder."""

    POTENTIAL_BIDDER = "potential-bidder"
    BIDDER = "bidder"
    INTERESTED = "interested-party"


class State(StrEnum):
    """How a case stands."""

    FILED = "filed"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REPLIED = "replied"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


OPEN = frozenset({State.FILED, State.CORRECTION, State.ACCEPTED})


class Reply(StrEnum):
    """What a tenderee replies to an objection."""

    UPHELD = "upheld"
    PARTLY = "partly-upheld"
    REJECTED = "rejected"


class Outcome(StrEnum):
    """How a complaint is decided. A fabricated one is dismissed, and on record as that (条61, 采条57)."""

    UPHELD = "upheld"
    PARTLY = "partly-upheld"
    DISMISSED = "dismissed"
    FABRICATED = "fabricated"


class Ground(StrEnum):
    """Why a complaint is not accepted (令11-12, 令94-19)."""

    NO_INTEREST = "no-interest"
    NOT_CONCRETE = "not-concrete"
    NOT_SIGNED = "not-signed"
    OUT_OF_TIME = "out-of-time"
    NO_OBJECTION = "no-objection"
    ALREADY_DECIDED = "already-decided"
    BEFORE_COURT = "before-court"
    NOT_CORRECTED = "not-corrected"


class Stop(StrEnum):
    """What the clock of a decision stands for (条61, 采条58)."""

    INSPECTION = "inspection"
    TESTING = "testing"
    APPRAISAL = "appraisal"
    EXPERTS = "expert-review"


SUPPLEMENT = "supplement"
REPLY_TIME = "objection-reply"
"""Kinds of time that do not count, beside those that an authority orders."""

MATTERS = {
    Matter.PREQUALIFICATION: Said("资格预审文件", "the prequalification documents"),
    Matter.DOCUMENTS: Said("招标文件", "the tender documents"),
    Matter.OPENING: Said("开标", "the opening"),
    Matter.PROCESS: Said("招标投标过程", "the course of the tender"),
    Matter.RESULT: Said("评标结果", "the result of the evaluation"),
}
CAPACITIES = {
    Capacity.POTENTIAL_BIDDER: Said("潜在投标人", "potential bidder"),
    Capacity.BIDDER: Said("投标人", "bidder"),
    Capacity.INTERESTED: Said("其他利害关系人", "other interested party"),
}
STATES = {
    State.FILED: Said("已收到", "received"),
    State.CORRECTION: Said("待补正", "waits for a correction"),
    State.ACCEPTED: Said("已受理", "accepted"),
    State.REPLIED: Said("已答复", "replied to"),
    State.NOT_ACCEPTED: Said("不予受理", "not accepted"),
    State.WITHDRAWN: Said("已撤回", "withdrawn"),
    State.DECIDED: Said("已作出处理决定", "decided"),
}
OUTCOMES = {
    "upheld": Said("成立", "upheld"),
    "partly-upheld": Said("部分成立", "partly upheld"),
    "rejected": Said("不成立", "rejected"),
    "dismissed": Said("驳回", "dismissed"),
    "fabricated": Said("捏造事实，予以驳回", "dismissed as fabricated"),
}
GROUNDS = {
    Ground.NO_INTEREST: Said("与投诉事项无利害关系", "no interest in the matter"),
    Ground.NOT_CONCRETE: Said("事项不具体且无有效线索", "not concrete, and without a lead"),
    Ground.NOT_SIGNED: Said("未按规定署名、签章", "not signed as it must be"),
    Ground.OUT_OF_TIME: Said("超过投诉时效", "out of time"),
    Ground.NO_OBJECTION: Said("未先提出异议或者质疑", "no objection came before it"),
    Ground.ALREADY_DECIDED: Said("已作出处理决定且无新证据", "decided before, and nothing new"),
    Ground.BEFORE_COURT: Said("已进入行政复议或者行政诉讼", "before a court, or under review"),
    Ground.NOT_CORRECTED: Said(
        "未按期补正或者补正后仍不符合规定", "not corrected in time, or not well enough"
    ),
}
STOPS = {
    Stop.INSPECTION: Said("检验", "inspection"),
    Stop.TESTING: Said("检测", "testing"),
    Stop.APPRAISAL: Said("鉴定", "appraisal"),
    Stop.EXPERTS: Said("专家评审", "expert review"),
}
