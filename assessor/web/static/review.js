// Words selected in the candidate's text become the quote, and errors get the focus.

const form = document.querySelector("form[data-item]");
const quote = document.getElementById("quote");

function selectedOwnWords() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.anchorNode || !selection.focusNode) return "";
  const from = own(selection.anchorNode);
  // A quote stands in one text of the item that is being scored, not across two.
  if (!from || from !== own(selection.focusNode) || from.dataset.own !== form.dataset.item) return "";
  return selection.toString().trim();
}

function own(node) {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest("[data-own]") ?? null;
}

function take() {
  const words = selectedOwnWords();
  if (!words || words === quote.value) return;
  quote.value = words;
  const status = document.querySelector("[data-quote-status]");
  status.textContent = status.dataset.taken;
}

if (form && quote) {
  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;
  document.addEventListener("pointerup", take);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" || event.key.startsWith("Arrow")) take();
  });
}

document.getElementById("errors")?.focus();
