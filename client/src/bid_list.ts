// My bids: what the wallet in this browser knows. Nothing of it is asked of the platform, or told to it.

import { stateOf } from "./bidding/bid_state.ts";
import { gate } from "./bidding/gate.ts";
import { element, need, onClick, showError, shownTime, word } from "./bidding/page.ts";
import { utf8 } from "./core/bytes.ts";
import { parseSheet } from "./core/sheet.ts";
import { remove } from "./store/sealed_files.ts";
import { Tokens } from "./store/tokens.ts";
import type { Wallet } from "./store/wallet.ts";
import type { BidRecord } from "./store/wallet_content.ts";

const TONES = {
  draft: "tone tone-quiet",
  sealed: "tone tone-work",
  sent: "tone tone-halt",
  submitted: "tone tone-done",
  withdrawn: "tone tone-quiet",
};

async function opened(wallet: Wallet): Promise<void> {
  const render = () => {
    const { bids } = wallet.content;
    need("#bids-none").hidden = bids.length > 0;
    need("#bids-table").hidden = bids.length === 0;
    need("#tokens-ready").textContent = String(new Tokens(wallet).ready);
    need("#bids-rows").replaceChildren(...bids.toReversed().map((bid) => row(bid)));
  };

  function row(bid: BidRecord): HTMLElement {
    const sheet = parseSheet(utf8(bid.sheet));
    const state = stateOf(bid);
    const made = element("tr");
    const title = element("th", "", { scope: "row" });
    title.append(element("a", sheet.title, { href: bid.page }));
    const tone = element("td");
    tone.append(element("span", word(`state-${state}`), { class: TONES[state] }));
    const forget = element("button", word("forget"), { type: "button", class: "btn btn-sm" });
    onClick(forget, async () => {
      if (!confirm(word("confirm-forget"))) return;
      for (const { sealed } of Object.values(bid.parts)) if (sealed) await remove(sealed.file);
      wallet.content.bids.splice(wallet.content.bids.indexOf(bid), 1);
      await wallet.save();
      render();
    });
    const act = element("td");
    act.append(forget);
    made.append(title, element("td", sheet.lot), tone, element("td", shownTime(sheet.deadline)), act);
    return made;
  }

  render();
}

gate(opened).catch(showError);
