// Looks again by itself. What is told changes in place, so that a screen reader says it and nothing jumps;
// when it is one's turn, the page is loaded anew.
const line = () => document.querySelector("[data-line]");

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.redirected) return location.reload();
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page && page.querySelector("[data-line]");
  if (now) {
    if (now.dataset.mayBegin) return location.reload();
    document.title = page.title;
    for (const part of ["[data-heading]", "[data-told]"]) tell(part, now);
    line().dataset.lookAgain = now.dataset.lookAgain;
  }
  later();
}

function tell(part, now) {
  const here = line().querySelector(part);
  const words = now.querySelector(part).textContent;
  if (here.textContent !== words) here.textContent = words;
}

function later() {
  setTimeout(look, Number(line().dataset.lookAgain) * 1000);
}

later();
