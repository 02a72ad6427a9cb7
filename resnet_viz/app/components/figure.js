// The figure as a part of a Streamlit page: what is pressed, Python hears of; a figure that takes the
// place of another one is seen where that one was.

export default component(".figure", mount);

const LARGE = 1.5; // a figure that grows or shrinks by more than this is another one, and is shown whole

const groups = new Map(); // the figures that are moved together, by the name of their group

const SHARP = 3; // pixels of a copied picture for each point of the figure

/** Return an SVG as a picture that other programs take. */
async function picture(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * SHARP, image.height * SHARP];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function mount(root) {
  const $ = (selector) => root.querySelector(selector);
  const stage = $(".stage"), query = $("input"), notice = $(".notice"), full = $("[data-zoom=full]");
  const ending = new AbortController();
  const { signal } = ending;
  const shadow = root.getRootNode();
  const isActive = () => root.contains(shadow.activeElement) || document.fullscreenElement === shadow.host;
  let words, shown, figure, tell, least = 0, most = 0;

  const path = (element) => element.id || figure.scopeOf.get(element).group.id;
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const arrow = ([dx, dy]) => ({ target, shiftKey }) => {
    if (!shiftKey && parts().includes(target)) goTo(parts().indexOf(target) + forward([dx, dy]));
    else viewer.pan(-60 * dx, -60 * dy);
  };

  const viewer = createViewer({ stage, frame: root, tip: $(".tip"), query, count: $("output"), buttons: $(".zoom") }, {
    signal,
    keyboard: root,
    keys: {
      ...Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, arrow(step)])),
      Home: () => goTo(0),
      End: () => goTo(parts().length - 1),
    },
    margin: [16, 16, 16, 16],
    leastText: () => least,
    moved(x, y, width, height) {
      const { left, top } = figure;
      lead();
      stage.classList.toggle("more-left", left < x);
      stage.classList.toggle("more-top", top < y);
      stage.classList.toggle("more-right", left + figure.width > x + width);
      stage.classList.toggle("more-bottom", top + figure.height > y + height);
    },
    takesWheel(event) {
      const takes = event.ctrlKey || event.metaKey || isActive();
      if (!takes) note(words.wheel);
      return takes;
    },
    extent: (low, high) => [low, high],
    hint: () => words.press,
    press(element) {
      tell("opened", path(element));
      return true;
    },
    open: rove,
    count: (current, all) => (!all ? words.found_none : current ? fill(words.found, { current, all }) : `${all}`),
  });

  const fill = (pattern, values) => pattern.replace(/{(\w+)}/g, (_, name) => values[name]);

  // One part of the figure can be reached by Tab; arrows go on from it

  const parts = () => [...figure.svg.querySelectorAll("[role=button]")];
  let stop, chosen, asked = "";
  function rove(element) {
    stop?.setAttribute("tabindex", -1);
    stop = element;
    stop?.setAttribute("tabindex", 0);
  }
  function goTo(index) {
    const all = parts();
    all[clamp(index, 0, all.length - 1)]?.focus();
  }
  /** Whether a step on the page is one with the flow of data (1) or against it (-1). */
  function forward(step) {
    const { boxes } = figure;
    const [first, last] = [boxes[0], boxes[boxes.length - 1]].map(middle);
    const along = (last[0] - first[0]) * step[0] + (last[1] - first[1]) * step[1];
    return Math.sign(along) || step[0] + step[1];
  }
  stage.addEventListener("focusin", ({ target }) => target !== stage && rove(target), { signal });

  // Touch: two fingers are for the figure; one scrolls the page until the figure was touched

  stage.addEventListener("touchmove", (event) => {
    if (event.touches.length > 1) event.preventDefault();
  }, { signal, passive: false });
  stage.addEventListener("pointercancel", ({ pointerType }) => {
    if (pointerType === "touch" && !isActive()) note(words.touch);
  }, { signal });

  let fading;
  function note(text) {
    notice.textContent = text;
    notice.classList.add("on");
    clearTimeout(fading);
    fading = setTimeout(() => notice.classList.remove("on"), 1800);
  }

  // Figures of one group go together: what one does to one of them, the others do

  const member = { follow: (view) => { Object.assign(viewer.view, view); viewer.show(); }, fit: () => viewer.fit() };
  let group, isLed = false;
  function lead() {
    const fellows = [...groups.get(group) ?? []].filter((one) => one !== member);
    if (!figure || isLed || !fellows.length || viewer.view.whole) return;
    together(() => fellows.forEach((one) => one.follow(viewer.view)));
  }
  function together(act) {
    for (const one of groups.get(group)) one.led(true);
    act();
    for (const one of groups.get(group)) one.led(false);
  }
  member.led = (is) => { isLed = is; };
  root.querySelector("[data-zoom=fit]").addEventListener("click", () => {
    if (groups.has(group)) together(() => groups.get(group).forEach((one) => one.fit()));
  }, { signal });
  function join(name) {
    groups.get(group)?.delete(member);
    group = name;
    if (!group) return;
    if (!groups.has(group)) groups.set(group, new Set());
    groups.get(group).add(member);
  }

  // Data that flow, a lecture, and a copy to take along

  const tools = Object.fromEntries([...root.querySelectorAll("[data-tool]")].map((one) => [one.dataset.tool, one]));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const calm = () => { tools.flow.hidden = isStill.matches; };
  isStill.addEventListener("change", calm, { signal });
  calm();
  tools.flow.addEventListener("click", () => {
    tools.flow.setAttribute("aria-pressed", root.classList.toggle("flowing"));
  }, { signal });

  const lecture = createLecture(root, { signal, show: spot, count: (current, all) => fill(words.found, { current, all }) });
  tools.lecture.addEventListener("click", lecture.begin, { signal });

  /** Look at some parts of the figure, or at all of it. */
  function spot(paths) {
    const isIn = ({ element: { id } }) => paths.some((path) => id === path || id.startsWith(`${path}.`));
    const inside = figure.boxes.filter(isIn);
    figure.svg.classList.toggle("spotlit", inside.length > 0);
    for (const box of figure.boxes) box.element.classList.toggle("spot", inside.includes(box));
    if (!inside.length) return viewer.fit();
    const edge = (pick, side) => [0, 1].map((i) => pick(...inside.map((box) => box[side][i])));
    viewer.look(edge(Math.min, "low"), edge(Math.max, "high"));
  }

  tools.copy.hidden = typeof ClipboardItem === "undefined";
  tools.copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture(shown) })]);
      note(words.copied);
    } catch {
      note(words.not_copied);
    }
  }, { signal });

  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen();
  }, { signal });

  // What Python says

  function say(next) {
    words = next;
    for (const element of root.querySelectorAll("[data-label]")) {
      const text = words[element.dataset.label];
      element.setAttribute("aria-label", text);
      if (element.localName === "button") element.title = text;
    }
    query.placeholder = words.search;
    query.setAttribute("aria-label", words.search_figure);
    figure?.svg.setAttribute("aria-description", words.keys);
  }

  function load({ svg: text, axis }) {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (parsed.localName !== "svg") throw new Error("the figure is no SVG");
    const svg = document.importNode(parsed, true);
    const before = figure;
    const focused = stage.contains(shadow.activeElement) && stage !== shadow.activeElement ? path(shadow.activeElement) : null;
    figure = readFigure(svg, { role: "button", least: 1, room: roomAlong(axis) });
    stage.replaceChildren(svg);
    stage.style.background = figure.paper;
    stage.dataset.tone = isDark(figure.paper) ? "dark" : "light";
    svg.append(flowOf(figure));
    viewer.load(figure);
    if (most) root.style.setProperty("--phone", `${Math.min(natural(), most)}px`);
    for (const one of parts()) setAll(one, { tabindex: -1, "aria-pressed": false });
    chosen = undefined;
    rove(parts()[0]);
    if (before && !viewer.view.whole && isAkin(before)) follow(before);
    else viewer.begin();
    if (focused !== null) (part(focused) ?? stage).focus({ preventScroll: true });
  }

  /** Frames are wide where nothing stands before or behind them, so that they are easy to hit. */
  const roomAlong = (axis) => (levels) => {
    const [narrow, wide] = [1.2 + 1.2 * levels, 3 + 3 * levels];
    return { x: [narrow, wide], y: [wide, narrow] }[axis] ?? [narrow, narrow];
  };

  /** The height at which the figure can be read, in steps, so that edits seldom change it. */
  function natural() {
    const scale = least ? least / figure.smallest : Math.min((stage.clientWidth - 32) / figure.width, 2.5);
    return Math.max(300, Math.ceil((scale * figure.height + 100) / 100) * 100);
  }

  const isAkin = (before) => ["width", "height"].every((side) =>
    Math.max(before[side] / figure[side], figure[side] / before[side]) <= LARGE);
  const middle = ({ low, high }) => [0, 1].map((i) => (low[i] + high[i]) / 2);

  /** Keep what is nearest to the middle of the stage where it is, if the new figure has it, too. */
  function follow(before) {
    const now = new Map(figure.boxes.map((box) => [box.element.id, middle(box)]));
    const far = (box) => Math.hypot(middle(box)[0] - viewer.view.x, middle(box)[1] - viewer.view.y);
    const [box] = before.boxes.filter(({ element }) => now.has(element.id)).sort((a, b) => far(a) - far(b));
    if (!box) return viewer.begin();
    const [from, to] = [middle(box), now.get(box.element.id)];
    viewer.shift(to[0] - from[0], to[1] - from[1]);
  }

  /** The box or the frame of a path. */
  const part = (path) => figure.boxes.find(({ element }) => element.id === path)?.element
    ?? figure.scopes.find(({ group }) => group.id === path)?.bar;

  function select(path) {
    const isNews = path !== asked;
    asked = path;
    const next = path ? part(path) : undefined;
    if (next === chosen) return;
    chosen?.setAttribute("aria-pressed", false);
    chosen = next;
    if (!chosen) return;
    chosen.setAttribute("aria-pressed", true);
    if (isNews) viewer.reveal(chosen);
    if (!stage.contains(shadow.activeElement)) rove(chosen);
  }

  /** Say in full screen, too, what the page says of the part that is open. */
  function describe(lines) {
    const card = $(".card");
    card.hidden = !lines.length;
    card.replaceChildren(...lines.map((line, i) => {
      const one = document.createElement(i ? "span" : "strong");
      one.textContent = line;
      return one;
    }));
  }

  return {
    update(data, setTriggerValue) {
      tell = setTriggerValue;
      least = data.least;
      join(data.group);
      root.style.setProperty("--height", `${data.height}px`);
      most = data.phone;
      say(data.words);
      if (data.svg !== shown) load(data);
      shown = data.svg;
      figure.svg.setAttribute("aria-description", words.keys);
      select(data.selected);
      describe(data.card);
      tools.lecture.hidden = !data.steps.length;
      lecture.load(data.steps);
    },
    end() {
      join("");
      clearTimeout(fading);
      ending.abort();
    },
  };
}
