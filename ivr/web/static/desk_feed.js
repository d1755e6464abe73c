// The page's line to the service: the state comes in, deeds go out, and the service's clock is known.

const TROUBLE = {
  0: "The service does not answer. What you see may be old; it is tried again.",
  403: "Your role no longer allows this page.",
  503: "The data cannot be reached just now. Calls go on; this page is tried again.",
};

let ahead = 0;
let worker = null;

/** The service's time, in seconds. */
export const now = () => Date.now() / 1000 + ahead;

/** Calls `shows` with each new state, and tells trouble in words ("" when it is over). */
export function feed(path, shows) {
  const trouble = document.querySelector("#trouble");
  const tell = (words) => {
    if (trouble.textContent !== words) trouble.textContent = words;
    trouble.hidden = !words;
    document.body.classList.toggle("stale", Boolean(words));
  };
  worker = new Worker(new URL("desk_poll.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.kind === "trouble") {
      if (data.status === 401) return location.reload();
      return tell(TROUBLE[data.status] ?? `The service answered ${data.status}. It is tried again.`);
    }
    tell("");
    if (data.now) ahead = data.now - Date.now() / 1000;
    if (data.kind === "state") shows(data.state);
  };
  worker.postMessage({ path });
}

/** Does a deed, tells what came of it, and has the state asked for at once. Whether it was done. */
export async function deed(path, data = {}) {
  const headers = {
    Accept: "application/json",
    "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
  };
  let words, done;
  try {
    const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams(data) });
    done = answer.ok;
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    words = json ? (await answer.json()).words : `That was not done (${answer.status}). Reload the page and try again.`;
  } catch {
    done = false;
    words = "The service does not answer; that was not done.";
  }
  say(words, !done);
  worker?.postMessage({});
  return done;
}

let fades = 0;

/** Says in a corner, and to a screen reader, what came of something. */
export function say(words, bad = false) {
  const said = document.querySelector("#said");
  said.textContent = words;
  said.classList.toggle("bad", bad);
  clearTimeout(fades);
  fades = setTimeout(() => (said.textContent = ""), bad ? 12000 : 6000);
}
