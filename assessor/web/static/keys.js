// Keys for the form of a case. They are off while somebody types, and can be switched off for good.
import { at, form, go, shown } from "./review.js";

const STORE = "review-keys";
const help = document.getElementById("keys-help");
const opener = document.getElementById("keys-open");
const choice = document.getElementById("keys-on");

// A browser that keeps nothing for a page still has its keys.
function kept() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(STORE, value);
  } catch {
    // Then it is asked again on the next page.
  }
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

function step(by) {
  const all = shown();
  go(all[all.indexOf(at()) + by]);
}

function field(by) {
  const row = at();
  const inside = [row, ...row.querySelectorAll("textarea")];
  const next = inside[inside.indexOf(document.activeElement) + by] ?? inside[by > 0 ? 1 : 0];
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
}

function choose(number) {
  const row = at();
  const option = row.querySelectorAll("input[type=radio]")[number - 1];
  if (!option) return;
  option.click();
  if (row.hasAttribute("data-decision")) row.querySelector("textarea").focus();
  else step(1);
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => field(1),
  ArrowLeft: () => field(-1),
  d: () => go(form.querySelector("[data-decision]")),
  "?": () => help.showModal(),
};

function pressed(event) {
  if (help.open || !choice.checked) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") go(at());
    return;
  }
  // Arrows belong to the options of a group that has the focus, as in every form.
  if (event.shiftKey && event.key !== "?") return;
  if (event.key.startsWith("Arrow") && event.target.matches("input[type=radio]")) return;
  const act = /^[1-9]$/.test(event.key) ? () => choose(Number(event.key)) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (form) {
  choice.checked = kept() !== "off";
  choice.addEventListener("change", () => keep(choice.checked ? "on" : "off"));
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", pressed);
}
