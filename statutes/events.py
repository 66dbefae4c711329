"""What periods run from and to. A rule names its events by these ids; persons read them in both languages."""

from statutes.said import Said

EVENTS = {
    "prequalification-from": Said("资格预审文件开始发售", "prequalification documents first on offer"),
    "prequalification-to": Said("资格预审文件停止发售", "prequalification documents last on offer"),
    "prequalification-amendment": Said(
        "资格预审文件的澄清或者修改", "amendment of the prequalification documents"
    ),
    "prequalification-objections-until": Said(
        "资格预审文件异议截止", "end of objections to the prequalification documents"
    ),
    "prequalification-deadline": Said("资格预审申请截止", "deadline of applications"),
    "documents-from": Said("招标文件开始发出", "documents first on offer"),
    "documents-to": Said("招标文件停止发出", "documents last on offer"),
    "amendment": Said("招标文件的澄清或者修改", "clarification or amendment of the documents"),
    "objections-until": Said("招标文件异议截止", "end of objections to the documents"),
    "deadline": Said("投标截止", "bid deadline"),
    "opening": Said("开标", "opening"),
    "validity-end": Said("投标有效期届满", "end of the bids' validity"),
    "bond-end": Said("投标保证金有效期届满", "end of the bond's validity"),
    "evaluated": Said("评审结束", "end of the evaluation"),
    "report": Said("收到评标报告", "receipt of the evaluation report"),
    "candidates-from": Said("中标候选人公示开始", "candidates first published"),
    "candidates-to": Said("中标候选人公示结束", "candidates last published"),
    "winner-fixed": Said("确定中标人", "fixing of the winner"),
    "award": Said("中标通知书发出", "award notice"),
    "supervisor-report": Said("向监督部门提交书面报告", "report to the supervisor"),
    "contract": Said("签订合同", "contract"),
    "contract-published": Said("合同公告", "publication of the contract"),
    "contract-filed": Said("合同备案", "filing of the contract"),
    "cancellation": Said("终止招标", "end of the tender without an award"),
    "withdrawal": Said("收到书面撤回通知", "receipt of the withdrawal"),
    "refund": Said("退还投标保证金", "refund of the bond"),
    "objection": Said("收到异议", "receipt of the objection"),
    "reply": Said("答复", "reply"),
    "reply-due": Said("答复或者答复期满", "reply, or end of the time to reply"),
    "knowing": Said("知道或者应当知道", "when it was known or should have been"),
    "complaint": Said("收到投诉", "receipt of the complaint"),
    "correction-notice": Said("通知补正", "notice that the complaint lacks something"),
    "correction": Said("补正", "correction of the complaint"),
    "acceptance": Said("受理投诉", "acceptance of the complaint"),
    "testing": Said("开始检验、检测、鉴定或者专家评审", "start of testing or of an expert's opinion"),
    "testing-end": Said("检验、检测、鉴定或者专家评审结束", "end of testing or of an expert's opinion"),
    "decision": Said("作出处理决定", "decision on the complaint"),
    "suspension": Said("暂停开始", "start of the suspension"),
    "suspension-end": Said("暂停结束", "end of the suspension"),
}
"""Event id to its name. The order is that of a tender, which docs/timetable.md keeps."""
