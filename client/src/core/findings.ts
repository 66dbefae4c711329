// What a bidder should put right before it seals: the same checks as bidding/package/completeness.py, on its own bid.

import type { Form } from "./forms.ts";
import { canonicalYuan, parseYuan, product, shownYuan } from "./money.ts";
import { GUARANTEE } from "./names.ts";
import type { Said } from "./said.ts";
import type { Asked, LotSheet, SheetPart } from "./sheet.ts";

export interface Finding {
  readonly code: string;
  readonly said: Said;
}

export const ASKED: Record<Asked, Said> = {
  period_days: { zh: "工期（交货期）", en: "the period" },
  quality: { zh: "质量承诺", en: "the quality" },
  manager: { zh: "项目经理（负责人）", en: "the project manager" },
  lines: { zh: "分项报价", en: "the priced list" },
  certificates: { zh: "资质证书", en: "the certificates" },
};

/** Everything that is not right with the form of `part`, in a package with these members. */
export function findings(sheet: LotSheet, part: SheetPart, form: Form, members: readonly string[]): Finding[] {
  return [...asked(part, form), ...priced(sheet, form), ...guarantee(part, members)];
}

function* asked(part: SheetPart, form: Form): Generator<Finding> {
  for (const field of Object.keys(ASKED) as Asked[]) {
    const value = (form as unknown as Record<string, unknown>)[field];
    const isFilled = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (part.asks.includes(field) && !isFilled) {
      const name = ASKED[field];
      yield finding("not-filled-in", `要求填写${name.zh}，尚未填写。`, `This part asks for ${name.en}, which is not filled in.`);
    }
  }
}

function* priced(sheet: LotSheet, form: Form): Generator<Finding> {
  if (form.type !== "price-form/v1") return;
  const total = parseYuan(form.total);
  if (form.currency !== sheet.currency) {
    yield finding("currency", `报价币种为${form.currency}，本标段为${sheet.currency}。`, `The price is in ${form.currency}: this lot is priced in ${sheet.currency}.`);
  }
  if (total === 0n) yield finding("no-price", "投标报价尚未填写（为零）。", "The total price is not filled in: it is zero.");
  if (sheet.ceiling !== null && total > parseYuan(sheet.ceiling)) {
    const [most, price] = [shownYuan(parseYuan(sheet.ceiling)), shownYuan(total)];
    yield finding("above-ceiling", `投标报价${price}高于最高投标限价${most}：开标后将被否决（条51）。`, `The price, ${price}, is above the ceiling price, ${most}: it would be rejected (条51).`);
  }
  let sum = 0n;
  for (const [index, line] of form.lines.entries()) {
    const should = product(line.quantity, line.unit_price);
    sum += parseYuan(line.amount);
    if (should !== parseYuan(line.amount)) {
      const expected = canonicalYuan(should);
      yield finding("line-amount", `分项第${index + 1}行：数量乘单价为${expected}，合价却为${line.amount}。`, `Line ${index + 1}: quantity times unit price is ${expected}, and its amount is ${line.amount}.`);
    }
  }
  if (form.lines.length > 0 && sum !== total) {
    yield finding("lines-total", `分项合价之和为${canonicalYuan(sum)}，总报价却为${form.total}。`, `The lines add up to ${canonicalYuan(sum)}, and the total is ${form.total}.`);
  }
}

function* guarantee(part: SheetPart, members: readonly string[]): Generator<Finding> {
  const has = members.includes(GUARANTEE);
  if (has && part.guarantee === "none") yield finding("guarantee-elsewhere", "本部分不应含保函。", "This part carries no guarantee: take it out.");
  if (!has && part.guarantee === "required") yield finding("guarantee-missing", "本部分须含投标保函。", "This part must carry the bid guarantee.");
}

function finding(code: string, zh: string, en: string): Finding {
  return { code, said: { zh, en } };
}
