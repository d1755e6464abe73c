// A call of the log made again: what its caller did is done once more, each in its time, where the call was then.
// Where this call comes to another place, it waits, and says so. What it is comes in the address, behind the #.

const box = document.querySelector("#again");
const says = box.querySelector("#again-says");
const list = box.querySelector("ol");
const start = box.querySelector("#again-start");
const next = box.querySelector("#again-next");
const stop = box.querySelector("#again-stop");

const LOOK = 400; // milliseconds between two looks at where the call is
const GRACE = 12000; // milliseconds that a call may take longer to come to the place than it did then

let whole = null; // { sid, line, to, at, acts: [{ after, step, kind, keys, seconds, outcome, seq }] }
let phone = null; // { call, tell, press, note }: what this can do with the phone
let run = null; // the call at hand: { sid, index, since, paused, recording, records }

export function begin(does) {
  phone = does;
  start.addEventListener("click", () => {
    if (run && !run.over) pause(!run.paused);
    else phone.call();
  });
  next.addEventListener("click", () => { if (run && !run.over) act(); });
  stop.addEventListener("click", () => {
    if (run) end("You go on by yourself.");
  });
  window.addEventListener("hashchange", load);
  load();
}

// What was loaded, if anything: what to call, and the moment in ISO 8601.
export function loaded() {
  return whole;
}

// The call began: with the first place the first act is due.
export function began(sid) {
  if (!whole) return;
  run = { sid, index: 0, since: performance.now(), paused: false, recording: false, records: 0, over: false, late: null };
  show();
  look(run);
}

export function recording() {
  if (run) run.recording = true;
}

export function ended() {
  if (!run || run.over) return;
  const left = whole.acts.slice(run.index).filter((it) => it.kind !== "hang_up");
  if (left.length) end(`The call ended here. Then it went on: ${words(left[0])}.`, true);
  else end("All of it was done as it was then.");
}

function load() {
  const found = new URLSearchParams(location.hash.slice(1)).get("again");
  whole = found ? read(found) : null;
  if (found && !whole) {
    box.hidden = false;
    say("The address holds no call that could be made again. Follow the link from the call's page anew.", true);
    for (const button of [start, next, stop]) button.hidden = true;
    return;
  }
  box.hidden = !whole;
  run = null;
  if (!whole) return;
  list.replaceChildren(...whole.acts.map((it) => {
    const item = document.createElement("li");
    const what = document.createElement("b");
    what.textContent = words(it);
    const where = document.createElement("span");
    where.textContent = `${it.step ? `at ${it.step}, ` : ""}after ${seconds(it.after)}`;
    item.append(what, where);
    return item;
  }));
  say(`Call ${whole.sid.slice(0, 10)}… is loaded: the same line and the same time.`);
  show();
}

function read(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    const it = JSON.parse(new TextDecoder().decode(bytes));
    const fits = typeof it.sid === "string" && typeof it.to === "string" && typeof it.line === "string"
      && !Number.isNaN(Date.parse(it.at)) && Array.isArray(it.acts)
      && it.acts.every((act) => Number.isFinite(act.after) && typeof act.kind === "string" && typeof act.step === "string");
    return fits ? it : null;
  } catch {
    return null;
  }
}

// Looks where the call is, again and again, and does what is due.
async function look(mine) {
  if (mine !== run || mine.over) return;
  let found = null;
  try {
    const response = await fetch(`/calls/${encodeURIComponent(mine.sid)}`);
    if (response.ok) found = await response.json();
  } catch {
    // the service is away for a moment: the next look tells
  }
  if (mine !== run || mine.over) return;
  if (found && !mine.paused) due(found);
  if (mine === run && !mine.over) setTimeout(() => look(mine), LOOK);
}

function due(found) {
  const it = whole.acts[run.index];
  if (!it) return;
  const waited = performance.now() - run.since;
  if (it.kind === "secret") {
    const entered = found.records.filter((one) => one.input.kind === "hidden" || one.input.kind === "pressed").length;
    run.entered ??= entered;
    if (entered > run.entered) return advance();
    if (found.place === it.step) return say(`Enter your own ${it.keys.length} keys here: secrets are not in the log.`, true);
  }
  if (it.kind === "speak" && !run.recording) return late(found, it, waited);
  if (it.step && found.place !== it.step) return late(found, it, waited);
  run.late = null;
  const left = it.after * 1000 - waited;
  if (it.kind !== "secret") {
    if (left > 0) say(`Next, in ${seconds(left / 1000)}: ${words(it)}.`);
    else act();
  }
}

// The call is not where it was then: it may still come there; else it goes another way.
function late(found, it, waited) {
  if (waited < it.after * 1000) return;
  run.late ??= performance.now();
  if (performance.now() - run.late < GRACE && !found.ended) return say(`Waits for the call to come to ${it.step}; it is at ${found.place || "its beginning"}.`);
  pause(true);
  say(`Here the call goes another way. Then it was at ${it.step}: ${words(it)}. Now it is at ${found.place || "its end"}.`, true);
  phone.note(`Here the call goes another way: then it was at ${it.step}.`);
}

function act() {
  const it = whole.acts[run.index];
  if (!it) return;
  switch (it.kind) {
    case "press":
      [...it.keys].forEach((key, at) => setTimeout(() => phone.press(key), at * 250));
      break;
    case "silence":
    case "speak":
      phone.silence();
      break;
    case "party":
      phone.note(it.outcome === "answered" ? `Then the other side answered, for ${seconds(it.seconds)}.` : `Then the other side was: ${it.outcome.replaceAll("_", " ")}.`);
      break;
    case "hang_up":
      phone.hangUp();
      break;
  }
  advance();
}

function advance() {
  run.index += 1;
  run.since = performance.now();
  run.recording = false;
  run.late = null;
  run.entered = undefined;
  if (run.index >= whole.acts.length) end("All of it was done as it was then.");
  else if (run.paused) pause(false);
  else show();
}

function pause(yes) {
  if (run.paused && !yes) run.since = performance.now() - Math.max(0, run.elapsed ?? 0);
  if (!run.paused && yes) run.elapsed = performance.now() - run.since;
  run.paused = yes;
  run.late = null;
  if (yes) say("Paused.");
  show();
}

function end(text, alarm = false) {
  run.over = true;
  say(text, alarm);
  show();
}

function show() {
  const going = run && !run.over;
  start.textContent = !going ? (run ? "Once more" : "Call again") : run.paused ? "Go on" : "Pause";
  next.hidden = stop.hidden = !going;
  [...list.children].forEach((item, at) => {
    item.className = !run ? "" : at < run.index ? "done" : at === run.index && going ? "now" : "";
    if (item.className === "now") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

function say(text, alarm = false) {
  if (says.textContent !== text) says.textContent = text;
  box.classList.toggle("alarm", alarm);
}

function words(it) {
  switch (it.kind) {
    case "press": return `press ${it.keys}`;
    case "secret": return `${it.keys.length} secret keys`;
    case "silence": return "stay silent";
    case "speak": return `speak for ${seconds(it.seconds)}`;
    case "party": return it.outcome === "answered" ? "the other side answers" : `the other side: ${it.outcome.replaceAll("_", " ")}`;
    case "hang_up": return "hang up";
    default: return it.kind;
  }
}

function seconds(many) {
  const whole = Math.max(0, Math.round(many));
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
