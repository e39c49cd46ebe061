// The counts above the queue, brought up to date now and then while somebody looks at the page.

const SECONDS = 30;

async function refresh() {
  const shown = document.querySelector("[data-counts]");
  // A page in the background asks nothing; one with the focus in the counts is left alone.
  if (document.hidden || !shown || shown.contains(document.activeElement)) return;
  const answer = await fetch(shown.dataset.counts, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const counts = fresh.querySelector("[data-counts]");
  if (counts) shown.replaceWith(counts);
}

function later() {
  // A failure waits for the next time: the page is whole without.
  setTimeout(() => refresh().catch(() => {}).then(later), SECONDS * 1000);
}

later();
