// Responses dragged by their grip, with a mouse, a pen or a finger. An extra: buttons, keys and the choice of a
// place do the same. By pointer events, since touch screens know no other drag, and Firefox drags no button.
import { cards, drop, list } from "./rank.js";

const EDGE = 80; // pixels from the edge of the window from which the page scrolls along
const STEP = 14;

let held = null; // { card, grip, before: the order to go back to }

function lift(event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  const card = grip.closest("[data-card]");
  held = { card, grip, before: cards() };
  grip.setPointerCapture(event.pointerId);
  // Long responses fold to a few lines, so that the others are near; the grip stays under the pointer.
  const top = grip.getBoundingClientRect().top;
  list.classList.add("dragging");
  card.classList.add("held");
  scrollBy({ top: grip.getBoundingClientRect().top - top, behavior: "instant" });
}

function carry(event) {
  if (!held) return;
  if (event.clientY < EDGE) scrollBy(0, -STEP);
  if (event.clientY > innerHeight - EDGE) scrollBy(0, STEP);
  const { card, grip } = held;
  const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
  const [above, below] = [card.previousElementSibling, card.nextElementSibling];
  if (above && event.clientY < middle(above)) above.before(card);
  else if (below && event.clientY > middle(below)) below.after(card);
  else return;
  grip.setPointerCapture(event.pointerId); // a node that is moved loses it
}

function letGo(isDropped) {
  if (!held) return;
  const { card, grip, before } = held;
  held = null;
  list.classList.remove("dragging");
  card.classList.remove("held");
  const moved = cards().some((other, place) => other !== before[place]);
  if (moved && isDropped) drop(card);
  else if (moved) list.append(...before);
  grip.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

list.addEventListener("pointerdown", lift);
list.addEventListener("pointermove", carry);
list.addEventListener("pointerup", () => letGo(true));
list.addEventListener("pointercancel", () => letGo(false));
addEventListener("keydown", (event) => event.key === "Escape" && letGo(false));
