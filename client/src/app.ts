// What every page runs. No page needs it for reading: it keeps the clock going, counts down on the server's time, puts the focus on
// what went wrong, prints, copies, and asks before entries are left behind.

const header = document.querySelector<HTMLElement>("[data-server-time]");
let ahead = header?.dataset["serverTime"] ? Date.parse(header.dataset["serverTime"]) - Date.now() : 0;
const english = document.documentElement.lang === "en";
const clock = document.querySelector<HTMLElement>("[data-clock]");
const written = new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", {
  timeZone: "Asia/Shanghai",
  hour12: false,
  ...(english ? { day: "numeric", month: "short", year: "numeric" } : { year: "numeric", month: "long", day: "numeric" }),
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Milliseconds by the server's clock, as far as this page knows it. */
export function serverNow(): number {
  return Date.now() + ahead;
}

function left(until: number): string {
  const all = Math.max(0, Math.floor((until - serverNow()) / 1000));
  const [days, hours, minutes, seconds] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(hours)}:${two(minutes)}:${two(seconds)}`;
  if (days === 0) return time;
  return english ? `${days} d ${time}` : `${days} 天 ${time}`;
}

function tick(): void {
  if (clock) clock.textContent = written.format(serverNow());
  for (const place of document.querySelectorAll<HTMLElement>("[data-until]")) {
    place.textContent = left(Date.parse(place.dataset["until"] ?? ""));
  }
}

tick();
setInterval(tick, 1000);

// A page that follows something live hears the server's time again and again, and shows new countdowns.
document.addEventListener("sunseal:time", (event) => {
  if (event instanceof CustomEvent && typeof event.detail === "number") ahead = event.detail - Date.now();
});
document.addEventListener("sunseal:shown", tick);

document.querySelector<HTMLElement>("[data-focus]")?.focus();

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-print], [data-copy]") : null;
  if (target?.hasAttribute("data-print")) window.print();
  const copied = target?.dataset["copy"];
  if (target && copied !== undefined) {
    void navigator.clipboard.writeText(document.getElementById(copied)?.textContent ?? "").then(() => {
      target.textContent = target.dataset["done"] ?? target.textContent;
    });
  }
});

for (const place of document.querySelectorAll<HTMLElement>("[data-with-program]")) place.hidden = false;

let entered = false;
document.addEventListener("input", (event) => {
  if (event.target instanceof Element && event.target.closest("form[data-keep]")) entered = true;
});
document.addEventListener("submit", () => {
  entered = false;
});
window.addEventListener("beforeunload", (event) => {
  if (entered) event.preventDefault();
});
