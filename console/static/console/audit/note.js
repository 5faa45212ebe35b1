// Signed notes and checkpoints: C2SP signed-note and tlog-checkpoint, RFC 8032 by WebCrypto.
import { base64, bytesOf, hexOf, same, sha256, textOf } from "./bytes.js";
import { Malformed, NotChecked, NotVerified } from "./told.js";

const ED25519 = 1;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

const isName = (name) => name !== "" && !name.includes("+") && !/[\s\u0085]/.test(name);

/** Return the verifier key `name+hash+base64` that the text is. */
export async function readKey(vkey) {
  const wrong = new NotChecked("bad_vkey", { vkey });
  const parts = vkey.trim().split("+");
  if (parts.length < 3) throw wrong;
  const [name, id, encoded] = [parts[0], parts[1], parts.slice(2).join("+")];
  let data;
  try {
    data = base64(encoded);
  } catch {
    throw wrong;
  }
  const expected = (await sha256(bytesOf(`${name}\n`), data)).slice(0, 4);
  if (!isName(name) || id !== hexOf(expected) || data[0] !== ED25519 || data.length !== 33) throw wrong;
  return { name, id: expected, public: data.slice(1) };
}

/** Return what the note says; throws Malformed if it is no checkpoint. */
export function readCheckpoint(note) {
  const [text, signatures] = halves(textOf(note));
  const said = text.split("\n");
  if (said.length < 4 || said.slice(0, -1).some((line) => !line)) throw new Malformed("not a checkpoint");
  if (!SIZE.test(said[1])) throw new Malformed("the size is not a number");
  const root = base64(said[2]);
  if (root.length !== 32) throw new Malformed("the root is not a hash");
  return { origin: said[0], size: Number(said[1]), root, text: bytesOf(text), signatures };
}

function halves(whole) {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw new Malformed("a control character");
  const blank = whole.lastIndexOf("\n\n");
  const tail = whole.slice(blank + 2).split("\n");
  if (blank < 0 || tail.at(-1) !== "" || tail.length < 2 || tail.length > 101) {
    throw new Malformed("no signatures");
  }
  return [`${whole.slice(0, blank)}\n`, tail.slice(0, -1).map(signature)];
}

function signature(line) {
  const parts = line.split(" ");
  if (parts.length !== 3 || parts[0] !== "\u2014" || !isName(parts[1])) throw new Malformed("a signature line");
  const data = base64(parts[2]);
  if (data.length < 5) throw new Malformed("a signature");
  return { name: parts[1], id: data.slice(0, 4), bytes: data.slice(4) };
}

/** Return whether this browser can check Ed25519 at all. */
export async function canCheckSignatures() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(9), "Ed25519", false, ["verify"]);
    return true;
  } catch (error) {
    return error.name !== "NotSupportedError";
  }
}

/** Check that the keys signed; a wrong signature by one of them ends the check. */
export async function checkSigned(checkpoint, keys) {
  const found = [];
  for (const key of keys) {
    const own = checkpoint.signatures.filter((one) => one.name === key.name && same(one.id, key.id));
    for (const one of own) {
      if (!(await holds(key, one.bytes, checkpoint.text))) throw new NotVerified("signature");
      found.push(key);
    }
  }
  if (!found.length) throw new NotVerified("unsigned");
  if (found.some((key) => key.name !== checkpoint.origin)) throw new NotVerified("origin");
  return [...new Set(found.map((key) => hexOf(key.id)))].sort();
}

async function holds(key, bytes, text) {
  if (bytes.length !== 64) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, bytes, text);
  } catch {
    return false;
  }
}
