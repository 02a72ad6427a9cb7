// A file of weights as the names and shapes of its tensors: its header is read here, the rest never.

export default component(".checkpoint", mount);

const LENGTH = 8; // bytes that say how long the header is

function mount(root) {
  const input = root.querySelector("input"), label = root.querySelector("span"), notice = root.querySelector("p");
  const ending = new AbortController();
  let said, tell;

  /** Return the names and shapes in a `.safetensors` file. */
  async function read(file) {
    const length = Number(new DataView(await file.slice(0, LENGTH).arrayBuffer()).getBigUint64(0, true));
    if (length > said.most) throw new RangeError();
    const header = JSON.parse(await file.slice(LENGTH, LENGTH + length).text());
    const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
    return Object.fromEntries(tensors.map(([name, { shape }]) => [name, shape]));
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    notice.textContent = "";
    try {
      tell("read", { file: file.name, tensors: await read(file) });
    } catch (error) {
      notice.textContent = error instanceof RangeError ? said.words.too_long : said.words.no_header;
    }
    input.value = "";
  }, { signal: ending.signal });

  return {
    update(data, setTriggerValue) {
      said = data;
      tell = setTriggerValue;
      label.textContent = said.words.checkpoint;
    },
    end: () => ending.abort(),
  };
}
