// Task pages: saves as the candidate works, counts words, leads to what is missing.
import { Draft } from "./draft.js";
import { clock, fill, setSecondsLeft } from "./times.js";

const form = document.querySelector("form.task");
const status = form.querySelector("[data-status]");
const panel = form.querySelector("[data-conflict]");
const revision = form.elements.revision;

for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;

function read() {
  const data = [...new FormData(form)].filter(([name]) => name !== "revision" && name !== "do");
  return Object.fromEntries(data.map(([name, text]) => [name, text.replace(/\r\n?/g, "\n")]));
}

function write(payload) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = payload[field.name] === field.value;
    else field.value = payload[field.name] ?? "";
  }
  form.dispatchEvent(new Event("rewritten"));
}

function show(state, about = {}) {
  const text = form.dataset;
  const words = {
    unsaved: () => text.tUnsaved,
    saving: () => text.tSaving,
    saved: () => fill(text.tSaved, { time: clock(about.at) }),
    offline: () => text.tOffline,
    refused: () => fill(text.tRefused, { why: about.why }),
    conflict: () => text.tUnsaved,
  };
  status.textContent = words[state]();
  status.classList.toggle("bad", ["offline", "refused", "conflict"].includes(state));
  if (about.revision) revision.value = about.revision;
  setSecondsLeft(about.secondsLeft);
  if (state === "conflict") showConflict(about.stored);
}

function showConflict(stored) {
  const mine = read();
  const list = panel.querySelector("[data-theirs]");
  list.replaceChildren();
  for (const name of Object.keys({ ...mine, ...stored })) {
    if ((mine[name] ?? "") === (stored[name] ?? "")) continue;
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = nameOf(name);
    text.textContent = stored[name] || "–";
    text.className = "verbatim";
    list.append(term, text);
  }
  panel.hidden = false;
  panel.focus();
}

function nameOf(name) {
  const field = form.elements[name];
  const control = field instanceof RadioNodeList ? field[0] : field;
  const label = control?.closest("fieldset")?.querySelector("legend") ?? control?.labels?.[0];
  return label ? label.textContent.trim() : name;
}

// What was said against a field is taken back as soon as it is changed; the server judges anew.
function corrected(field) {
  document.getElementById(`${field.name}-problem`)?.remove();
  field.removeAttribute?.("aria-invalid");
}

const draft = new Draft({ address: form.dataset.draft, revision: Number(revision.value), read, show });

form.addEventListener("input", (event) => {
  corrected(event.target);
  draft.changed();
});
form.addEventListener("click", (event) => {
  const keep = event.target.dataset?.keep;
  if (!keep) return;
  if (keep === "theirs") write(draft.conflict.payload);
  panel.hidden = true;
  draft.settle();
});

form.querySelector("[data-save]").addEventListener("click", (event) => {
  event.preventDefault();
  draft.save();
});

// Handing in sends the whole form; a save that arrives after it would only look like another window.
form.addEventListener("submit", () => {
  draft.stop();
  draft.keep();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

const left = draft.unsaved();
if (left && !document.querySelector("[data-errors]")) {
  const stored = read();
  write(left.payload);
  if (left.stale) {
    draft.conflict = { payload: stored };
    show("conflict", { stored });
  } else {
    draft.changed();
  }
} else {
  draft.forget();
}

document.querySelector("[data-errors]")?.focus();

for (const counter of form.querySelectorAll("[data-words]")) {
  const field = form.elements[counter.dataset.words];
  const count = () => {
    const words = field.value.trim() ? field.value.trim().split(/\s+/).length : 0;
    counter.textContent = fill(counter.dataset.tWords, { n: words });
  };
  field.addEventListener("input", count);
  form.addEventListener("rewritten", count);
  count();
}
