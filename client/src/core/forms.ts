// bid.json: what a bidder says in one part of its bid (bidding/package/forms.py, docs/spec/sealed-bid.md).

import { type Bytes } from "./bytes.ts";
import { dumps, type Json } from "./canonical.ts";
import { canonicalQuantity, canonicalYuan, parseYuan } from "./money.ts";
import { BidError, type Said } from "./said.ts";
import type { LotSheet, SheetPart } from "./sheet.ts";

export interface Bidder {
  readonly name: string;
  readonly credit_code: string;
}

export interface PriceLine {
  readonly item: string;
  readonly unit: string;
  readonly quantity: string;
  readonly unit_price: string;
  readonly amount: string;
}

export interface Certificate {
  readonly name: string;
  readonly number: string;
  readonly valid_until: string | null;
}

interface Answers {
  readonly lot: string;
  readonly part: string;
  readonly bidder: Bidder;
  readonly period_days: number | null;
  readonly quality: string | null;
  readonly manager: string | null;
}

export interface PriceForm extends Answers {
  readonly type: "price-form/v1";
  readonly total: string;
  readonly currency: string;
  readonly lines: readonly PriceLine[];
}

export interface PartForm extends Answers {
  readonly type: "part-form/v1";
  readonly certificates: readonly Certificate[];
}

export type Form = PriceForm | PartForm;

/** What a person filled in, as text; fields that the lot does not ask for are left empty. */
export interface Filled {
  total: string;
  period_days: string;
  quality: string;
  manager: string;
  lines: { item: string; unit: string; quantity: string; unit_price: string; amount: string }[];
  certificates: { name: string; number: string; valid_until: string }[];
}

export const EMPTY: Filled = { total: "", period_days: "", quality: "", manager: "", lines: [], certificates: [] };

const LINE = /^[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]([^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff])?$/;
const CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** The form of a part. BidError with a sentence for everything that cannot be read. */
export function readForm(filled: Filled, sheet: LotSheet, part: SheetPart, bidder: Bidder): Form {
  const faults: Said[] = [];
  const attempt = <T>(read: () => T, fault: Said, instead: T): T => {
    try {
      return read();
    } catch {
      faults.push(fault);
      return instead;
    }
  };
  const line = (text: string, zh: string, en: string) =>
    attempt(() => requireLine(text), { zh: `${zh}须为1至300个可见字符的一行文字。`, en: `${en} is one line of 1 to 300 visible characters.` }, "");
  const amount = (text: string, zh: string, en: string) =>
    attempt(() => canonicalYuan(parseYuan(text)), { zh: `${zh}应为金额，至多两位小数，如 4,680,000.00。`, en: `${en} should be an amount with at most two decimals, such as 4,680,000.00.` }, "0.00");
  if (!isCreditCode(bidder.credit_code)) {
    faults.push({ zh: "统一社会信用代码应为18位且校验位正确。", en: "The credit code has 18 characters, the last of which checks the others: look again." });
  }
  const days = filled.period_days.trim();
  const answers = {
    lot: sheet.lot,
    part: part.name,
    bidder: { name: line(bidder.name, "投标人名称", "The bidder's name"), credit_code: bidder.credit_code },
    period_days: days === "" ? null : attempt(() => requireDays(days), { zh: "工期（交货期）应为1至36500的整数（日历天）。", en: "The period is a whole number of calendar days from 1 to 36,500." }, null),
    quality: filled.quality.trim() === "" ? null : line(filled.quality, "质量承诺", "The quality"),
    manager: filled.manager.trim() === "" ? null : line(filled.manager, "项目经理（负责人）", "The project manager"),
  };
  const form: Form = part.priced
    ? {
        ...answers,
        type: "price-form/v1",
        total: amount(filled.total, "投标总报价", "The total price"),
        currency: sheet.currency,
        lines: filled.lines.map((one, index) => ({
          item: line(one.item, `分项第${index + 1}行的名称`, `The name in line ${index + 1}`),
          unit: line(one.unit, `分项第${index + 1}行的单位`, `The unit in line ${index + 1}`),
          quantity: attempt(() => canonicalQuantity(one.quantity), { zh: `分项第${index + 1}行的数量至多六位小数。`, en: `The quantity in line ${index + 1} has at most six decimals.` }, "0"),
          unit_price: amount(one.unit_price, `分项第${index + 1}行的单价`, `The unit price in line ${index + 1}`),
          amount: amount(one.amount, `分项第${index + 1}行的合价`, `The amount in line ${index + 1}`),
        })),
      }
    : {
        ...answers,
        type: "part-form/v1",
        certificates: filled.certificates.map((one, index) => ({
          name: line(one.name, `证书第${index + 1}行的名称`, `The name of certificate ${index + 1}`),
          number: line(one.number, `证书第${index + 1}行的编号`, `The number of certificate ${index + 1}`),
          valid_until: one.valid_until.trim() === "" ? null : attempt(() => requireDate(one.valid_until), { zh: `证书第${index + 1}行的有效期应为日期，如2027-12-31。`, en: `The date of certificate ${index + 1} should be like 2027-12-31.` }, null),
        })),
      };
  if (faults.length > 0) throw new BidError("form", ...faults);
  return form;
}

/** The bytes of bid.json. */
export function formBytes(form: Form): Bytes {
  return dumps(form as unknown as Json);
}

/** GB 32100: 18 characters, of which the last checks the others. */
export function isCreditCode(code: string): boolean {
  if (!/^[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  const sum = [...code.slice(0, 17)].reduce((total, digit, index) => total + CODE_DIGITS.indexOf(digit) * (3 ** index % 31), 0);
  return CODE_DIGITS[(31 - (sum % 31)) % 31] === code[17];
}

function requireLine(text: string): string {
  const line = text.trim().normalize("NFC");
  if (!LINE.test(line) || [...line].length > 300) throw new Error("not a line");
  return line;
}

function requireDays(text: string): number {
  const days = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || days < 1 || days > 36_500) throw new Error("not a number of days");
  return days;
}

function requireDate(text: string): string {
  const date = new Date(`${text.trim()}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text.trim()) || date.toISOString().slice(0, 10) !== text.trim()) throw new Error("not a day");
  return text.trim();
}
