// Write and Preview. The server shows how work will look and what can be said of it so far; it is asked after a
// pause in typing, and stores nothing.
const IDLE = 700;

const form = document.querySelector("form.task");
const status = form.querySelector("[data-preview-status]");
const tabs = [...form.querySelectorAll("[role=tab]")];
const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

let timer;
let asked = 0;

async function refresh() {
  clearTimeout(timer);
  const number = ++asked;
  const answer = await ask();
  if (number !== asked) return; // a later text is on its way
  status.textContent = answer === null ? status.dataset.tFailed : "";
  if (answer !== null) replace(answer);
}

async function ask() {
  try {
    const answer = await fetch(`${form.getAttribute("action")}/preview`, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    return answer.ok ? await answer.text() : null;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch says "no network" by a TypeError
    return null;
  }
}

// Only what changed is written, so that nothing is announced twice.
function replace(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const shown = form.querySelector(`[data-part="${part.dataset.part}"]`);
    if (shown && shown.innerHTML.trim() !== part.innerHTML.trim()) shown.replaceChildren(...part.childNodes);
  }
}

function select(tab) {
  for (const one of tabs) {
    one.ariaSelected = String(one === tab);
    one.tabIndex = one === tab ? 0 : -1;
    panelOf(one).hidden = one !== tab;
  }
  if (tab !== tabs[0]) refresh();
}

for (const tab of tabs) {
  panelOf(tab).role = "tabpanel";
  panelOf(tab).setAttribute("aria-labelledby", tab.id);
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - tabs.indexOf(tab)];
    select(other);
    other.focus();
  });
}
panelOf(tabs[1]).tabIndex = 0;
select(tabs[0]);

function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, IDLE);
}
form.addEventListener("input", later);
form.addEventListener("rewritten", later);
addEventListener("online", later);
