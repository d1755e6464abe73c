// A page may stay open all day: what is closed, or said first, is asked for every few seconds.

const EVERY = 5000;
const place = document.querySelector("#notices");
let etag = "";

async function ask() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(place.dataset.now, { headers, cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    if (answer.status === 401) return; // signed out: nobody is told any more
    if (answer.ok) {
      const now = document.createElement("template");
      now.innerHTML = await answer.text();
      const differs = now.content.textContent.trim() !== place.textContent.trim();
      if (differs) place.replaceChildren(now.content); // what is the same is not read out again
      etag = answer.headers.get("ETag") ?? "";
    }
  } catch {
    // the service is away: ask again
  }
  setTimeout(ask, EVERY);
}

setTimeout(ask, EVERY);
