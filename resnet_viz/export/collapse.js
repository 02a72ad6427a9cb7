// Scopes of a figure that collapse and expand. Every place is computed from the figure as it was drawn and
// the set of collapsed scopes, so that expanding restores it.

const BAR = 18; // points that a collapsed scope takes along the flow

/** Make the scopes of a figure collapse, in which data flows along an axis, `x`, `y` or none. */
function collapsible(figure, flow) {
  const axis = { x: 0, y: 1 }[flow]; // undefined if data flows along neither
  const along = axis ?? 1, across = 1 - along;
  const { svg, boxes, scopes } = figure;

  // What is where, as drawn

  const SHAPES = "path, rect:not(.scope), circle, text";
  const numbers = (text) => (text.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number);

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
    if (["rect", "circle"].includes(element.tagName)) return bounds(element);
    const shape = { element };
    if (element.tagName === "text") {
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

  const shapes = [...svg.querySelectorAll(SHAPES)].map(measured);
  const shapeOf = new Map(shapes.map((shape) => [shape.element, shape]));

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

  for (const scope of scopes) {
    const { group, bar, inside, low, high } = scope;
    const [a, b] = [low[along], high[along]];
    const meets = ([from, to]) => from < b - 0.01 && to > a + 0.01;
    const beside = boxes.some(({ element, ...box }) =>
      !group.contains(element) && meets([box.low[along], box.high[along]]));
    const notes = shapes.filter(({ element, centre, bracket }) =>
      element.tagName === "text" && !bracket && !group.contains(element) && meets([centre[along], centre[along]]));
    const name = document.createElementNS(SVG, "text");
    name.setAttribute("class", "name");
    bar.after(name);
    Object.assign(scope, {
      name, a, b,
      lane: inside[0].low[across] / 2 + inside[0].high[across] / 2,
      shifts: axis !== undefined && b - a > BAR && !beside && notes.length < 2,
    });
  }

  // Drawing

  const hiddenBy = (scope) => {
    for (let s = scope.parent; s; s = s.parent) if (s.collapsed) return s;
    return null;
  };
  let closed = []; // the collapsed scopes that are seen
  let at = (value) => value; // where a coordinate along the flow is now
  const moved = (point) => point.map((value, i) => (i === axis ? at(value) : value)); // and a point

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
    for (const shape of shapes) {
      if (shape.bracket) continue;
      const cover = closed.find(({ group }) => group.contains(shape.element));
      const ends = shape.ends && visible(shape, cover);
      shape.element.classList.toggle("off", shape.ends ? !ends : Boolean(cover) && !leads(shape, cover));
      place(shape, ends);
    }
    for (const bracket of brackets) stretch(bracket);
    for (const scope of scopes) mark(scope);
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

  function place({ element, low, high, centre, turned, commands, sign }, ends) {
    if (element.tagName === "rect") {
      const [from, to] = [moved(low), moved(high)];
      setAll(element, { x: from[0], y: from[1], width: to[0] - from[0], height: to[1] - from[1] });
    } else if (element.tagName === "circle") {
      const [x, y] = moved(centre);
      setAll(element, { cx: x, cy: y });
    } else if (element.tagName === "text") {
      write({ element, turned }, moved(centre));
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
      setAll(element, { d: commands.map(({ letter, points }, i) => letter + points.map((p) => point(p, i).join(" "))).join("") });
    }
  }

  function write({ element, turned }, [x, y]) {
    setAll(element, turned ? { transform: `translate(${x} ${y}) rotate(90)` } : { x, y });
  }

  /** Draw a bracket: its label in the middle, its arms if there is room; nothing if it spans what is hidden. */
  function stretch({ text, bars, arms, from, to }) {
    const hidden = closed.some(({ a, b, group }) => group.contains(text.element)
      || (from > a - 1 && to < b + 1 && to - from < b - a - 1));
    const middle = (at(from) + at(to)) / 2;
    for (const shape of [text, ...bars]) shape.element.classList.toggle("off", hidden);
    for (const bar of bars) place(bar);
    const by = middle - (from + to) / 2;
    write(text, text.centre.map((value, i) => (i === along ? value + by : value)));
    for (const arm of arms) {
      const [start, tip] = arm.ends;
      const head = Math.abs(arm.commands[2].points[0][along] - tip);
      const end = tip < start ? at(from) + tip - from : at(to) + tip - to;
      const begin = start + by;
      const room = (end - begin) * Math.sign(tip - start);
      arm.element.classList.toggle("off", hidden || room < Math.min(head, Math.abs(tip - start) - 0.01));
      place(arm, [begin, end]);
    }
  }

  /** Draw a scope's frame, or the bar that stands for what it hides. */
  function mark(scope) {
    const { bar, name, low, high, collapsed } = scope;
    const [from, to] = [moved(low), moved(high)];
    if (collapsed && scope.shifts) {
      // as wide on either side of its line, whatever branches off it
      const half = Math.min(scope.lane - low[across], high[across] - scope.lane);
      [from[across], to[across]] = [scope.lane - half, scope.lane + half];
    }
    name.classList.toggle("off", !collapsed || Boolean(hiddenBy(scope)));
    bar.classList.toggle("off", Boolean(hiddenBy(scope)));
    bar.setAttribute("aria-expanded", String(!collapsed));
    if (collapsed && !hiddenBy(scope)) {
      const turned = entitle(scope, from, to);
      const size = Number(name.getAttribute("font-size"));
      const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      name.setAttribute("transform", turned
        ? `translate(${x - size * 0.35} ${y}) rotate(90)`
        : `translate(${x} ${y + size * 0.35})`);
    }
    frame(collapsed ? { bar, room: [0, 0] } : scope, from, to);
  }

  const ink = svg.querySelector("text:not(.name)")?.getAttribute("fill") ?? "currentColor";

  /** Write a bar's name as large as there is room for, its path alone if need be; tell if it is turned. */
  function entitle({ shifts, bar, name, group }, from, to) {
    const measure = (text) => {
      name.textContent = text;
      setAll(name, { "font-size": 9, fill: ink, stroke: "none" });
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
    const ends = [moved(scope.low), moved(scope.high)];
    return [0, 1].map((i) => (ends[0][i] + ends[1][i]) / 2);
  };

  /** Collapse or expand a scope; return how far its middle went, in points. */
  function toggle(scope) {
    const before = middle(scope);
    scope.collapsed = !scope.collapsed;
    draw();
    return middle(scope).map((value, i) => value - before[i]);
  }

  /** Collapse what is `depth` levels deep or deeper; expand what is not. */
  function level(depth) {
    for (const scope of scopes) scope.collapsed = scope.depth >= depth;
    draw();
  }

  /** Expand what hides an element. */
  function open(element) {
    const shut = scopes.filter(({ group, collapsed }) => collapsed && group.contains(element));
    for (const scope of shut) {
      scope.collapsed = false;
      scope.bar.classList.remove("hit");
    }
    if (shut.length) draw();
  }

  draw();
  return {
    toggle, level, open, moved,
    deepest: Math.max(-1, ...scopes.map(({ depth }) => depth)),
    isLevel: (level) => scopes.every(({ depth, collapsed }) => collapsed === depth >= level),
  };
}
