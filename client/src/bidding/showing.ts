// How a bid's parts, its review and its receipts are shown.

import { utf8 } from "../core/bytes.ts";
import type { Policy } from "../core/policy.ts";
import { verifyFact } from "../core/receipt.ts";
import type { LotSheet } from "../core/sheet.ts";
import { factOf } from "../net/submitting.ts";
import type { BidRecord, FactRecord } from "../store/wallet_content.ts";
import { download, element, shownSize, shownTime, word } from "./page.ts";

/** What a part is called: as the page calls it. */
export function partName(name: string): string {
  return document.querySelector(`[data-part="${name}"] > legend`)?.textContent ?? name;
}

/** A row for each part: its SHA-256, its size, whether the rehearsal opened it, whether it is uploaded. */
export function renderSealed(place: HTMLElement, bid: BidRecord, sheet: LotSheet): void {
  place.replaceChildren(
    ...sheet.parts.flatMap(({ name }) => {
      const sealed = bid.parts[name]?.sealed;
      if (!sealed) return [];
      const row = element("tr");
      row.append(
        element("th", partName(name), { scope: "row" }),
        hash(sealed.part.sha256),
        element("td", shownSize(sealed.part.size), { class: "number" }),
        mark(sealed.isRehearsed),
        mark(sealed.isUploaded),
      );
      return [row];
    }),
  );
}

/** What the bidder looks over before it submits. */
export function renderReview(place: HTMLElement, bid: BidRecord, sheet: LotSheet, total: string): void {
  place.replaceChildren(
    ...sheet.parts.map(({ name, priced }) => {
      const sealed = bid.parts[name]?.sealed;
      const documents = (sealed?.members ?? []).filter((member) => member.name.startsWith("documents/"));
      const size = documents.reduce((sum, member) => sum + member.size, 0);
      const said = [...(priced && total ? [`${sheet.currency} ${total}`] : []), word("files", { count: documents.length, size: shownSize(size) })];
      const item = element("li");
      item.append(element("strong", partName(name)), ` · ${said.join(" · ")}`);
      return item;
    }),
  );
}

/** Each confirmed fact with its receipt, which is verified again each time it is shown. */
export function renderReceipts(place: HTMLElement, bid: BidRecord, policy: Policy): void {
  place.replaceChildren(
    ...bid.facts.flatMap((record) => {
      const { receipt, salt } = record;
      if (!receipt || !salt) return [];
      const { index, witnesses } = verifyFact(receipt, salt, utf8(record.body), policy);
      const time = shownTime(Math.max(...witnesses.values()));
      const item = element("li", word("receipt", { index: String(index), witnesses: witnesses.size, time }));
      const button = element("button", labelOf(record), { type: "button", class: "btn btn-sm" });
      button.addEventListener("click", () => download(fileName(bid, record), receiptFile(record)));
      item.append(" ", button);
      return [item];
    }),
  );
}

function labelOf(record: FactRecord): string {
  const fact = factOf(record);
  return fact.type === "bid-submitted/v1" ? word("download", { sequence: fact.sequence }) : word("download-withdrawal");
}

function fileName(bid: BidRecord, record: FactRecord): string {
  const fact = factOf(record);
  return `receipt-${bid.bid.slice(0, 8)}-${fact.type === "bid-submitted/v1" ? fact.sequence : "withdrawal"}.json`;
}

/** The answer of the platform as it stands in docs/spec/submission.md: body, salt and .tlog-proof, all that a check needs. */
function receiptFile(record: FactRecord): string {
  return `${JSON.stringify({ body: JSON.parse(record.body) as unknown, salt: record.salt, receipt: record.receipt }, null, 1)}\n`;
}

function hash(value: string): HTMLElement {
  const cell = element("td");
  cell.append(element("code", `${value.slice(0, 16)}…`, { class: "hash", title: value }));
  return cell;
}

function mark(isDone: boolean): HTMLElement {
  return element("td", isDone ? "✓" : "—");
}

