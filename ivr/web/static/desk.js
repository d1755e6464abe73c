// An agent's desk: the state every second, the switch, the call, the tasks, and single keys.

import { callForms, showCall } from "./desk_call.js";
import { h, list, since, spoken, tongue, words } from "./desk_dom.js";
import { feed, now } from "./desk_feed.js";
import { named, showMe, switches } from "./desk_me.js";
import { audible, ring } from "./desk_ring.js";
import { showTasks } from "./desk_tasks.js";

const find = (id) => document.getElementById(id);
const agent = Boolean(find("me"));
const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select, audio, [contenteditable]";
let offered = "";
let ringing = false;

function show(state) {
  if (state.me) {
    showMe(state.me);
    showCall(state.call, state.me);
    announce(state);
    list(find("queues"), state.queues, (it) => it.name, queue);
  }
  showTasks(state);
}

function announce({ me, call }) {
  ringing = call?.state === "ringing";
  if (ringing && offered !== call.id) {
    const waited = call.arrived ? `, waited ${spoken(now() - call.arrived)}` : "";
    find("announced").textContent = `Call offered: ${words(call.queue)}, ${tongue(call.language)}${waited}.`;
  } else if (!ringing) {
    find("announced").textContent = "";
  }
  offered = ringing ? call.id : "";
  document.title = ringing ? `☎ ${words(call.queue)} rings · Desk` : `${named(me.state)} · Desk`;
  sounds();
}

function sounds() {
  const wanted = find("sound").checked;
  find("sound-hint").hidden = !wanted || audible();
  ring(ringing && wanted);
}

function queue(it) {
  const waits = it.waiting ? [`${it.waiting} waiting, `, since(it.first)] : ["nobody waits"];
  return h("li", {}, h("strong", {}, words(it.name)), " ", h("span", { class: it.waiting ? "warn" : "" }, ...waits),
    h("span", { class: "quiet" }, ` · ${it.free} of ${it.there} free`));
}

/** A switch that this browser remembers. */
function remembered(id) {
  const box = find(id);
  box.checked = localStorage.getItem(`desk.${id}`) !== "off";
  box.addEventListener("change", () => {
    localStorage.setItem(`desk.${id}`, box.checked ? "on" : "off");
    sounds();
  });
  return box;
}

// Keys that are single letters can be turned off (WCAG 2.1.4), and mean nothing while somebody types.
if (agent) {
  remembered("sound");
  const keys = remembered("keys");
  const does = { ...switches(), ...callForms(), m: () => find("messages-title").focus(), c: () => find("callbacks-title").focus() };
  addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!keys.checked || !plain || event.target.closest?.(TYPED)) return;
    const act = does[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const touch of ["pointerup", "keyup"]) addEventListener(touch, () => setTimeout(sounds, 200), { once: true });
}
feed(find("desk").dataset.state, show);
