// The three files of a bundle, out of what the reader picked: the files themselves, or one ZIP.
import { bytesOf, same, textOf } from "./bytes.js";
import { NotChecked } from "./told.js";

export const NAMES = ["checkpoint", "manifest.json", "entries.jsonl"];
const END = [0x50, 0x4b, 5, 6];
const END_BYTES = 22;
const LONGEST_COMMENT = 65535;
const [STORED, DEFLATED] = [0, 8];

/** Return name → Blob of the three files. Each must be there exactly once. */
export async function threeFiles(picked) {
  const zipped = picked.length === 1 && /\.zip$/i.test(picked[0].name);
  const found = zipped ? await unzipped(picked[0]) : picked.map((file) => [file.name, file]);
  const files = {};
  for (const [name, file] of found) {
    const last = name.slice(name.lastIndexOf("/") + 1);
    if (!NAMES.includes(last)) continue;
    if (Object.hasOwn(files, last)) throw new NotChecked("unreadable", { name: last });
    files[last] = file;
  }
  const lacking = NAMES.find((name) => !Object.hasOwn(files, name));
  if (lacking) throw new NotChecked("unreadable", { name: lacking });
  return files;
}

async function unzipped(file) {
  const bad = new NotChecked("unreadable", { name: file.name });
  const tail = file.slice(Math.max(0, file.size - END_BYTES - LONGEST_COMMENT));
  const end = await viewOf(tail);
  let at = end.byteLength - END_BYTES;
  while (at >= 0 && !END.every((byte, place) => end.getUint8(at + place) === byte)) at -= 1;
  if (at < 0) throw bad;
  const [count, size, begin] = [end.getUint16(at + 10, true), end.getUint32(at + 12, true), end.getUint32(at + 16, true)];
  const list = await viewOf(file.slice(begin, begin + size));
  const found = [];
  try {
    for (let row = 0, from = 0; row < count; row += 1) {
      const told = rowOf(list, from);
      from = told.next;
      if (NAMES.some((name) => told.name.endsWith(name))) found.push([told.name, await content(file, told)]);
    }
  } catch {
    throw bad;
  }
  return found;
}

function rowOf(list, at) {
  const [names, extra, comment] = [28, 30, 32].map((place) => list.getUint16(at + place, true));
  return {
    method: list.getUint16(at + 10, true),
    packed: list.getUint32(at + 20, true),
    begin: list.getUint32(at + 42, true),
    name: textOf(new Uint8Array(list.buffer, list.byteOffset + at + 46, names)),
    next: at + 46 + names + extra + comment,
  };
}

async function content(file, { method, packed, begin, name }) {
  const head = await viewOf(file.slice(begin, begin + 30));
  const named = head.getUint16(26, true);
  const own = new Uint8Array(await file.slice(begin + 30, begin + 30 + named).arrayBuffer());
  if (!same(own, bytesOf(name))) throw new Error("two names");
  const from = begin + 30 + named + head.getUint16(28, true);
  const part = file.slice(from, from + packed);
  if (method === STORED) return part;
  if (method !== DEFLATED) throw new Error("another compression");
  return new Response(part.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
}

const viewOf = async (blob) => new DataView(await blob.arrayBuffer());
