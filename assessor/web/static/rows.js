// Rows of a form: all are in the page, so that it works without this; here the empty ones wait folded.
import { fill } from "./times.js";

const form = document.querySelector("form.task");
const list = form.querySelector("[data-rows]");
const rows = [...list.querySelectorAll("[data-row]")];
const add = form.querySelector("[data-add]");
const sum = form.querySelector("[data-sum]");

const fieldsOf = (row) => [...row.querySelectorAll("input, select, textarea")];
const isEmpty = (row) => fieldsOf(row).every((field) => !field.value);
const changed = () => form.dispatchEvent(new Event("input"));

function fold() {
  rows.forEach((row, place) => (row.hidden = isEmpty(row) && place >= Number(list.dataset.shown)));
  count();
}

function open() {
  const row = rows.find((candidate) => candidate.hidden);
  if (row) row.hidden = false;
  add.disabled = !rows.some((candidate) => candidate.hidden);
  return row;
}

// The rows below move up by one, so that no gap stays and the numbers stay right.
function remove(row) {
  const from = rows.indexOf(row);
  const visible = rows.filter((candidate) => !candidate.hidden);
  for (let place = from; place < rows.length; place++) {
    const next = rows[place + 1] && fieldsOf(rows[place + 1]);
    fieldsOf(rows[place]).forEach((field, column) => (field.value = next ? next[column].value : ""));
  }
  if (visible.length > Number(list.dataset.shown)) visible.at(-1).hidden = true;
  add.disabled = false;
  (row.hidden ? add : fieldsOf(row)[0]).focus();
  count();
  changed();
}

function count() {
  if (!sum) return;
  const total = rows.reduce((all, row) => all + (Number(row.querySelector("[data-weight]").value) || 0), 0);
  sum.textContent = fill(sum.dataset.tSum, { sum: total });
}

add.addEventListener("click", () => {
  const row = open();
  if (row) fieldsOf(row)[0].focus();
});
list.addEventListener("click", (event) => {
  if (event.target.matches("[data-remove]")) remove(event.target.closest("[data-row]"));
});
form.addEventListener("input", count);
form.addEventListener("rewritten", fold);
fold();

const response = form.querySelector("[data-response]");
const take = form.querySelector("[data-add-selected]");
let selected = "";

// The range's own text is the response's, character for character; a selection as a string is not.
function rangeInResponse() {
  const selection = getSelection();
  const range = selection.rangeCount ? selection.getRangeAt(0) : null;
  return range && response.contains(range.commonAncestorContainer) ? range : null;
}

if (response) {
  document.addEventListener("selectionchange", () => {
    // Pressing the button may move the selection away; what was selected last in the response stays.
    selected = rangeInResponse()?.cloneContents().textContent.trim() ?? selected;
    take.disabled = !selected;
  });
  take.addEventListener("click", () => {
    const row = open() ?? rows.find(isEmpty);
    if (!row) return;
    row.querySelector("textarea").value = selected;
    row.querySelector("select").focus();
    changed();
  });
}
