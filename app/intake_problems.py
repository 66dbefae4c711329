"""What the intake of bids refuses (bidding.turned_away) as problems: the status of each code, and what to do next.

docs/spec/submission.md has the same table.
"""

from app.problems import Problem
from bidding.turned_away import SENTENCES, Code
from statutes.said import Said

_STATUS = {
    401: (Code.TOKEN_MISSING, Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.TOKEN_SPENT),
    403: (Code.NOT_VERIFIED, Code.BID_SIGNATURE, Code.STALE),
    404: (Code.UPLOAD_UNKNOWN, Code.LOT_UNKNOWN, Code.BID_UNKNOWN),
    409: (
        *(Code.TOKEN_KEY, Code.UPLOAD_OFFSET, Code.LOT_SUSPENDED, Code.LOT_CANCELLED, Code.DEADLINE_PASSED),
        *(Code.UPLOAD_UNFINISHED, Code.SHARE_SEEN, Code.SEQUENCE, Code.BID_OF_OTHER_LOT, Code.WITHDRAWN),
    ),
    410: (Code.UPLOAD_EXPIRED,),
    412: (Code.TUS_VERSION,),
    413: (Code.UPLOAD_TOO_LARGE, Code.UPLOAD_PIECES, Code.TOO_LARGE),
    422: (
        *(Code.NOT_AN_AGE_FILE, Code.OTHER_LOG, Code.PARTS, Code.FILE_MISMATCH, Code.NO_LOT_STANZA),
        *(Code.SHARE_REFUSED, Code.KNOWLEDGE, Code.TOKEN_REQUEST),
    ),
    429: (Code.ALLOWANCE_USED,),
    460: (Code.CHECKSUM_MISMATCH,),
}
STATUS = {code: status for status, codes in _STATUS.items() for code in codes}
"""Of each code; one that is not here is a bad request. 460 is tus's own."""

_TOKEN = Said("请另用一枚未使用的令牌重新发送。", "Send it again with a token that is not spent.")
_UPLOAD = Said("请用新的令牌重新开始上传。", "Begin a new upload with a new token.")
_SEAL = Said("请重新封装该部分，再用新的令牌上传。", "Seal the part anew and upload it with a new token.")
_FORM = Said("请按接口文档改正请求。", "Correct the request by the API's description.")
_LOT = Said("请在公告中核对标段及其时间安排。", "Look the lot and its timetable up in the notice.")
_SIGN = Said("请用该投标自己的密钥对同样内容签名。", "Sign exactly what you send, with the bid's own key.")
_HEADERS = Said(
    "请按 tus 1.0.0 及接口文档改正标头。", "Correct the headers by tus 1.0.0 and the API's description."
)
_NEW_BID = Said("请为新的投标生成新的密钥。", "Make a new key for a new bid.")

NEXT = {
    Code.TOKEN_MISSING: Said(
        "请在 Authorization 标头中附上一枚令牌。",
        "Draw tokens while logged in, and send one in Authorization.",
    ),
    Code.TOKEN_INVALID: Said("请领取新的令牌后重试。", "Draw a new token and try again."),
    Code.TOKEN_EXPIRED: Said("请领取新的令牌后重试。", "Draw a new token and try again."),
    Code.TOKEN_SPENT: _TOKEN,
    Code.TOKEN_KEY: Said(
        "请重新获取签发方目录，用当前密钥领取。",
        "Fetch the issuer's directory and ask under the present key.",
    ),
    Code.TOKEN_REQUEST: Said(
        "请按 RFC 9578 第 6 节生成请求。", "Make the request as section 6 of RFC 9578 has it."
    ),
    Code.NOT_VERIFIED: Said(
        "请先完成单位核验。", "Have your organisation verified by the center or the supervisor."
    ),
    Code.ALLOWANCE_USED: Said(
        "请等到下月，或联系交易中心。", "Wait for the next month, or ask the trading center."
    ),
    Code.TUS_VERSION: Said("请加上标头 Tus-Resumable: 1.0.0。", "Send the header Tus-Resumable: 1.0.0."),
    Code.UPLOAD_HEADER: _HEADERS,
    Code.UPLOAD_TOO_LARGE: Said(
        "请减小文件，或分成较小的请求发送。", "Send a smaller file, or smaller requests."
    ),
    Code.UPLOAD_UNKNOWN: _UPLOAD,
    Code.UPLOAD_EXPIRED: _UPLOAD,
    Code.UPLOAD_OFFSET: Said(
        "请用 HEAD 查询偏移量后继续。", "Ask for the offset with HEAD and go on from there."
    ),
    Code.UPLOAD_PIECES: Said(
        "请重新开始，并以较大的分段发送。", "Begin anew, and send larger pieces: 4 MiB is good."
    ),
    Code.CHECKSUM_ALGORITHM: Said("请使用 sha1、sha256 或 sha512。", "Use sha1, sha256 or sha512."),
    Code.CHECKSUM_MISMATCH: Said("请重新发送这些字节。", "Send the same bytes again."),
    Code.NOT_AN_AGE_FILE: _SEAL,
    Code.MALFORMED: _FORM,
    Code.OTHER_LOG: Said(
        "请为本平台的账本重新签署。", "Sign the body anew, for the ledger of this platform."
    ),
    Code.BID_SIGNATURE: _SIGN,
    Code.LOT_UNKNOWN: _LOT,
    Code.LOT_SUSPENDED: Said("请等标段恢复后再提交。", "Submit when the lot is resumed."),
    Code.LOT_CANCELLED: Said("该标段不再接受投标。", "This lot takes no bids any more."),
    Code.DEADLINE_PASSED: Said("该标段不再接受投标。", "This lot takes no bids any more."),
    Code.PARTS: Said("请按标段要求逐一提交各部分。", "Submit each part that the lot asks for, and no other."),
    Code.TOO_LARGE: Said("请减小该部分后重新封装。", "Make the part smaller and seal it anew."),
    Code.UPLOAD_UNFINISHED: Said("请先传完再提交。", "Finish the upload, then submit."),
    Code.FILE_MISMATCH: Said(
        "请上传所签署的文件，或重新签署。", "Upload the file that the body signs, or sign anew."
    ),
    Code.NO_LOT_STANZA: _SEAL,
    Code.SHARE_REFUSED: _SEAL,
    Code.SHARE_SEEN: _SEAL,
    Code.KNOWLEDGE: Said(
        "请用能给出知识证明的程序封装，例如 sunseal bid。",
        "Seal with a program that gives the proof, such as sunseal bid.",
    ),
    Code.SEQUENCE: Said("请使用更高的序号重新签署。", "Sign anew with a higher sequence."),
    Code.BID_OF_OTHER_LOT: _NEW_BID,
    Code.BID_UNKNOWN: Said("请核对投标的密钥。", "Check which key the bid was made with."),
    Code.WITHDRAWN: _NEW_BID,
    Code.STALE: Said("请校准时钟后重新签署。", "Set your clock right and sign anew."),
}


def status_of(code: Code) -> int:
    return STATUS.get(code, 400)


def of(code: Code) -> Problem:
    """The problem of a code."""
    return Problem(code.value, status_of(code), SENTENCES[code], NEXT[code])
