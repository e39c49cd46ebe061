// The ideal response: a word count, a small toolbar for Markdown, and a neutral word after pasting.
import { fill } from "./times.js";

const form = document.querySelector("form.task");
const field = form.elements.text;
const counter = form.querySelector("[data-words]");
const toolbar = form.querySelector("[data-toolbar]");
const pasted = form.querySelector("[data-pasted]");
const FENCE = "```";

function count() {
  const words = field.value.trim() ? field.value.trim().split(/\s+/).length : 0;
  counter.textContent = fill(counter.dataset.tWords, { n: words });
}

// Through the browser's own editing, so that it can be undone; older ones only know the second way.
function put(text, from, to) {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Sets what is selected between two marks, and leaves it selected.
function wrap(before, after = before) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const words = value.slice(from, to);
  put(before + words + after, from, to);
  field.setSelectionRange(from + before.length, from + before.length + words.length);
}

function code() {
  const { selectionStart: from, selectionEnd: to, value } = field;
  if (!value.slice(from, to).includes("\n")) return wrap("`");
  const newLine = from > 0 && value[from - 1] !== "\n" ? "\n" : "";
  wrap(`${newLine}${FENCE}\n`, value[to - 1] === "\n" ? `${FENCE}\n` : `\n${FENCE}\n`);
}

function bullets() {
  const { selectionEnd: to, value } = field;
  const from = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  put(value.slice(from, to).replace(/^/gm, "- "), from, to);
}

function link() {
  const at = field.selectionStart;
  const words = field.selectionEnd - at;
  const { tAddress } = toolbar.dataset;
  wrap("[", `](${tAddress})`);
  if (words) field.setSelectionRange(at + words + 3, at + words + 3 + tAddress.length); // it is written over
}

const FORMATS = { bold: () => wrap("**"), italic: () => wrap("*"), code, list: bullets, link };
const SHORTCUTS = { b: "bold", i: "italic" };

// One tab stop; the arrow keys go from button to button.
const buttons = [...toolbar.querySelectorAll("button")];
function rove(to) {
  for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
}

toolbar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  rove(button);
  FORMATS[button.dataset.format]();
});
toolbar.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const next = buttons.at((buttons.indexOf(event.target) + by) % buttons.length);
  rove(next);
  next.focus();
});
field.addEventListener("keydown", (event) => {
  const format = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && SHORTCUTS[event.key];
  if (!format) return;
  event.preventDefault();
  FORMATS[format]();
});
field.addEventListener("paste", () => (pasted.textContent = pasted.dataset.tPasted));
field.addEventListener("input", count);
form.addEventListener("rewritten", count);
rove(buttons[0]);
count();
