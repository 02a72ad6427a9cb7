// A figure for a room: it fills the screen beside one panel, and keys go from step to step.

const FORTH = ["ArrowRight", "ArrowDown", "PageDown", " "], BACK = ["ArrowLeft", "ArrowUp", "PageUp"];

/**
 * Make a figure one to lecture with. `show(paths)` looks at parts of it, at all of it without any;
 * `count(current, all)` words where one is.
 */
function createLecture(root, { signal, show, count }) {
  const panel = root.querySelector(".panel");
  const [title, body, place] = ["h2", "div", "b"].map((tag) => panel.querySelector(tag));
  let steps = [], current = 0;

  const isOn = () => root.classList.contains("lecture");
  function go(index) {
    current = clamp(index, 0, steps.length - 1);
    const step = steps[current];
    title.textContent = step.title;
    body.replaceChildren(...step.lines.map((line) => {
      const one = document.createElement("p");
      one.textContent = line;
      return one;
    }));
    place.textContent = count(current + 1, steps.length);
    show(step.paths);
  }
  function begin() {
    root.classList.add("lecture");
    panel.hidden = false;
    root.requestFullscreen?.().catch(() => {}); // it fills the page where it may not fill the screen
    root.querySelector("[data-step='1']").focus();
    go(0);
  }
  function end() {
    if (!isOn()) return;
    root.classList.remove("lecture");
    panel.hidden = true;
    if (document.fullscreenElement) document.exitFullscreen();
    show([]);
  }
  panel.addEventListener("click", ({ target }) => {
    const { step } = target.closest("[data-step]")?.dataset ?? {};
    if (step === "end") end();
    else if (step) go(current + Number(step));
  }, { signal });
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = { Home: 0, End: steps.length - 1 }[event.key]
      ?? current + (FORTH.includes(event.key) ? 1 : BACK.includes(event.key) ? -1 : 0);
    if (event.key === "Escape") end();
    else if (target !== current) go(target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal, capture: true });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement ?? end(), { signal });

  return {
    begin,
    /** Take the steps, each with its `title`, `lines` and the `paths` of the parts that it is about. */
    load(next) {
      steps = next;
      if (isOn()) go(current);
    },
  };
}
