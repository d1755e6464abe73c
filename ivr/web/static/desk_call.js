// The call in the middle: offered, taken, or just over; what is known of it, and what is said of it.

import { count, fill, figures, h, moment, since, tongue, words } from "./desk_dom.js";
import { deed, now } from "./desk_feed.js";

const find = (id) => document.getElementById(id);
const unmask = () => "unmask" in find("desk").dataset;
let current = null;

export function showCall(call, me) {
  find("call").dataset.is = call ? call.state : "none";
  find("calm").hidden = Boolean(call);
  find("offer").hidden = !call;
  if (!call) {
    current = null;
    return fill(find("calm"), me.state, calm);
  }
  const fresh = current?.id !== call.id;
  current = call;
  find("call-title").textContent = call.known ? `${words(call.queue)} · ${call.known.line}` : words(call.queue);
  fill(find("call-chip"), [call.state, call.made, call.taken, me.wrap_until], () => chip(call, me));
  find("call-do").textContent = doing(call);
  fill(find("call-facts"), [call, unmask()], () => facts(call));
  fill(find("known"), call.known, known);
  find("call-why").textContent = call.state === "ringing" ? call.why : "";
  fill(find("call-before"), call.before, (list) => list.map(noted));
  if (fresh) begin(call);
  find("onward").hidden = call.state !== "taken";
  find("onward-kept").textContent = call.onward ? `When you hang up, the caller ${onward(call.onward)}.` : "It is done when you hang up.";
  find("wrap").hidden = call.state !== "taken" && call.state !== "over";
}

function calm(state) {
  const said = {
    available: ["You are available.", "The next call shows here, and your phone rings."],
    away: ["You are away.", "Press A to take calls."],
    wrap_up: ["You are wrapping up.", "Press E when you are ready."],
  }[state] ?? ["One moment.", ""];
  return [h("strong", {}, said[0]), h("span", {}, said[1])];
}

function chip(call, me) {
  if (call.state === "ringing") return ["Rings ", since(call.made)];
  if (call.state === "taken") return ["Talking ", since(call.taken)];
  return me.state === "wrap_up" ? ["Wrap-up, ", since(me.wrap_until, true), " left"] : ["Over"];
}

function doing(call) {
  if (call.state !== "ringing") return "";
  return call.press ? "Pick up your phone, and press 1 to take the call." : "Pick up your phone to take the call.";
}

function onward(to) {
  const [kind, ...rest] = to.split(":");
  const name = rest.join(":");
  return { queue: `waits in ${name}`, step: `goes to ${name}`, dial: `is put through to ${name}` }[kind] ?? to;
}

function facts(call) {
  const known = call.known;
  const rows = [
    ["Caller", [known?.caller || "unknown", unmask() && call.state !== "over" ? numberButton(call) : ""]],
    ["Language", [tongue(call.language)]],
    call.arrived && ["Waited", [call.state === "ringing" ? since(call.arrived) : figures((call.taken ?? call.made) - call.arrived)]],
    known?.called && ["Called", [known.called]],
    call.over && call.taken && ["Talked", [figures(call.over - call.taken)]],
  ];
  return rows.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...value)));
}

function noted(it) {
  return h("li", {}, h("strong", {}, it.agent), ` (${words(it.queue)})`, it.code && ` · ${words(it.code)}`, it.note && `: ${it.note}`);
}

function numberButton(call) {
  const show = () => deed(`/desk/offers/${call.id}/number`);
  return h("button", { type: "button", class: "plain", onclick: show }, "Whole number");
}

function known(it) {
  if (!it) return h("p", { class: "quiet" }, "Nothing more is known of this call.");
  const asked = it.values.filter((value) => value.asked);
  const found = it.values.filter((value) => !value.asked);
  return [
    part("Entered", asked.length && values(asked)),
    part("Found for them", found.length && values(found)),
    part("The way here", it.path.length && h("ol", { class: "path" }, it.path.map(went))),
    part("Called before", it.earlier.length && h("ul", { class: "earlier" }, it.earlier.map(before))),
    !it.earlier.length && h("p", { class: "quiet" }, "No earlier calls of this caller are known."),
  ];
}

const part = (title, content) => (content ? h("section", {}, h("h3", {}, title), content) : "");
const values = (list) => h("dl", { class: "facts" }, list.map((it) => h("div", {}, h("dt", {}, words(it.name)), h("dd", {}, it.value))));
const went = (it) => h("li", {}, h("code", {}, it.step), " ", it.words);

function before(it) {
  const came = it.goals.length ? it.goals.map(words).join(", ") : it.step ? `came to ${words(it.step)}` : "";
  return h("li", {}, h("time", {}, moment(it.at)), ` ${it.line}`, came && ` · ${came}`, it.how && h("span", { class: "quiet" }, ` · ${words(it.how)}`));
}

/** Sets up the forms of another call; what somebody types into them afterwards is theirs. */
function begin(call) {
  find("note").value = call.note;
  find("wrap-kept").textContent = "";
  const codes = find("codes");
  codes.hidden = !call.codes.length;
  const code = (name) => {
    const box = h("input", { type: "radio", name: "code", value: name, checked: name === call.code, onchange: () => keep("code") });
    return h("label", {}, box, words(name));
  };
  codes.replaceChildren(codes.querySelector("legend"), ...call.codes.map(code));
  const option = (value, text) => h("option", { value }, text);
  const group = (label, options) => options.length && h("optgroup", { label }, options);
  const steps = call.known?.steps ?? [];
  const choices = [
    option("", "nowhere"),
    group("A queue", call.queues.map((it) => option(`queue:${it}`, words(it)))),
    group("A step of the line", steps.map((it) => option(`step:${it}`, it))),
    option("dial:", "a number…"),
  ];
  find("onward-to").replaceChildren(...choices.filter(Boolean));
  const number = call.onward.startsWith("dial:");
  find("onward-to").value = number ? "dial:" : call.onward;
  find("onward-number").value = number ? call.onward.slice(5) : "";
  find("onward-number").hidden = !number;
}

async function keep(what) {
  const code = find("wrap").querySelector("[name=code]:checked")?.value ?? "";
  const done = await deed(`/desk/offers/${current.id}/wrap`, { code, note: find("note").value });
  find("wrap-kept").textContent = done && what === "note" ? "Kept." : "";
}

/** Listens to the forms; gives what single keys do. */
export function callForms() {
  find("onward-to").addEventListener("change", () => {
    find("onward-number").hidden = find("onward-to").value !== "dial:";
    if (!find("onward-number").hidden) find("onward-number").focus();
  });
  find("onward").addEventListener("submit", (event) => {
    event.preventDefault();
    const to = find("onward-to").value;
    deed(`/desk/offers/${current.id}/onward`, { to: to === "dial:" ? to + find("onward-number").value : to });
  });
  find("wrap").addEventListener("submit", (event) => {
    event.preventDefault();
    keep("note");
  });
  return {
    n: () => find("wrap").hidden || find("note").focus(),
    s: () => find("onward").hidden || find("onward-to").focus(),
  };
}
