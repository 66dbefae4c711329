// A lot's sheet (docs/spec/sealed-bid.md, "Sheet"): what a bidder's program needs to prepare a bid.

import { type JsonObject, loadsObject } from "./canonical.ts";
import { recipientKey } from "./bid_keys.ts";

export type Asked = "period_days" | "quality" | "manager" | "lines" | "certificates";

export interface SheetPart {
  readonly name: string;
  readonly recipient: string;
  readonly knowledge: boolean;
  readonly priced: boolean;
  readonly asks: readonly Asked[];
  readonly guarantee: "none" | "optional" | "required";
  readonly max_size: number;
}

export interface LotSheet {
  readonly type: "lot-sheet/v1";
  readonly origin: string;
  readonly lot: string;
  readonly tender: string;
  readonly title: string;
  readonly deadline: number;
  readonly currency: string;
  readonly ceiling: string | null;
  readonly parts: readonly SheetPart[];
}

const FIELDS = ["ceiling", "currency", "deadline", "lot", "origin", "parts", "tender", "title", "type"];
const PART_FIELDS = ["asks", "guarantee", "knowledge", "max_size", "name", "priced", "recipient"];

/** The sheet whose canonical bytes are exactly `data`; throws for anything else. */
export function parseSheet(data: Uint8Array): LotSheet {
  const value = loadsObject(data);
  requireFields(value, FIELDS);
  if (value["type"] !== "lot-sheet/v1") throw new Error("not a lot's sheet of this version");
  const sheet = value as unknown as LotSheet;
  if (!Array.isArray(sheet.parts) || typeof sheet.deadline !== "number") throw new Error("not a lot's sheet");
  for (const part of sheet.parts) {
    requireFields(part as unknown as JsonObject, PART_FIELDS);
    recipientKey(part.recipient);
    if (!Number.isSafeInteger(part.max_size) || !/^[a-z][a-z0-9-]{0,31}$/.test(part.name)) {
      throw new Error("a part of the lot's sheet is malformed");
    }
  }
  const distinct = (values: string[]) => new Set(values).size === sheet.parts.length;
  if (!distinct(sheet.parts.map(({ name }) => name)) || !distinct(sheet.parts.map(({ recipient }) => recipient))) {
    throw new Error("two parts have one name or one recipient");
  }
  if (sheet.parts.filter(({ priced }) => priced).length !== 1) throw new Error("not exactly one part has the price");
  return sheet;
}

export function partOf(sheet: LotSheet, name: string): SheetPart {
  const part = sheet.parts.find((one) => one.name === name);
  if (!part) throw new Error(`the lot has no part ${name}`);
  return part;
}

function requireFields(value: JsonObject, names: string[]): void {
  if (Object.keys(value).sort().join() !== names.join()) throw new Error("it has other fields than its type");
}

