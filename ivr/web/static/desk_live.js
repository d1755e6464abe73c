// The supervisors' page: queues, callers and agents, every second.

import { figures, h, list, since, tongue, words } from "./desk_dom.js";
import { deed, feed } from "./desk_feed.js";
import { named } from "./desk_me.js";

const find = (id) => document.getElementById(id);
const percent = (share) => `${Math.round(share * 100)}%`;
const cell = (...content) => h("td", { class: "num" }, ...content);
const CALLER = { waiting: "waits", offered: "rings at", talking: "talks with" };

function show({ queues, agents }) {
  const names = queues.map((it) => it.name);
  const full = Object.fromEntries(agents.map((it) => [it.name, it.full]));
  const callers = queues.flatMap((it) => it.callers.map((one) => ({ ...one, queue: it.name, others: names.filter((name) => name !== it.name), with: full[one.agent] ?? one.agent })));
  list(find("queues"), queues.map(({ callers: _, ...it }) => it), (it) => it.name, queue);
  list(find("callers"), callers.length ? callers : [{ sid: "" }], (it) => it.sid, caller);
  list(find("agents"), agents, (it) => it.name, agent);
  find("callers-count").textContent = callers.length;
  const waiting = queues.reduce((sum, it) => sum + it.waiting, 0);
  document.title = `${waiting ? `${waiting} waiting` : "Nobody waits"} · Live`;
}

/** A row of a table; on a small screen each cell says what it is, by the head of its column. */
function row(id, ...cells) {
  const heads = find(id).closest("table").tHead.rows[0].cells;
  cells.forEach((it, number) => (it.dataset.label = heads[number]?.textContent ?? ""));
  return h("tr", {}, ...cells);
}

function queue(it) {
  const closed = it.open ? "" : h("span", { class: "quiet" }, " closed");
  return row("queues",
    h("th", { scope: "row" }, words(it.name), closed),
    cell(h("span", { class: it.waiting ? "big-number warn" : "big-number" }, it.waiting)),
    cell(it.longest ? since(it.longest) : "–"),
    cell(it.expected ? `${figures(it.expected[0])} to ${figures(it.expected[1])}` : "–"),
    ...["available", "offered", "talking", "wrap_up", "away"].map((state) => cell(it.agents[state] || h("span", { class: "quiet" }, "0"))),
    cell(...level(it)),
    cell(it.level ? it.level.abandoned : h("span", { class: "quiet" }, "0"), it.level?.short ? h("span", { class: "quiet" }, ` (${it.level.short} at once)`) : ""));
}

function level({ level: it, aim }) {
  const wanted = `aim ${percent(aim.share)} in ${figures(aim.seconds)}`;
  if (it?.value == null) return ["–", h("small", {}, `no calls yet; ${wanted}`)];
  const sure = `${percent(it.low)} to ${percent(it.high)}, of ${it.n}; ${wanted}`;
  const kind = it.value >= aim.share ? "good" : it.high < aim.share ? "bad" : "warn";
  return [h("strong", { class: kind }, percent(it.value)), h("small", {}, sure)];
}

function caller(it) {
  if (!it.sid) return h("tr", {}, h("td", { colspan: 6, class: "quiet" }, "Nobody waits."));
  const state = it.state === "waiting" ? CALLER.waiting : `${CALLER[it.state]} ${it.with}`;
  return row("callers",
    h("th", { scope: "row" }, it.caller, it.line && h("small", {}, it.line)),
    h("td", {}, words(it.queue)), h("td", {}, tongue(it.language)), cell(since(it.arrived)), h("td", {}, state),
    h("td", {}, it.state === "waiting" && it.others.length ? moves(it) : ""));
}

function moves(it) {
  const to = h("select", { "aria-label": `Queue for caller ${it.caller}`, "data-focus": `to-${it.sid}` }, it.others.map((name) => h("option", { value: name }, words(name))));
  const submit = (event) => {
    event.preventDefault();
    deed("/desk/live/move", { sid: it.sid, queue: to.value });
  };
  return h("form", { class: "row tight", onsubmit: submit }, to, h("button", { class: "small", "data-focus": `move-${it.sid}` }, "Move", h("span", { class: "hidden" }, ` caller ${it.caller}`)));
}

function agent(it) {
  const call = it.call;
  const going = it.state === "away" ? "available" : "away";
  const set = (state) => () => deed("/desk/live/agent", { agent: it.name, state });
  const button = (state) => h("button", { type: "button", class: "small", "data-focus": `${state}-${it.name}`, "aria-label": `Set ${state}: ${it.full}`, onclick: set(state) }, `Set ${state}`);
  return row("agents",
    h("th", { scope: "row" }, it.full, h("small", {}, it.queues.map(words).join(", ") || "no queue")),
    h("td", {}, h("span", { class: `tag is-${it.state}` }, named(it.state)), it.reason && h("small", {}, it.reason), it.next && h("small", {}, `then ${named(it.next).toLowerCase()}`)),
    cell(it.since ? since(it.since) : "–"),
    h("td", {}, call ? [words(call.queue), h("small", {}, `${call.caller} · ${tongue(call.language)}`)].flat() : ""),
    h("td", {}, button(going), ...(it.state === "wrap_up" ? [" ", button("available")] : [])));
}

feed(find("live").dataset.state, show);
