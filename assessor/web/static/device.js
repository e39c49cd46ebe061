// The check of the device: shows what works, and what to do about the rest. Sends nothing.
import { fill } from "./times.js";

const PATIENCE = 5000;
const CLOCK_MAY_DIFFER = 2; // minutes
const NARROWEST = 320;

const list = document.querySelector("[data-device]");
const done = document.querySelector("[data-done]");

function tell(name, isFine, values = {}) {
  const row = list.querySelector(`[data-check="${name}"]`);
  const state = row.querySelector("[data-state]");
  row.querySelector("[data-told]").textContent = fill(isFine ? row.dataset.tOk : row.dataset.tBad, values);
  state.textContent = isFine ? state.dataset.tOk : state.dataset.tBad;
  state.className = isFine ? "state done" : "state draft";
}

// Resolves to the server's event, or to null when none reaches the page in time.
function beat() {
  return new Promise((found) => {
    const source = new EventSource(list.dataset.device);
    const end = (data) => {
      clearTimeout(late);
      source.close();
      found(data);
    };
    const late = setTimeout(() => end(null), PATIENCE);
    source.addEventListener("beat", (event) => end(JSON.parse(event.data)));
    source.onerror = () => end(null);
  });
}

// A browser may refuse to keep anything, and says so by an error of its own.
function keeps() {
  try {
    sessionStorage.setItem("device-check", "1");
    const kept = sessionStorage.getItem("device-check") === "1";
    sessionStorage.removeItem("device-check");
    return kept;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

function checkClock(at) {
  const minutes = Math.round(Math.abs(Date.now() - new Date(at)) / 60000);
  tell("clock", minutes < CLOCK_MAY_DIFFER, { n: minutes });
}

tell("scripts", true);
tell("storage", keeps());
tell("width", innerWidth >= NARROWEST);
const heard = await beat();
tell("stream", heard !== null);
if (heard) checkClock(heard.at);
done.textContent = done.dataset.tDone;
