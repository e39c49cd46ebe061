// Looks again, less and less often, whether the result has moved on; then the page is loaded anew.
const shown = document.querySelector("[data-stage]").dataset;
const waits = shown.stage === "waits";
let pause = waits ? 15000 : 1500;

async function look() {
  if (document.visibilityState === "visible") {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page && page.querySelector("[data-stage]")?.dataset;
    if (now && (now.stage !== shown.stage || now.open !== shown.open)) return location.reload();
  }
  pause = Math.min(pause * 1.3, 60000);
  setTimeout(look, pause);
}

setTimeout(look, pause);
