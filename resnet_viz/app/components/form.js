// The spec as a form: what is typed stays here as it stands and goes to Python as a whole, again if
// nothing is heard of it; what Python says is taken from an answer that knows the last edit.

export default component(".form", mount);

const PARTS = ["stem", "head", "whole"];
const WIDEST = 4096; // channels of a stage that is added
const PATIENCE = 4000; // milliseconds until an edit is sent again; twice as many each time after that
const PAUSE = 1500; // milliseconds after which an edit of the same field is another gesture
const HOLD = [400, 90]; // milliseconds until a held step repeats, and from then on
const TRIANGLE = '<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M3 1.5 7 5 3 8.5"/></svg>';

/** Make an element; what is no property of it becomes an attribute. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const put = (pattern, ...values) => pattern.replace(/{(\d)}/g, (_, i) => values[i]);
const isInteger = (text) => /^\s*[+-]?\d+\s*$/.test(text);

function mount(root) {
  const ending = new AbortController();
  const { signal } = ending;
  const shadow = root.getRootNode();
  let said; // by Python: fields, columns, words
  let values, filling, revision, tell;
  let waiting; // for an answer to an edit
  const opened = []; // which stages show all of their fields
  let bodies = []; // of the table, one for each stage
  const controls = new Map(); // by their places
  let gesture = {}; // what is being done: steps of it are one step for undo and for the browser's history
  let isBuilt = false; // just now: controls that go have nothing more to say

  const partOf = (key) => (typeof key === "number" ? values.stages[key] : values[key]);
  const placeOf = (key, name) => (typeof key === "number" ? `stages[${key}].${name}` : `${key}.${name}`);
  const titleOf = (key, { label }) => {
    if (key === "whole") return label;
    return typeof key === "number" ? put(said.words.of_stage, key + 1, label) : put(said.words.of_part, said.words[key], label);
  };

  // Edits on their way

  /** Send what the fields hold. What is sent without a connection is lost, and nobody says so. */
  function send(place = "") {
    const now = Date.now();
    if (!place || place !== gesture.place || now - gesture.time > PAUSE) gesture = { place, name: now, isWritten: false };
    gesture.time = now;
    revision = Math.max(revision + 1, now); // no other edit's, be it of a form mounted before
    sendUntilHeard(PATIENCE);
  }
  function sendUntilHeard(patience) {
    clearTimeout(waiting);
    tell("edited", { values, revision, filling, gesture: gesture.name });
    waiting = setTimeout(sendUntilHeard, patience, 2 * patience);
  }

  /** Take from an answer what the fields hold, unless an edit is newer; tell whether it was taken. */
  function take(data) {
    const isUnheard = waiting !== undefined && data.revision < revision;
    const isAnother = data.filling.session !== filling?.session;
    if (isUnheard && isAnother) { // the server began anew and knows nothing of the edit
      ({ filling } = data);
      send();
      return false;
    }
    if (isUnheard && data.filling.number === filling.number) return false;
    clearTimeout(waiting);
    waiting = undefined;
    values = structuredClone(data.values);
    ({ filling, revision } = data);
    return true;
  }

  // Streamlit makes an entry in the browser's history of each address; steps of a gesture share one

  const { pushState } = history;
  history.pushState = (...entry) => {
    if (gesture.isWritten) history.replaceState(...entry);
    else pushState.apply(history, entry);
    gesture.isWritten = true;
  };
  window.addEventListener("pointerdown", (event) => {
    if (!event.composedPath().includes(root)) gesture = {};
  }, { capture: true, signal });
  signal.addEventListener("abort", () => { delete history.pushState; });

  window.addEventListener("keydown", (event) => {
    const { key, shiftKey, altKey } = event;
    if (!(event.ctrlKey || event.metaKey) || altKey || !["z", "y"].includes(key.toLowerCase())) return;
    const [input] = event.composedPath();
    const isOurs = shadow.contains(input);
    if (isOurs ? input.isTouched : input.matches?.("input, textarea, [contenteditable]")) return; // its own text
    event.preventDefault();
    gesture = {};
    const name = key.toLowerCase() === "y" || shiftKey ? "redo" : "undo";
    document.querySelector(`.st-key-${name} button`)?.click();
  }, { capture: true, signal });

  // A page without a connection says so

  const lost = make("p", { className: "lost", role: "status", hidden: true });
  const app = document.querySelector("[data-test-connection-state]");
  let losing;
  const watch = new MutationObserver(() => {
    clearTimeout(losing);
    if (app.dataset.testConnectionState === "CONNECTED") lost.hidden = true;
    else losing = setTimeout(() => { lost.hidden = false; }, 1000);
  });
  if (app) watch.observe(app, { attributeFilter: ["data-test-connection-state"] });
  signal.addEventListener("abort", () => {
    watch.disconnect();
    clearTimeout(losing);
  });

  // Fields

  /** Tell whether what was chosen elsewhere leaves a field any meaning. */
  function isUsed(key, { needs }) {
    if (!needs) return true;
    const part = needs.part ? values[needs.part] : partOf(key);
    return needs.values.includes(part[needs.field]);
  }
  const everyField = function* () {
    for (const part of PARTS) for (const field of said.fields[part]) yield [part, field];
    for (const i of values.stages.keys()) for (const field of said.fields.stages) yield [i, field];
  };
  /** Put what means nothing now at what it is when nobody says anything, and hide it. */
  function settle() {
    for (const [key, field] of everyField()) {
      if (!isUsed(key, field)) partOf(key)[field.name] = field.default;
    }
  }
  function hideUnused() {
    for (const [key, field] of everyField()) {
      const whole = controls.get(placeOf(key, field.name))?.input.closest(".field");
      if (whole) whole.hidden = !isUsed(key, field);
    }
  }

  /** Make the control of a field, and remember it by its place. */
  function control(key, field) {
    const { name, sort, options } = field;
    const more = { id: placeOf(key, name), "aria-label": titleOf(key, field) };
    let input;
    if (sort === "choice") input = make("select", more, ...options.map(([kind]) => make("option", { value: kind }, kind)));
    else if (sort === "flag") input = make("input", { ...more, type: "checkbox" });
    else {
      input = make("input", { ...more, type: "text", autocomplete: "off", spellcheck: false, maxLength: said.longest });
      if (sort === "integer") Object.assign(input, { inputMode: "numeric", role: "spinbutton", ariaValueMin: 1 });
      if (sort === "number") input.inputMode = "decimal";
    }
    const untouch = () => {
      if (isBuilt) return;
      input.isTouched = false;
      show();
    };
    input.addEventListener("input", () => { input.isTouched = true; });
    input.addEventListener("blur", untouch); // after a change, if there is one
    input.addEventListener("keydown", ({ key }) => key === "Escape" && untouch());
    input.addEventListener("change", ({ detail }) => {
      if (isBuilt) return;
      input.isTouched = false;
      partOf(key)[name] = sort === "flag" ? input.checked : input.value;
      if (sort === "choice" || sort === "flag") settle();
      fill();
      send(detail === "step" ? placeOf(key, name) : ""); // what is typed is a gesture of its own
    });
    const show = () => {
      const value = partOf(key)[name];
      if (input.isTouched && shadow.activeElement === input) return;
      if (sort === "flag") input.checked = value;
      else if (input.value !== value) input.value = value;
      if (sort === "integer") {
        input.ariaValueNow = isInteger(value) ? Number(value) : null;
        input.classList.toggle("long", value.length > 4);
      }
    };
    controls.set(placeOf(key, name), { input, show });
    return sort === "integer" ? stepped(input, field) : input;
  }

  /** Let a number be stepped by arrow keys and by two small buttons. */
  function stepped(input, { step }) {
    const go = (by) => {
      if (!isInteger(input.value) || (by < 0 && Number(input.value) <= 1)) return;
      input.value = Math.max(Number(input.value) + by * step, by < 0 ? 1 : -Infinity);
      input.dispatchEvent(new CustomEvent("change", { detail: "step" }));
    };
    input.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      go(by);
    });
    const button = (by) => {
      const one = make("button", { type: "button", tabIndex: -1, className: by > 0 ? "up" : "down", innerHTML: TRIANGLE });
      let held, steps;
      const repeat = () => {
        steps += 1;
        go(by);
        held = setTimeout(repeat, HOLD[1]);
      };
      one.addEventListener("pointerdown", (event) => {
        event.preventDefault(); // what is typed elsewhere stays there
        steps = 0;
        held = setTimeout(repeat, HOLD[0]);
      });
      for (const end of ["pointerup", "pointerleave", "pointercancel"]) one.addEventListener(end, () => clearTimeout(held));
      signal.addEventListener("abort", () => clearTimeout(held));
      one.addEventListener("click", () => !steps && go(by));
      return one;
    };
    return make("span", { className: "number" }, input, make("span", { className: "steps", "aria-hidden": "true" }, button(1), button(-1)));
  }

  /** Make a button that explains the kinds of a field. */
  function question({ label, options }) {
    const title = put(said.words.kinds_of, label);
    const button = make("button", { type: "button", className: "question", "aria-label": title, popoverTargetElement: kinds }, "?");
    button.addEventListener("click", () => {
      kinds.ariaLabel = title;
      kinds.replaceChildren(make("dl", {}, ...options.flatMap(([kind, sentence]) => [make("dt", {}, kind), make("dd", {}, sentence)])));
      const { left, bottom } = button.getBoundingClientRect();
      Object.assign(kinds.style, { left: `${left}px`, top: `${bottom + 4}px` });
    });
    return button;
  }
  const kinds = make("div", { popover: "auto", className: "kinds", role: "group", tabIndex: 0 });
  kinds.addEventListener("toggle", ({ newState }) => {
    if (newState !== "open") return;
    const at = kinds.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    kinds.style.left = `${Math.max(8, Math.min(at.left, clientWidth - at.width - 8))}px`;
    kinds.style.top = `${Math.max(8, Math.min(at.top, clientHeight - at.height - 8))}px`;
  });
  window.addEventListener("scroll", () => kinds.matches(":popover-open") && kinds.hidePopover(), { capture: true, passive: true, signal });

  /** Make a field with its label. */
  function labelled(key, field) {
    const { name, label, sort, options, help } = field;
    const one = control(key, field);
    const heading = make("label", { htmlFor: placeOf(key, name) }, label);
    if (sort === "flag") return make("div", { className: "field flag" }, one, heading);
    const head = make("div", { className: "label" }, heading, ...(options ? [question(field)] : []));
    if (!help) return make("div", { className: `field ${sort}` }, head, one);
    const hint = make("small", { id: `${placeOf(key, name)}.help` }, help);
    one.setAttribute("aria-describedby", hint.id);
    return make("div", { className: `field ${sort}` }, head, one, hint);
  }

  // Stages

  const stageFields = () => said.fields.stages;
  const isColumn = ({ name }) => said.columns.includes(name);

  function table() {
    const columns = stageFields().filter(isColumn);
    const heads = columns.map((field) => make("th", { scope: "col", className: field.name },
      make("div", { className: "label" }, make("span", {}, field.label), ...(field.options ? [question(field)] : []))));
    const head = make("thead", {}, make("tr", {}, make("td"), ...heads));
    bodies = values.stages.map((_, i) => stage(i, columns));
    const every = values.stages.length > 1 ? [everyStage(columns)] : [];
    return make("table", {}, make("caption", {}, said.words.stages), head, ...bodies, ...every);
  }

  /** Make the row that edits all stages at once: to one value, or times a factor. */
  function everyStage(columns) {
    const one = ({ name, sort, options, label }) => {
      const more = { id: `every.${name}`, "aria-label": put(said.words.every_field, label), title: said.words.every_help };
      const input = sort === "choice"
        ? make("select", more, make("option", { value: "" }, "…"), ...options.map(([kind]) => make("option", { value: kind }, kind)))
        : make("input", { ...more, type: "text", autocomplete: "off", maxLength: said.longest, placeholder: "×" });
      input.addEventListener("change", () => {
        const text = input.value.trim();
        if (!text) return;
        const factor = /^[x×*]\s*([\d.]+)$/i.exec(text);
        const { step } = stageFields().find((field) => field.name === name);
        for (const stage of values.stages) stage[name] = factor ? scaled(stage[name], Number(factor[1]), step) : text;
        if (sort !== "choice") input.value = "";
        settle();
        fill();
        send();
      });
      return make("td", {}, input);
    };
    const title = make("th", { scope: "row", className: "every" }, said.words.every);
    return make("tbody", { className: "every" }, make("tr", {}, title, ...columns.map(one)));
  }
  /** Multiply a whole number, to the nearest multiple of its step; the smallest is one step. */
  const scaled = (text, factor, step) => (isInteger(text) ? `${Math.max(step, Math.round(Number(text) * factor / step) * step)}` : text);

  function stage(number, columns) {
    const name = put(said.words.change_stage, number + 1);
    const toggle = make("button", { type: "button", id: `stages[${number}]`, className: "toggle", "aria-label": name, innerHTML: TRIANGLE });
    toggle.append(`${number + 1}`);
    toggle.addEventListener("click", () => open(number, !opened[number]));
    const row = make("tr", {}, make("th", { scope: "row" }, toggle));
    for (const field of columns) row.append(make("td", {}, control(number, field)));
    const shares = make("tr", { className: "shares" }, make("td"), wide(-1));
    const note = make("tr", { className: "note" }, wide());
    const all = wide();
    all.append(make("div", { className: "grid" }, ...stageFields().filter((field) => !isColumn(field)).map((field) => labelled(number, field))));
    all.append(make("div", { className: "moves" }, ...Object.keys(MOVES).map((move) => mover(number, move))));
    return make("tbody", { className: "stage" }, row, shares, note, make("tr", { className: "all" }, all));
  }

  /** Make a cell of a row that has no other. */
  const wide = (fewer = 0, ...children) => make("td", { colSpan: said.columns.length + 1 + fewer }, ...children);

  /** Draw in each stage's row what it has of the network's parameters and multiply-adds. */
  function share() {
    const isCounted = said.shares.length === bodies.length;
    bodies.forEach((body, i) => {
      const row = body.querySelector(".shares");
      row.hidden = !isCounted;
      if (!isCounted) return;
      const { bars, warning } = said.shares[i];
      const drawn = bars.map(({ share, text }, j) => make("span", { className: `share of${j}`, title: text },
        make("i", { style: `width: ${100 * share}%`, "aria-hidden": "true" }), make("small", {}, text)));
      row.lastChild.replaceChildren(...drawn, ...(warning ? [make("small", { className: "warning" }, warning)] : []));
    });
  }

  function open(number, isOpen) {
    opened[number] = isOpen;
    const body = bodies[number];
    body.querySelector(".toggle").setAttribute("aria-expanded", isOpen);
    body.querySelector(".all").hidden = !isOpen;
    describe(number);
  }

  /** Say below a closed stage what of its other fields is not as usual. */
  function describe(number) {
    const unusual = stageFields().filter((field) => !isColumn(field) && isUsed(number, field) && partOf(number)[field.name] !== field.default);
    const text = unusual.map(({ name, label, sort }) => (sort === "flag" ? label : `${label} ${partOf(number)[name]}`)).join(" · ");
    const note = bodies[number].querySelector(".note");
    note.firstChild.textContent = text;
    note.hidden = opened[number] || !text;
  }

  const swap = (list, i, j) => { [list[i], list[j]] = [list[j], list[i]]; };
  const MOVES = { // of one in a list; where it is then
    up: (list, i) => (swap(list, i - 1, i), i - 1),
    down: (list, i) => (swap(list, i, i + 1), i + 1),
    copy: (list, i) => (list.splice(i, 0, structuredClone(list[i])), i + 1),
    remove: (list, i) => (list.splice(i, 1), Math.min(i, list.length - 1)),
  };

  function mover(number, move) {
    const last = values.stages.length - 1;
    const refused = { up: number === 0, down: number === last, copy: last + 1 >= said.most, remove: last === 0 };
    const button = make("button", { type: "button", id: `stages[${number}].${move}`, disabled: refused[move] }, said.words[move]);
    button.addEventListener("click", () => {
      MOVES[move](opened, number);
      const now = MOVES[move](values.stages, number);
      build();
      const again = shadow.getElementById(`stages[${now}].${move}`);
      (move === "remove" || again.disabled ? shadow.getElementById(`stages[${now}]`) : again).focus();
      send();
    });
    return button;
  }

  /** Add a stage as networks go on: half the size, twice the channels, up to some width. */
  function add() {
    const last = values.stages.at(-1);
    const channels = isInteger(last.channels) && Number(last.channels) <= WIDEST / 2 ? `${2 * Number(last.channels)}` : last.channels;
    values.stages.push({ ...last, stride: "2", channels });
    opened.push(false);
    build();
    send();
  }

  // The whole form

  function build() {
    const focused = shadow.activeElement?.id;
    const { isTouched, value } = shadow.activeElement ?? {};
    isBuilt = true;
    const wereOpen = PARTS.filter((part) => root.querySelector(`details.${part}`)?.open);
    controls.clear();
    const button = make("button", { type: "button", id: "add", className: "add", disabled: values.stages.length >= said.most }, `+ ${said.words.add}`);
    button.addEventListener("click", add);
    const isSize = ({ name }) => name.startsWith("input[");
    const parts = PARTS.map((part) => make("details", { className: part, open: wereOpen.includes(part) },
      make("summary", { id: part, innerHTML: TRIANGLE }, said.words[part]),
      make("div", { className: "grid" }, ...said.fields[part].filter((field) => !isSize(field)).map((field) => labelled(part, field)))));
    const sizes = said.fields.whole.filter(isSize).flatMap((field, i) => [...(i ? [" × "] : []), control("whole", field)]);
    const input = make("div", { className: "sizes field", id: "input" }, make("span", {}, said.words.input), ...sizes);
    lost.textContent = said.words.lost;
    root.replaceChildren(lost, input, table(), button, ...parts, kinds);
    isBuilt = false;
    opened.length = values.stages.length;
    bodies.forEach((_, i) => open(i, Boolean(opened[i])));
    fill();
    const again = focused && shadow.getElementById(focused);
    again?.focus({ preventScroll: true });
    if (again && isTouched) Object.assign(again, { isTouched, value }); // it was typed and not yet sent
  }

  function fill() {
    for (const { show } of controls.values()) show();
    bodies.forEach((_, i) => describe(i));
    hideUnused();
    for (const select of root.querySelectorAll(".every select")) {
      const kinds = new Set(values.stages.map((stage) => stage[select.id.slice("every.".length)]));
      select.value = kinds.size === 1 ? [...kinds][0] : "";
    }
  }

  /** Say what is wrong at its field or its part, which is opened if it is out of sight. */
  function complain(wrong) {
    root.querySelector(".wrong")?.remove();
    for (const { input } of controls.values()) {
      if (input.ariaInvalid) describedBy(input, false);
    }
    if (!wrong) return;
    const text = make("p", { id: "wrong", role: "alert" }, make("strong", {}, put(said.words.of_part, wrong.where, "")), wrong.text);
    const input = controls.get(wrong.place)?.input;
    const at = input ?? shadow.getElementById(wrong.place);
    const body = at?.closest("tbody"), part = at?.closest("details"), field = at?.closest(".field");
    if (field && body) open(bodies.indexOf(body), true);
    if (part) part.open = true;
    if (field ?? part) (field ?? at).after(make("div", { className: "wrong" }, text));
    else if (body) body.append(make("tr", { className: "wrong" }, wide(0, text)));
    else root.prepend(make("div", { className: "wrong" }, text));
    if (input) describedBy(input, true);
  }

  function describedBy(input, isWrong) {
    const help = shadow.getElementById(`${input.id}.help`);
    input.ariaInvalid = isWrong || null;
    const ids = [help?.id, isWrong && "wrong"].filter(Boolean);
    if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  // What Python says waits while a button is pressed: what moves away under the pointer is not clicked

  let isPressed = false, late;
  const release = () => setTimeout(() => { // the click comes first; that of a tap takes its time
    isPressed = false;
    late?.();
    late = undefined;
  }, 100);
  window.addEventListener("pointerdown", ({ button }) => { isPressed = button === 0; }, { capture: true, signal });
  for (const end of ["pointerup", "pointercancel", "contextmenu", "keydown", "blur"]) {
    window.addEventListener(end, () => isPressed && release(), { capture: true, signal });
  }

  return {
    update(data, setTriggerValue) {
      tell = setTriggerValue;
      if (isPressed && said) late = () => this.show(data);
      else this.show(data);
    },
    show(data) {
      const isNew = JSON.stringify([data.fields, data.words]) !== JSON.stringify([said?.fields, said?.words]);
      const rows = values?.stages.length;
      said = data;
      const isTaken = take(data);
      if (isNew || values.stages.length !== rows) build();
      else if (isTaken) fill();
      if (isTaken) complain(data.wrong);
      share();
    },
    end() {
      clearTimeout(waiting);
      ending.abort();
    },
  };
}
