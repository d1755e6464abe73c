// The big switch: what I am, and what I choose to be.

import { count, words } from "./desk_dom.js";
import { deed } from "./desk_feed.js";

const NAMES = { away: "Away", available: "Available", offered: "Ringing", talking: "Talking", wrap_up: "Wrap-up" };
const find = (id) => document.getElementById(id);

/** The name of a state, for people. */
export const named = (state) => NAMES[state] ?? words(state);

export function showMe(me) {
  const busy = me.state === "offered" || me.state === "talking";
  find("me").dataset.is = me.state;
  find("me-state").textContent = named(me.state);
  find("me-reason").textContent = me.reason ? `· ${me.reason}` : "";
  if (me.state === "wrap_up") count(find("me-since"), me.wrap_until, true);
  else count(find("me-since"), me.since || null);
  const then = me.next_reason ? `${named(me.next)} · ${me.next_reason}` : named(me.next);
  find("me-next").textContent = me.next && busy ? `then ${then}` : me.state === "wrap_up" ? "left" : "";
  const choice = busy && me.next ? me.next : busy ? "available" : me.state;
  find("available").setAttribute("aria-pressed", choice === "available");
  find("away").setAttribute("aria-pressed", choice === "away");
  find("wrapped").hidden = me.state !== "wrap_up";
}

const reasons = () => find("reasons");

function unfold(open) {
  if (open !== reasons().hidden) return;
  reasons().hidden = !open;
  find("away").setAttribute("aria-expanded", open);
  if (open) reasons().querySelector("button").focus();
  else if (document.activeElement === document.body || reasons().contains(document.activeElement)) find("away").focus();
}

const goAvailable = () => {
  unfold(false);
  deed("/desk/available");
};
const goAway = (reason) => {
  unfold(false);
  find("reason").value = "";
  deed("/desk/away", { reason });
};
const wrapped = () => find("wrapped").hidden || deed("/desk/wrapped");

/** Listens to the switch; gives what single keys do. */
export function switches() {
  find("available").addEventListener("click", goAvailable);
  find("away").addEventListener("click", () => unfold(reasons().hidden));
  find("wrapped").addEventListener("click", wrapped);
  const buttons = [...reasons().querySelectorAll("[data-reason]")];
  for (const button of buttons) button.addEventListener("click", () => goAway(button.dataset.reason));
  reasons().addEventListener("submit", (event) => {
    event.preventDefault();
    goAway(find("reason").value);
  });
  reasons().addEventListener("keydown", (event) => event.key === "Escape" && unfold(false));
  const numbered = buttons.map((it, n) => [String(n + 1), () => reasons().hidden || goAway(it.dataset.reason)]);
  return { a: goAvailable, w: () => unfold(reasons().hidden), e: wrapped, ...Object.fromEntries(numbered) };
}
