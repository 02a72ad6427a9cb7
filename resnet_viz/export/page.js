// The page that a figure is exported to: it collapses, and it is light or dark.

// The page's own elements stand before the figure, so that none of its ids is found first
const $ = (selector) => document.querySelector(selector);
const stage = $("#ui-stage");
const figure = readFigure($("#ui-stage > svg"), {
  role: "img",
  least: 2,
  room: (levels) => [1.2 + 1.2 * levels, 1.2 + 1.2 * levels],
});
const collapsing = collapsible(figure, stage.dataset.axis);
const scopeOf = (element) => figure.scopeOf.get(element);

const parts = { stage, frame: document.body, tip: $("#ui-tip"), query: $("#ui-query"), count: $("#ui-count"), buttons: $("#ui-zoom") };
const viewer = createViewer(parts, {
  keyboard: window,
  keys: {},
  margin: [44, 24, 44, 24],
  takesWheel: () => true,
  extent: (low, high) => [collapsing.moved(low), collapsing.moved(high)],
  hint(element) {
    const scope = scopeOf(element);
    return scope ? `Click to ${scope.collapsed ? "expand" : "collapse"}` : "";
  },
  /** Collapse or expand a scope; what was clicked stays under the pointer. */
  press(element) {
    const scope = scopeOf(element);
    if (!scope) return false;
    viewer.shift(...collapsing.toggle(scope));
    viewer.hideTip();
    tell();
    return true;
  },
  open(hit) {
    collapsing.open(hit);
    tell();
  },
  count: (current, all) => (!all ? "none" : current ? `${current} of ${all}` : `${all}`),
});

// How deep the network is shown

const levels = [];
for (let depth = 0; depth <= collapsing.deepest + 1 && collapsing.deepest >= 0; depth++) {
  const button = document.createElement("button");
  button.type = "button";
  button.level = depth;
  button.textContent = depth === 0 ? "Collapse all" : depth > collapsing.deepest ? "Expand all" : String(depth);
  if (depth > 0 && depth <= collapsing.deepest) button.title = `Open ${depth === 1 ? "one level" : `${depth} levels`}`;
  button.addEventListener("click", () => {
    collapsing.level(depth);
    viewer.fit();
    tell();
  });
  $("#ui-levels").append(button);
  levels.push(button);
}
function tell() {
  for (const button of levels) button.setAttribute("aria-pressed", String(collapsing.isLevel(button.level)));
}

// Light and dark

stage.dataset.tone = isDark(figure.paper) ? "dark" : "light";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
function paint(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  stage.classList.toggle("inverted", dark !== (stage.dataset.tone === "dark"));
  $("#ui-theme").setAttribute("aria-pressed", String(dark));
}
prefersDark.addEventListener("change", ({ matches }) => paint(matches));
$("#ui-theme").addEventListener("click", () => paint(document.documentElement.dataset.theme !== "dark"));

paint(prefersDark.matches);
viewer.load(figure);
viewer.fit();
tell();
