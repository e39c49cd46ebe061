// Task pages: saves as the candidate works, shows two versions side by side, leads to what is missing.
import { Draft } from "./draft.js";
import { clock, fill, setSecondsLeft } from "./times.js";

const form = document.querySelector("form.task");
const status = form.querySelector("[data-status]");
const panel = form.querySelector("[data-conflict]");
const revision = form.elements.revision;

for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;

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

// Both versions, where they differ, side by side; what is not chosen stays beside the form.
let versions = null;
let chosen = null;

function showConflict(stored) {
  versions = { mine: read(), theirs: stored };
  const names = Object.keys({ ...versions.mine, ...stored });
  const differing = names.filter((name) => (versions.mine[name] ?? "") !== (stored[name] ?? ""));
  for (const [which, version] of Object.entries(versions)) {
    const list = panel.querySelector(`[data-version="${which}"]`);
    const pair = (name) => [element("dt", nameOf(name)), element("dd", wordsFor(name, version[name]))];
    list.replaceChildren(...differing.flatMap(pair));
  }
  setChosen(null);
  panel.hidden = false;
  for (const text of panel.querySelectorAll("dd")) if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
  panel.focus();
}

function setChosen(which) {
  chosen = which;
  panel.classList.toggle("warn", !which);
  panel.querySelector("[data-until-chosen]").hidden = Boolean(which);
  panel.querySelector("[data-when-chosen]").hidden = !which;
  panel.querySelector("[data-close]").hidden = !which;
  for (const button of panel.querySelectorAll("[data-keep]")) button.disabled = button.dataset.keep === which;
}

function keep(which) {
  versions[chosen ?? "mine"] = read(); // one may have gone on writing before choosing
  write(versions[which]);
  setChosen(which);
  draft.settle();
  panel.focus();
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  if (name === "dd") made.className = "verbatim";
  return made;
}

function controlsOf(name) {
  const found = form.elements[name];
  return found instanceof RadioNodeList ? [...found] : found ? [found] : [];
}

function nameOf(name) {
  const [control] = controlsOf(name);
  const group = control?.closest("fieldset")?.querySelector("legend")?.textContent.trim();
  const label = control?.type === "radio" ? "" : control?.labels?.[0]?.textContent.trim();
  return [group, label].filter(Boolean).join(": ") || name;
}

// As it is read on the page: the words of a choice, not its value.
function wordsFor(name, value) {
  const controls = controlsOf(name);
  const option = [...(controls[0]?.options ?? [])].find((one) => one.value === value);
  const radio = controls.find((one) => one.type === "radio" && one.value === value);
  return (value && (option?.textContent ?? radio?.labels[0].textContent ?? value)) || "–";
}

// What was said against a field is taken back as soon as it is changed; the server judges anew.
function corrected(field) {
  document.getElementById(`${field.name}-problem`)?.remove();
  field.removeAttribute?.("aria-invalid");
}

const draft = new Draft({
  address: form.dataset.draft,
  revision: Number(revision.value),
  read,
  show,
});

form.addEventListener("input", (event) => {
  corrected(event.target);
  draft.changed();
});
panel.addEventListener("click", (event) => {
  if (event.target.dataset.keep) keep(event.target.dataset.keep);
  if (event.target.matches("[data-close]")) {
    panel.hidden = true;
    form.querySelector("[data-save]").focus();
  }
});

// Handing in sends the whole form, and waits for a save that is on its way: the two would meet as strangers.
form.addEventListener("submit", async (event) => {
  const { submitter } = event;
  if (submitter?.value === "save" || draft.running) event.preventDefault();
  if (submitter?.value === "save") return draft.save();
  await draft.stop();
  draft.keep();
  if (event.defaultPrevented) form.requestSubmit(submitter);
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

const errors = document.querySelector("[data-errors]");
const isRefused = errors?.hasAttribute("data-not-stored");
if (isRefused) draft.saved = ""; // what stands in the form is not on the server
const left = draft.unsaved();
if (errors?.dataset.base) {
  // The server refused what another window overtook. Asked once more, it brings both versions.
  errors.hidden = true;
  draft.overtaken(Number(errors.dataset.base));
} else if (isRefused) {
  draft.changed();
} else if (left && !errors) {
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
errors?.focus();
