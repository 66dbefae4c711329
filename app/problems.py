"""Every problem that the platform can answer with (RFC 9457): a stable code, a status, and sentences in two
languages."""

from dataclasses import dataclass

from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Problem:
    """`title`: what is the matter; `next`: what the reader can do now."""

    code: str
    status: int
    title: Said
    next: Said


def _problem(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> Problem:
    return Problem(code, status, Said(zh, en), Said(next_zh, next_en))


_ALL = (
    # Requests
    _problem("malformed", 400, "请求无法读懂。", "The request cannot be read.",
             "请按接口文档改正请求。", "Correct the request by the API's description."),
    _problem("invalid", 422, "请求中有不被接受的内容。", "Something in the request is not accepted.",
             "请改正 errors 中列出的各项。", "Correct what `errors` lists."),
    _problem("not-found", 404, "没有找到。", "There is no such thing here.",
             "请检查地址和编号。", "Check the address and the identifier."),
    _problem("method-not-allowed", 405, "此地址不支持该方法。", "This address does not know that method.",
             "请使用 Allow 标头列出的方法。", "Use a method that the Allow header lists."),
    _problem("not-acceptable", 406, "无法以所要求的格式答复。", "The answer is not to be had in that form.",
             "请接受 application/json。", "Accept application/json."),
    _problem("unsupported-media-type", 415, "不支持该内容类型。", "That content type is not taken here.",
             "请以 application/json 发送。", "Send application/json."),
    _problem("too-large", 413, "请求内容过大。", "The request's body is too large.",
             "请减小内容或分次发送。", "Send less, or in parts."),
    _problem("refused", 409, "平台规则不允许此操作。", "The platform's rules do not allow this.",
             "请先解决所述原因。", "Resolve the reason that is given first."),
    _problem("too-many", 429, "目前请求过多。", "There are too many at the moment.",
             "请稍后再试。", "Try again later."),
    _problem("internal", 500, "平台内部出错。", "Something went wrong within the platform.",
             "请稍后重试；若仍出错，请将请求编号告知平台。",
             "Try again later; if it persists, tell the platform the request's number."),
    _problem("unavailable", 503, "平台暂时无法处理。", "The platform cannot do this at the moment.",
             "请稍后重试。", "Try again later."),
    # Who may call
    _problem("cookie-not-wanted", 400, "此地址不接受 Cookie 或身份凭证。", "No cookie and no credential is taken here.",
             "请不带 Cookie 和凭证重新发送。", "Send the request again without cookies and credentials."),
    _problem("csrf", 400, "请求缺少有效的防伪标记。", "The request has no valid anti-forgery token.",
             "请先取 GET /api/login，并将其中的 csrf_token 放入 X-CSRFToken 标头。",
             "Fetch GET /api/login and send its csrf_token as the X-CSRFToken header."),
    _problem("login-needed", 401, "需要登录。", "You have to log in first.",
             "请登录后重试。", "Log in and try again."),
    _problem("token-refused", 401, "访问令牌无效、已过期或已撤销。", "The token is unknown, expired or revoked.",
             "请登录并建立新的令牌。", "Log in and make a new token."),
    _problem("signature-refused", 401, "请求的签名未通过验证。", "The request's signature is not accepted.",
             "请按 Accept-Signature 标头和 docs/spec/bank-api.md 重新签名。",
             "Sign the request anew, as the header Accept-Signature and docs/spec/bank-api.md say."),
    _problem("signature-replayed", 401, "此签名请求已经提交过。", "This signed request was sent before.",
             "请用新的 nonce 重新签名后再发送。", "Sign it anew with a new nonce, and send that."),
    _problem("scope-not-allowed", 403, "该令牌或请求密钥的权限范围不包括此操作。",
             "The scopes of the token or request key do not cover this.",
             "请建立具有所需范围的令牌或请求密钥，或登录后操作。",
             "Make a token or request key with that scope, or log in."),
    _problem("second-factor-needed", 403, "此角色必须使用第二重验证登录。",
             "This role needs a login with a second factor.",
             "请设置第二重验证，然后重新登录。", "Set up a second factor, then log in again."),
    _problem("fresh-login-needed", 403, "此操作需要刚刚验证过身份。", "This needs a login that is fresh.",
             "请再次输入密码（POST /api/login/verify）或重新登录。",
             "Give your password again (POST /api/login/verify), or log in anew."),
    _problem("membership-needed", 403, "请先选择以哪个单位和角色操作。",
             "Say first for which organisation and in which role you act.",
             "请用 PUT /api/login/membership 选择。", "Choose one with PUT /api/login/membership."),
    _problem("role-not-allowed", 403, "您的角色无权进行此操作。", "Your role may not do this.",
             "请以有权的角色操作，或请有权的人办理。", "Act in a role that may, or ask somebody who may."),
    # Logging in
    _problem("credentials-refused", 401, "登录信息不正确，或失败次数过多。",
             "The name or the proof is not right, or there were too many failures.",
             "请检查后重试；多次失败后请等待一段时间，等待时间会逐次延长。",
             "Check both and try again; after several failures wait, longer each time."),
    _problem("code-refused", 401, "验证码不正确，或失败次数过多。",
             "The code is not right, or there were too many failures.",
             "请输入新的验证码；多次失败后请等待一段时间。", "Enter a new code; after several failures wait."),
    _problem("passkey-refused", 401, "通行密钥未通过验证。", "The passkey was not accepted.",
             "请重新开始，或换一种方式登录。", "Start again, or log in another way."),
    _problem("certificate-refused", 401, "证书登录未通过。", "The login by certificate was not accepted.",
             "请取新的挑战值重试，并确认证书有效且已绑定账户。",
             "Take a new challenge; make sure that the certificate is valid and bound to an account."),
    _problem("login-step", 409, "登录步骤顺序不对或已超时。", "This is not the login's next step, or it took too long.",
             "请从第一步重新登录。", "Begin the login anew."),
    _problem("already-logged-in", 409, "您已经登录。", "You are logged in already.",
             "如需换账户，请先退出。", "Log out first to log in as somebody else."),
    _problem("password-refused", 422, "密码不被接受。", "The password is not accepted.",
             "请按所述原因换一个密码。", "Choose another one for the reason given."),
    _problem("link-refused", 422, "链接无效、已过期或已使用。", "The link is not valid, has expired or was used.",
             "请重新申请链接。", "Ask for a new link."),
    _problem("no-mail", 409, "本平台未配置邮件，不能通过邮件找回。",
             "This platform sends no mail, so there is no way by mail.",
             "请使用恢复码，或请管理员重置。", "Use a recovery code, or ask the administrator to reset."),
    _problem("last-second-factor", 409, "此角色必须保留一种第二重验证。", "Your role has to keep a second factor.",
             "请先设置另一种，再删除这一种。", "Set up another one before you remove this one."),
    # Parties
    _problem("credit-code", 422, "统一社会信用代码不正确。", "This is no unified social credit code.",
             "请检查 18 位代码及校验位。", "Check the 18 characters and the check digit."),
    _problem("unknown", 404, "没有找到，或您无权知道。", "There is no such thing, or none that you may know of.",
             "请检查编号。", "Check the identifier."),
    _problem("taken", 409, "已经存在。", "It exists already.",
             "请使用已有的，或换一个。", "Use the one that exists, or another."),
    _problem("not-yours", 403, "只有该单位有权的人可以这样做。",
             "Only those who may act for that organisation can do this.",
             "请联系该单位的管理人。", "Ask a manager of the organisation."),
    _problem("state", 409, "目前的状态不允许这样做。", "In its present state this cannot be done.",
             "请先解决所述原因。", "Resolve the reason that is given first."),
    _problem("invitation", 422, "邀请码无效、已过期或已使用。", "The code opens no invitation.",
             "请向邀请人索取新的邀请码。", "Ask whoever invited you for a new code."),
    _problem("key-refused", 422, "密钥、证书或签名不被接受。", "The key, certificate or signature is not accepted.",
             "请按所述原因改正。", "Correct it for the reason given."),
    _problem("parties", 422, "单位信息不被接受。", "That is not accepted of an organisation.",
             "请按所述原因改正。", "Correct it for the reason given."),
    # What the other packages refuse
    _problem("ledger", 409, "账本不能这样做。", "The ledger cannot do this.",
             "请按所述原因改正，或稍后重试。", "Correct it for the reason given, or try again later."),
    _problem("custody", 409, "密钥托管拒绝了此操作。", "The keeping of keys refused this.",
             "请按所述原因改正，或稍后重试。", "Correct it for the reason given, or try again later."),
    _problem("chain", 409, "区块链合约拒绝了此操作。", "The contract on chain refused this.",
             "请按所述原因改正。", "Correct it for the reason given."),
    _problem("crypto", 422, "签名、密钥或格式未通过验证。", "A signature, key or format does not hold.",
             "请按所述原因改正。", "Correct it for the reason given."),
    # Keyholders, draws and reports
    _problem("length-required", 411, "请求没有说明内容长度。", "The request does not say how long its body is.",
             "请加上 Content-Length 标头。", "Send Content-Length."),
    _problem("unknown-keyholder", 401, "该密钥不是已登记的密钥保管人，或签名不是它所作。",
             "No keyholder is registered with this key, or it did not sign.",
             "请先由平台登记，并用登记的密钥签名。", "Have the key registered, and sign with it."),
    _problem("signature", 401, "签名未通过验证。", "The signature does not hold.",
             "请用所声明的密钥重新签名。", "Sign anew with the key that is named."),
    _problem("sequence", 409, "序号必须高于此前的序号。", "The sequence has to be higher than the last one.",
             "请使用高于 last 的序号。", "Use one that is higher than `last`."),
    _problem("not-allowed", 400, "其中有该密钥不得发送的内容。", "Something in it may not be sent with this key.",
             "请按所述原因改正。", "Correct it for the reason given."),
    _problem("too-early", 409, "时候未到。", "It is too early for this.",
             "请稍后再试。", "Try again later."),
    _problem("report", 400, "举报或查询的格式、签名不被接受。",
             "The form or the signature of the report or question is not accepted.",
             "请按所述原因改正。", "Correct it for the reason given."),
    _problem("no-supervisor", 503, "本平台尚未设定监督部门的密钥。", "This platform was set up without a supervisor.",
             "请平台管理员设置 SUNSEAL_SUPERVISOR。", "Have the operator set SUNSEAL_SUPERVISOR to its key."),
    # The issuer of blind tokens
    _problem("token-key-unknown", 404, "现在和以后都不用该密钥签发令牌。",
             "No such key is issued with now or later.",
             "请重新获取签发方目录。", "Fetch the issuer's directory again."),
    _problem("receipt-pending", 503, "该密钥的账本条目尚未进入已公布的检查点。",
             "The key's entry has no published checkpoint yet.",
             "请稍后重试。", "Try again in a moment."),
)  # fmt: skip

CATALOGUE = {problem.code: problem for problem in _ALL}
