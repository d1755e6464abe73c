// While the scripted calls are being run, the page asks whether they are done, and then shows what came of them.

const running = document.querySelector("[data-running]")?.dataset.running;

async function ask() {
  try {
    const response = await fetch(running);
    if (!response.ok || (await response.text()) !== "running") {
      location.reload();
      return;
    }
  } catch {
    // the service is away: ask again
  }
  setTimeout(ask, 1000);
}

if (running) setTimeout(ask, 1000);
