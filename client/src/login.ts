// Passkeys: registered and used through the platform's API (app/api/passkeys.py), which wants JSON and the session's anti-forgery
// token; and the code of a mailed link, which stands behind the # of the address so that no server's log has it.

type Answer = Record<string, unknown>;

async function ask(path: string, csrf: string, body: Answer): Promise<Answer> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Answer;
}

/** Logs in: in place of the password, or as the second step. */
async function use(button: HTMLElement): Promise<void> {
  const csrf = button.dataset["csrf"] ?? "";
  if (button.dataset["several"]) await ask("/api/login/second-factor", csrf, { which: "webauthn" });
  const begun = await ask("/api/login/passkey", csrf, {});
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(begun["credential_options"] as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey: options })) as PublicKeyCredential | null;
  if (!credential) throw new Error("none");
  await ask("/api/login/passkey/answer", csrf, { state: begun["wan_state"], credential: JSON.stringify(credential.toJSON()) });
  location.assign(button.dataset["next"] ?? "/desk");
}

/** Registers a new one under the name that stands in the field. */
async function register(button: HTMLElement): Promise<void> {
  const csrf = button.dataset["csrf"] ?? "";
  const name = document.querySelector<HTMLInputElement>("#name");
  if (!name?.value.trim()) {
    name?.focus();
    return;
  }
  const begun = await ask("/api/login/passkeys", csrf, { name: name.value.trim(), usage: button.dataset["passkeyNew"] });
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(begun["credential_options"] as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey: options })) as PublicKeyCredential | null;
  if (!credential) throw new Error("none");
  await ask("/api/login/passkeys/answer", csrf, { state: begun["wan_state"], credential: JSON.stringify(credential.toJSON()) });
  location.assign("/account?done=passkey");
}

function tell(button: HTMLElement): void {
  const place = document.querySelector<HTMLElement>("[data-passkey-problem]");
  if (!place) return;
  place.textContent = button.dataset["failed"] ?? "";
  place.hidden = false;
}

for (const button of document.querySelectorAll<HTMLElement>("[data-passkey], [data-passkey-new]")) {
  if (!("PublicKeyCredential" in window)) {
    button.closest<HTMLElement>("[data-with-program]")?.remove();
    continue;
  }
  button.addEventListener("click", () => {
    const done = button.dataset["passkeyNew"] ? register(button) : use(button);
    done.catch(() => tell(button));
  });
}

const code = document.querySelector<HTMLTextAreaElement>("[data-link-code] [name=token]");
if (code && location.hash.length > 1) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
}
