// Rows of a form: all are in the page, so that it works without this; here the empty ones wait folded.
import { fill } from "./times.js";

const form = document.querySelector("form.task");
const list = form.querySelector("[data-rows]");
const add = form.querySelector("[data-add]");
const sum = form.querySelector("[data-sum]");
const status = form.querySelector("[data-row-status]");
const least = Number(list.dataset.shown);

export const rows = [...list.querySelectorAll("[data-row]")];
export const changed = () => form.dispatchEvent(new Event("input"));

const fieldsOf = (row) => [...row.querySelectorAll("input, select, textarea")];
const valuesOf = (row) => fieldsOf(row).map((field) => field.value);
const fillRow = (row, values) => fieldsOf(row).forEach((field, column) => (field.value = values[column] ?? ""));
const isEmpty = (row) => valuesOf(row).every((value) => !value);
const shown = () => rows.filter((row) => !row.hidden);

function fold() {
  const last = rows.findLastIndex((row) => !isEmpty(row));
  rows.forEach((row, place) => (row.hidden = place > last && place >= least));
  settle();
}

// What can be done at each row now: the first one cannot go up, nor the last one down.
function settle() {
  add.disabled = rows.every((row) => !row.hidden);
  const visible = shown();
  for (const button of list.querySelectorAll("[data-shift]")) {
    const end = button.dataset.shift < 0 ? visible[0] : visible.at(-1);
    button.disabled = button.closest("[data-row]") === end;
  }
  count();
}

// The first row that is free; none when all are in use.
export function openRow() {
  const row = shown().find(isEmpty) ?? rows.find((candidate) => candidate.hidden);
  if (row) row.hidden = false;
  settle();
  return row;
}

// The rows below move up by one, so that no gap stays and the numbers stay right.
function remove(row) {
  const visible = shown();
  for (let place = rows.indexOf(row); place < rows.length; place++) {
    fillRow(rows[place], rows[place + 1] ? valuesOf(rows[place + 1]) : []);
  }
  if (visible.length > least) visible.at(-1).hidden = true;
  settle();
  (row.hidden ? add : fieldsOf(row)[0]).focus();
  changed();
}

// Rows keep their places; what is written in them moves.
function shift(row, by) {
  const other = rows[rows.indexOf(row) + by];
  const values = valuesOf(row);
  fillRow(row, valuesOf(other));
  fillRow(other, values);
  const [same, back] = [by, -by].map((way) => other.querySelector(`[data-shift="${way}"]`));
  (same.disabled ? back : same).focus();
  status.textContent = fill(status.dataset.tMoved, { n: rows.indexOf(other) + 1 });
  changed();
}

function count() {
  if (!sum) return;
  const total = rows.reduce((all, row) => all + (Number(row.querySelector("[data-weight]").value) || 0), 0);
  const text = total < 100 ? sum.dataset.tUnder : total > 100 ? sum.dataset.tOver : sum.dataset.tWhole;
  sum.classList.toggle("whole", total === 100);
  sum.textContent = fill(text, { sum: total, rest: Math.abs(100 - total) });
}

add.addEventListener("click", () => {
  const row = rows.find((candidate) => candidate.hidden);
  row.hidden = false;
  settle();
  fieldsOf(row)[0].focus();
});
list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest("[data-row]");
  if (button?.matches("[data-remove]")) remove(row);
  if (button?.matches("[data-shift]")) shift(row, Number(button.dataset.shift));
});
form.addEventListener("input", count);
// A sum that speaks at every key would be in the way: it is said once a weight is whole.
form.addEventListener("change", (event) => {
  if (event.target.matches("[data-weight]")) status.textContent = sum.textContent;
});
form.addEventListener("rewritten", fold);
fold();
