"""Chinese for what services say in English alone, when they refuse something on a page.

`{}` stands for what a sentence is about: a number, a name, a field. What is not here is shown as it is; a test walks
the services and asks for all that a page can show.
"""

import re
from functools import cache

SENTENCES = {
    # parties
    "a unified social credit code has 18 characters": "统一社会信用代码为 18 位。",
    "not a unified social credit code: 18 characters, of which the last one is a check digit":
        "不是统一社会信用代码：应为 18 位，末位为校验码。",
    "a {} does not verify a {}": "{} 不能认证 {}。",
    "an organisation has at most {} keys: revoke one": "一个单位至多 {} 把密钥：请先撤销一把。",
    "an organisation registers as one or more of {}": "单位注册的身份须为 {} 中的一种或者几种。",
    "an organisation with this credit code is registered: its manager can invite you":
        "该统一社会信用代码已注册：请由该单位管理人邀请您加入。",
    "nobody suspends himself: leave instead": "不能暂停自己：请改为退出。",
    "only a manager of the organisation may do this": "只有单位管理人可以办理。",
    "the code opens no invitation: ask for a new one": "该邀请码无效，请索取新的邀请码。",
    "the key has been registered before: make a new one": "该密钥已登记过：请生成新的密钥。",
    "the key has been rotated or revoked already": "该密钥已更换或者撤销。",
    "the last manager cannot leave: invite another one first": "最后一名管理人不能退出：请先邀请另一名管理人。",
    "the member is not suspended": "该成员未被暂停。",
    "the member is suspended already": "该成员已被暂停。",
    "the organisation has no such key": "该单位没有此密钥。",
    "the organisation has no such member": "该单位没有此成员。",
    "the organisation has not registered as {}": "该单位未注册为 {}。",
    "the organisation is not suspended": "该单位未被暂停。",
    "the organisation is suspended": "该单位已被暂停。",
    "the organisation is suspended already": "该单位已被暂停。",
    "the organisation is suspended, or nobody has verified it yet": "该单位已被暂停，或者尚未认证。",
    "there is no such open invitation": "没有该邀请，或者邀请已失效。",
    "there is no such organisation": "没有该单位。",
    "you have this role in that organisation already": "您在该单位已有此角色。",
    "the key was not registered when this was signed": "签名时该密钥尚未登记。",
    "the key was rotated or revoked before this was signed": "签名前该密钥已更换或者撤销。",
    "nobody has registered the key": "该密钥无人登记。",
    "no certificate authority is configured here": "本平台未配置证书颁发机构。",
    "a certificate is too long": "证书过长。",
    # bidding.tenders
    "a comprehensive method names the formula that scores the price": "综合评估法须指定价格分公式。",
    "a document has at most {} MiB": "一份文件至多 {} MiB。",
    "a document's name has 1 to 64 characters of a-z, 0-9, dot, hyphen and underscore":
        "文件代号为 1 至 64 个字符，只含小写字母、数字、点、连字符和下划线。",
    "a document's title has 1 to 300 characters": "文件标题为 1 至 300 个字符。",
    "a draft has no field {}": "草稿没有字段 {}。",
    "a media type is such as application/pdf": "文件类型的写法如 application/pdf。",
    "a part follows another, and no key is set that may call for it: set SUNSEAL_OPENING_CALLER":
        "后一部分须另行启动开标，但本平台尚未配置启动密钥（SUNSEAL_OPENING_CALLER）：请联系平台管理员。",
    "a question has 1 to {} characters": "提问为 1 至 {} 个字符。",
    "a text has a character that no text may have, such as NUL": "文本含有不允许的字符，如 NUL。",
    "an answer has 1 to {} characters": "答复为 1 至 {} 个字符。",
    "at most {} documents wait at once": "待发布的文件至多 {} 份。",
    "not a draft of a tender: {}": "不是招标草稿：{}",
    "the draft has no timetable yet: a publication needs one": "草稿尚无时间表：发布前必须填写。",
    "the file holds {} tenders: say which by its ocid, such as {}": "文件含 {} 个项目：请以 ocid 指明其一，如 {}。",
    "the file has no ocid {}": "文件中没有 ocid {}。",
    "the file holds no record and no release": "文件中没有记录或者发布。",
    "the file is nested more than {} levels deep": "文件嵌套超过 {} 层。",
    "the file is no JSON in UTF-8: {}": "文件不是 UTF-8 的 JSON：{}",
    "the file is no OCDS package, record or release: it has no records, releases or ocid":
        "文件不是 OCDS 数据包、记录或者发布：没有 records、releases 或者 ocid。",
    "the file is no OCDS package, record or release: it is no JSON object":
        "文件不是 OCDS 数据包、记录或者发布：不是 JSON 对象。",
    "the lot has no candidate of rank {}": "该标段没有第 {} 名中标候选人。",
    "the lot has no such duty": "该标段没有此项待办。",
    "the lot is being closed: its list of bids is not in the ledger yet":
        "标段正在截标：投标清单尚未写入账本，请稍候。",
    "the question is answered already: what has changed since is an amendment":
        "该问题已经答复；之后的变化须以补遗发布。",
    "the record has no compiled release, and links to its releases only: fetch one of them":
        "该记录没有汇编发布，只有链接：请取其中一份发布。",
    "the release gives no draft: {}": "该发布不能生成草稿：{}",
    "the release has no tender": "该发布没有招标信息。",
    "the tender has ended: its documents change no more": "项目已结束，其文件不再变更。",
    "the tender has no lot {}": "该项目没有标段 {}。",
    "there is no such document": "没有该文件。",
    "there is no such lot": "没有该标段。",
    "there is no such question": "没有该提问。",
    "there is no such tender": "没有该项目。",
    "timetable.{} has no time zone: write it as 2026-03-25T09:30:00+08:00":
        "timetable.{} 没有时区：请写作 2026-03-25T09:30:00+08:00。",
    "timetable.{} is not a whole second: {}": "timetable.{} 不是整秒：{}",
    "too many questions on this tender at the moment: ask again in an hour": "本项目目前提问过多，请一小时后再问。",
    # oversight.complaints
    "a decision is said in 1 to {} characters": "处理决定为 1 至 {} 个字符。",
    "a file has a name of 1 to 200 characters without slashes, and a type such as application/pdf":
        "文件名为 1 至 200 个字符且不含斜线，类型如 application/pdf。",
    "a file is not complete: complete it first, by its SHA-256": "有文件尚未传完：请先以其 SHA-256 完成上传。",
    "a piece has at most {} MiB: send the file in several": "每片至多 {} MiB：请分片上传。",
    "at most {} files go with one statement, each once": "每份陈述至多附 {} 个文件，各一次。",
    "pieces are numbered from 0 to {}": "分片编号为 0 至 {}。",
    "say it in 1 to {} characters; what is longer goes into a file": "请以 1 至 {} 个字符陈述；更长的请附文件。",
    "there is no such file": "没有该文件。",
    "the file is complete: begin another one": "该文件已传完：请另传一份。",
    "the file is not whole: send the pieces from 0 on, and none twice with another content":
        "文件不完整：请从第 0 片起上传，且同一片内容不得不同。",
    "the lot is not opened yet, and this text names who filed: call it «the complainant» (投诉人)":
        "标段尚未开标，而文本写明了提出人：请称为“投诉人”。",
    "the pieces together have another SHA-256: send those again that are damaged":
        "各片合并后的 SHA-256 不符：请重传损坏的分片。",
    "you have {} open cases on this tender: wait for one, or withdraw one":
        "您在本项目已有 {} 件未结事项：请等待其中一件办结，或者撤回一件。",
    "{} files wait to be handed in: hand in or drop some first": "已有 {} 个文件待提交：请先提交或者删除一些。",
    # custody
    "a draw is from 1 to 2^48, not from {}": "抽取的总体为 1 至 2^48，不能是 {}。",
    "no key of the group {} is ready: `sunseal custody pool` says what it waits for":
        "密钥组 {} 暂无可用密钥：`sunseal custody pool` 说明其等待什么。",
    "part {} of lot {} has a key of another group already": "标段 {1} 的 {0} 部分已绑定另一密钥组的密钥。",
    "the approval is for another log": "该批准属于另一账本。",
    "this part has as many approvals as are kept": "该部分的批准数已达上限。",
}  # fmt: skip


def in_chinese(sentence: str) -> str:
    """The sentence in Chinese, or as it is."""
    if (exact := SENTENCES.get(sentence)) is not None:
        return exact
    for pattern, chinese in _patterns():
        if (found := pattern.fullmatch(sentence)) is not None:
            return chinese.format(*found.groups())
    return sentence


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Sentences about something: each `{}` of the English one matches anything."""
    return [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese)
        for english, chinese in SENTENCES.items()
        if "{}" in english
    ]
