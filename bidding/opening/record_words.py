"""The words of the printed opening record, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from statutes.said import Said

WORDS: Mapping[str, Said] = MappingProxyType(
    {
        "title": Said("开标记录", "Opening record"),
        "tender": Said("招标项目", "Tender"),
        "lot": Said("标段", "Lot"),
        "part": Said("开启部分", "Part opened"),
        "deadline": Said("投标截止时间", "Deadline"),
        "opened_at": Said("开标时间", "Read out"),
        "recorded_at": Said("记录完成时间", "Recorded"),
        "ceiling": Said("最高投标限价", "Ceiling price"),
        "none": Said("无", "none"),
        "results": Said("唱标结果", "What was read out"),
        "number": Said("序号", "No."),
        "bidder": Said("投标人", "Bidder"),
        "price": Said("投标报价", "Price"),
        "period": Said("工期/天", "Period (days)"),
        "quality": Said("质量", "Quality"),
        "manager": Said("项目经理", "Manager"),
        "guarantee": Said("投标保函", "Guarantee"),
        "above": Said("高于限价", "above the ceiling"),
        "by_bidder": Said("由投标人自行解密", "opened by the bidder's own key"),
        "committee": Said("已解密，交评标委员会", "opened, for the committee alone"),
        "not_called": Said("未进入本部分开启", "not called for in this part"),
        "entry": Said("记录", "entry"),
        "objections": Said("异议及答复", "Objections and answers"),
        "answer": Said("答复", "Answer"),
        "signatures": Said("确认", "Signed off"),
        "silent": Said(
            "以下投标在规定时间内既未确认也未提出异议：记录号",
            "Neither signed off nor objected in time: entries",
        ),
        "closing": Said("截止名单记录", "Closing"),
        "hash": Said("本记录JSON的SHA-256", "SHA-256 of this record's JSON"),
        "check": Said(
            "该摘要写入公开账本（opening-recorded），任何人可核对。",
            "The ledger has this hash (opening-recorded), and anyone can compare.",
        ),
    }
)

CAPACITIES: Mapping[str, Said] = MappingProxyType(
    {
        "bidder": Said("投标人", "bidder"),
        "tenderee": Said("招标人", "tenderee"),
        "center": Said("交易中心工作人员", "staff of the trading center"),
        "supervisor": Said("行政监督部门", "supervisor"),
    }
)

GUARANTEES: Mapping[str, Said] = MappingProxyType(
    {
        "none": Said("本部分无", "none in this part"),
        "missing": Said("缺少", "missing"),
        "unexamined": Said("已附，未核验", "attached, not examined"),
        "verified": Said("已核验", "verified"),
        "awaiting-chain": Said("待链上核对", "awaits the chain"),
        "scan-by-hand": Said("扫描件，人工核验", "a scan, examined by hand"),
        "scan-missing": Said("缺少扫描件", "scan missing"),
        "scan-differs": Said("扫描件不符", "another scan"),
        "malformed": Said("无法读取", "cannot be read"),
        "signature-wrong": Said("签名不成立", "wrong signature"),
        "guarantor-not-listed": Said("出具机构不在名单", "guarantor not listed"),
        "other-guarantors-key": Said("非出具机构密钥", "another's key"),
        "not-licensed-at-issue": Said("出具时无许可", "not licensed at issue"),
        "other-lot": Said("为其他标段出具", "for another lot"),
        "other-applicant": Said("申请人不符", "another applicant"),
        "other-beneficiary": Said("受益人不符", "another beneficiary"),
        "other-beneficiary-account": Said("受益人账户不符", "another account"),
        "other-currency": Said("币种不符", "another currency"),
        "amount-short": Said("金额不足", "amount too low"),
        "conditions": Said("付款条件不符", "conditions"),
        "demand-needs-documents": Said("索赔须附其他文件", "demand needs documents"),
        "ends-by-event": Said("约定事件终止", "ended by an event"),
        "charges-on-beneficiary": Said("费用由受益人承担", "charges on beneficiary"),
        "expires-too-early": Said("到期过早", "expires too early"),
        "expired": Said("已到期", "expired"),
        "presented-elsewhere": Said("已在他处提交", "presented elsewhere"),
        "other-chain": Said("链或合约不符", "another chain"),
        "not-committed": Said("链上无承诺", "not on chain"),
        "committed-late": Said("截止后才上链", "committed late"),
        "chain-expiry-differs": Said("链上到期不符", "expiry on chain differs"),
        "ended-on-chain": Said("链上已终结", "ended on chain"),
    }
)
"""The words that a port of guarantees may find, short enough for a column; the sentences stand in the hall. Any other
is printed as it is."""
