// The page on which a bid is prepared, sealed, uploaded and submitted; replaced, withdrawn and rehearsed later.
//
// Nothing here tells the platform who prepares a bid: the page has no login, and what goes out goes without a cookie.

import { draftOf } from "./bidding/draft.ts";
import { gate } from "./bidding/gate.ts";
import { isSubmitted } from "./bidding/bid_state.ts";
import { Sealer } from "./bidding/jobs.ts";
import { languageTag, need, onClick, pageData, PlainError, showError, tell, useSentences, word } from "./bidding/page.ts";
import { PartForm } from "./bidding/part_form.ts";
import { Preparer } from "./bidding/preparing.ts";
import { partName, renderReceipts, renderReview, renderSealed } from "./bidding/showing.ts";
import { utf8 } from "./core/bytes.ts";
import { parsePolicy } from "./core/policy.ts";
import type { Said } from "./core/said.ts";
import { parseSheet } from "./core/sheet.ts";
import { isWithdrawn, Submitter } from "./net/submitting.ts";
import { Tokens } from "./store/tokens.ts";
import type { Wallet } from "./store/wallet.ts";

interface Data {
  sheet: string;
  policy: string;
  submission: string;
  worker: string;
  sentences: Record<string, Said>;
}

const data = pageData<Data>();
const sheet = parseSheet(utf8(data.sheet));
const SAVE_AFTER = 600; // milliseconds without a key

async function opened(wallet: Wallet): Promise<void> {
  useSentences(data.sentences);
  if (!wallet.content.policy) throw new PlainError(word("policy-none"));
  const policy = parsePolicy(wallet.content.policy);
  need("#policy-differs").hidden = wallet.content.policy === data.policy;
  const { bid, isVoid } = await draftOf(wallet, data.sheet, location.pathname);
  if (isVoid) showError(new PlainError(word("parts-changed")));
  const sealer = new Sealer(data.worker);
  const channel = { language: languageTag, patience: 60_000 };
  const submitter = new Submitter(channel, data.submission, wallet, policy, sealer);
  const tokens = new Tokens(wallet);
  const preparer = new Preparer(wallet, sealer, (step, part, done, of) => busy(word(step, { part: partName(part) }), done, of));
  let isChanged = false;

  let saving: ReturnType<typeof setTimeout> | undefined;
  const forms = sheet.parts.map((part) => {
    const record = bid.parts[part.name];
    if (!record) throw new Error(`the wallet has no part ${part.name}`);
    return new PartForm(need(`[data-part="${part.name}"]`), part, record, sheet.currency, () => {
      isChanged = true;
      clearTimeout(saving);
      saving = setTimeout(() => void wallet.save().catch(showError), SAVE_AFTER);
      render();
    });
  });

  const render = () => {
    const isSealed = sheet.parts.every(({ name }) => bid.parts[name]?.sealed);
    const isUploaded = isSealed && sheet.parts.every(({ name }) => bid.parts[name]?.sealed?.isUploaded);
    const isDone = isSubmitted(bid);
    const isOver = isWithdrawn(bid);
    need("#ready-tokens").textContent = String(tokens.ready);
    need("#ready-needed").textContent = String(isSealed ? submitter.tokensNeeded(bid) : sheet.parts.length + 1);
    need("#ready-key").textContent = wallet.content.party?.name ?? "—";
    need("#ready-no-key").hidden = wallet.content.party !== null;
    need("#changed-since").hidden = !(isChanged && isSealed);
    need("#sealed").hidden = !isSealed;
    need("#submit-step").hidden = !isSealed || isDone || isOver;
    need("#submitted").hidden = !(isDone || isOver);
    need("#submitted-now").hidden = !isDone || isOver;
    need("#withdrawn-now").hidden = !isOver;
    need("#after-step").hidden = !isDone || isOver;
    need("#uploaded-note").hidden = !isUploaded || isDone;
    need("#seal-step").hidden = isOver;
    renderSealed(need("#sealed-list"), bid, sheet);
    renderReview(need("#review-list"), bid, sheet, forms.find(({ part }) => part.priced)?.total ?? "");
    renderReceipts(need("#receipts"), bid, policy);
    need<HTMLButtonElement>("#submit").disabled = !need<HTMLInputElement>("#confirmed").checked;
  };

  /** With the progress bar and the button that cancels, until it is done. */
  const working = async (work: () => Promise<void>) => {
    need("#working").hidden = false;
    window.addEventListener("beforeunload", stay);
    try {
      await work();
    } finally {
      window.removeEventListener("beforeunload", stay);
      need("#working").hidden = true;
      render();
    }
  };
  const uploading = (part: string, sent: number) =>
    busy(word("uploading", { part: partName(part) }), sent, bid.parts[part]?.sealed?.part.size ?? 0);

  onClick(need<HTMLButtonElement>("#seal"), () =>
    working(async () => {
      const { party } = wallet.content;
      if (!party) throw new PlainError(word("no-party"));
      await preparer.sealAll(bid, sheet, forms, party);
      isChanged = false;
      need<HTMLInputElement>("#confirmed").checked = false;
      tell(word("sealed-done"));
    }),
  );
  onClick(need<HTMLButtonElement>("#upload"), () =>
    working(async () => {
      requireTokens();
      await submitter.uploadAll(bid, uploading);
      tell(word("uploaded-done"));
    }),
  );
  onClick(need<HTMLButtonElement>("#submit"), () =>
    working(async () => {
      requireTokens();
      busy(word("submitting"), 0, 0);
      await submitter.submit(bid, sheet, uploading);
      tell("");
      render();
      need("#submitted h2").focus();
    }),
  );
  onClick(need<HTMLButtonElement>("#rehearse"), () =>
    working(async () => {
      for (const { name } of sheet.parts) await preparer.rehearse(bid, sheet, name);
      tell(word("rehearsed-done"));
    }),
  );
  onClick(need<HTMLButtonElement>("#withdraw"), async () => {
    if (!confirm(word("confirm-withdraw"))) return;
    await working(async () => {
      busy(word("withdrawing"), 0, 0);
      await submitter.withdraw(bid, sheet);
      tell(word("withdrawn"));
    });
  });
  onClick(need<HTMLButtonElement>("#fetch-receipts"), () => submitter.fetch(bid, sheet).finally(render));
  need<HTMLButtonElement>("#cancel").addEventListener("click", () => sealer.cancel());
  need<HTMLInputElement>("#confirmed").addEventListener("change", render);

  function requireTokens(): void {
    const missing = submitter.tokensNeeded(bid) - tokens.ready - reserved();
    if (missing > 0) throw new PlainError(word("too-few-tokens", { missing }));
  }

  /** Tokens that are set aside for this very bid already. */
  function reserved(): number {
    const hashes = Object.values(bid.parts).map(({ sealed }) => `upload/${sealed?.part.sha256}`);
    return wallet.content.tokens.filter((one) => one.state === "reserved" && (hashes.includes(one.purpose) || one.purpose.startsWith(`submit/${bid.bid}/`))).length;
  }

  render();
}

function busy(text: string, done: number, of: number): void {
  const bar = need<HTMLProgressElement>("#progress");
  const label = need("#progress-label");
  if (label.textContent !== text) label.textContent = text;
  if (of > 0) {
    bar.max = of;
    bar.value = Math.min(done, of);
  } else bar.removeAttribute("value");
}

function stay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

gate(opened).catch(showError);
