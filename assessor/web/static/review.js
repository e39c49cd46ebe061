// The form of a case: which criterion one is at, words selected in the transcript as its quote, and whether
// anything that is still open can change the decision.

export const form = document.getElementById("sheet");
const status = document.getElementById("outlook");

export function rows() {
  return [...form.querySelectorAll("[data-row]")];
}

export function shown() {
  return rows().filter((row) => !row.closest("details:not([open])"));
}

let current = null;

export function at() {
  return current ?? shown()[0];
}

export function go(row) {
  if (!row) return;
  row.closest("details")?.setAttribute("open", "");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function enter(row) {
  if (row === current) return;
  current?.removeAttribute("data-current");
  current = row;
  current.setAttribute("data-current", "");
}

function own(node) {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest("[data-own]") ?? null;
}

function selectedOwnWords() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.anchorNode || !selection.focusNode) return null;
  const from = own(selection.anchorNode);
  // A quote stands in one text of one item, not across two.
  if (!from || from !== own(selection.focusNode)) return null;
  return { item: from.dataset.own, words: selection.toString().trim() };
}

function take() {
  const selected = selectedOwnWords();
  if (!selected?.words) return;
  const row = at().dataset.item === selected.item ? at() : rows().find((one) => one.dataset.item === selected.item);
  const quote = row?.querySelector("[data-quote]");
  if (!quote || quote.value === selected.words) return;
  quote.value = selected.words;
  quote.closest("details").open = true;
  status.textContent = status.dataset.taken;
}

// Only the latest answer counts: of two that were asked for, the first may come last.
let asked = 0;

async function lookAhead() {
  const mine = (asked += 1);
  const answer = await fetch(form.dataset.outlook, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(
    () => null,
  );
  if (!answer?.ok || mine !== asked) return;
  const words = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim();
  status.textContent = words;
  form.dataset.settled = answer.headers.get("X-Settled");
}

if (form) {
  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) enter(row);
  });
  form.addEventListener("change", (event) => {
    if (form.dataset.outlook && event.target.name?.startsWith("mark.")) lookAhead();
  });
  document.addEventListener("pointerup", take);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" || (event.shiftKey && event.key.startsWith("Arrow"))) take();
  });
}

document.getElementById("errors")?.focus();
