// The page on which a bidder applies for a guarantee, accepts a quote, and fetches what was issued into its bid.
//
// Nothing here tells the platform who applies, to whom, or for which lot: the page has no login and is the same for every
// lot (which one stands behind the # of the address, and is not sent), lists are fetched whole, letters are sealed to the
// guarantor, and what goes out goes without a cookie.

import { serverNow } from "./app.ts";
import { gate } from "./bidding/gate.ts";
import { languageTag, need, onClick, onSubmit, pageData, PlainError, showError, tell, word as wordOfBids } from "./bidding/page.ts";
import type { Said } from "./core/said.ts";
import { line } from "./core/fields.ts";
import { accept, ask, cancel, type Delivered, openQuote, type Post, requireSound } from "./guarantees/application.ts";
import { ApplicationForm, shownMoney } from "./guarantees/applying.ts";
import { bidFor, lotOf, putGuarantee } from "./guarantees/into_bid.ts";
import { type Acts, renderApplications } from "./guarantees/showing.ts";
import { word } from "./guarantees/words.ts";
import type { Channel } from "./net/channel.ts";
import { believed, type Opened, type Published, published } from "./net/letters.ts";
import { Tokens } from "./store/tokens.ts";
import type { Wallet } from "./store/wallet.ts";
import type { GuaranteeRecord } from "./store/wallet_content.ts";

const { sentences, parts } = pageData<{ sentences: Record<string, Said>; parts: Record<string, string> }>();
const channel: Channel = { language: languageTag, patience: 30_000 };
const now = () => serverNow() / 1000;

async function opened(wallet: Wallet): Promise<void> {
  const lists = await published(channel);
  const { supervisors } = lists;
  const kept = wallet.content.supervisor;
  const key = kept ?? supervisors[0];
  if (supervisors.length === 0 || key === undefined) {
    need("#supervisor-none").hidden = false;
    need("#supervisor-none").textContent = word("no-list");
    return;
  }
  if (supervisors.length > 1) throw new PlainError(word("several-supervisors"));
  need("#supervisor-key").textContent = (key.match(/.{1,8}/g) ?? []).join(" ");
  need("#supervisor-here").hidden = kept === undefined;
  need("#supervisor-compare").hidden = kept !== undefined;
  need("#supervisor-differs").hidden = kept === undefined || kept === supervisors[0];
  if (kept !== undefined && kept === supervisors[0]) await applying(wallet, lists, kept);
  onClick(need<HTMLButtonElement>("#supervisor-believe"), async () => {
    if (!need<HTMLInputElement>("#compared").checked) throw new PlainError(word("compare"));
    wallet.content.supervisor = key;
    await wallet.save();
    need("#supervisor-here").hidden = false;
    need("#supervisor-compare").hidden = true;
    await applying(wallet, lists, key);
    need("#applications-title").focus();
  });
  onClick(need<HTMLButtonElement>("#supervisor-forget"), async () => {
    delete wallet.content.supervisor;
    await wallet.save();
    location.reload();
  });
}

async function applying(wallet: Wallet, lists: Published, supervisor: string): Promise<void> {
  const offers = await believed(lists, supervisor);
  const spends = need<HTMLInputElement>("#spend-token");
  spends.checked = wallet.content.guaranteeTokens ?? false;
  spends.addEventListener("change", () => {
    wallet.content.guaranteeTokens = spends.checked;
    void wallet.save().catch(showError);
  });
  const post: Post = {
    channel,
    wallet,
    offers,
    now,
    get spends() {
      return spends.checked;
    },
  };
  const form = new ApplicationForm(post, decodeURIComponent(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname + location.search); // taken over: what is chosen from now on stays
  await wallet.save();
  const letters = new Map<GuaranteeRecord, readonly Opened[]>();

  const render = () => {
    need("#spend-ready").textContent = String(new Tokens(wallet).ready);
    need("#applicant").textContent = wallet.content.party?.name ?? "—";
    need("#applicant-none").hidden = wallet.content.party !== null;
    need("#applicant-proof").hidden = wallet.content.party?.proof === undefined;
    need("#applicant-no-proof").hidden = wallet.content.party === null || wallet.content.party.proof !== undefined;
    renderApplications(wallet.content.guarantees ?? [], letters, acts);
  };
  /** Keeps what was read of an application, and shows it; the focus goes to it. */
  const shown = (record: GuaranteeRecord, read: readonly Opened[]) => {
    letters.set(record, read);
    render();
    return read;
  };

  const acts: Acts = {
    bidPage: (record) => bidFor(wallet.content, record.origin, lotOf(record))?.page,
    async ask(record) {
      tell(word("asking"));
      const read = shown(record, await ask(post, record));
      tell(word("asked", { state: word(`state-${record.state}`) }));
      return read;
    },
    async accept(record, before) {
      const quote = openQuote(before);
      if (!quote || !confirm(word("confirm-accept", { premium: shownMoney(quote.premium, quote.currency) }))) return before;
      const read = shown(record, await accept(post, record, quote));
      tell(word("accepted"));
      return read;
    },
    async fetch(record, delivered) {
      await requireSound(post, record, delivered, sentences);
      tell(await intoBid(record, delivered));
      render();
    },
    async cancel(record, reason) {
      if (!line(reason)) throw new PlainError(word("reason"));
      const read = shown(record, await cancel(post, record, reason));
      tell(word("cancelled"));
      return read;
    },
    async forget(record) {
      if (!confirm(word("confirm-forget"))) return;
      wallet.content.guarantees = (wallet.content.guarantees ?? []).filter((one) => one !== record);
      await wallet.save();
      render();
    },
  };

  /** Keeps the guarantee, and puts it into the lot's bid; what was done, in words. */
  async function intoBid(record: GuaranteeRecord, { file }: Delivered): Promise<string> {
    const lot = lotOf(record);
    const bid = bidFor(wallet.content, record.origin, lot);
    const taken = bid && Object.values(bid.parts).find(({ guarantee }) => guarantee !== "" && guarantee !== file);
    if (taken && !confirm(word("confirm-replace"))) return wordOfBids("cancelled");
    record.guarantee = file;
    const part = bid && putGuarantee(bid, file);
    await wallet.save();
    if (!bid) return word("for-bid");
    if (part === undefined) return word("no-part");
    const said = word("in-bid", { part: parts[part] ?? part });
    return bid.parts[part]?.sealed ? `${said} ${word("seal-again")}` : said;
  }

  onSubmit(need<HTMLFormElement>("#application-form"), async () => {
    tell(word("sending"));
    try {
      const { record, wasThere } = await form.send();
      tell(word(wasThere ? "sent-before" : "sent", { guarantor: record.guarantor }));
      render();
      need("#applications-title").focus();
    } catch (error) {
      tell("");
      throw error;
    }
  });
  need("#believed").hidden = false;
  render();
}

gate(opened).catch(showError);
