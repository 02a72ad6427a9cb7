// A file of weights as the names and shapes of its tensors: these are read here, the rest never.

export default component(".checkpoint", mount);

const LENGTH = 8; // bytes that say how long the header is

function mount(root) {
  const input = root.querySelector("input"), label = root.querySelector("span"), notice = root.querySelector("p");
  const ending = new AbortController();
  let said, tell;

  /** Return the shapes by name in a file of weights. */
  async function read(file) {
    const isArchive = (await file.slice(0, 2).text()) === "PK";
    return isArchive ? torchShapes(file, said.most) : safetensorsShapes(file);
  }

  /** Return the shapes by name in a `.safetensors` file. */
  async function safetensorsShapes(file) {
    const length = Number((await view(file, 0, LENGTH, said.most)).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(await view(file, LENGTH, length, said.most)));
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
      notice.textContent = error instanceof TooLong ? said.words.too_long : said.words.no_header;
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
