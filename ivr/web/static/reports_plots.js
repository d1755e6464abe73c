// Draws the plots of a page from the data beside them. plotly is fetched only where there is one; until then, and
// without it, the numbers stand in tables.

const places = [...document.querySelectorAll("[data-plot]")];
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The script that makes Plotly, fetched once. */
function fetched(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error("plotly did not come"));
    document.head.append(script);
  });
}

/** The same data with the sheet's colours where it names one: "--plot-1". */
function coloured(data, sheet) {
  if (typeof data === "string") return data.startsWith("--") ? sheet.getPropertyValue(data).trim() : data;
  if (Array.isArray(data)) return data.map((it) => coloured(it, sheet));
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([name, it]) => [name, coloured(it, sheet)]));
}

const isAxis = (name) => /^[xy]axis\d*$/.test(name);

/** What all plots have in common; the plot's own layout goes before it. */
function layout(own, sheet, width) {
  const colour = (name) => sheet.getPropertyValue(name).trim();
  const axis = { gridcolor: colour("--line"), linecolor: colour("--line"), zerolinecolor: colour("--line"), automargin: true };
  const axes = { xaxis: axis, yaxis: axis };
  for (const [name, it] of Object.entries(own)) if (isAxis(name)) {
    const fewer = width < 500 && it.nticks > 5 ? { nticks: 5 } : {};
    const shorter = width < 500 && it.tickformat === "%a<br>%-d %b" ? { tickformat: "%a<br>%-d" } : {};
    axes[name] = { ...axis, fixedrange: true, ...it, ...fewer, ...shorter };
  }
  return {
    font: { family: "system-ui, sans-serif", size: 13, color: colour("--ink") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    colorway: Array.from({ length: 8 }, (_, it) => colour(`--plot-${it + 1}`)),
    margin: { l: 44, r: 12, t: 8, b: 36 },
    legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0, traceorder: "normal" },
    hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink") } },
    hovermode: "closest",
    dragmode: false,
    ...own,
    ...axes,
  };
}

/** Draws one, or draws it anew. */
function draw(place) {
  const { traces, layout: own } = JSON.parse(document.getElementById(place.dataset.plot).textContent);
  const sheet = getComputedStyle(document.documentElement);
  const config = { displayModeBar: false, responsive: true, staticPlot: false, doubleClick: false };
  return Plotly.react(place, coloured(traces, sheet), layout(coloured(own, sheet), sheet, place.clientWidth), config).then(() => {
    place.dataset.drawn = "";
    if (place.dataset.linked) return;
    place.dataset.linked = "yes";
    place.on("plotly_click", ({ points }) => {
      const [first] = points ?? [];
      const href = [first?.customdata].flat().find((it) => typeof it === "string" && it.startsWith("/reports"));
      if (href) location.assign(href);
    });
    place.on("plotly_hover", ({ points }) => {
      const linked = [points?.[0]?.customdata].flat().some((it) => typeof it === "string" && it.startsWith("/reports"));
      place.classList.toggle("linked", linked);
    });
  });
}

async function all() {
  await fetched(document.querySelector("script[data-plotly]").dataset.plotly);
  for (const place of places) await draw(place);
  document.documentElement.dataset.plots = "drawn";
  dark.addEventListener("change", () => places.forEach(draw));
}

if (places.length) all().catch(() => { document.documentElement.dataset.plots = "none"; });
