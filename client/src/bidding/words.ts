// What the programs of the wallet's pages say by themselves. What stands in the templates is translated there.

import type { Said } from "../core/said.ts";

export const WORDS = {
  failed: { zh: "未能完成：{reason}", en: "This did not work: {reason}" },
  cancelled: { zh: "已取消。已完成的步骤保持不变。", en: "Cancelled. What was done before stays as it is." },
  "no-space": {
    zh: "浏览器的存储空间不足，无法保存密封文件：请释放磁盘空间，或不要使用无痕窗口。",
    en: "The browser has no room for the sealed file: free some disk space, or leave the private window.",
  },
  unreadable: {
    zh: "所选文件已被移动、修改或无法读取：请重新选择文件。",
    en: "A file that you chose was moved, changed or cannot be read: choose it again.",
  },
  passphrases: { zh: "两次输入的口令不一致。", en: "The two passphrases are not the same." },
  "confirm-restore": {
    zh: "此浏览器中已有投标钱包，将被该文件替换。确定吗？",
    en: "There is a wallet in this browser already. The file takes its place. Go on?",
  },
  "confirm-withdraw": {
    zh: "撤回投标后不可恢复；如需再次投标须重新编制。确定撤回吗？",
    en: "A withdrawal is final; to bid again you prepare a new bid. Withdraw this bid?",
  },
  exported: { zh: "钱包备份文件已生成，请妥善保存。", en: "The backup of the wallet has been made: keep it safe." },
  drawn: { zh: "已领取{count}个匿名令牌。", en: "{count} blind tokens have been drawn." },
  drawing: { zh: "正在领取匿名令牌：{done}/{count}", en: "Drawing blind tokens: {done} of {count}" },
  "key-registered": { zh: "签名密钥已登记到账本。", en: "The signing key is registered on the ledger." },
  "key-imported": { zh: "签名密钥已存入钱包。", en: "The signing key is in the wallet." },
  "key-none": { zh: "尚无签名密钥。", en: "There is no signing key yet." },
  "key-here": { zh: "已有：{key}", en: "Here: {key}" },
  "key-file": {
    zh: "该文件不是未加密的Ed25519私钥（PKCS #8 PEM，如 openssl genpkey -algorithm ed25519 所生成）。",
    en: "The file is no unencrypted Ed25519 secret key in PKCS #8 PEM, such as openssl genpkey -algorithm ed25519 makes.",
  },
  "key-unknown": {
    zh: "该密钥未在本单位名下登记，或已停用：请先登记。",
    en: "This key is not registered for your organisation, or was ended: register it first.",
  },
  "policy-accepted": { zh: "已采用平台现行的信任策略。", en: "The platform's present trust policy was accepted." },
  "policy-none": {
    zh: "钱包中没有信任策略：请在“投标钱包”页采用。",
    en: "The wallet has no trust policy: accept one on the page of the wallet.",
  },
  "parts-changed": {
    zh: "标段的密封公钥或要求已变更，先前密封的文件作废：请重新打包密封。",
    en: "The lot's keys or what it asks for have changed, so what was sealed is void: pack and seal again.",
  },
  "choose-again": {
    zh: "页面重新载入后，浏览器不再保留所选文件，请重新选择：{names}",
    en: "After a reload the browser has lost the files that you chose; choose them again: {names}",
  },
  "not-json": { zh: "保函文件不是JSON对象：请上传保证人签发的guarantee.json。", en: "The guarantee is no JSON object: take the guarantee.json that the guarantor issued." },
  measuring: { zh: "{part}：正在读取文件并计算哈希", en: "{part}: reading the files and hashing them" },
  sealing: { zh: "{part}：正在打包并密封", en: "{part}: packing and sealing" },
  rehearsing: { zh: "{part}：正在试开标", en: "{part}: rehearsing the opening" },
  uploading: { zh: "{part}：正在上传密封文件", en: "{part}: uploading the sealed file" },
  submitting: { zh: "正在递交并等待见证人联署的回执", en: "Submitting, and waiting for the receipt that the witnesses cosign" },
  withdrawing: { zh: "正在撤回并等待回执", en: "Withdrawing, and waiting for the receipt" },
  "sealed-done": { zh: "全部部分已密封并试开标成功。密封不等于提交。", en: "All parts are sealed, and the rehearsal opened them. Sealed is not submitted." },
  "uploaded-done": { zh: "密封文件已上传。上传不等于提交，请核对后提交。", en: "The sealed files are uploaded. Uploaded is not submitted: look it over, then submit." },
  "rehearsed-done": { zh: "试开标成功：打开的内容与打包时的SHA-256一致。", en: "The rehearsal opened the file: what is in it has the SHA-256 that was packed." },
  "too-few-tokens": { zh: "还需要{missing}个匿名令牌：请在“投标钱包”页领取。", en: "{missing} more blind tokens are needed: draw them on the page of the wallet." },
  "no-party": { zh: "钱包中没有签名密钥：请在“投标钱包”页登记。", en: "The wallet has no signing key: register one on the page of the wallet." },
  "lost-file": { zh: "浏览器中已没有密封文件（可能被清理）：请重新打包密封。", en: "The sealed file is not in this browser any more: pack and seal again." },
  withdrawn: { zh: "投标已撤回。", en: "The bid is withdrawn." },
  "state-draft": { zh: "编制中", en: "being prepared" },
  "state-sealed": { zh: "已密封，未提交", en: "sealed, not submitted" },
  "state-sent": { zh: "已发出，回执待取", en: "sent, receipt outstanding" },
  "state-submitted": { zh: "已提交", en: "submitted" },
  "state-withdrawn": { zh: "已撤回", en: "withdrawn" },
  receipt: { zh: "账本第{index}条，{witnesses}个见证人于{time}前联署", en: "Entry {index} of the ledger, cosigned by {witnesses} witnesses by {time}" },
  download: { zh: "下载回执（第{sequence}次提交）", en: "Download the receipt (submission {sequence})" },
  "download-withdrawal": { zh: "下载撤回回执", en: "Download the receipt of the withdrawal" },
  remove: { zh: "移除", en: "Remove" },
  "remove-named": { zh: "移除 {name}", en: "Remove {name}" },
  "line-sum": { zh: "分项合计 {sum}", en: "The lines add up to {sum}" },
  files: { zh: "{count}个附件，共{size}", en: "{count} documents, {size} in all" },
  forget: { zh: "从本机删除", en: "Delete from this computer" },
  "confirm-forget": {
    zh: "将从本机删除这份投标的密钥、表单和密封文件；删除后不能再替换、撤回或试开标。确定吗？",
    en: "The keys, forms and sealed files of this bid will be deleted from this computer; it can then not be replaced, withdrawn or rehearsed any more. Delete them?",
  },
} satisfies Record<string, Said>;
