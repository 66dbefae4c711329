// The page of the wallet: make, open, back up; whom to believe; tokens; the key that signs for the bidder.

import { gate, show } from "./bidding/gate.ts";
import { clearError, download, need, onClick, onSubmit, pageData, languageTag, PlainError, showError, tell, word } from "./bidding/page.ts";
import { proofOf, register, seedOfPem, spkiOf } from "./bidding/party.ts";
import { SigningKey } from "./core/bid_keys.ts";
import { fromHex, toHex } from "./core/bytes.ts";
import { fingerprint, parsePolicy } from "./core/policy.ts";
import { Blinder } from "./net/blinder.ts";
import { draw, type Issuer } from "./net/issuer.ts";
import { Tokens } from "./store/tokens.ts";
import { exists, Wallet } from "./store/wallet.ts";
import type { PartyKey } from "./store/wallet_content.ts";

interface Data {
  policy: string;
  issuer: { name: string; origin: string };
  csrf: string;
  worker: string;
  organisation: { id: string; name: string; credit_code: string; manages: boolean; keys: string[] };
}

const data = pageData<Data>();
const csrf = { "X-CSRFToken": data.csrf };

onSubmit(need<HTMLFormElement>("#new-wallet"), async () => {
  const [first, second] = ["#new-passphrase", "#new-passphrase-again"].map((id) => need<HTMLInputElement>(id).value) as [string, string];
  if (first !== second) throw new PlainError(word("passphrases"));
  const wallet = await Wallet.create(first);
  wallet.content.policy = data.policy; // shown with its fingerprint, and changed only by the bidder from here on
  await wallet.save();
  await show(wallet, opened);
});

onSubmit(need<HTMLFormElement>("#restore-wallet"), async () => {
  const [file] = need<HTMLInputElement>("#restore-file").files ?? [];
  if (!file || ((await exists()) && !confirm(word("confirm-restore")))) return;
  const passphrase = need<HTMLInputElement>("#restore-passphrase").value;
  await show(await Wallet.restore(new Uint8Array(await file.arrayBuffer()), passphrase), opened);
});

async function opened(wallet: Wallet): Promise<void> {
  policyCard(wallet);
  tokenCard(wallet);
  keyCard(wallet);
  onSubmit(need<HTMLFormElement>("#export-wallet"), async () => {
    const field = need<HTMLInputElement>("#export-passphrase");
    download("sunseal-wallet.age", await wallet.exported(field.value));
    field.value = "";
    tell(word("exported"));
  });
}

function policyCard(wallet: Wallet): void {
  const render = () => {
    const { policy } = wallet.content;
    need("#policy-own").textContent = policy ? fingerprint(policy) : "—";
    need("#policy-platform").textContent = fingerprint(data.policy);
    need("#policy-differs").hidden = policy === data.policy;
  };
  onClick(need<HTMLButtonElement>("#policy-accept"), async () => {
    parsePolicy(data.policy);
    wallet.content.policy = data.policy;
    await wallet.save();
    render();
    tell(word("policy-accepted"));
  });
  render();
}

function tokenCard(wallet: Wallet): void {
  const tokens = new Tokens(wallet);
  const issuer: Issuer = { ...data.issuer, csrf };
  const blinder = new Blinder(data.worker);
  const render = () => {
    need("#tokens-ready").textContent = String(tokens.ready);
  };
  onSubmit(need<HTMLFormElement>("#draw-tokens"), async () => {
    const count = Number(need<HTMLInputElement>("#draw-count").value);
    if (!wallet.content.policy) throw new PlainError(word("policy-none"));
    const channel = { language: languageTag, patience: 30_000 };
    try {
      await draw(channel, issuer, blinder, tokens, parsePolicy(wallet.content.policy), count, (done) => {
        render();
        tell(word("drawing", { done, count }));
      });
      tell(word("drawn", { count }));
    } finally {
      render();
    }
  });
  render();
}

function keyCard(wallet: Wallet): void {
  const { id, name, credit_code, manages } = data.organisation;
  const registered = new Set(data.organisation.keys);
  const take = async (party: PartyKey) => {
    wallet.content.party = party;
    delete wallet.content.candidate;
    await wallet.save();
    render();
    await prove();
  };
  /** Keeps the organisation's proof beside its key, for the applications to guarantors. */
  const prove = async () => {
    const { party } = wallet.content;
    if (!manages || !party || party.proof !== undefined || !registered.has(spkiOf(new SigningKey(fromHex(party.seed))))) return;
    party.proof = await proofOf(id);
    await wallet.save();
  };
  const render = () => {
    const { party } = wallet.content;
    const key = party ? new SigningKey(fromHex(party.seed)) : undefined;
    need("#key-state").textContent = key ? word("key-here", { key: toHex(key.publicKey) }) : word("key-none");
    need("#key-unknown").hidden = !key || registered.has(spkiOf(key));
  };
  onClick(need<HTMLButtonElement>("#key-register"), async () => {
    const key = await register(id, csrf, async (seed) => {
      wallet.content.candidate = { seed: toHex(seed), name, credit_code };
      await wallet.save();
    });
    registered.add(spkiOf(key));
    await take(wallet.content.candidate as PartyKey);
    tell(word("key-registered"));
  });
  need<HTMLInputElement>("#key-file").addEventListener("change", async (event) => {
    clearError();
    const [file] = (event.target as HTMLInputElement).files ?? [];
    const seed = file ? seedOfPem(await file.text()) : undefined;
    if (!seed) return showError(new PlainError(word("key-file")));
    if (!registered.has(spkiOf(new SigningKey(seed)))) return showError(new PlainError(word("key-unknown")));
    await take({ seed: toHex(seed), name, credit_code });
    tell(word("key-imported"));
  });
  const { candidate } = wallet.content; // its registration was accepted, and only the answer was lost
  if (candidate && registered.has(spkiOf(new SigningKey(fromHex(candidate.seed))))) take(candidate).catch(showError);
  else prove().catch(showError);
  render();
}

gate(opened).catch(showError);
