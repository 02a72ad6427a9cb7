// The names and shapes in a file of `torch.save`: a zip archive with a pickle that describes the tensors.
// The pickle is read as data: a global is a name, and nothing is imported, called or built.

const ENDING = 22, COMMENT = 65_535, DIRECTORY = 0x06054b50, WIDE = 0x07064b50, ENTRY = 0x02014b50; // the format of zip
const MOST_NESTED = 8;

class TooLong extends Error {}

/** Return the view of a part of a file; it is no longer than `most` bytes. */
async function view(file, start, length, most) {
  if (length > most) throw new TooLong();
  return new DataView(await file.slice(start, start + length).arrayBuffer());
}

/** Return the pickle in an archive of torch.save, which is stored, not compressed. */
async function pickled(file, most) {
  const text = new TextDecoder();
  const start = Math.max(0, file.size - ENDING - COMMENT);
  const tail = await view(file, start, file.size - start, most);
  let end = tail.byteLength - ENDING;
  while (tail.getUint32(end, true) !== DIRECTORY) end -= 1; // throws before the first byte
  let length = tail.getUint32(end + 12, true), place = tail.getUint32(end + 16, true);
  if (end >= 20 && tail.getUint32(end - 20, true) === WIDE) { // more than 4 GB: numbers of 64 bits
    const wide = await view(file, Number(tail.getBigUint64(end - 12, true)), 56, most);
    length = Number(wide.getBigUint64(40, true));
    place = Number(wide.getBigUint64(48, true));
  }
  const entries = await view(file, place, length, most);
  for (let at = 0; entries.getUint32(at, true) === ENTRY;) { // throws behind the last entry
    const [name, extra, comment] = [28, 30, 32].map((offset) => entries.getUint16(at + offset, true));
    const path = text.decode(new Uint8Array(entries.buffer, at + 46, name));
    if (path.endsWith("/data.pkl") && entries.getUint16(at + 10, true) === 0) {
      const local = entries.getUint32(at + 42, true), size = entries.getUint32(at + 24, true);
      const head = await view(file, local, 30, most);
      return view(file, local + 30 + head.getUint16(26, true) + head.getUint16(28, true), size, most);
    }
    at += 46 + name + extra + comment;
  }
  throw new TypeError("no data.pkl");
}

/** Return the value of a pickle: dicts are maps, tensors have a `shape`, all else that is built is null. */
function unpickled(bytes) {
  const text = new TextDecoder(), stack = [], memo = new Map();
  let marks = [], at = 0;
  const number = (kind, size) => bytes[`get${kind}`]((at += size) - size, true);
  const string = (length) => text.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + (at += length) - length, length));
  const line = () => {
    const start = at;
    while (bytes.getUint8(at) !== 10) at += 1;
    at += 1;
    return text.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + start, at - 1 - start));
  };
  const long = (length) => {
    let value = 0n;
    for (let i = 0; i < length; i += 1) value |= BigInt(number("Uint8", 1)) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * length, value));
  };
  const top = () => stack[stack.length - 1];
  const marked = () => stack.splice(marks.pop());
  const last = (count) => stack.splice(stack.length - count);
  const put = (pairs) => {
    const into = top();
    for (let i = 0; i < pairs.length; i += 2) if (into instanceof Map) into.set(pairs[i], pairs[i + 1]);
  };
  const add = (values) => { for (const value of values) top().push(value); };
  const MAKE = {
    "collections.OrderedDict": () => new Map(),
    "torch._utils._rebuild_tensor_v2": ([, , shape]) => ({ shape }),
    "torch._utils._rebuild_tensor": ([, , shape]) => ({ shape }),
    "torch._utils._rebuild_parameter": ([tensor]) => tensor,
  };
  const called = ([made, given]) => (Object.hasOwn(MAKE, made?.global) ? MAKE[made.global](given) : null);
  const STEP = {
    0x80: () => number("Uint8", 1), // the protocol
    0x28: () => marks.push(stack.length),
    0x4e: () => stack.push(null), 0x88: () => stack.push(true), 0x89: () => stack.push(false),
    0x4a: () => stack.push(number("Int32", 4)), 0x4b: () => stack.push(number("Uint8", 1)),
    0x4d: () => stack.push(number("Uint16", 2)), 0x8a: () => stack.push(long(number("Uint8", 1))),
    0x47: () => stack.push(bytes.getFloat64((at += 8) - 8)),
    0x58: () => stack.push(string(number("Uint32", 4))), 0x8c: () => stack.push(string(number("Uint8", 1))),
    0x55: () => stack.push(string(number("Uint8", 1))),
    0x63: () => stack.push({ global: `${line()}.${line()}` }), 0x93: () => stack.push({ global: last(2).join(".") }),
    0x51: () => last(1) && stack.push(null), // a storage, whose data stay unread
    0x52: () => stack.push(called(last(2))), 0x81: () => last(2) && stack.push(null),
    0x62: () => last(1), // attributes of an object, such as the versions in a state_dict
    0x7d: () => stack.push(new Map()), 0x5d: () => stack.push([]), 0x29: () => stack.push([]),
    0x74: () => stack.push(marked()), 0x85: () => stack.push(last(1)), 0x86: () => stack.push(last(2)),
    0x87: () => stack.push(last(3)),
    0x73: () => put(last(2)), 0x75: () => put(marked()),
    0x61: () => add(last(1)), 0x65: () => add(marked()),
    0x71: () => memo.set(number("Uint8", 1), top()), 0x72: () => memo.set(number("Uint32", 4), top()),
    0x68: () => stack.push(memo.get(number("Uint8", 1))), 0x6a: () => stack.push(memo.get(number("Uint32", 4))),
    0x94: () => memo.set(memo.size, top()), 0x95: () => (at += 8), 0x30: () => stack.pop(),
  };
  for (let code; (code = number("Uint8", 1)) !== 0x2e;) STEP[code](); // throws at an unknown step
  return top();
}

/** Return the shapes of the tensors in nested maps, whose names are joined by dots. */
function shapesIn(value, path = [], found = {}, seen = new Set()) {
  if (value instanceof Map && !seen.has(value) && path.length < MOST_NESTED) {
    seen.add(value);
    for (const [name, inner] of value) shapesIn(inner, [...path, name], found, seen);
  } else if (value?.shape) Object.defineProperty(found, path.join("."), { value: value.shape, enumerable: true });
  return found;
}

/** Return the shapes by name in a file of torch.save. */
async function torchShapes(file, most) {
  const shapes = shapesIn(unpickled(await pickled(file, most)));
  if (!Object.keys(shapes).length) throw new TypeError("no tensors");
  return shapes;
}
