// Asks for the state every second, in a worker: browsers let the timers of a tab that nobody looks at sleep for a
// minute, and a call that is offered must ring there, too.

const EVERY = 1000;
const SLOWEST = 5000;
const PATIENCE = 8000;

let path = "";
let etag = "";
let pause = EVERY;
let timer = 0;
let asking = false;
let again = false;

onmessage = ({ data }) => {
  path = data.path ?? path;
  if (asking) again = true;
  else ask();
};

async function ask() {
  clearTimeout(timer);
  asking = true;
  again = false;
  try {
    const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const now = Number(answer.headers.get("Touchtone-Now"));
    if (answer.status === 304) {
      postMessage({ kind: "same", now });
    } else if (answer.ok) {
      etag = answer.headers.get("ETag") ?? "";
      postMessage({ kind: "state", now, state: await answer.json() });
    } else {
      throw answer.status;
    }
    pause = EVERY;
  } catch (trouble) {
    pause = Math.min(SLOWEST, pause * 2);
    postMessage({ kind: "trouble", status: typeof trouble === "number" ? trouble : 0 });
  }
  asking = false;
  timer = setTimeout(ask, again ? 0 : pause);
}
