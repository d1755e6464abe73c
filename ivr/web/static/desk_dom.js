// Elements from data. Text is only ever set as text.

import { now } from "./desk_feed.js";

/** An element with attributes (`on…` are listeners, false and null are left out) and children. */
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((it) => it != null && it !== false && it !== ""));
  return made;
}

const shown = new WeakMap();

/** Shows data in an element, if it is other data than it shows already. */
export function fill(element, data, make) {
  const text = JSON.stringify(data);
  if (shown.get(element) === text) return;
  shown.set(element, text);
  element.replaceChildren(...[make(data)].flat().filter((it) => it != null && it !== false && it !== ""));
}

/** One child for each thing, known by `id`: what stays the same is left alone, also while somebody types in it. */
export function list(parent, things, id, make) {
  const before = new Map([...parent.children].map((it) => [it.dataset.id, it]));
  const focus = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  let place = parent.firstElementChild;
  for (const thing of things) {
    const name = String(id(thing));
    const text = JSON.stringify(thing);
    let element = before.get(name);
    before.delete(name);
    if (!element || shown.get(element) !== text) {
      const made = make(thing);
      made.dataset.id = name;
      shown.set(made, text);
      if (element === place) place = made;
      if (element) element.replaceWith(made);
      element = made;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of before.values()) gone.remove();
  if (focus && !parent.contains(document.activeElement)) parent.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}

/** How long, in figures: 0:07, 12:30, 1:02:03. */
export function figures(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (it) => String(it).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long, in words: 20 seconds, 2 minutes. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [number, unit] = whole < 60 ? [whole, "second"] : whole < 7200 ? [Math.round(whole / 60), "minute"] : [Math.round(whole / 3600), "hour"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** A clock that counts up from a moment, or down to one; `tick` keeps all of them going. */
export function since(moment, until = false) {
  const made = h("time", { [until ? "data-until" : "data-since"]: moment });
  show(made);
  return made;
}

/** Lets an element that is there count from a moment; from none it is empty. */
export function count(element, moment, until = false) {
  delete element.dataset.since;
  delete element.dataset.until;
  if (moment) element.dataset[until ? "until" : "since"] = moment;
  show(element);
}

function show(clock) {
  const { since: from, until } = clock.dataset;
  const words = from ? figures(now() - from) : until ? figures(until - now()) : "";
  if (clock.textContent !== words) clock.textContent = words;
}

setInterval(() => document.querySelectorAll("time[data-since], time[data-until]").forEach(show), 500);

/** A moment as a clock on the wall shows it, with the day where it is not today. */
export function moment(seconds) {
  const at = new Date(seconds * 1000);
  const today = at.toDateString() === new Date(now() * 1000).toDateString();
  const time = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  return today ? time : `${at.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}

const languages = new Intl.DisplayNames(["en"], { type: "language", languageDisplay: "dialect" });

/** The name of a language such as es-MX. */
export function tongue(tag) {
  try {
    return tag ? languages.of(tag) : "";
  } catch {
    return tag;
  }
}

/** snake_case as words. */
export const words = (name) => String(name).replaceAll("_", " ");
