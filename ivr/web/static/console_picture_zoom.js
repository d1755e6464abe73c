// The picture in its box: whole at first; sized by wheel, two fingers, buttons and keys, moved by dragging and arrows.

const LARGEST = 4; // pixels of the screen for one of the picture
const READABLE = 1.15; // at which the words of a step are easy to read
const STEP = 1.3;
const ARROW = 80;
const MOVED = 5; // pixels from which on a press is a drag

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Lets the picture in `view` be sized and moved; `buttons` are shown. */
export function sized(view, buttons) {
  const svg = view.querySelector("svg");
  const graph = svg.querySelector("g.graph");
  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  const { e: left, f: top } = graph.transform.baseVal.consolidate().matrix;
  const listeners = [];
  let scale = 1;
  let at = { x: x + width / 2, y: y + height / 2 }; // what is in the middle of the box
  let fits = true;
  let glide = 0;

  const fit = () => Math.min(view.clientWidth / whole.width, view.clientHeight / whole.height);
  const within = (it, low, high) => Math.min(high, Math.max(low, it));

  /** Draws with this scale around this point, as far as both make sense. */
  function set(next, around) {
    if (!view.clientWidth || !view.clientHeight) return; // it is not shown
    scale = within(next, fit(), LARGEST);
    fits = scale <= fit() * 1.001;
    const [wide, tall] = [view.clientWidth / scale, view.clientHeight / scale];
    const along = (it, from, length, seen) => (seen >= length ? from + length / 2 : within(it, from + seen / 2, from + length - seen / 2));
    at = { x: along(around.x, whole.x, whole.width, wide), y: along(around.y, whole.y, whole.height, tall) };
    svg.setAttribute("viewBox", `${at.x - wide / 2} ${at.y - tall / 2} ${wide} ${tall}`);
    listeners.forEach((it) => it(scale));
  }

  /** The same in a fifth of a second, so that the eye can follow. */
  function glides(next, around) {
    cancelAnimationFrame(glide);
    if (calm.matches) return set(next, around);
    const [from, begins, until] = [{ ...at }, scale, within(next, fit(), LARGEST)];
    const began = performance.now();
    const frame = (now) => {
      const part = Math.min(1, (now - began) / 200);
      const soft = part * (2 - part);
      set(begins * (until / begins) ** soft, { x: from.x + (around.x - from.x) * soft, y: from.y + (around.y - from.y) * soft });
      if (part < 1) glide = requestAnimationFrame(frame);
    };
    glide = requestAnimationFrame(frame);
  }

  /** Where a point of the screen is in the picture. */
  function point(clientX, clientY, by = scale) {
    const box = view.getBoundingClientRect();
    return { x: at.x + (clientX - box.left - view.clientWidth / 2) / by, y: at.y + (clientY - box.top - view.clientHeight / 2) / by };
  }

  /** Sizes so that what is under this point of the screen stays there. */
  function around(factor, clientX, clientY) {
    cancelAnimationFrame(glide);
    const next = within(scale * factor, fit(), LARGEST);
    const [before, after] = [point(clientX, clientY), point(clientX, clientY, next)];
    set(next, { x: at.x + before.x - after.x, y: at.y + before.y - after.y });
  }

  function middle(element) {
    const box = element.getBBox();
    return { x: box.x + box.width / 2 + left, y: box.y + box.height / 2 + top, width: box.width, height: box.height };
  }

  /** Moves the picture so far that an element is in the box, if it is not. */
  function reveal(element) {
    const it = middle(element);
    const [wide, tall] = [view.clientWidth / scale / 2, view.clientHeight / scale / 2];
    const seen = Math.abs(it.x - at.x) + it.width / 2 <= wide && Math.abs(it.y - at.y) + it.height / 2 <= tall;
    if (!seen) glides(scale, it);
  }

  /** Puts an element into the middle, so large that it can be read. */
  const bring = (element) => glides(Math.max(scale, READABLE), middle(element));

  const doing = {
    in: () => glides(scale * STEP, at),
    out: () => glides(scale / STEP, at),
    whole: () => glides(0, { x: whole.x + whole.width / 2, y: whole.y + whole.height / 2 }),
  };

  svg.removeAttribute("width");
  svg.removeAttribute("height");
  view.classList.add("zooms");
  view.scrollTo(0, 0);
  set(0, at);
  new ResizeObserver(() => set(fits ? 0 : scale, at)).observe(view);

  buttons.hidden = false;
  buttons.addEventListener("click", (event) => doing[event.target.dataset.zoom]?.());

  view.addEventListener("wheel", (event) => {
    // A picture that is whole already lets the page scroll on.
    if (event.deltaY > 0 && fits && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    around(Math.exp(-within(pixels, -240, 240) * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
  }, { passive: false });

  view.addEventListener("dblclick", (event) => {
    if (!event.target.closest("a")) glides(Math.max(scale * STEP, READABLE), point(event.clientX, event.clientY));
  });

  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROW / scale;
    const arrows = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
    const does = { "+": doing.in, "=": doing.in, "-": doing.out, 0: doing.whole }[event.key];
    if (does) does();
    else if (arrows[event.key]) set(scale, { x: at.x + arrows[event.key][0], y: at.y + arrows[event.key][1] });
    else return;
    event.preventDefault();
  });

  view.addEventListener("focusin", (event) => {
    view.scrollTo(0, 0); // the browser would bring the link into view its own way
    if (event.target !== view && event.target.matches(":focus-visible")) reveal(event.target);
  });

  drags(view, {
    move: (dx, dy) => set(scale, { x: at.x - dx / scale, y: at.y - dy / scale }),
    pinch: around,
  });

  const changed = (told) => {
    listeners.push(told);
    told(scale);
  };
  return { reveal, bring, changed };
}

/** One pointer moves, two size; a press that moved is no click. */
function drags(view, { move, pinch }) {
  const pointers = new Map();
  let begins = null;
  let dragged = false;

  view.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, event);
    if (pointers.size === 1) {
      begins = event;
      dragged = false;
    }
  });

  view.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (!event.buttons) return ends(event); // it was let go elsewhere
    pointers.set(event.pointerId, event);
    if (!dragged && pointers.size === 1 && Math.hypot(event.clientX - begins.clientX, event.clientY - begins.clientY) < MOVED) return;
    if (!dragged) {
      dragged = true;
      view.classList.add("drags");
      for (const id of pointers.keys()) view.setPointerCapture(id);
    }
    if (pointers.size === 1) {
      move(event.clientX - before.clientX, event.clientY - before.clientY);
    } else if (pointers.size === 2) {
      const other = [...pointers.values()].find((it) => it.pointerId !== event.pointerId);
      const apart = (it) => Math.hypot(it.clientX - other.clientX, it.clientY - other.clientY) || 1;
      const [x, y] = [(event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2];
      move((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
      pinch(apart(event) / apart(before), x, y);
    }
  });

  function ends(event) {
    pointers.delete(event.pointerId);
    if (pointers.size) return;
    view.classList.remove("drags");
    setTimeout(() => (dragged = false), 50); // the click of this press comes at once, or never
  }

  view.addEventListener("pointerup", ends);
  view.addEventListener("pointercancel", ends);
  view.addEventListener("dragstart", (event) => event.preventDefault()); // links would be dragged away
  view.addEventListener("click", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
