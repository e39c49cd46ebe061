// Ranking: arrows move a response past its neighbour, the choice of a place moves it there. Equal places are ties.
// drag.js is the third way.
import { fill } from "./times.js";

const form = document.querySelector("form.task");
export const list = form.querySelector("[data-cards]");
const said = form.querySelector("[data-moved]");

export const cards = () => [...list.children];
const choice = (card) => card.querySelector("select");
const place = (card) => Number(choice(card).value) || Infinity;

// Groups of cards, best first; what has no place yet follows one by one, as it is shown.
function groups(among = cards()) {
  const placed = new Map();
  for (const card of among) {
    if (place(card) !== Infinity) placed.set(place(card), [...(placed.get(place(card)) ?? []), card]);
  }
  const inOrder = [...placed.keys()].sort((a, b) => a - b).map((number) => placed.get(number));
  return [...inOrder, ...among.filter((card) => place(card) === Infinity).map((card) => [card])];
}

function number(order) {
  order.forEach((group, at) => group.forEach((card) => (choice(card).value = at + 1)));
}

function sort() {
  const focused = document.activeElement;
  list.append(...cards().sort((a, b) => place(a) - place(b) || 0));
  for (const card of cards()) {
    card.querySelector("[data-move='-1']").disabled = card === list.firstElementChild && !isTied(card);
    card.querySelector("[data-move='1']").disabled = card === list.lastElementChild && !isTied(card);
  }
  if (list.contains(focused)) (focused.disabled ? choice(focused.closest("[data-card]")) : focused).focus();
}

const isTied = (card) => place(card) !== Infinity && cards().some((other) => other !== card && place(other) === place(card));

function move(card, by) {
  const order = groups();
  const at = order.findIndex((group) => group.includes(card));
  if (order[at].length > 1) {
    order[at] = order[at].filter((other) => other !== card);
    order.splice(by < 0 ? at : at + 1, 0, [card]);
  } else if (order[at + by]) {
    [order[at], order[at + by]] = [order[at + by], order[at]];
  }
  take(order, card);
}

// A card that was laid between two others gets a place of its own; between two that share one, it shares it too.
export function drop(card) {
  const order = groups(cards().filter((other) => other !== card));
  const at = (other) => order.findIndex((group) => group.includes(other));
  const [above, below] = [at(card.previousElementSibling), at(card.nextElementSibling)];
  if (above >= 0 && above === below) order[above].push(card);
  else order.splice(above + 1, 0, [card]);
  take(order, card);
}

function take(order, card) {
  number(order);
  sort();
  tell(card);
}

function tell(card) {
  said.textContent = fill(said.dataset.tMoved, {
    letter: card.dataset.card,
    place: choice(card).value,
    count: cards().length,
  });
  form.dispatchEvent(new Event("input"));
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (button) move(button.closest("[data-card]"), Number(button.dataset.move));
});
list.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by || !event.target.matches("[data-grip]")) return;
  event.preventDefault();
  move(event.target.closest("[data-card]"), by);
});
list.addEventListener("change", (event) => {
  sort();
  tell(event.target.closest("[data-card]"));
});
form.querySelector("[data-as-shown]").addEventListener("click", () => {
  take(cards().map((card) => [card]), cards()[0]);
});
form.addEventListener("rewritten", sort);
sort();
