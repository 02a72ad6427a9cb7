"use strict";
// A figure that can be moved, zoomed, searched, and collapsed scope by scope. Every place is computed
// from the figure as it was drawn and the set of collapsed scopes, so that expanding restores it.
(() => {
  const BAR = 18; // points that a collapsed scope takes along the flow
  // The page's own elements stand before the figure, so that none of its ids is found first
  const $ = (selector) => document.querySelector(selector);
  const stage = $("#ui-stage"), svg = $("#ui-stage > svg"), tip = $("#ui-tip"), query = $("#ui-query");
  const [left, top, width, height] = stage.dataset.page.split(" ").map(Number);
  const axis = { x: 0, y: 1 }[stage.dataset.axis]; // undefined if data flows along neither
  const along = axis ?? 1, across = 1 - along;
  const SVG = svg.namespaceURI;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // What is where, as drawn

  const SHAPES = "path, rect, circle, text";
  const numbers = (text) => (text.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number);
  const attributes = (element, ...names) => names.map((name) => Number(element.getAttribute(name)));

  /** Path data as commands with absolute points: H and V become L. */
  function commands(data) {
    let x = 0, y = 0;
    return [...data.matchAll(/([MLHVQC])([^MLHVQC]*)/g)].map(([, letter, rest]) => {
      const values = numbers(rest);
      if (letter === "H") values.push(y);
      if (letter === "V") values.unshift(x);
      const points = [];
      for (let i = 0; i < values.length; i += 2) points.push([values[i], values[i + 1]]);
      [x, y] = points[points.length - 1];
      return { letter: letter === "H" || letter === "V" ? "L" : letter, points };
    });
  }

  /** An element as drawn: its points, and for a straight line along the flow its two ends. */
  function measured(element) {
    const shape = { element };
    if (element.tagName === "rect") {
      const [x, y, w, h] = attributes(element, "x", "y", "width", "height");
      shape.low = [x, y];
      shape.high = [x + w, y + h];
    } else if (element.tagName === "circle") {
      const [x, y, r] = attributes(element, "cx", "cy", "r");
      shape.centre = [x, y];
      shape.low = [x - r, y - r];
      shape.high = [x + r, y + r];
    } else if (element.tagName === "text") {
      shape.turned = element.hasAttribute("transform");
      shape.centre = shape.turned
        ? numbers(element.getAttribute("transform")).slice(0, 2)
        : attributes(element, "x", "y");
    } else {
      shape.commands = commands(element.getAttribute("d"));
      const [first, second, ...head] = shape.commands;
      const straight = second?.letter === "L" && !head.some(({ letter }) => "QC".includes(letter));
      const [start, end] = straight ? [first.points[0], second.points[0]] : [[], []];
      if (straight && start[across] === end[across] && [0, 3].includes(head.length)) {
        shape.ends = [start[along], end[along]];
        shape.lane = start[across];
      }
    }
    return shape;
  }

  svg.querySelector("path").remove(); // the paper; the page has its own
  const shapes = [...svg.querySelectorAll(SHAPES)].map(measured);
  const shapeOf = new Map(shapes.map((shape) => [shape.element, shape]));
  const boxes = shapes.filter(({ element, low }) => low && element.id);

  // A sign belongs to its circle, and moves with it as one
  for (const shape of shapes) {
    const before = shapeOf.get(shape.element.previousElementSibling);
    if (shape.commands && before?.centre && before.element.tagName === "circle") shape.sign = before;
  }

  // A bracket is four lines and a label: an arm and a bar at either end
  const brackets = [];
  const isBar = (shape) => shape?.commands?.length === 2
    && shape.commands[0].points[0][along] === shape.commands[1].points[0][along];
  for (const text of shapes) {
    if (text.element.tagName !== "text") continue;
    const lines = [];
    for (let e = text.element.previousElementSibling; e && lines.length < 4; e = e.previousElementSibling) lines.push(shapeOf.get(e));
    const [bar, arm, otherBar, otherArm] = lines;
    if (!isBar(bar) || !isBar(otherBar) || !arm?.ends || arm.lane !== otherArm?.lane || !otherArm.ends || arm.commands.length < 5 || otherArm.commands.length < 5) continue;
    const from = Math.min(...[bar, otherBar].map((b) => b.commands[0].points[0][along]));
    const to = Math.max(...[bar, otherBar].map((b) => b.commands[0].points[0][along]));
    const bracket = { text, bars: [bar, otherBar], arms: [arm, otherArm], from, to };
    for (const part of [text, ...lines]) part.bracket = bracket;
    brackets.push(bracket);
  }

  // Titles become labels and tooltips of ours
  for (const title of [...svg.querySelectorAll("title")]) {
    const element = title.parentNode;
    const desc = [...element.children].find((child) => child.tagName === "desc");
    if (element !== svg) {
      element.dataset.title = title.textContent;
      element.dataset.desc = desc?.textContent ?? "";
      desc?.remove();
    }
    title.remove();
  }
  const label = ({ dataset }) => [dataset.title, dataset.desc].filter(Boolean).join(", ");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", document.title);
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  // Scopes

  const scopes = [];
  const scopeOf = new Map();
  for (const group of svg.querySelectorAll("g[id]")) {
    const inside = boxes.filter(({ element }) => group.contains(element));
    if (inside.length < 2) continue;
    const framed = shapes.filter(({ element, low }) => low && group.contains(element));
    const edge = (pick, side) => [0, 1].map((i) => pick(...framed.map((shape) => shape[side][i])));
    const low = edge(Math.min, "low"), high = edge(Math.max, "high");
    const [a, b] = [low[along], high[along]];
    const meets = ([from, to]) => from < b - 0.01 && to > a + 0.01;
    const beside = boxes.some(({ element, ...box }) =>
      !group.contains(element) && meets([box.low[along], box.high[along]]));
    const notes = shapes.filter(({ element, centre, bracket }) =>
      element.tagName === "text" && !bracket && !group.contains(element) && meets([centre[along], centre[along]]));
    const name = document.createElementNS(SVG, "text");
    name.setAttribute("class", "name");
    const bar = document.createElementNS(SVG, "rect");
    bar.setAttribute("class", "scope");
    bar.setAttribute("role", "button");
    const scope = {
      group, bar, name, low, high, a, b,
      lane: inside[0].low[across] / 2 + inside[0].high[across] / 2,
      shifts: axis !== undefined && b - a > BAR && !beside && notes.length < 2,
      collapsed: false,
      parent: scopeOf.get(group.parentNode.closest("g[id]")) ?? null,
    };
    scope.depth = scope.parent ? scope.parent.depth + 1 : 0;
    scopes.push(scope);
    scopeOf.set(group, scope);
    scopeOf.set(bar, scope);
  }
  for (const scope of scopes) {
    // nested scopes need room around each other to be told apart and hit
    scope.height = 1 + Math.max(-1, ...scopes.filter((s) => within(s, scope)).map((s) => s.depth - scope.depth));
  }
  function within(inner, outer) {
    for (let s = inner.parent; s; s = s.parent) if (s === outer) return true;
    return false;
  }
  for (const { group, bar, name } of scopes) {
    group.prepend(bar, name);
    bar.dataset.title = group.dataset.title || group.id;
    bar.dataset.desc = group.dataset.desc ?? "";
    delete group.dataset.title;
    bar.setAttribute("aria-label", label(bar));
    bar.setAttribute("tabindex", "0");
  }
  for (const { element } of boxes) {
    if (!element.dataset.title) element.dataset.title = element.id;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label(element));
  }

  // Drawing

  const hiddenBy = (scope) => {
    for (let s = scope.parent; s; s = s.parent) if (s.collapsed) return s;
    return null;
  };
  let closed = []; // the collapsed scopes that are seen
  let at = (value) => value; // where a coordinate along the flow is now

  function draw() {
    closed = scopes.filter((scope) => scope.collapsed && !hiddenBy(scope));
    const spans = closed.filter((scope) => scope.shifts).sort((s, t) => s.a - t.a);
    at = (value) => {
      let saved = 0;
      for (const { a, b } of spans) {
        if (value <= a) break;
        if (value < b) return a - saved + ((value - a) * BAR) / (b - a);
        saved += b - a - BAR;
      }
      return value - saved;
    };
    const moved = (point) => point.map((value, i) => (i === axis ? at(value) : value));
    for (const shape of shapes) {
      if (shape.bracket) continue;
      const cover = closed.find(({ group }) => group.contains(shape.element));
      const ends = shape.ends && visible(shape, cover);
      shape.element.classList.toggle("off", shape.ends ? !ends : Boolean(cover) && !leads(shape, cover));
      place(shape, moved, ends);
    }
    for (const bracket of brackets) stretch(bracket, moved);
    for (const scope of scopes) mark(scope, moved);
    levels.forEach((button) => button.setAttribute("aria-pressed", String(isLevel(button.level))));
  }

  /** The ends of a line along the flow, cut where it enters collapsed scopes; null if nothing is left. */
  function visible({ ends, lane }, cover) {
    let [start, end] = ends;
    for (const { a, b, low, high } of closed) {
      if (lane < low[across] || lane > high[across]) continue;
      const inside = (value) => value > a && value < b;
      if (inside(end) && !inside(start)) end = start <= a ? a : b;
      else if (inside(start) && !inside(end)) start = end <= a ? a : b;
    }
    if (cover && Math.min(start, end) >= cover.a && Math.max(start, end) <= cover.b) return null;
    return Math.abs(start - end) < 0.01 ? null : [at(start), at(end)];
  }

  /** Tell whether a line of a scope only leads to what the scope's bar stands for. */
  function leads({ commands, sign }, { low, high }) {
    const inside = (p) => p.every((value, i) => value > low[i] + 0.5 && value < high[i] - 0.5);
    return Boolean(commands) && !sign && !commands.some(({ points }) => points.some(inside));
  }

  function place({ element, low, high, centre, turned, commands, sign }, moved, ends) {
    const set = (values) => {
      for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    };
    if (element.tagName === "rect") {
      const [from, to] = [moved(low), moved(high)];
      set({ x: from[0], y: from[1], width: to[0] - from[0], height: to[1] - from[1] });
    } else if (element.tagName === "circle") {
      const [x, y] = moved(centre);
      set({ cx: x, cy: y });
    } else if (element.tagName === "text") {
      const [x, y] = moved(centre);
      set(turned ? { transform: `translate(${x} ${y}) rotate(90)` } : { x, y });
    } else {
      let shift = moved;
      if (sign) {
        const to = moved(sign.centre);
        shift = (point) => point.map((value, i) => value + to[i] - sign.centre[i]);
      }
      const point = (p, i) => {
        if (!ends) return shift(p);
        const by = i === 0 ? ends[0] : ends[1] + p[along] - commands[1].points[0][along];
        return p.map((value, k) => (k === along ? by : value)); // the head keeps its form
      };
      set({ d: commands.map(({ letter, points }, i) => letter + points.map((p) => point(p, i).join(" "))).join("") });
    }
  }

  /** Draw a bracket: its label in the middle, its arms if there is room; nothing if it spans what is hidden. */
  function stretch({ text, bars, arms, from, to }, moved) {
    const hidden = closed.some(({ a, b, group }) => group.contains(text.element)
      || (from > a - 1 && to < b + 1 && to - from < b - a - 1));
    const middle = (at(from) + at(to)) / 2;
    for (const shape of [text, ...bars]) shape.element.classList.toggle("off", hidden);
    for (const bar of bars) place(bar, moved);
    place(text, (point) => point.map((value, i) => (i === along ? value + middle - (from + to) / 2 : value)));
    for (const arm of arms) {
      const [start, tip] = arm.ends;
      const head = Math.abs(arm.commands[2].points[0][along] - tip);
      const end = tip < start ? at(from) + tip - from : at(to) + tip - to;
      const begin = start + middle - (from + to) / 2;
      const room = (end - begin) * Math.sign(tip - start);
      arm.element.classList.toggle("off", hidden || room < Math.min(head, Math.abs(tip - start) - 0.01));
      place(arm, moved, [begin, end]);
    }
  }

  /** Draw a scope's frame, or the bar that stands for what it hides. */
  function mark(scope, moved) {
    const { bar, name, low, high, collapsed } = scope;
    const room = collapsed ? 0 : 1.2 + 1.2 * scope.height;
    let [from, to] = [moved(low), moved(high)];
    if (collapsed && scope.shifts) {
      // as wide on either side of its line, whatever branches off it
      const half = Math.min(scope.lane - low[across], high[across] - scope.lane);
      [from[across], to[across]] = [scope.lane - half, scope.lane + half];
    }
    from = from.map((value) => value - room);
    to = to.map((value) => value + room);
    name.classList.toggle("off", !collapsed || Boolean(hiddenBy(scope)));
    bar.classList.toggle("off", Boolean(hiddenBy(scope)));
    bar.setAttribute("aria-expanded", String(!collapsed));
    if (collapsed && !hiddenBy(scope)) {
      const turned = write(scope, from, to);
      const size = Number(name.getAttribute("font-size"));
      const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      name.setAttribute("transform", turned
        ? `translate(${x - size * 0.35} ${y}) rotate(90)`
        : `translate(${x} ${y + size * 0.35})`);
    }
    const values = { x: from[0], y: from[1], width: to[0] - from[0], height: to[1] - from[1], rx: 3 };
    for (const [key, value] of Object.entries(values)) bar.setAttribute(key, value);
  }

  const ink = svg.querySelector("text:not(.name)")?.getAttribute("fill") ?? "currentColor";

  /** Write a bar's name as large as there is room for, its path alone if need be; tell if it is turned. */
  function write({ shifts, bar, name, group }, from, to) {
    const measure = (text) => {
      name.textContent = text;
      for (const [key, value] of Object.entries({ "font-size": 9, fill: ink, stroke: "none" })) name.setAttribute(key, value);
      return name.getComputedTextLength() + 6;
    };
    const room = [0, 1].map((i) => to[i] - from[i]);
    let length = measure(bar.dataset.title);
    const turned = shifts ? along === 0 : room[0] < Math.min(length, room[1]);
    const side = turned ? 1 : 0;
    if (length > 1.4 * room[side]) length = measure(group.id);
    const size = clamp((9 * room[side]) / length, shifts ? 6.5 : 1, Math.min(9, room[1 - side]));
    name.setAttribute("font-size", size);
    const wider = Math.max(0, (length * size) / 9 - room[side]) / 2;
    if (shifts) [from[side], to[side]] = [from[side] - wider, to[side] + wider];
    return turned;
  }

  // Collapsing

  const middle = (scope) => {
    const ends = [scope.low, scope.high].map((p) => p.map((v, i) => (i === axis ? at(v) : v)));
    return [0, 1].map((i) => (ends[0][i] + ends[1][i]) / 2);
  };

  /** Collapse or expand a scope; what was clicked stays under the pointer. */
  function toggle(scope) {
    const before = middle(scope);
    scope.collapsed = !scope.collapsed;
    draw();
    const after = middle(scope);
    view.x += after[0] - before[0];
    view.y += after[1] - before[1];
    show();
    hideTip();
  }

  const deepest = Math.max(-1, ...scopes.map(({ depth }) => depth));
  const isLevel = (level) => scopes.every(({ depth, collapsed }) => collapsed === depth >= level);
  function level(depth) {
    for (const scope of scopes) scope.collapsed = scope.depth >= depth;
    draw();
    fit();
  }
  const levels = [];
  for (let depth = 0; depth <= deepest + 1 && deepest >= 0; depth++) {
    const button = document.createElement("button");
    button.type = "button";
    button.level = depth;
    button.textContent = depth === 0 ? "Collapse all" : depth > deepest ? "Expand all" : String(depth);
    if (depth > 0 && depth <= deepest) button.title = `Open ${depth === 1 ? "one level" : `${depth} levels`}`;
    button.addEventListener("click", () => level(depth));
    $("#ui-levels").append(button);
    levels.push(button);
  }

  // Moving and zooming

  const view = { x: 0, y: 0, scale: 1 }; // the point in the middle of the window; pixels per point
  function show() {
    const { width: w, height: h } = stage.getBoundingClientRect();
    const [x, y] = [view.x - w / view.scale / 2, view.y - h / view.scale / 2];
    svg.setAttribute("viewBox", `${x} ${y} ${w / view.scale} ${h / view.scale}`);
  }
  function fit() {
    const low = [left, top], high = [left + width, top + height];
    if (axis !== undefined) [low[axis], high[axis]] = [at(low[axis]), at(high[axis])];
    const { width: w, height: h } = stage.getBoundingClientRect();
    view.scale = Math.min((w - 48) / (high[0] - low[0]), (h - 88) / (high[1] - low[1]), 2.5);
    view.scale = Math.max(view.scale, 0.01);
    [view.x, view.y] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    show();
  }
  function zoom(factor, clientX, clientY) {
    const r = stage.getBoundingClientRect();
    const [dx, dy] = [(clientX ?? r.x + r.width / 2) - r.x - r.width / 2, (clientY ?? r.y + r.height / 2) - r.y - r.height / 2];
    const scale = clamp(view.scale * factor, 0.01, 40);
    view.x += dx / view.scale - dx / scale;
    view.y += dy / view.scale - dy / scale;
    view.scale = scale;
    show();
  }
  function pan(dx, dy) {
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    show();
  }
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    zoom(Math.exp(-clamp(pixels, -300, 300) * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
  }, { passive: false });

  const fingers = new Map();
  let travelled = 0;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 1) travelled = 0;
  });
  addEventListener("pointermove", (event) => {
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
  for (const type of ["pointerup", "pointercancel"]) {
    addEventListener(type, (event) => {
      fingers.delete(event.pointerId);
      if (!fingers.size) stage.classList.remove("dragging");
    });
  }
  stage.addEventListener("click", (event) => {
    const scope = scopeOf.get(event.target);
    if (scope && (travelled < 4 || !event.detail)) toggle(scope); // no detail: no pointer
  });
  $("#ui-zoom").addEventListener("click", ({ target }) => {
    const how = target.dataset.zoom;
    if (how === "fit") fit();
    else if (how) zoom(how === "in" ? 1.3 : 1 / 1.3);
  });
  addEventListener("resize", show);

  // Tooltips

  function showTip(element, x, y) {
    const [title, desc, hint] = tip.children;
    const scope = scopeOf.get(element);
    title.textContent = element.dataset.title;
    desc.textContent = element.dataset.desc;
    hint.textContent = scope ? `Click to ${scope.collapsed ? "expand" : "collapse"}` : "";
    tip.hidden = false;
    const { width: w, height: h } = tip.getBoundingClientRect();
    tip.style.left = `${clamp(x + 14, 8, Math.max(8, innerWidth - w - 8))}px`;
    tip.style.top = `${y + 18 + h > innerHeight - 8 ? y - h - 10 : y + 18}px`;
  }
  function hideTip() {
    tip.hidden = true;
  }
  stage.addEventListener("pointermove", (event) => {
    if (event.buttons) return;
    const element = event.target.closest("[data-title]");
    if (element) showTip(element, event.clientX, event.clientY);
    else hideTip();
  });
  stage.addEventListener("pointerleave", hideTip);
  stage.addEventListener("focusin", ({ target }) => {
    if (!target.dataset.title || !target.matches(":focus-visible")) return;
    reveal(target);
    const r = target.getBoundingClientRect();
    showTip(target, r.x + Math.min(r.width / 2, 200), Math.min(r.bottom - 10, innerHeight));
  });
  stage.addEventListener("focusout", hideTip);

  /** Move what is outside the window into it. */
  function reveal(element) {
    const r = element.getBoundingClientRect(), s = stage.getBoundingClientRect();
    const outside = r.right < s.left + 20 || r.left > s.right - 20 || r.bottom < s.top + 20 || r.top > s.bottom - 20;
    if (outside) pan(s.x + s.width / 2 - r.x - r.width / 2, s.y + s.height / 2 - r.y - r.height / 2);
  }

  // Search

  let hits = [], current = -1;
  function search() {
    const wanted = query.value.trim().toLowerCase();
    hits = wanted ? boxes.map(({ element }) => element).filter((element) =>
      `${element.id} ${label(element)}`.toLowerCase().includes(wanted)) : [];
    current = -1;
    svg.classList.toggle("searching", Boolean(wanted));
    for (const { element } of boxes) element.classList.toggle("hit", hits.includes(element));
    for (const { group, bar } of scopes) bar.classList.toggle("hit", false);
    for (const scope of scopes) if (scope.collapsed && hits.some((hit) => scope.group.contains(hit))) scope.bar.classList.add("hit");
    goTo(-1);
  }
  function goTo(index) {
    current = index;
    boxes.forEach(({ element }) => element.classList.toggle("current", element === hits[current]));
    $("#ui-count").value = !query.value.trim() ? "" : !hits.length ? "none" : current < 0 ? `${hits.length}` : `${current + 1} of ${hits.length}`;
    const hit = hits[current];
    if (!hit) return;
    const shut = scopes.filter(({ group, collapsed }) => collapsed && group.contains(hit));
    for (const scope of shut) {
      scope.collapsed = false;
      scope.bar.classList.remove("hit");
    }
    if (shut.length) draw();
    if (view.scale < 1) view.scale = 1;
    show();
    const r = hit.getBoundingClientRect(), s = stage.getBoundingClientRect();
    pan(s.x + s.width / 2 - r.x - r.width / 2, s.y + s.height / 2 - r.y - r.height / 2);
    showTip(hit, s.x + s.width / 2, s.y + s.height / 2 + r.height / 2);
  }
  query.addEventListener("input", search);
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits.length) {
      const step = event.shiftKey ? -1 : 1;
      goTo((Math.max(current, step < 0 ? 0 : -1) + step + hits.length) % hits.length);
    } else if (event.key === "Escape") {
      query.value = "";
      search();
      hideTip();
      query.blur();
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
  };
  addEventListener("keydown", (event) => {
    if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
    const scope = scopeOf.get(event.target);
    const action = scope && [" ", "Enter"].includes(event.key) ? () => toggle(scope) : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // Light and dark

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  function paint(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    stage.classList.toggle("inverted", dark !== (stage.dataset.tone === "dark"));
    $("#ui-theme").setAttribute("aria-pressed", String(dark));
  }
  prefersDark.addEventListener("change", ({ matches }) => paint(matches));
  $("#ui-theme").addEventListener("click", () => paint(document.documentElement.dataset.theme !== "dark"));

  paint(prefersDark.matches);
  draw();
  fit();
})();
