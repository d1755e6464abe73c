// The picture of a line: sized and moved, steps opened beside it without loading the page anew, callers on it.

import { callers } from "./console_picture_live.js";
import { sized } from "./console_picture_zoom.js";

const drawn = document.querySelector("#drawn");
const view = document.querySelector("#view");
const panel = document.querySelector("#panel");
const find = document.querySelector("#find");
const nodes = new Map([...view.querySelectorAll("[data-step]")].map((it) => [it.dataset.step, it]));
const size = sized(view, document.querySelector(".zoom"));

/** The node of a step: its own, or the closed piece in which it is; none where the picture has neither. */
function node(step) {
  for (let name = step; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    if (nodes.has(name)) return nodes.get(name);
  }
  return undefined;
}

/** An address with this step open instead, or none. */
function address(step, of = location.href) {
  const url = new URL(of);
  url.hash = "";
  if (step) url.searchParams.set("step", step);
  else url.searchParams.delete("step");
  return url;
}

const openNow = () => new URL(location.href).searchParams.get("step") ?? "";

function mark() {
  const step = openNow();
  for (const it of nodes.values()) it.classList.toggle("open", it === node(step));
  for (const link of drawn.querySelectorAll(".keeps a")) link.href = address(step, link.href);
  if (find) find.value = [...find.options].some((it) => it.value === step) ? step : "";
}

/** Shows what is told of the step that the address names; the page itself where that cannot be had. */
async function show(focus) {
  const step = openNow();
  stop();
  mark();
  if (!step) {
    panel.replaceChildren(hint());
    return;
  }
  const url = new URL(drawn.dataset.step, location.href);
  url.searchParams.set("step", step);
  let told;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw answer.status;
    told = await answer.text();
  } catch {
    location.reload();
    return;
  }
  if (openNow() !== step) return; // another one was opened meanwhile
  panel.replaceChildren(...new DOMParser().parseFromString(told, "text/html").body.childNodes);
  if (focus) panel.querySelector("#step-name")?.focus();
}

function hint() {
  const made = document.createElement("p");
  made.className = "quiet hint";
  made.textContent = "Choose a step: its words, audio, figures and ways out are shown here.";
  return made;
}

/** Opens a step that is on this picture, or closes the one that is open. */
function open(step, { focus = true, bring = false } = {}) {
  if (step !== openNow()) history.pushState(null, "", address(step));
  if (bring && node(step)) size.bring(node(step));
  return show(focus);
}

/** The step that a link opens on this very picture; undefined for any other link. */
function opened(link) {
  const url = new URL(link.href.baseVal ?? link.href, location.href);
  const step = url.searchParams.get("step") ?? "";
  const here = address(step);
  const same = (one, other) => [...one.searchParams].sort().join() === [...other.searchParams].sort().join();
  return url.origin === here.origin && url.pathname === here.pathname && same(url, here) ? step : undefined;
}

drawn.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.classList.contains("play")) {
    event.preventDefault();
    play(link);
    return;
  }
  const step = opened(link);
  if (step === undefined || link.closest(".choice")) return;
  event.preventDefault();
  const closes = !step && view.querySelector(".node.open a");
  open(step, { bring: !view.contains(link) });
  if (closes) closes.focus();
});

find?.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (find.value) open(find.value, { bring: true });
});

window.addEventListener("popstate", () => show(false));

// One recording at a time; a second press stops it.
const audio = new Audio();
let playing = null;

function stop() {
  audio.pause();
  if (playing) playing.classList.remove("plays");
  playing = null;
}

function play(link) {
  const same = playing === link;
  stop();
  if (same) return;
  playing = link;
  link.classList.add("plays");
  audio.src = link.href;
  audio.play().catch(stop);
}

audio.addEventListener("ended", stop);
audio.addEventListener("error", stop);

mark();
if (openNow() && node(openNow())) size.reveal(node(openNow()));
callers(drawn, view, { node, address, size });
