// Opening the wallet on a page: the form that asks for the passphrase, and what follows once it is open.

import { exists, Wallet } from "../store/wallet.ts";
import { need, onSubmit } from "./page.ts";

/** Shows the form of a wallet that is here, or what to do without one; `opened` is called once, with the wallet. */
export async function gate(opened: (wallet: Wallet) => Promise<void>): Promise<void> {
  const isHere = await exists();
  need("#no-program").hidden = true;
  need("#wallet-none").hidden = isHere;
  need("#wallet-locked").hidden = !isHere;
  onSubmit(need<HTMLFormElement>("#wallet-locked form"), async () => {
    const field = need<HTMLInputElement>("#passphrase");
    const wallet = await Wallet.open(field.value);
    field.value = "";
    await show(wallet, opened);
  });
}

/** After the wallet is open: the gate goes, the page comes. It comes when its buttons work: no click is lost. */
export async function show(wallet: Wallet, opened: (wallet: Wallet) => Promise<void>): Promise<void> {
  window.addEventListener("pagehide", () => wallet.close());
  try {
    await opened(wallet);
  } catch (error) {
    wallet.close(); // so that it can be tried again
    throw error;
  }
  for (const id of ["#wallet-none", "#wallet-locked"]) need(id).hidden = true;
  need("#wallet-open").hidden = false;
  need("#wallet-open h2").focus();
}
