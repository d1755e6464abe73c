// The phone: what the carrier tells becomes what is heard and seen, what the user does is told to the carrier.

import * as again from "./again.js";
import { at, become, begin, buttons, over, says, showIdle, startTimer, state, talk, wire, wired, wordsForm } from "./display.js";
import { connect } from "./exchange.js";
import * as inspector from "./inspector.js";
import { build } from "./keypad.js";
import * as setup from "./setup.js";
import * as tones from "./tones.js";
import * as transcript from "./transcript.js";
import * as trouble from "./trouble.js";
import * as voice from "./voice.js";

const phone = at("phone");
const rings = at("rings");

let linesThere = false;

// What the user does

const pad = build(at("keypad"), pressed);

function pressed(key) {
  if (state === "calling" || state === "talking") {
    voice.hold(); // at once; the carrier says whether the key cuts the sound short
    tell({ do: "press", key });
    transcript.keys(key);
  } else if (state === "idle" || state === "over") {
    if (state === "over") settle();
    setup.dial(key);
  }
}

function settle() {
  become("idle");
  showIdle();
}

function call() {
  tones.wake();
  if (!wired || !(state === "idle" || state === "over")) return;
  const { to, from, at: moment, zone, line, version } = setup.call();
  if (!to) {
    trouble.show("There is no number to call", "Choose a line, or dial a number with the keys.");
    return;
  }
  begin(line?.title ?? to, line ? to : "", "Calling…", "calling");
  talk.zone = zone;
  tell({ do: "call", to, from, at: moment, zone, version });
}

function hangUp() {
  if (state === "incoming") tell({ do: "decline" });
  else if (state === "calling" || state === "talking") tell({ do: "hang_up" });
}

function answer() {
  tones.wake();
  if (state === "incoming") tell({ do: "answer" });
}

function silence() {
  if (state !== "calling" && state !== "talking") return;
  tell({ do: "silence" });
  transcript.note("You stay silent until the time-out.");
}

function mute() {
  const yes = buttons.mute.getAttribute("aria-pressed") !== "true";
  buttons.mute.setAttribute("aria-pressed", String(yes));
  voice.mute(yes);
  tones.mute(yes);
  // Either the voice speaks or a screen reader does, never both at once.
  at("transcript").setAttribute("aria-live", yes ? "polite" : "off");
  sessionStorage.setItem("mute", yes ? "yes" : "");
}

function own() {
  sessionStorage.setItem("rings", rings.checked ? "yes" : "");
  tell(rings.checked ? { do: "own", address: setup.own() } : { do: "disown" });
}

buttons.call.addEventListener("click", call);
buttons.answer.addEventListener("click", answer);
buttons.hangUp.addEventListener("click", hangUp);
buttons.silence.addEventListener("click", silence);
buttons.mute.addEventListener("click", mute);
rings.addEventListener("change", () => { tones.wake(); own(); });
at("mine").addEventListener("change", () => { if (rings.checked) own(); });
wordsForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("words").value.trim();
  if (!text || !tell({ do: "say", text })) return;
  transcript.mine(text);
  at("words").value = "";
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (state === "over") settle();
    else hangUp();
    return;
  }
  const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  if (typing && !(event.key === "Enter" && event.target.closest("#setup"))) return;
  if (pad.has(event.key)) {
    if (!event.repeat) pad.press(event.code, event.key);
    event.preventDefault();
  } else if (event.key === "Backspace" && state === "idle") {
    setup.erase();
  } else if (event.key === "Enter" && !event.repeat && !event.target.closest("button, summary, a, select")) {
    event.preventDefault();
    if (state === "incoming") answer();
    else call();
  }
});
document.addEventListener("keyup", (event) => pad.release(event.code));

// What the carrier tells

const heard = {
  owns({ address, trouble: why }) {
    if (why) {
      rings.checked = false;
      sessionStorage.setItem("rings", "");
      trouble.show("This number cannot ring here", why);
    } else {
      at("mine-facts").hidden = Boolean(address);
    }
  },
  refused({ text }) {
    trouble.show("That cannot be called", text);
    over("Not called");
  },
  began({ sid, at: moment, zone, chosen }) {
    talk.sid = sid;
    talk.zone = zone ?? talk.zone;
    talk.moment = chosen || zone ? new Date(moment) : null;
    inspector.clear(sid);
    again.began(sid);
    startTimer();
  },
  answered() {
    tones.quiet();
    become("talking");
    says(talk.title, at("subtitle").textContent, "In a call");
    if (at("timer").hidden) startTimer();
  },
  spoke(sound) {
    tones.quiet();
    const item = transcript.line(sound.text, sound.language);
    talk.sound = { ...sound, item };
    if (!voice.speaks(sound.language) && !talk.mute.has(sound.language)) {
      talk.mute.add(sound.language);
      transcript.note(`This browser has no voice for ${sound.language}: read here what is said.`);
    }
    voice.begin(sound, () => tell({ do: "heard", sound: sound.sound }));
  },
  played(sound) {
    tones.quiet();
    const item = sound.text ? transcript.line(sound.text, sound.language) : transcript.line(sound.name, "", "Audio");
    if (sound.text) item.title = "A recording";
    talk.sound = { ...sound, item };
    voice.begin(sound, () => tell({ do: "heard", sound: sound.sound }));
  },
  paused() {},
  stopped({ cut }) {
    if (cut) {
      voice.stop();
      talk.sound?.item.classList.add("cut");
    }
  },
  did({ text }) {
    if (text) transcript.note(text);
  },
  recording() {
    tones.beep();
    again.recording();
    transcript.note("The line records. A key ends it.");
  },
  dialing({ parties }) {
    transcript.note(`The line dials ${parties.join(", ")}.`);
    says(talk.title, at("subtitle").textContent, "Rings at the other side");
    tones.ringback();
  },
  queued({ name }) {
    transcript.note(`In the queue ${name}.`);
    says(talk.title, at("subtitle").textContent, "Waiting in a queue");
  },
  note({ text }) {
    transcript.note(text);
  },
  ringing({ from, to }) {
    begin(from || "Unknown caller", `calls ${to}`, "Rings", "incoming");
    talk.called = true;
    tones.bell();
  },
  bridged({ party }) {
    tones.quiet();
    voice.stop();
    talk.bridged = party;
    transcript.note(`Connected with ${party}.`);
    become("talking");
    says(talk.title, "", `Connected with ${party}`);
    if (document.activeElement === document.body || document.activeElement === phone) at("words").focus({ preventScroll: true });
  },
  unbridged({ party }) {
    if (state !== "talking") return;
    talk.bridged = "";
    transcript.note(`No longer connected with ${party}.`);
    become("talking");
    says(talk.title, at("subtitle").textContent, "In a call");
  },
  message({ text }) {
    transcript.line(text, "", talk.bridged || "The other side");
  },
  turned(document_) {
    talk.turns += 1;
    inspector.turn(talk.turns, document_);
  },
  warned({ code, text }) {
    transcript.note(`A carrier would log: ${code} ${text}`);
  },
  ended({ by, code, text }) {
    again.ended();
    if (by === "error") {
      trouble.carrier(code, text);
      transcript.note("The call broke off.");
      over("Call ended by an error");
    } else {
      const words = state === "incoming" ? "Not answered." : by === "caller" ? "You hung up." : talk.called ? "The other side hung up." : "The line hung up.";
      transcript.note(words);
      over("Call ended");
    }
  },
};

// Wires

const tell = connect({
  told(message) {
    heard[message.kind]?.(message);
  },
  lost() {
    wire(false);
    if (state === "idle" || state === "over") become(state);
    else over("Call lost");
    trouble.show("The carrier is away", "Does `ivr serve` still run? This phone tries again by itself; a call that was open is lost.");
    linesThere = false;
    showIdle();
  },
  found() {
    wire(true);
    trouble.clear();
    become(state);
    showIdle();
    if (sessionStorage.getItem("rings")) {
      rings.checked = true;
      own();
    }
    lines();
  },
});

async function lines() {
  if (!wired || linesThere) return;
  try {
    const response = await fetch("/lines");
    const found = await response.json();
    if (!response.ok) throw new Error(found.trouble);
    linesThere = true;
    if (state === "idle") trouble.clear();
    setup.offer(found);
  } catch (error) {
    if (state === "idle") trouble.show("The service does not answer", `${error.message} This phone tries again by itself.`);
    setTimeout(lines, 2000);
  }
}

// Somebody may have published while the tab was in the background.
window.addEventListener("focus", () => {
  linesThere = false;
  lines();
});

// On a narrow screen the keys come first, and what is seldom changed is folded.
const narrow = window.matchMedia("(max-width: 760px)");
const fold = () => { at("more").open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();

setup.begin(showIdle);
again.begin({ call, press: pressed, silence, hangUp, note: transcript.note });
setup.again(again.loaded());
window.addEventListener("hashchange", () => { setup.again(again.loaded()); setup.drafted(); });
setup.drafted();
inspector.begin();
if (sessionStorage.getItem("mute")) mute();
become("idle");
showIdle();
