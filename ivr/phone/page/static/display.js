// The display: in which state the phone is, what it shows of the call, and what can be pressed in each state.

import * as inspector from "./inspector.js";
import * as setup from "./setup.js";
import * as tones from "./tones.js";
import * as transcript from "./transcript.js";
import * as trouble from "./trouble.js";
import * as voice from "./voice.js";

export const at = (id) => document.querySelector(`#${id}`);
export const buttons = { call: at("call"), answer: at("answer"), hangUp: at("hang-up"), silence: at("silence"), mute: at("mute") };
export const wordsForm = at("words-form");
const phone = at("phone");

export let state = "idle"; // idle, calling, talking, incoming, over
export let wired = false; // whether the carrier is there
export let talk = null; // the call at hand, or the last one
let ticking = null;

export function wire(there) {
  wired = there;
}

export function become(next) {
  state = next;
  document.body.dataset.state = next;
  const inCall = next === "calling" || next === "talking";
  const free = next === "idle" || next === "over";
  const focused = document.activeElement;
  buttons.call.hidden = !free;
  buttons.call.disabled = !wired;
  buttons.answer.hidden = next !== "incoming";
  buttons.hangUp.hidden = free;
  at("hang-up-words").textContent = next === "incoming" ? "Decline" : "Hang up";
  buttons.silence.disabled = !inCall || Boolean(talk?.bridged);
  wordsForm.hidden = !(inCall && talk?.bridged);
  for (const field of document.querySelectorAll("#setup input:not(#rings), #setup select, #setup button")) field.disabled = !free;
  document.title = next === "incoming" ? "☎ Rings · Touchtone" : "Phone · Touchtone";
  // What had the focus may be gone; the keys go on to work from the phone itself.
  if (focused !== document.body && (focused?.hidden || focused?.disabled || focused?.closest("[hidden]"))) phone.focus({ preventScroll: true });
}

export function says(title, subtitle, status) {
  at("title").textContent = title;
  at("subtitle").textContent = subtitle;
  if (at("status").textContent !== status) at("status").textContent = status;
}

export function showIdle() {
  if (state !== "idle") return;
  const { to, line } = setup.call();
  says(line?.title ?? (to || "No number"), line ? to : "", wired ? "Not in a call" : "Waiting for the carrier");
  at("timer").hidden = at("there").hidden = true;
}

function tick() {
  const seconds = Math.floor((Date.now() - talk.began) / 1000);
  at("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const there = at("there");
  there.hidden = !talk.moment;
  if (talk.moment) {
    const now = new Date(talk.moment.getTime() + seconds * 1000);
    there.textContent = `${setup.timeIn(talk.zone, now)} in ${setup.city(talk.zone)}`;
  }
}

export function begin(title, subtitle, status, next) {
  talk = { began: Date.now(), moment: null, zone: "UTC", turns: 0, bridged: "", sound: null, sid: null, title, mute: new Set() };
  trouble.clear();
  transcript.clear();
  inspector.clear();
  says(title, subtitle, status);
  become(next);
}

export function startTimer() {
  talk.began = Date.now();
  at("timer").hidden = false;
  clearInterval(ticking);
  ticking = setInterval(tick, 1000);
  tick();
}

export function over(status) {
  clearInterval(ticking);
  tones.quiet();
  voice.stop();
  says(at("title").textContent, at("subtitle").textContent, status);
  const sid = talk?.sid;
  if (talk) talk.bridged = "";
  become("over");
  inspector.look();
  // The service hears of the end a moment later.
  if (sid) setTimeout(() => inspector.look(), 800);
}
