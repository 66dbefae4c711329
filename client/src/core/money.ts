// Amounts of money: whole fen in a bigint, never a float (as statutes/money.py has them).

const YUAN = /^(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?$/;
const QUANTITY = /^(0|[1-9][0-9]{0,15})(?:\.([0-9]{0,5}[1-9]))?$/;
const MAX_FEN = 10n ** 18n - 1n;

/** Fen from yuan as written: 1234.5, 1,234.50 or 1234. Throws for anything else. */
export function parseYuan(text: string): bigint {
  const match = YUAN.exec(text.trim());
  if (!match) throw new RangeError("an amount has at most two decimals");
  const fen = BigInt((match[1] as string).replaceAll(",", "")) * 100n + BigInt((match[2] ?? "").padEnd(2, "0"));
  if (fen > MAX_FEN) throw new RangeError("the amount is too large");
  return fen;
}

/** 123456780n as 1234567.80: how amounts stand in a form. */
export function canonicalYuan(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;
}

/** 123456780n as 1,234,567.80: for persons. */
export function shownYuan(fen: bigint): string {
  return canonicalYuan(fen).replace(/\B(?=(\d{3})+(?=\.))/g, ",");
}

/** A quantity as it stands in a form: at most six decimals, without zeros at its end. Throws for anything else. */
export function canonicalQuantity(text: string): string {
  const plain = text.trim().replaceAll(",", "");
  const match = QUANTITY.exec(/\.[0-9]/.test(plain) ? plain.replace(/\.?0+$/, "") : plain);
  if (!match) throw new RangeError("a quantity has at most six decimals");
  return match[0];
}

/** Quantity times unit price in fen, rounded half up. Both are canonical. */
export function product(quantity: string, unitPrice: string): bigint {
  const [whole, decimals = ""] = quantity.split(".") as [string, string?];
  const scale = 10n ** BigInt(decimals.length);
  return (BigInt(whole + decimals) * parseYuan(unitPrice) * 2n + scale) / (2n * scale);
}
