// What the checks of this program say of what does not hold, in Chinese too. They throw in English, for the vectors and
// the log; whoever shows a reason to a person takes it from here. `{}` stands for a name, a number, or a further reason.
// client/test/reasons.test.ts reads the sources and asks for every sentence.

import type { Said } from "./said.ts";

export const CHINESE: Readonly<Record<string, string>> = {
  // core: bytes, records, numbers
  "a lone surrogate has no UTF-8": "文字中含有不成对的代理字符",
  "not lower-case hexadecimal": "不是小写十六进制",
  "{} has no {} bytes": "{} 不能写成 {} 个字节",
  "JSON, but not in the canonical form of RFC 8785": "是 JSON，但不是 RFC 8785 规定的规范形式",
  "it is no object": "不是 JSON 对象",
  "a number that canonical JSON cannot hold": "含有规范 JSON 不能表示的数",
  "JSON of more than {} levels": "JSON 嵌套超过 {} 层",
  "a domain is printable ASCII and not empty": "域名称须为非空的可打印 ASCII 字符",
  "it is no {}": "不是 {} 类型的记录",
  "{}: the field {} is missing, is of another kind, or is too many": "{}：字段 {} 缺失、类型不符或者多余",
  "an amount has at most two decimals": "金额至多两位小数",
  "the amount is too large": "金额过大",
  "a quantity has at most six decimals": "数量至多六位小数",
  "not a line": "应为一行文字，至多 300 字",
  "not a number of days": "不是有效的天数",
  "not a day": "不是有效的日期",
  "these words are no code phrase": "这些词不是有效的口令短语",
  // core: keys, sealing, packages
  "this stanza is made already": "该收件段已经生成",
  "wrap a file key first: there is no stanza yet": "尚未封装文件密钥，没有收件段",
  "not an age file": "不是 age 文件",
  "not an age file: its header has no end": "不是 age 文件：文件头没有结尾",
  "sealed to no X25519 recipient": "没有加密给任何 X25519 收件公钥",
  "the seed of an Ed25519 key has 32 bytes": "Ed25519 密钥的种子应为 32 字节",
  "the seed of a bid's keys has {} bytes": "投标密钥的种子应为 {} 字节",
  "not an X25519 recipient: age1...": "不是 X25519 收件公钥（age1……）",
  "a proof of knowledge has 64 bytes": "知识证明应为 64 字节",
  "the proof of knowledge is malformed": "知识证明的格式不符",
  "the proof of knowledge does not hold": "知识证明不能通过验证",
  "the u-coordinate is not canonical": "u 坐标不是规范形式",
  "the share is of no point of prime order": "份额不对应素数阶的点",
  "a package has {}": "投标文件包应含 {}",
  "the sealed file is not the one that was described": "加密文件与记载的不是同一份",
  "the signature on the manifest does not hold": "清单上的签名不能通过验证",
  "what is sealed is not what was packed": "加密的内容与打包的内容不一致",
  "the package was made for another {}": "该投标文件包是为另一个 {} 制作的",
  "{} is too long": "{} 过长",
  "the package has not the member {} in its place": "投标文件包中的成员 {} 不在应有的位置",
  "the package ends in the middle": "投标文件包不完整，中途结束",
  "a package is smaller than 4 GiB": "投标文件包须小于 4 GiB",
  "not a lot's sheet of this version": "不是本版本的标段数据表",
  "not a lot's sheet": "不是标段数据表",
  "a part of the lot's sheet is malformed": "标段数据表中某一部分的格式不符",
  "two parts have one name or one recipient": "有两个部分的名称或者收件公钥相同",
  "not exactly one part has the price": "载有报价的部分不是恰好一个",
  "the lot has no part {}": "该标段没有 {} 这一部分",
  "it has other fields than its type": "其字段与类型规定的不符",
  // core: the ledger's notes, receipts and policy
  "not an Ed25519 verifier key": "不是 Ed25519 验证公钥",
  "a verifier key of an unknown type": "验证公钥的类型未知",
  "the key ID of the verifier key is not its key's": "验证公钥的编号与公钥不符",
  "no empty line between the note's text and its signatures": "签名文书的正文与签名之间没有空行",
  "a note's text has no control character": "签名文书的正文含有控制字符",
  "a note has at most {} signatures": "签名文书至多有 {} 个签名",
  "not a signature line": "不是签名行",
  "a signature line holds a key ID and a signature": "签名行应含公钥编号和签名",
  "a checkpoint has three lines or more, each ending in a newline": "检查点应有三行以上，每行以换行结束",
  "not a size without leading zeroes": "不是不带前导零的大小",
  "a hash has 32 bytes": "哈希值应为 32 字节",
  "the signature of {} does not hold": "{} 的签名不能通过验证",
  "the log has not signed the checkpoint": "账本没有在检查点上签名",
  "the cosignature of {} does not hold": "见证人 {} 的联署不能通过验证",
  "not a receipt with its entry": "不是附有条目的回执",
  "a checkpoint of another log: {}": "是另一本账本的检查点：{}",
  "{} of the {} cosignatures needed": "见证人联署只有 {} 个，需要 {} 个",
  "the receipt is of an entry that is not sealed": "回执对应的条目不是密封条目",
  "the entry hides something else": "条目所密封的是另一内容",
  "a tree of size {} has no leaf {}": "大小为 {} 的账本没有第 {} 个条目",
  "the inclusion proof is too long": "包含证明过长",
  "the inclusion proof is too short": "包含证明过短",
  "the inclusion proof leads to another root": "包含证明得出的根哈希不同",
  "the name {} is given twice": "名称 {} 重复",
  "a key of another kind, or listed twice": "公钥的种类不符，或者重复列出",
  "a second log": "列出了第二本账本",
  "not a log, witness or group line, nor the one quorum line": "不是账本、见证人、见证人组的行，也不是唯一的法定数行",
  "line {} of the policy: {}": "策略文件第 {} 行：{}",
  "the policy names no log, or asks for no witness": "策略文件没有写明账本，或者不要求见证人",
  "{} is no witness above this line; groups of groups are not read here": "该行之上没有名为 {} 的见证人；此处不读取组的组",
  "a group needs all, any or 1 to {} of its members": "见证人组应要求 all、any 或者 1 至 {} 个成员",
  // core: tokens, guarantees, letters
  "not a key for tokens of type 2": "不是第 2 类匿名令牌的公钥",
  "the token was requested of another key": "匿名令牌是向另一把密钥申请的",
  "a guarantee has at most {} bytes": "保函至多 {} 字节",
  "a guarantor on the list is not signed by the supervisor that you believe, for this platform":
    "名单上有担保人没有您所信任的监管部门为本平台作出的签名",
  "product: its least amount is above its most": "保函产品的最低金额高于最高金额",
  "the lots are no list": "标段数据不是列表",
  "a lot is no object": "有一个标段不是 JSON 对象",
  "there is no letter of that type": "没有该类信件",
  "what was sealed is no message in its one form": "加密的内容不是规范形式的信件",
  "the reply is not signed by whoever the mailbox is with, for this platform": "答复没有信箱对方为本平台作出的签名",
  "the platform does not show where the supervisor takes reports": "平台没有公布监管部门接收举报的公钥",
  "the receipt is for another message": "回执对应另一封信件",
  "the first letter of a mailbox is an application": "信箱的第一封信应当是保函申请",
  "the wallet's record is no application": "投标钱包中的该记录不是保函申请",
  // net: what the platform answered
  "the receipt of the key for tokens is another entry's": "匿名令牌公钥的回执对应另一条目",
  "the key for tokens is another issuer's": "匿名令牌公钥属于另一签发者",
  "the issuer offers no key that the ledger has for this month": "签发者没有提供账本所载的本月公钥",
  "the key for tokens has no receipt that holds: {}": "匿名令牌公钥没有有效的回执：{}",
  "the issuer's answer is no token: {}": "签发者的答复不是有效匿名令牌：{}",
  "the platform made an upload and does not say where": "平台建立了上传任务，却没有告知地址",
  "a part is not sealed": "有一个部分尚未加密",
  // the pages
  "not a wallet of this version": "不是本版本的投标钱包",
  "the wallet has no part {}": "投标钱包中没有 {} 这一部分",
  "the page has no {}": "页面缺少 {}",
  "the page answered {}": "页面的答复为 {}",
  "no object": "不是 JSON 对象",
};

interface Pattern {
  readonly regex: RegExp;
  readonly chinese: string;
}

// Those without a gap come first: "{} is too long" would fit some of them.
const PATTERNS: readonly Pattern[] = Object.entries(CHINESE)
  .sort(([one], [other]) => one.split("{}").length - other.split("{}").length)
  .map(([english, chinese]) => ({
    regex: new RegExp(`^${english.split("{}").map(escaped).join("([^]+?)")}$`),
    chinese,
  }));

/** The sentence in both languages. What is not ours (the browser's own errors, a library's) is named as theirs in Chinese. */
export function reasonOf(error: unknown): Said {
  const en = error instanceof Error ? error.message : String(error);
  return { zh: inChinese(en) ?? `浏览器报告：${en}`, en };
}

/** undefined for what is no sentence of ours. */
export function inChinese(english: string): string | undefined {
  for (const { regex, chinese } of PATTERNS) {
    const gaps = regex.exec(english)?.slice(1);
    if (gaps) return chinese.replace(/\{\}/g, () => filled(gaps.shift() as string));
  }
  return undefined;
}

function filled(gap: string): string {
  return inChinese(gap) ?? gap;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
