"""What the intake of bids refuses: a stable code for machines, and one sentence for a person in two languages.

The sentence of a code never changes with the request, so an answer tells nothing more than its code; `detail`, in
English, says what exactly was wrong where the sender needs it, and repeats only what the sender sent.
"""

# ruff: noqa: S105 - names of refusals, not of passwords

from enum import StrEnum

from bidding.errors import BiddingError
from statutes.said import Said


class Code(StrEnum):
    """How a refusal is known. docs/spec/submission.md has the table."""

    TOKEN_MISSING = "token-missing"  # nosec B105
    TOKEN_INVALID = "token-invalid"  # nosec B105
    TOKEN_EXPIRED = "token-expired"  # nosec B105
    TOKEN_SPENT = "token-spent"  # nosec B105
    TOKEN_KEY = "token-key"  # nosec B105
    TOKEN_REQUEST = "token-request"  # nosec B105
    NOT_VERIFIED = "not-verified"
    ALLOWANCE_USED = "allowance-used"
    TUS_VERSION = "tus-version"
    UPLOAD_HEADER = "upload-header"
    UPLOAD_TOO_LARGE = "upload-too-large"
    UPLOAD_UNKNOWN = "upload-unknown"
    UPLOAD_EXPIRED = "upload-expired"
    UPLOAD_OFFSET = "upload-offset"
    UPLOAD_PIECES = "upload-pieces"
    CHECKSUM_ALGORITHM = "checksum-algorithm"
    CHECKSUM_MISMATCH = "checksum-mismatch"
    NOT_AN_AGE_FILE = "not-an-age-file"
    MALFORMED = "malformed"
    OTHER_LOG = "other-log"
    BID_SIGNATURE = "bid-signature"
    LOT_UNKNOWN = "lot-unknown"
    LOT_SUSPENDED = "lot-suspended"
    LOT_CANCELLED = "lot-cancelled"
    DEADLINE_PASSED = "deadline-passed"
    PARTS = "parts"
    TOO_LARGE = "too-large"
    UPLOAD_UNFINISHED = "upload-unfinished"
    FILE_MISMATCH = "file-mismatch"
    NO_LOT_STANZA = "no-lot-stanza"
    SHARE_REFUSED = "share-refused"
    SHARE_SEEN = "share-seen"
    KNOWLEDGE = "knowledge"
    SEQUENCE = "sequence"
    BID_OF_OTHER_LOT = "bid-of-other-lot"
    BID_UNKNOWN = "bid-unknown"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


SENTENCES = {
    Code.TOKEN_MISSING: Said(
        "此操作需要一枚匿名令牌。", "This costs a blind token: send one in Authorization."
    ),
    Code.TOKEN_INVALID: Said(
        "令牌无效。", "The token is not one that this platform issued for its submissions."
    ),
    Code.TOKEN_EXPIRED: Said("令牌已过期。", "The token's key is not redeemed any more: draw a new token."),
    Code.TOKEN_SPENT: Said("令牌已被使用。", "The token was spent before: use another one."),
    Code.TOKEN_KEY: Said(
        "请求所用的密钥不是当前密钥。", "The request is for another key: fetch the issuer's directory again."
    ),
    Code.TOKEN_REQUEST: Said("不是有效的令牌请求。", "Not a token request of type 0x0002."),
    Code.NOT_VERIFIED: Said("该单位尚未通过核验。", "Tokens are for verified organisations."),
    Code.ALLOWANCE_USED: Said("本月令牌额度已用完。", "This month's allowance of tokens is used up."),
    Code.TUS_VERSION: Said("仅支持 tus 1.0.0。", "Uploads are by tus 1.0.0: send Tus-Resumable: 1.0.0."),
    Code.UPLOAD_HEADER: Said("上传请求的标头有误。", "A header of the upload is missing or wrong."),
    Code.UPLOAD_TOO_LARGE: Said("上传内容超过允许的大小。", "The upload is longer than is allowed."),
    Code.UPLOAD_UNKNOWN: Said("没有此上传。", "There is no such upload: begin anew."),
    Code.UPLOAD_EXPIRED: Said("上传已过期。", "The upload has expired: begin anew."),
    Code.UPLOAD_OFFSET: Said(
        "偏移量与服务器不符。", "The offset is not the upload's: ask for it with HEAD and go on from there."
    ),
    Code.UPLOAD_PIECES: Said("上传被切得过碎。", "The upload came in too many small pieces: begin anew."),
    Code.CHECKSUM_ALGORITHM: Said("不支持该校验算法。", "The checksum's algorithm is not supported."),
    Code.CHECKSUM_MISMATCH: Said("校验和不符。", "The bytes do not have the checksum: send them again."),
    Code.NOT_AN_AGE_FILE: Said(
        "不是 age 加密文件。", "Not an age file: seal the part first. The upload is gone."
    ),
    Code.MALFORMED: Said("请求格式有误。", "The request is not of the form that it must have."),
    Code.OTHER_LOG: Said("投标文件是为另一账本签署的。", "The body was signed for another ledger."),
    Code.BID_SIGNATURE: Said("签名不是该投标自己的密钥所签。", "The bid's own key did not sign this."),
    Code.LOT_UNKNOWN: Said("没有此标段。", "No lot of that name is open for bids."),
    Code.LOT_SUSPENDED: Said("标段已暂停。", "The lot is suspended: submit when it is resumed."),
    Code.LOT_CANCELLED: Said("标段已终止。", "The lot was cancelled."),
    Code.DEADLINE_PASSED: Said("投标截止时间已过。", "The deadline has passed."),
    Code.PARTS: Said(
        "投标的组成部分与要求不符。", "The bid has not exactly the parts that the lot asks for."
    ),
    Code.TOO_LARGE: Said("某一部分超过标段允许的大小。", "A part is larger than the lot allows."),
    Code.UPLOAD_UNFINISHED: Said("上传尚未完成。", "A part is not uploaded to its end."),
    Code.FILE_MISMATCH: Said(
        "上传的文件与所签内容不符。", "An uploaded file is not the one that the body signs."
    ),
    Code.NO_LOT_STANZA: Said(
        "文件没有标段密钥的加密段。", "A file is sealed to no X25519 recipient, so to no lot's key."
    ),
    Code.SHARE_REFUSED: Said("加密段的公钥点无效。", "A stanza's point is one that no secret may touch."),
    Code.SHARE_SEEN: Said(
        "该加密段此前已出现过。", "A stanza was seen before in another bid or part: seal anew."
    ),
    Code.KNOWLEDGE: Said(
        "缺少或未通过知识证明。", "The lot demands a proof that the sealer knows the stanza's secret."
    ),
    Code.SEQUENCE: Said(
        "序号必须高于此前的序号。", "A replacement needs a higher sequence than the last one."
    ),
    Code.BID_OF_OTHER_LOT: Said("该投标密钥已用于另一标段。", "The bid's key was used for another lot."),
    Code.BID_UNKNOWN: Said("没有该密钥的投标。", "There is no bid with that key here."),
    Code.WITHDRAWN: Said("该投标已撤回。", "The bid was withdrawn: a new bid needs a new key."),
    Code.STALE: Said("请求的时间与服务器相差过大。", "The request's time is too far from the server's."),
}


class TurnedAwayError(BiddingError):
    """A refusal by its code. Never a secret in `detail`: no token, salt, upload id or name."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail or SENTENCES[code].en}")
        self.code = code
        self.detail = detail

    @property
    def said(self) -> Said:
        return SENTENCES[self.code]
