// Callers on the picture, asked for every second: how many are at each step, each move from one to the next, and a list.

import { h, list, since } from "./desk_dom.js";
import { feed } from "./desk_feed.js";

const SVG = "http://www.w3.org/2000/svg";
const FLIGHT = 700; // milliseconds
const MOST_FLIGHTS = 40; // at once
const TOLD = 15_000; // a screen reader hears no more often where they are
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Shows the callers of the line; `node` finds where a step is drawn, `address` where it is opened. */
export function callers(drawn, view, { node, address, size }) {
  const find = (id) => document.getElementById(id);
  const [body, overlay] = [find("calls").tBodies[0], made("g", { class: "here" })];
  const badges = new Map(); // node -> its badge
  let known = null; // sid -> call, in the order in which they came
  let scale = 1;
  let told = { at: 0, words: "" };

  view.querySelector("g.graph").append(overlay);
  size.changed((now) => {
    scale = Math.max(1, 1 / now); // a badge can be read however small the picture is
    badges.forEach((badge, it) => place(badge, it));
  });

  function show({ calls, more }) {
    const now = new Map(calls.map((it) => [it.sid, it]));
    const before = known ?? new Map();
    const moved = known ? calls.filter((it) => before.has(it.sid) && before.get(it.sid).step !== it.step) : [];
    const came = known ? calls.filter((it) => !before.has(it.sid)) : [];
    known = new Map([...before.keys()].filter((sid) => now.has(sid)).map((sid) => [sid, now.get(sid)]));
    calls.forEach((it) => known.set(it.sid, it));
    counted(calls);
    if (!calm.matches && !document.hidden) {
      moved.slice(0, MOST_FLIGHTS).forEach((it) => fly(node(before.get(it.sid).step), node(it.step)));
      new Set(came.map((it) => node(it.step))).forEach(pulse);
    }
    listed(more);
    tell(calls);
  }

  function counted(calls) {
    const counts = new Map();
    let elsewhere = 0;
    for (const { step } of calls) {
      const it = node(step);
      if (it) counts.set(it, (counts.get(it) ?? 0) + 1);
      else elsewhere += 1;
    }
    for (const [it, badge] of badges) {
      if (counts.has(it)) continue;
      badge.remove();
      badges.delete(it);
    }
    for (const [it, count] of counts) badges.set(it, badged(it, count));
    find("elsewhere").hidden = !elsewhere;
    find("elsewhere").textContent = `${elsewhere} of them at steps that are not on this picture: the service's own, or those of the version on which a call began.`;
  }

  /** The badge of a node with this number. */
  function badged(it, count) {
    const words = count > 999 ? "999+" : String(count);
    let badge = badges.get(it);
    if (badge?.dataset.count === words) return badge;
    const wide = 12 + 7 * words.length;
    badge ??= overlay.appendChild(made("g", { class: "badge", "data-at": it.dataset.step }));
    badge.dataset.count = words;
    badge.replaceChildren(
      made("rect", { x: -wide / 2, y: -9, width: wide, height: 18, rx: 9 }),
      made("text", { y: 4 }, words),
    );
    place(badge, it);
    return badge;
  }

  function place(badge, it) {
    const box = it.getBBox();
    badge.setAttribute("transform", `translate(${box.x + box.width} ${box.y}) scale(${scale})`);
  }

  const corner = (it) => {
    const box = it.getBBox();
    return `translate(${box.x + box.width}px, ${box.y}px) scale(${scale})`;
  };

  function fly(from, to) {
    if (!from || !to || from === to) return;
    const dot = overlay.appendChild(made("g", { class: "flight" }));
    dot.append(made("circle", { r: 7 }));
    const flight = dot.animate([{ transform: corner(from) }, { transform: corner(to) }], { duration: FLIGHT, easing: "ease-in-out" });
    flight.onfinish = () => {
      dot.remove();
      pulse(to);
    };
    flight.oncancel = () => dot.remove();
  }

  function pulse(it) {
    badges.get(it)?.firstChild.animate([{ transform: "scale(1)" }, { transform: "scale(1.5)" }, { transform: "scale(1)" }], { duration: 300 });
  }

  function listed(more) {
    const calls = [...known.values()];
    find("count").textContent = `${calls.length}${more ? "+" : ""}`;
    find("nobody").hidden = calls.length > 0;
    find("calls").hidden = !calls.length;
    find("more").hidden = !more;
    find("away")?.remove();
    for (const it of [...body.children]) if (!it.dataset.id) it.remove(); // those of the page as it was loaded
    list(body, calls, (it) => it.sid, row);
  }

  function row({ sid, caller, step, since: from }) {
    const story = drawn.dataset.story;
    const who = story ? h("a", { href: story + encodeURIComponent(sid), "data-focus": `call-${sid}` }, caller) : caller;
    const where = node(step) ? h("a", { href: address(step), "data-focus": `at-${sid}` }, step) : step;
    return h("tr", {}, h("th", { scope: "row" }, who), h("td", {}, where), h("td", { class: "num" }, since(from)));
  }

  /** Says in a sentence how many are where; not at every key that somebody presses. */
  function tell(calls) {
    const counts = new Map();
    for (const { step } of calls) counts.set(step, (counts.get(step) ?? 0) + 1);
    const most = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 5).map(([step, count]) => `${count} at ${step}`);
    const words = calls.length ? `${calls.length} on the line: ${most.join(", ")}${counts.size > 5 ? ", and others elsewhere" : ""}.` : "Nobody is on the line.";
    if (words === told.words || Date.now() - told.at < TOLD) return;
    told = { at: Date.now(), words };
    find("told").textContent = words;
  }

  feed(drawn.dataset.live, show);
}

function made(name, attributes, text = "") {
  const it = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value);
  it.textContent = text;
  return it;
}
