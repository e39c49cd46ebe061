// Flaws marked in the response: by selecting words, by tapping a sentence, or sentence by sentence with arrow keys.
import { changed, openRow, rows } from "./rows.js";
import { fill } from "./times.js";

const form = document.querySelector("form.task");
const response = form.querySelector("[data-response]");
const stepper = form.querySelector("[data-sentence]");
const button = form.querySelector("[data-mark]");
const status = form.querySelector("[data-mark-status]");
const text = response.textContent;
const quoteOf = (row) => row.querySelector("textarea");

const pieces = []; // every bit of the response, in an element of its own
const sentences = []; // those with words in them, without the space around; no fences of code
const places = new Map(); // where a quote was taken; without that, its first place
let chosen = null; // { start, end }, and the sentences { from, to } if it is whole ones

const segmenter = Intl.Segmenter && new Intl.Segmenter(document.documentElement.lang, { granularity: "sentence" });
const split = (words) =>
  segmenter ? [...segmenter.segment(words)].map((one) => one.segment) : words.match(/[^\n]*\n|[^\n]+$/g) ?? [];

// The text stays the response's, character for character, so that quotes are found in it. A sentence may have
// code or stressed words in it; it does not reach across the edge of a block of code.
function cut() {
  let at = 0;
  for (const nodes of flows()) {
    const ends = [];
    for (const words of split(nodes.map((node) => node.data).join(""))) {
      ends.push((ends.at(-1) ?? at) + words.length);
      if (/[\p{L}\p{N}]/u.test(words) && !isFence(nodes[0])) sentences.push({ ...trimmed(ends.at(-1) - words.length, ends.at(-1)), spans: [] });
    }
    for (const node of nodes) {
      const start = at;
      at += node.length;
      const cuts = [start, ...ends.filter((end) => end > start && end < at), at];
      node.replaceWith(...cuts.slice(1).map((end, place) => piece(cuts[place], end)));
    }
  }
}

const isFence = (node) => node.parentElement.matches(".block > .fence");

// The words between two edges of blocks, as the nodes that they are in.
function* flows() {
  const walker = document.createTreeWalker(response, NodeFilter.SHOW_TEXT);
  const edge = (node) => (isFence(node) ? node : node.parentElement.closest(".block"));
  let flow = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (flow.length && edge(flow[0]) !== edge(node)) {
      yield flow;
      flow = [];
    }
    flow.push(node);
  }
  if (flow.length) yield flow;
}

function piece(start, end) {
  const span = document.createElement("span");
  span.textContent = text.slice(start, end);
  pieces.push({ span, start, end });
  sentences.findLast((one) => one.start < end && one.end > start)?.spans.push(span);
  return span;
}

function trimmed(start, end) {
  const words = text.slice(start, end);
  return { start: end - words.trimStart().length, end: start + words.trimEnd().length };
}

function marks() {
  return rows.flatMap((row, place) => {
    const quote = quoteOf(row).value.trim();
    const known = places.get(quote);
    const start = known === undefined ? text.indexOf(quote) : known;
    tell(row, quote && (start < 0 ? "tNotThere" : "tThere"));
    return quote && start >= 0 ? [{ number: place + 1, start, end: start + quote.length }] : [];
  });
}

function tell(row, what) {
  const where = row.querySelector("[data-where]");
  where.textContent = what ? where.dataset[what] : "";
  row.querySelector("[data-show-mark]").disabled = what !== "tThere";
}

function paint() {
  const all = marks();
  for (const piece of pieces) {
    const here = all.filter((mark) => mark.start < piece.end && mark.end > piece.start);
    const drawn = JSON.stringify(here);
    if (drawn === (piece.drawn ?? "[]")) continue; // what is drawn anew loses the reader's selection
    piece.drawn = drawn;
    const ends = here.flatMap((mark) => [Math.max(mark.start, piece.start), Math.min(mark.end, piece.end)]);
    const cuts = [...new Set([piece.start, ...ends, piece.end])].sort((a, b) => a - b);
    piece.span.replaceChildren(...cuts.slice(1).map((end, place) => drawnPart(cuts[place], end, here)));
  }
}

function drawnPart(start, end, here) {
  const over = here.filter((mark) => mark.start <= start && mark.end >= end);
  if (!over.length) return text.slice(start, end);
  const part = document.createElement("mark");
  part.textContent = text.slice(start, end);
  part.dataset.issues = over.map((mark) => mark.number).join(" ");
  part.dataset.ends = over.filter((mark) => mark.end === end).map((mark) => mark.number).join(" ");
  return part;
}

function choose(range) {
  chosen = range;
  sentences.forEach(({ spans }, place) => {
    for (const span of spans) span.classList.toggle("chosen", place >= range?.from && place <= range?.to);
  });
  button.disabled = !range;
  const { from, to } = range ?? {};
  const said = !range ? "tNone" : from === undefined ? "tWords" : from === to ? "tOne" : "tSeveral";
  stepper.textContent = fill(stepper.dataset[said], { n: from + 1, last: to + 1, count: sentences.length });
  stepper.ariaValueNow = from === undefined ? 0 : to + 1;
  stepper.ariaValueText = range ? `${stepper.textContent}: ${text.slice(range.start, range.end)}` : stepper.textContent;
}

function chooseSentences(from, to) {
  choose({ from, to, start: sentences[from].start, end: sentences[to].end });
  sentences[to].spans.at(-1).scrollIntoView({ block: "nearest" });
}

function step(by, more) {
  const last = sentences.length - 1;
  const { from = by > 0 ? -1 : last + 1, to = from } = chosen ?? {};
  const next = Math.min(Math.max((by > 0 ? to : more ? to : from) + by, 0), last);
  if (more && from >= 0) chooseSentences(Math.min(from, next), Math.max(from, next));
  else chooseSentences(next, next);
}

function mark() {
  const row = chosen && openRow();
  status.textContent = chosen && !row ? status.dataset.tFull : "";
  if (!row) return;
  const quote = text.slice(chosen.start, chosen.end);
  places.set(quote, chosen.start);
  quoteOf(row).value = quote;
  getSelection().removeAllRanges();
  choose(null);
  row.querySelector("select").focus();
  changed();
}

const KEYS = {
  ArrowDown: (more) => step(1, more),
  ArrowRight: (more) => step(1, more),
  ArrowUp: (more) => step(-1, more),
  ArrowLeft: (more) => step(-1, more),
  Home: () => chooseSentences(0, 0),
  End: () => chooseSentences(sentences.length - 1, sentences.length - 1),
  Escape: () => choose(null),
  Enter: mark,
};

function selectedWords() {
  const selection = getSelection();
  const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  if (!range || !response.contains(range.commonAncestorContainer)) return null;
  const before = document.createRange();
  before.setStart(response, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const words = trimmed(start, start + range.toString().length);
  return words.start < words.end ? words : null;
}

stepper.addEventListener("keydown", (event) => {
  if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  KEYS[event.key](event.shiftKey);
});
// Pressing the button may take the selection away; what was selected last stays chosen.
document.addEventListener("selectionchange", () => {
  const words = selectedWords();
  if (words) choose(words);
});
response.addEventListener("click", (event) => {
  if (selectedWords()) return;
  const marked = event.target.closest("mark");
  if (marked) return rows[parseInt(marked.dataset.issues) - 1].querySelector("select").focus();
  const place = sentences.findIndex(({ spans }) => spans.some((span) => span.contains(event.target)));
  if (place < 0 || (chosen?.from === place && chosen.to === place)) choose(null);
  else chooseSentences(place, place);
});
button.addEventListener("click", mark);
form.addEventListener("click", (event) => {
  const row = event.target.closest("[data-show-mark]")?.closest("[data-row]");
  if (row) response.querySelector(`[data-issues~="${rows.indexOf(row) + 1}"]`)?.scrollIntoView({ block: "center" });
});
form.addEventListener("input", paint);
form.addEventListener("rewritten", paint);

cut();
stepper.ariaValueMin = 0;
stepper.ariaValueMax = sentences.length;
choose(null);
paint();
