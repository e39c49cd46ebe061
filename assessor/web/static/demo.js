// Reads the verdict again every few seconds and shows it as it is served.

const shown = document.querySelector("[data-verdict]");
const status = document.querySelector("[data-verdict-status]");
const SECONDS = 3;

async function refresh() {
  try {
    const answer = await fetch(shown.dataset.verdict, { headers: { Accept: "application/json" } });
    const text = JSON.stringify(await answer.json(), null, 2);
    if (text === shown.textContent) return;
    shown.textContent = text;
    status.textContent = status.dataset.changed;
  } catch {
    // The server may be restarting; the next round asks again.
    status.textContent = status.dataset.away;
  }
}

if (shown && status) {
  setInterval(() => document.hidden || refresh(), SECONDS * 1000);
}
