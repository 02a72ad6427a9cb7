"use strict";
// Starts Python from the data in this page, and hands every edit to bridge.py.
const byId = (id) => document.getElementById(id);

async function bytes(id) {
  const packed = Uint8Array.from(atob(byId(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function start() {
  const [wasm, loader, lock, library, wheel, bridge] = await Promise.all(
    ["wasm", "loader", "lock", "library", "wheel", "bridge"].map(bytes),
  );
  const types = { "pyodide.asm.wasm": "application/wasm", "python_stdlib.zip": "application/zip" };
  const files = { "pyodide.asm.wasm": wasm, "python_stdlib.zip": library };
  const fetched = globalThis.fetch;
  globalThis.fetch = (url, ...more) => {
    const name = String(url.url ?? url).split("/").pop();
    if (!(name in files)) return fetched(url, ...more);
    return Promise.resolve(new Response(files[name], { headers: { "content-type": types[name] } }));
  };
  const url = URL.createObjectURL(new Blob([loader], { type: "text/javascript" }));
  const { default: createPyodideModule } = await import(url);
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: "https://in-this-page.invalid/",
    lockFileContents: JSON.parse(new TextDecoder().decode(lock)),
  });
  globalThis.fetch = fetched;
  python.unpackArchive(wheel.buffer, "wheel");
  python.FS.writeFile("bridge.py", bridge);
  byId("version").textContent = python.runPython("import resnet_viz; resnet_viz.__version__");
  return python.pyimport("bridge");
}

let bridge = null;
let spec = null;
let wanted = 0;

function fill() {
  byId("input").value = spec.input.join("x");
  byId("stages").replaceChildren(...spec.stages.map(row));
}

function row(stage, index) {
  const line = document.createElement("tr");
  line.append(cell(String(index + 1)));
  for (const field of ["blocks", "channels", "stride"]) {
    const input = Object.assign(document.createElement("input"), {
      type: "number",
      min: 1,
      step: field === "channels" ? 8 : 1,
      value: stage[field],
      ariaLabel: `Stage ${index + 1}: ${field}`,
    });
    input.addEventListener("input", () => edit(() => (stage[field] = number(input.value))));
    line.append(cell(input));
  }
  const kinds = document.createElement("select");
  kinds.ariaLabel = `Stage ${index + 1}: block`;
  kinds.append(...["basic", "bottleneck"].map((kind) => new Option(kind, kind, false, kind === stage.block)));
  if (kinds.value !== stage.block) kinds.append(new Option(stage.block, stage.block, true, true));
  kinds.addEventListener("input", () => edit(() => (stage.block = kinds.value)));
  const remove = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: "×",
    ariaLabel: `Remove stage ${index + 1}`,
    disabled: spec.stages.length === 1,
  });
  remove.addEventListener("click", () => edit(() => spec.stages.splice(index, 1), fill));
  line.append(cell(kinds), cell(remove));
  return line;
}

function cell(content) {
  const made = document.createElement("td");
  made.append(content);
  return made;
}

const number = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text);

function edit(change, after = () => {}) {
  change();
  spec.name = "mine";
  after();
  show();
}

function show() {
  const turn = ++wanted;
  byId("answer").classList.add("stale");
  setTimeout(() => turn === wanted && draw(), 60); // only the last of several quick edits
}

function draw() {
  const options = { direction: byId("direction").value, lang: byId("lang").value };
  if (byId("depth").value) options.depth = byId("depth").value;
  const made = JSON.parse(bridge.answer(JSON.stringify(spec), JSON.stringify(options)));
  byId("wrong").textContent = made.wrong ?? "";
  if (made.wrong) return;
  byId("answer").classList.remove("stale");
  byId("figure").innerHTML = made.svg; // ours: every text in it is escaped
  byId("save").href = URL.createObjectURL(new Blob([made.svg], { type: "image/svg+xml" }));
  byId("layers").textContent = made.layers;
  const shown = { layers: "layers", params: "parameters", macs: "multiply-adds (MACs)", activations: "activations" };
  byId("totals").replaceChildren(
    ...Object.entries(shown).map(([key, title]) => {
      const pair = document.createElement("div");
      const term = Object.assign(document.createElement("dt"), { textContent: title });
      const value = Object.assign(document.createElement("dd"), { textContent: exact(made.totals[key]) });
      value.id = `total-${key}`;
      pair.append(term, value);
      return pair;
    }),
  );
  const head = document.createElement("tr");
  head.append(...["part", "output", "parameters", "MACs"].map((text) => Object.assign(document.createElement("th"), { textContent: text })));
  const lines = made.rows.map((values) => {
    const line = document.createElement("tr");
    line.append(...values.map((value) => cell(typeof value === "number" ? exact(value) : value)));
    return line;
  });
  byId("rows").replaceChildren(head, ...lines);
}

const exact = (value) => value.toLocaleString("en-US");

start()
  .then((made) => {
    bridge = made;
    for (const [title, names] of JSON.parse(bridge.names())) {
      const group = Object.assign(document.createElement("optgroup"), { label: title });
      group.append(...names.map((name) => new Option(name)));
      byId("network").append(group);
    }
    const choose = () => {
      spec = JSON.parse(bridge.spec_of(byId("network").value));
      fill();
      show();
    };
    byId("network").value = "d2l-resnet18";
    byId("network").addEventListener("input", choose);
    byId("input").addEventListener("input", () => edit(() => (spec.input = byId("input").value.split(/[x×]/).map(number))));
    byId("add").addEventListener("click", () => edit(() => spec.stages.push({ ...spec.stages.at(-1), stride: 2 }), fill));
    for (const id of ["direction", "depth", "lang"]) byId(id).addEventListener("input", show);
    byId("state").hidden = true;
    byId("tool").hidden = false;
    choose();
  })
  .catch((error) => {
    byId("state").textContent = `Python did not start: ${error}`;
    throw error;
  });
