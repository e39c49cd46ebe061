// An agent's run step by step: the list follows the marks, a flag says where it first went wrong, and the keys
// j and k go from step to step.
import { fill } from "./times.js";

const form = document.querySelector("form.task");
const list = form.querySelector("[data-steps]");
const steps = [...form.querySelectorAll("[data-step]")];
const flags = [...form.querySelectorAll("[data-first-error]")];
const firstError = form.elements.first_error;
const keys = form.querySelector("[data-keys]");
const KEYS_OFF = "step-keys-off";
const WRITES = "textarea, select, input:not([type=radio], [type=checkbox])";

function follow() {
  let marked = 0;
  for (const step of steps) {
    const id = step.dataset.step;
    const radio = step.querySelector(":checked");
    const said = list.querySelector(`[data-label-of="${id}"]`);
    said.textContent = radio ? radio.closest("label").textContent : "";
    said.dataset.label = radio?.value ?? "";
    marked += Boolean(radio);
    list.querySelector(`[data-flag-of="${id}"]`).hidden = firstError.value !== id;
  }
  for (const flag of flags) flag.ariaPressed = String(flag.dataset.firstError === firstError.value);
  list.querySelector("[data-count]").textContent = fill(list.dataset.tCount, { n: marked, count: steps.length });
}

function show(step) {
  for (const link of list.querySelectorAll("a")) {
    if (step && link.hash === `#${step.id}`) link.ariaCurrent = "step";
    else link.ariaCurrent = null;
  }
}

// The step that is read: the one with the focus, else the first that is not past the top of the window.
function current() {
  const focused = steps.findIndex((step) => step.contains(document.activeElement));
  return focused >= 0 ? focused : steps.findIndex((step) => step.getBoundingClientRect().bottom > innerHeight / 3) - 1;
}

// Single keys can be switched off, and are off while anything is written (WCAG 2.1.4).
function press(event) {
  const by = { j: 1, k: -1 }[event.key];
  if (!by || !keys.checked || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches?.(WRITES)) return;
  const next = steps[Math.min(Math.max(current() + by, 0), steps.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

flags.forEach((flag) =>
  flag.addEventListener("click", () => {
    firstError.value = flag.ariaPressed === "true" ? "" : flag.dataset.firstError;
    firstError.dispatchEvent(new Event("input", { bubbles: true }));
  }),
);
keys.checked = !localStorage.getItem(KEYS_OFF);
keys.addEventListener("change", () => {
  if (keys.checked) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "yes");
});
document.addEventListener("keydown", press);
form.addEventListener("focusin", (event) => show(event.target.closest("[data-step]")));
form.addEventListener("input", follow);
form.addEventListener("rewritten", follow);
follow();
