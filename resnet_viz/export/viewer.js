// A figure that can be moved, zoomed, searched and read out, wherever it stands. A host hands over the
// elements around it and says what a press does; an exported page and the app are such hosts.

const SVG = "http://www.w3.org/2000/svg";
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const attributes = (element, ...names) => names.map((name) => Number(element.getAttribute(name)));
const setAll = (element, values) => {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
};
const label = ({ dataset }) => [dataset.title, dataset.desc].filter(Boolean).join(", ");

/** Where a rectangle or a circle is, as drawn. */
function bounds(element) {
  if (element.tagName === "rect") {
    const [x, y, w, h] = attributes(element, "x", "y", "width", "height");
    return { element, low: [x, y], high: [x + w, y + h] };
  }
  const [x, y, r] = attributes(element, "cx", "cy", "r");
  return { element, centre: [x, y], low: [x - r, y - r], high: [x + r, y + r] };
}

/**
 * What a drawn figure holds: the colour of its paper, its page, its boxes, its scopes, the size of its
 * `smallest` text, and its `entry`, where data come in. A scope of
 * `least` boxes or more gets a frame (`bar`) that can be pressed, with `room` around what is inside, in x
 * and y, by how many levels of scopes that is; boxes are of a `role`.
 */
function readFigure(svg, { role, least, room }) {
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const sheet = svg.querySelector("path"); // the host has its own
  const paper = sheet.getAttribute("fill");
  sheet.remove();
  const solids = new Map([...svg.querySelectorAll("rect, circle")].map((element) => [element, bounds(element)]));
  const boxes = [...solids.values()].filter(({ element }) => element.id);

  // Titles become labels and tooltips of ours
  for (const title of [...svg.querySelectorAll("title")]) {
    const element = title.parentNode;
    const desc = [...element.children].find((child) => child.tagName === "desc");
    if (element === svg) {
      svg.setAttribute("aria-label", title.textContent);
    } else {
      element.dataset.title = title.textContent;
      element.dataset.desc = desc?.textContent ?? "";
      desc?.remove();
    }
    title.remove();
  }
  svg.setAttribute("role", "group");
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  const scopes = [];
  const scopeOf = new Map();
  for (const group of svg.querySelectorAll("g[id]")) {
    const framed = [...group.querySelectorAll("rect, circle")].map((element) => solids.get(element));
    const inside = framed.filter(({ element }) => element.id);
    if (inside.length < least) continue;
    const edge = (pick, side) => [0, 1].map((i) => pick(...framed.map((shape) => shape[side][i])));
    const bar = document.createElementNS(SVG, "rect");
    const scope = {
      group, bar, inside,
      low: edge(Math.min, "low"),
      high: edge(Math.max, "high"),
      collapsed: false,
      parent: scopeOf.get(group.parentNode.closest("g[id]")) ?? null,
    };
    scope.depth = scope.parent ? scope.parent.depth + 1 : 0;
    scopes.push(scope);
    scopeOf.set(group, scope);
    scopeOf.set(bar, scope);
  }
  const within = (inner, outer) => {
    for (let s = inner.parent; s; s = s.parent) if (s === outer) return true;
    return false;
  };
  for (const scope of scopes) {
    const { group, bar, low, high, depth } = scope;
    // nested scopes need room around each other to be told apart and hit
    const levels = 1 + Math.max(-1, ...scopes.filter((s) => within(s, scope)).map((s) => s.depth - depth));
    scope.room = room(levels);
    group.prepend(bar);
    bar.dataset.title = group.dataset.title || group.id;
    bar.dataset.desc = group.dataset.desc ?? "";
    delete group.dataset.title;
    setAll(bar, { class: "scope", role: "button", tabindex: 0, "aria-label": label(bar) });
    frame(scope, low, high);
  }
  for (const { element } of boxes) {
    if (!element.dataset.title) element.dataset.title = element.id;
    setAll(element, { role, tabindex: 0, "aria-label": label(element) });
  }
  const sizes = [...svg.querySelectorAll("text")].map((text) => attributes(text, "font-size")[0]);
  return {
    svg, paper, left, top, width, height, boxes, scopes, scopeOf,
    smallest: Math.min(...sizes),
    entry: boxes[0]?.low ?? [left, top],
  };
}

/** Put a scope's frame around what is between two corners. */
function frame({ bar, room: [x, y] }, from, to) {
  setAll(bar, { x: from[0] - x, y: from[1] - y, width: to[0] - from[0] + 2 * x, height: to[1] - from[1] + 2 * y, rx: 3 });
}

const isDark = (colour) =>
  [1, 3, 5].reduce((sum, i) => sum + parseInt(colour.slice(i, i + 2), 16), 0) < 3 * 128;

/**
 * Make what stands around a figure move it, zoom it, search it and tell of it.
 *
 * The parts are elements: `stage`, which the figure fills; `tip`, with three lines, placed in `frame`;
 * the search field `query` and its `count`; `buttons`, whose `data-zoom` says what each does. The host
 * says what differs from page to page: `press(element)` acts on a box or a frame, `hint(element)` is
 * the tip's last line, `open(hit)` uncovers what was found, `extent(low, high)` is what the page has
 * become, `takesWheel(event)` whether a turn of the wheel is meant for the figure; `keyboard` is where
 * keys are heard, `keys` are more of them, `margin` is kept free around what fits, `count` words how
 * many were found, and `signal` ends it all. A host that calls `begin` says how many pixels the
 * `leastText` has; `moved` hears what is seen.
 */
function createViewer({ stage, frame: around, tip, query, count, buttons }, host) {
  const { signal } = host;
  const on = (target, types, listener, options) => {
    for (const type of types.split(" ")) target.addEventListener(type, listener, { signal, ...options });
  };
  let figure;

  // Moving and zooming

  const view = { x: 0, y: 0, scale: 1, whole: true }; // the point in the middle of the stage; pixels per point
  let home = fit; // what shows the figure as it is until one moves it
  function show() {
    const { width: w, height: h } = stage.getBoundingClientRect();
    const [x, y] = [view.x - w / view.scale / 2, view.y - h / view.scale / 2];
    figure.svg.setAttribute("viewBox", `${x} ${y} ${w / view.scale} ${h / view.scale}`);
    host.moved?.(x, y, w / view.scale, h / view.scale);
  }
  function fit() {
    const { left, top, width, height } = figure;
    look(...host.extent([left, top], [left + width, top + height]), true);
    home = fit;
  }
  /** Look at what is between two corners, which may be the `whole` figure. */
  function look(low, high, whole = false) {
    const { width: w, height: h } = stage.getBoundingClientRect();
    const [above, right, below, beside] = host.margin;
    view.scale = Math.min((w - right - beside) / (high[0] - low[0]), (h - above - below) / (high[1] - low[1]), 2.5);
    view.scale = Math.max(view.scale, 0.01);
    view.x = (low[0] + high[0]) / 2 + (right - beside) / 2 / view.scale;
    view.y = (low[1] + high[1]) / 2 + (below - above) / 2 / view.scale;
    view.whole = whole;
    show();
  }
  /** Show the figure whole, or as much of it, from where data enter, as can be read. */
  function begin() {
    fit();
    home = begin;
    const scale = host.leastText() / figure.smallest;
    if (scale <= view.scale * 1.01) return;
    const { width: w, height: h } = stage.getBoundingClientRect();
    const [above, right, below, beside] = host.margin;
    const middle = (from, size, room, entry) =>
      size <= room ? from + size / 2 : clamp(entry, from + room / 2, from + size - room / 2);
    view.scale = scale;
    view.x = middle(figure.left, figure.width, (w - right - beside) / scale, figure.entry[0]);
    view.y = middle(figure.top, figure.height, (h - above - below) / scale, figure.entry[1]);
    show();
  }
  function zoom(factor, clientX, clientY) {
    const r = stage.getBoundingClientRect();
    const [dx, dy] = [(clientX ?? r.x + r.width / 2) - r.x - r.width / 2, (clientY ?? r.y + r.height / 2) - r.y - r.height / 2];
    const scale = clamp(view.scale * factor, 0.01, 40);
    view.x += dx / view.scale - dx / scale;
    view.y += dy / view.scale - dy / scale;
    view.scale = scale;
    view.whole = false;
    show();
  }
  /** Move the figure, by pixels. */
  function pan(dx, dy) {
    shift(-dx / view.scale, -dy / view.scale);
  }
  /** Move the view, by points. */
  function shift(dx, dy) {
    view.x += dx;
    view.y += dy;
    view.whole = false;
    show();
  }
  on(stage, "wheel", (event) => {
    if (!host.takesWheel(event)) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    // a pinch on a touchpad comes as short turns with Ctrl
    const power = event.ctrlKey ? clamp(pixels, -30, 30) * 0.01 : clamp(pixels, -300, 300) * 0.002;
    zoom(Math.exp(-power), event.clientX, event.clientY);
  }, { passive: false });

  const fingers = new Map();
  let travelled = 0, start;
  on(stage, "pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size > 1) return;
    travelled = 0;
    start = { ...view };
  });
  on(window, "pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    travelled += Math.hypot(dx, dy);
    fingers.set(event.pointerId, now);
    if (travelled < 4) return;
    stage.classList.add("dragging");
    hideTip();
    pan(dx / fingers.size, dy / fingers.size);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
  });
  on(window, "pointerup pointercancel", (event) => {
    if (!fingers.delete(event.pointerId) || fingers.size) return;
    stage.classList.remove("dragging");
    if (event.type === "pointerup") return;
    Object.assign(view, start); // the browser took the gesture for one of its own
    show();
  });
  on(stage, "click", (event) => {
    if (travelled < 4 || !event.detail) press(event.target); // no detail: no pointer
  });
  on(buttons, "click", ({ target }) => {
    const how = target.closest("[data-zoom]")?.dataset.zoom;
    if (how === "fit") fit();
    else if (how === "in" || how === "out") zoom(how === "in" ? 1.3 : 1 / 1.3);
  });
  const resized = new ResizeObserver(() => figure && (view.whole ? home() : show()));
  resized.observe(stage);
  signal?.addEventListener("abort", () => resized.disconnect());

  function press(target) {
    const element = target.closest?.("[data-title]");
    return Boolean(element && host.press(element));
  }

  // Tooltips

  function showTip(element, x, y) {
    const [title, desc, hint] = tip.children;
    title.textContent = element.dataset.title;
    desc.textContent = element.dataset.desc;
    hint.textContent = host.hint(element);
    tip.hidden = false;
    const { width: w, height: h } = tip.getBoundingClientRect();
    const r = around.getBoundingClientRect();
    tip.style.left = `${clamp(x - r.x + 14, 8, Math.max(8, r.width - w - 8))}px`;
    tip.style.top = `${Math.max(8, y + 18 + h > r.bottom - 8 ? y - r.y - h - 10 : y - r.y + 18)}px`;
  }
  function hideTip() {
    tip.hidden = true;
  }
  on(stage, "pointermove", (event) => {
    if (event.buttons) return;
    const element = event.target.closest("[data-title]");
    if (element) showTip(element, event.clientX, event.clientY);
    else hideTip();
  });
  on(stage, "pointerleave focusout", hideTip);
  on(stage, "focusin", ({ target }) => {
    if (!target.dataset.title || !target.matches(":focus-visible")) return;
    reveal(target);
    const r = target.getBoundingClientRect(), s = stage.getBoundingClientRect();
    showTip(target, r.x + Math.min(r.width / 2, 200), Math.min(r.bottom - 10, s.bottom));
  });

  /** Move what is outside the stage into it, where there is one. */
  function reveal(element) {
    const r = element.getBoundingClientRect(), s = stage.getBoundingClientRect();
    if (!s.width || !s.height) return;
    const outside = r.right < s.left + 20 || r.left > s.right - 20 || r.bottom < s.top + 20 || r.top > s.bottom - 20;
    if (outside) centre(r, s);
  }
  function centre(r, s) {
    pan(s.x + s.width / 2 - r.x - r.width / 2, s.y + s.height / 2 - r.y - r.height / 2);
  }

  // Search

  let hits = [], current = -1;
  const plain = (text) => text.trim().toLowerCase().replace(/\s*×\s*/g, "x"); // as keyboards have it
  /** Tell whether a box is called so, or stands for what is: a path inside it. */
  const answers = ({ id, dataset }, wanted) =>
    plain(`${id} ${dataset.title} ${dataset.desc}`).includes(wanted) || (id && wanted.startsWith(`${id.toLowerCase()}.`));
  function search() {
    const wanted = plain(query.value);
    const boxes = figure.boxes.map(({ element }) => element);
    const bars = figure.scopes.map(({ bar }) => bar);
    hits = wanted ? boxes.filter((element) => answers(element, wanted)) : [];
    // a scope is found by its own name only: its path is that of all its boxes, too
    const named = bars.filter(({ dataset }) => wanted && plain(dataset.title.replace(/^.*?: /, "")).includes(wanted));
    hits = [...named, ...hits];
    const found = new Set(hits);
    figure.svg.classList.toggle("searching", Boolean(wanted));
    for (const element of boxes) element.classList.toggle("hit", found.has(element));
    for (const { bar, collapsed, group } of figure.scopes) {
      bar.classList.toggle("hit", found.has(bar) || (collapsed && hits.some((hit) => group.contains(hit))));
    }
    goTo(-1);
  }
  function goTo(index) {
    current = index;
    const hit = hits[current];
    for (const { element } of figure.boxes) element.classList.toggle("current", element === hit);
    for (const { bar } of figure.scopes) bar.classList.toggle("current", bar === hit);
    count.value = query.value.trim() ? host.count(current + 1, hits.length) : "";
    if (!hit) return;
    host.open(hit);
    if (view.scale < 1) view.scale = 1;
    show();
    const s = stage.getBoundingClientRect();
    centre(hit.getBoundingClientRect(), s);
    showTip(hit, s.x + s.width / 2, s.y + s.height / 2 + hit.getBoundingClientRect().height / 2);
  }
  on(query, "input", search);
  on(query, "keydown", (event) => {
    if (event.key === "Enter" && hits.length) {
      const step = event.shiftKey ? -1 : 1;
      goTo((Math.max(current, step < 0 ? 0 : -1) + step + hits.length) % hits.length);
    } else if (event.key === "Escape") {
      query.value = "";
      search();
      hideTip();
      query.blur();
      stage.focus(); // where it can be
    }
  });

  // Keys

  const keys = {
    "+": () => zoom(1.3),
    "=": () => zoom(1.3),
    "-": () => zoom(1 / 1.3),
    "−": () => zoom(1 / 1.3),
    "0": fit,
    "/": () => query.focus(),
    ArrowLeft: () => pan(60, 0),
    ArrowRight: () => pan(-60, 0),
    ArrowUp: () => pan(0, 60),
    ArrowDown: () => pan(0, -60),
    Escape: hideTip,
    ...host.keys,
  };
  on(host.keyboard, "keydown", (event) => {
    if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = [" ", "Enter"].includes(event.key) && press(event.target);
    const action = keys[event.key];
    if (!pressed && !action) return;
    event.preventDefault();
    if (!pressed) action(event);
  });

  return {
    view, begin, fit, look, show, pan, shift, showTip, hideTip, reveal,
    /** Take a figure that stands on the stage; what was searched for is searched for in it. */
    load(next) {
      figure = next;
      hideTip();
      if (query.value) search();
    },
  };
}
