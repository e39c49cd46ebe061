// Times in the reader's own zone, and how much time is left. The server holds the deadline; this only shows it.
const FORMS = {
  long: { dateStyle: "long", timeStyle: "short" },
  date: { dateStyle: "long" },
  time: { timeStyle: "short" },
};

// Written as the server writes it: a language alone would leave open whose English it is.
const { locale } = document.body.dataset;

export function clock(moment, form = "time") {
  return new Intl.DateTimeFormat(locale, FORMS[form]).format(moment);
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

for (const time of document.querySelectorAll("time[data-form]")) {
  time.textContent = clock(new Date(time.dateTime), time.dataset.form);
}

const shown = document.querySelector("[data-seconds-left]");
const status = document.querySelector("[data-time-status]");
const WARN_AT = [10, 2]; // minutes

let ends = 0;
let stands = false;
let lastMinutes = Infinity;

// A pause or extra time moves the deadline on the server, which says so in the interview's stream.
// Null is without a limit.
export function setSecondsLeft(seconds) {
  if (!shown || seconds === undefined) return;
  stands = false;
  ends = seconds === null ? Infinity : performance.now() + seconds * 1000;
  tick();
}

// As far as this page knows; the server decides.
export function isOver() {
  return Boolean(shown) && !stands && performance.now() >= ends;
}

// Until the server says how much is left.
export function standStill() {
  stands = true;
}

function tick() {
  if (stands) return;
  if (ends === Infinity) {
    lastMinutes = Infinity;
    shown.classList.remove("soon", "last");
    shown.textContent = shown.dataset.tUntimed;
    return;
  }
  const minutes = Math.floor((ends - performance.now()) / 60000);
  const text = shown.dataset;
  shown.textContent = minutes > 0 ? fill(text.tLeft, { n: minutes }) : minutes === 0 ? text.tUnder : text.tOver;
  shown.classList.toggle("soon", minutes < WARN_AT[0] && minutes >= WARN_AT[1]);
  shown.classList.toggle("last", minutes < WARN_AT[1]);
  const passed = WARN_AT.find((limit) => lastMinutes > limit && minutes <= limit && minutes > 0);
  if (lastMinutes !== Infinity && passed) status.textContent = fill(text.tWarn, { n: minutes });
  if (lastMinutes >= 0 && minutes < 0) status.textContent = text.tEnd;
  lastMinutes = minutes;
}

if (shown) {
  setSecondsLeft(shown.dataset.secondsLeft === "" ? null : Number(shown.dataset.secondsLeft));
  setInterval(tick, 5000);
}
