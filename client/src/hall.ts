// The hall follows along. The server says by short event streams that something has changed, and what is shown is then taken anew
// from the page's own address, as the server renders it. EventSource asks again by itself, and who was away sees the same as the others.

const live = document.querySelector<HTMLElement>("[data-live]");
const follow = document.querySelector<HTMLElement>("[data-follow]");
const SILENCE = 25_000;
const AGAIN = 5_000;

let shown = live?.dataset["digest"] ?? "";
let over = live?.hasAttribute("data-over") ?? false;
let heard = Date.now();
let source: EventSource | undefined;

interface Told {
  digest: string;
  at: string;
  over: boolean;
}

function say(which: "liveWords" | "lostWords" | "overWords"): void {
  const words = follow?.dataset[which] ?? "";
  if (follow && words && follow.textContent !== words) follow.textContent = words;
}

/** What goes on, swapped in; what the reader had opened or stood on stays so. */
function swap(place: HTMLElement, html: string): void {
  const focused = document.activeElement?.closest("[data-live]") ? document.activeElement.getAttribute("href") : null;
  const scrolled = [...place.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  place.innerHTML = html;
  place.querySelectorAll(".scroll").forEach((one, at) => (one.scrollLeft = scrolled[at] ?? 0));
  if (focused) place.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("sunseal:shown"));
}

async function take(place: HTMLElement, told: Told): Promise<void> {
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  swap(place, await answer.text());
  shown = told.digest;
  over = told.over;
  if (over) end();
}

function end(): void {
  source?.close();
  source = undefined;
  say("overWords");
}

function listen(place: HTMLElement): void {
  source?.close();
  const opened = (source = new EventSource(`${place.dataset["live"] ?? ""}?seen=${encodeURIComponent(shown)}`));
  opened.addEventListener("time", (event: MessageEvent<string>) => {
    heard = Date.now();
    document.dispatchEvent(new CustomEvent("sunseal:time", { detail: Date.parse(event.data) }));
    say("liveWords");
  });
  opened.addEventListener("state", (event: MessageEvent<string>) => {
    const told = JSON.parse(event.data) as Told;
    if (told.digest === shown) return;
    // Those who were told together do not come together.
    setTimeout(() => {
      take(place, told).catch(() => {
        say("lostWords");
        setTimeout(() => { if (source === opened) listen(place); }, AGAIN);
      });
    }, Math.random() * 400);
  });
}

if (live && over) end();
else if (live) {
  listen(live);
  // A stream that was refused stays closed, and one that hangs says nothing: both are begun anew.
  setInterval(() => {
    if (over || Date.now() - heard < SILENCE) return;
    say("lostWords");
    heard = Date.now() - SILENCE + AGAIN;
    listen(live);
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !over) listen(live);
  });
}
