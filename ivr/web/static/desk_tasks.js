// Beside the call: messages to hear and resolve, callbacks to watch and cancel.

import { figures, h, list, moment, tongue, words } from "./desk_dom.js";
import { deed } from "./desk_feed.js";

const AUDIO = {
  waiting: "The audio is being fetched from the carrier.",
  failed: "The audio could not be had from the carrier.",
  erased: "The audio was erased.",
};
const STATES = {
  booked: "booked", calling: "their phone rings", waiting: "waits for an agent", talking: "talking",
  done: "served", failed: "not reached", cancelled: "cancelled",
};
const find = (id) => document.getElementById(id);
const unmask = () => "unmask" in find("desk").dataset;

export function showTasks({ messages, done, callbacks, over }) {
  find("messages-count").textContent = messages.length;
  find("callbacks-count").textContent = callbacks.length;
  list(find("messages"), orNone(messages, "No messages wait."), (it) => it.id, message);
  list(find("callbacks"), orNone(callbacks, "Nobody waits to be called back."), (it) => it.id, callback);
  list(find("done"), done, (it) => it.id, resolved);
  list(find("over"), over, (it) => it.id, ended);
  find("done-fold").hidden = !done.length;
  find("over-fold").hidden = !over.length;
}

const orNone = (things, words) => (things.length ? things : [{ id: "none", words }]);
const none = (it) => h("li", { class: "quiet" }, it.words);
const caller = (it) => it.caller || "unknown caller";

function about(it, at) {
  const facts = [it.line, tongue(it.language), moment(at), it.box && figures(it.seconds)].filter(Boolean).join(" · ");
  return [h("p", { class: "what" }, h("strong", {}, words(it.box ?? it.queue)), ` ${caller(it)}`), h("p", { class: "quiet" }, facts)];
}

function message(it) {
  if (it.words) return none(it);
  const length = figures(it.seconds);
  const player = h("audio", {
    controls: true, preload: "none", src: `/desk/messages/${it.id}.wav`, "aria-label": `Message from ${caller(it)}, ${length}`,
  });
  const note = h("input", { "aria-label": "What was done", placeholder: "what was done", maxlength: 1000, autocomplete: "off", "data-focus": `note-${it.id}` });
  const submit = (event) => {
    event.preventDefault();
    deed(`/desk/messages/${it.id}/resolve`, { note: note.value });
  };
  return h("li", {},
    about(it, it.left),
    it.audio === "kept" ? player : h("p", { class: it.audio === "failed" ? "warn" : "quiet" }, AUDIO[it.audio] ?? it.audio),
    h("form", { class: "row", onsubmit: submit }, note, h("button", {}, "Resolve", h("span", { class: "hidden" }, ` the message from ${caller(it)}`))),
  );
}

function resolved(it) {
  const reopen = () => deed(`/desk/messages/${it.id}/reopen`);
  return h("li", {}, about(it, it.left),
    h("p", {}, `${it.by}, ${moment(it.resolved)}`, it.note && `: ${it.note}`),
    h("button", { type: "button", class: "plain", onclick: reopen }, "Open again"));
}

function callback(it) {
  if (it.words) return none(it);
  const cancel = () => deed(`/desk/callbacks/${encodeURIComponent(it.id)}/cancel`);
  const number = () => deed(`/desk/callbacks/${encodeURIComponent(it.id)}/number`);
  const tries = it.tries ? `, ${it.tries} ${it.tries === 1 ? "try" : "tries"}` : "";
  const next = it.state === "booked" && it.tries ? `, again from ${moment(it.next)}` : "";
  return h("li", {}, about(it, it.booked),
    h("p", {}, h("span", { class: `tag is-${it.state}` }, STATES[it.state] ?? it.state), tries + next, it.why && h("span", { class: "quiet" }, ` (${it.why})`)),
    h("div", { class: "row" },
      it.state !== "talking" && h("button", { type: "button", class: "plain", "data-focus": `cancel-${it.id}`, onclick: cancel }, "Cancel", h("span", { class: "hidden" }, ` the callback to ${caller(it)}`)),
      unmask() && h("button", { type: "button", class: "plain", onclick: number }, "Whole number")));
}

function ended(it) {
  return h("li", {}, about(it, it.ended), h("p", {}, h("span", { class: `tag is-${it.state}` }, STATES[it.state] ?? it.state),
    h("span", { class: "quiet" }, [it.who && ` by ${it.who}`, it.why && ` (${it.why})`].filter(Boolean).join(""))));
}
