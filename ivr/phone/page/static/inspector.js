// The inside of the call, for ops: each turn's TwiML, the place in the menu, saved values, events.

const panel = document.querySelector("#inspector");
const button = document.querySelector("#inspect");
const tabs = [...panel.querySelectorAll("[role=tab]")];
const panels = Object.fromEntries(["twiml", "place", "values", "events"].map((name) => [name, panel.querySelector(`#panel-${name}`)]));
const MOST = 100; // documents shown

let sid = null;
let asked = 0;

export function begin() {
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    document.body.classList.toggle("inspecting", !panel.hidden);
    look();
  });
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = { Home: 0, End: tabs.length - 1 }[event.key] ?? (step && (tabs.indexOf(tab) + step + tabs.length) % tabs.length);
      if (to === undefined) return;
      event.preventDefault();
      choose(tabs[to]);
      tabs[to].focus();
    });
  }
  clear();
}

// A new call, or none.
export function clear(of = null) {
  sid = of;
  for (const one of Object.values(panels)) one.replaceChildren(paragraph("Nothing yet: make a call."));
}

export function turn(number, document_) {
  if (number === 1) panels.twiml.replaceChildren();
  const details = element("details", "turn");
  details.open = true;
  const summary = element("summary");
  summary.append(element("b", "", `Turn ${number}`), element("span", "", address(document_)));
  const pre = element("pre");
  pre.tabIndex = 0;
  pre.setAttribute("aria-label", `TwiML of turn ${number}`);
  if (document_.error) pre.append(`${document_.error}\n`);
  pretty(document_.body, pre);
  details.append(summary, pre);
  for (const old of panels.twiml.querySelectorAll("details")) old.open = false;
  panels.twiml.prepend(details);
  while (panels.twiml.children.length > MOST) panels.twiml.lastChild.remove();
  look();
}

// Asks the service where the call is by now; when nobody looks, nothing is asked.
export async function look() {
  if (panel.hidden || !sid) return;
  const mine = ++asked;
  const of = sid;
  let found;
  try {
    const response = await fetch(`/calls/${encodeURIComponent(of)}`);
    if (response.status === 404) return;
    if (!response.ok) throw new Error(await response.text());
    found = await response.json();
  } catch (error) {
    if (mine === asked) panels.place.replaceChildren(paragraph(`The service does not say where the call is: ${error.message}`));
    return;
  }
  if (mine !== asked || of !== sid) return;
  place(found);
  values(found);
  events(found);
}

function place(found) {
  const where = found.row ? `${found.file}, line ${found.row}` : found.file;
  panels.place.replaceChildren(table("Where the call is", [
    ["Step", code(found.ended ? `${found.place || "none"} (over: ${found.ended})` : found.place || "not yet anywhere")],
    ["In the file", code(where)],
    ["Language", found.language || "not chosen"],
    ["Version", code(found.version)],
    ["Call", code(found.sid)],
  ]));
}

function values(found) {
  const rows = Object.entries(found.values).map(([name, value]) => [name, code(typeof value === "string" ? value : JSON.stringify(value))]);
  panels.values.replaceChildren(rows.length ? table("Saved values", rows) : paragraph("The call has saved nothing yet."));
}

function events(found) {
  const rows = found.records.flatMap((record) => record.events.map((event) => {
    const { kind, step, ...rest } = event;
    const more = Object.entries(rest).filter(([, value]) => value !== "" && value !== null).map(([name, value]) => `${name} ${value}`).join(", ");
    return [kind.replaceAll("_", " "), `${step ?? ""}${more ? ` · ${more}` : ""}`];
  }));
  panels.events.replaceChildren(rows.length ? table("What happened, the newest first", rows.reverse()) : paragraph("Nothing has happened yet."));
}

function choose(tab) {
  for (const one of tabs) {
    const yes = one === tab;
    one.setAttribute("aria-selected", String(yes));
    one.tabIndex = yes ? 0 : -1;
    panel.querySelector(`#${one.getAttribute("aria-controls")}`).hidden = !yes;
  }
}

// The path of a webhook, without the sealed place that it carries.
function address({ url, method, status }) {
  const { pathname } = new URL(url, location.href);
  return `${method} ${pathname.replace(/\/CA[0-9a-f]{26}/, "/CA…")}${status === 200 ? "" : ` → ${status ?? "no answer"}`}`;
}

function pretty(text, into) {
  if (!text.trim()) {
    into.append("(nothing)");
    return;
  }
  const parsed = new DOMParser().parseFromString(text, "text/xml");
  if (parsed.querySelector("parsererror")) into.append(text);
  else node(parsed.documentElement, into, 0);
  if (into.lastChild?.nodeType === 3) into.lastChild.data = into.lastChild.data.trimEnd();
}

function node(of, into, depth) {
  const indent = "  ".repeat(depth);
  into.append(`${indent}<`, element("span", "el", of.nodeName));
  for (const { name, value } of of.attributes) {
    into.append(" ", element("span", "at", name), `="${value.replace(/([?&]s=)[\w-]+/, "$1…")}"`);
  }
  const inner = [...of.childNodes].filter((child) => child.nodeType === 1 || child.textContent.trim());
  if (!inner.length) {
    into.append("/>\n");
  } else if (inner.every((child) => child.nodeType !== 1)) {
    into.append(">", of.textContent.trim().replace(/([?&]s=)[\w-]+/, "$1…"), "</", element("span", "el", of.nodeName), ">\n");
  } else {
    into.append(">\n");
    for (const child of inner) {
      if (child.nodeType === 1) node(child, into, depth + 1);
      else into.append(`${indent}  ${child.textContent.trim()}\n`);
    }
    into.append(`${indent}</`, element("span", "el", of.nodeName), ">\n");
  }
}

function table(caption, rows) {
  const made = element("table");
  const title = element("caption", "unseen", caption);
  made.append(title);
  const body = element("tbody");
  for (const [name, value] of rows) {
    const row = element("tr");
    const head = element("th", "", name);
    head.scope = "row";
    const cell = element("td");
    cell.append(value);
    row.append(head, cell);
    body.append(row);
  }
  made.append(body);
  return made;
}

function code(text) {
  return element("code", "", text);
}

function paragraph(text) {
  return element("p", "", text);
}

function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
