// A bundle of the trail, checked over its own bytes: what audit/verify.py does, by this browser.
import { base64, bytesOf, hash, hexOf, lines, same, sha256, textOf } from "./bytes.js";
import { canonical, natural, object, readBody, strict } from "./canonical.js";
import { canCheckSignatures, checkSigned, readCheckpoint, readKey } from "./note.js";
import { Malformed, NotVerified, Told } from "./told.js";
import { Growing, countBefore, inclusionRoot, isConsistent, leafHash, levelsAfter } from "./tree.js";

const FORMAT = "yunhu-audit-bundle/1";
const LARGEST = { checkpoint: 1 << 16, "manifest.json": 1 << 22 };
const DIGESTED = 1 << 28; // bytes of entries.jsonl whose digest is told: WebCrypto wants them whole

/**
 * Check three files; return what they prove.
 * `says` is what a bundle says of itself, by its kind; `vkey` may be empty, `held` null.
 */
export async function checkBundle({ files, vkey, held, says, told = () => {} }) {
  const note = await read(files, "checkpoint");
  const checkpoint = orNotVerified("note", () => readCheckpoint(note));
  const signed = await signedBy(checkpoint, vkey);
  const written = await read(files, "manifest.json");
  const manifest = readManifest(written, checkpoint, says);
  const old = held ? orNotVerified("held_note", () => readCheckpoint(held), { name: "checkpoint" }) : null;
  const entries = new Entries(checkpoint, manifest, old);
  await entries.check(files["entries.jsonl"], told);
  if (old) await checkHeld(old, checkpoint, manifest, entries.oldRoot);
  return {
    checkpoint, manifest, signed, held: old,
    count: entries.count, disclosed: entries.disclosed, withheld: entries.withheld,
    sha256: await digest(note, written, files["entries.jsonl"]),
  };
}

async function read(files, name) {
  const file = files[name];
  if (file.size > LARGEST[name]) throw new NotVerified("too_large", { name });
  return new Uint8Array(await file.arrayBuffer());
}

function orNotVerified(code, work, facts = {}) {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof Malformed) throw new NotVerified(code, { ...facts, what: problem.message });
    throw problem;
  }
}

/** Return the ids of the keys that signed, or why nobody looked: "no_key" or "no_ed25519". */
async function signedBy(checkpoint, vkey) {
  const given = vkey.split(/\s+/).filter(Boolean);
  if (!given.length) return { unchecked: "no_key" };
  const keys = await Promise.all(given.map(readKey));
  if (!(await canCheckSignatures())) return { unchecked: "no_ed25519" };
  return { keys: await checkSigned(checkpoint, keys) };
}

function readManifest(data, checkpoint, says) {
  const held = orNotVerified("manifest", () => strict(data));
  const manifest = orNotVerified("manifest", () => manifestOf(held, checkpoint.size, says));
  if (held.origin !== checkpoint.origin) throw new NotVerified("origin");
  return manifest;
}

function manifestOf(held, size, says) {
  const kind = held === null || typeof held !== "object" ? undefined : held.kind;
  if (kind !== "range" && kind !== "filtered") throw new Malformed("it is of no known kind");
  const ranged = kind === "range";
  object(held, ["format", "origin", "kind", "consistency", "says_zh", "says_en", ...(ranged ? ["range"] : [])]);
  if (held.format !== FORMAT) throw new Malformed("it is of another format");
  if (held.says_zh !== says[kind][0] || held.says_en !== says[kind][1]) {
    throw new Malformed("it says of itself what it must not say");
  }
  const range = ranged ? rangeOf(held.range, size) : { lo: 0, hi: 0, left: [], right: [] };
  return { kind, ...range, consistency: proofsOf(held.consistency) };
}

function rangeOf(value, size) {
  const part = object(value, ["lo", "hi", "left", "right"]);
  const [lo, hi] = [natural(part.lo), natural(part.hi)];
  if (!((lo < hi && hi <= size) || (lo === 0 && hi === 0 && size === 0))) {
    throw new Malformed("the range is empty or beyond the checkpoint");
  }
  const [left, right] = [hashes(part.left), hashes(part.right)];
  if (left.length !== countBefore(lo) || right.length !== levelsAfter(hi, size).length) {
    throw new Malformed("the range has another number of hashes than it needs");
  }
  return { lo, hi, left, right };
}

function proofsOf(value) {
  if (!Array.isArray(value)) throw new Malformed("`consistency` is not a list");
  const found = new Map();
  for (const one of value) {
    const pair = object(one, ["from", "proof"]);
    if (found.has(natural(pair.from))) throw new Malformed("two proofs from the same size");
    found.set(pair.from, hashes(pair.proof));
  }
  return found;
}

function hashes(value) {
  if (!Array.isArray(value) || value.length > 128) throw new Malformed("a proof is not a list of hashes");
  return value.map(hash);
}

const PLAIN = /^\{"b":"([A-Za-z0-9+/]*={0,2})","h":"([0-9a-f]{64})","i":(0|[1-9][0-9]{0,14})\}$/;

function readLine(data, kind) {
  const plain = kind === "range" ? PLAIN.exec(textOf(data)) : null;
  if (plain) return { place: Number(plain[3]), body: base64(plain[1]), leaf: hash(plain[2]), disclosed: {} };
  const held = object(strict(data), kind === "range" ? ["i", "b", "h"] : ["i", "b", "p"], ["d"]);
  if (typeof held.b !== "string") throw new Malformed("the body is not base64");
  return {
    place: natural(held.i),
    body: base64(held.b),
    leaf: kind === "range" ? hash(held.h) : null,
    path: kind === "filtered" ? hashes(held.p) : null,
    disclosed: "d" in held ? disclosures(held.d) : {},
  };
}

function disclosures(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value) || !Object.keys(value).length) {
    throw new Malformed("`d` is not an object");
  }
  for (const one of Object.values(value)) {
    object(one, ["v", "s"]);
    if (typeof one.v !== "string") throw new Malformed("a disclosed value is not a string");
    hash(one.s);
  }
  return value;
}

/** Reads entries.jsonl once, from front to back, and ends at the first thing that is wrong. */
class Entries {
  constructor(checkpoint, manifest, old) {
    Object.assign(this, { checkpoint, manifest, count: 0, disclosed: 0, withheld: 0, oldRoot: null });
    this.oldSize = old ? old.size : -1;
    this.tree = new Growing(manifest.lo, manifest.left);
    this.next = manifest.lo;
    this.eids = new Set();
  }

  async check(file, told) {
    let number = 0;
    for await (const data of lines(file)) {
      number += 1;
      if (data === undefined) throw new NotVerified("cut", { line: number });
      const line = this.read(data, number);
      this.checkPlace(line.place);
      const said = await this.checkBody(line);
      await this.checkFields(line, said);
      this.next = line.place + 1;
      if (number % 500 === 0) await told(number);
    }
    if (this.manifest.kind === "range") await this.checkWhole();
  }

  read(data, number) {
    try {
      return readLine(data, this.manifest.kind);
    } catch (problem) {
      if (!(problem instanceof Malformed)) throw problem;
      throw new NotVerified("line", { line: number, what: problem.message });
    }
  }

  checkPlace(index) {
    if (index < this.next) throw wrong(index, "order");
    if (index >= this.checkpoint.size) throw wrong(index, "beyond");
    if (this.manifest.kind !== "range") return;
    if (index >= this.manifest.hi) throw wrong(index, "order");
    if (index > this.next) throw wrong(this.next, "missing");
  }

  async checkBody(line) {
    const code = this.manifest.kind === "range" ? await this.inRange(line) : await this.byProof(line);
    const seems = eidIn(line.body);
    if (code) throw wrong(line.place, code, { eid: seems });
    let said;
    try {
      said = readBody(line.body);
    } catch (problem) {
      if (!(problem instanceof Malformed)) throw problem;
      throw wrong(line.place, "body", { eid: seems, what: problem.message });
    }
    if (this.eids.has(said.eid)) throw wrong(line.place, "twice", { eid: said.eid });
    this.eids.add(said.eid);
    return said;
  }

  async inRange(line) {
    if (line.place === this.oldSize) this.oldRoot = await this.tree.root();
    const leaf = await leafHash(line.body);
    await this.tree.add(leaf);
    return same(leaf, line.leaf) ? "" : "altered";
  }

  async byProof(line) {
    const leaf = await leafHash(line.body);
    const root = await inclusionRoot(line.place, this.checkpoint.size, leaf, line.path);
    return root !== null && same(root, this.checkpoint.root) ? "" : "proof";
  }

  async checkFields(line, said) {
    this.count += 1;
    for (const [field, { v, s }] of Object.entries(line.disclosed)) {
      if (!Object.hasOwn(said.pii, field)) throw wrong(line.place, "uncommitted", { eid: said.eid, field });
      if ((await committed(field, v, hash(s))) !== said.pii[field]) {
        throw wrong(line.place, "disclosure", { eid: said.eid, field });
      }
    }
    const given = Object.keys(line.disclosed).length;
    this.disclosed += given;
    this.withheld += Object.keys(said.pii).length - given;
  }

  async checkWhole() {
    const { manifest, tree } = this;
    if (tree.size < manifest.hi) throw wrong(tree.size, "missing");
    if (manifest.hi === this.oldSize) this.oldRoot = await tree.root();
    const levels = levelsAfter(manifest.hi, this.checkpoint.size);
    for (const [at, level] of levels.entries()) await tree.add(manifest.right[at], level);
    if (!same(await tree.root(), this.checkpoint.root)) throw new NotVerified("root");
  }
}

const wrong = (i, code, facts = {}) =>
  new NotVerified("entry", { i, eid: facts.eid ?? "?", why: new Told(code, facts) });

function eidIn(body) {
  const seen = new TextDecoder("latin1").decode(body);
  return /"eid":"([0-9a-f-]{36})"/.exec(seen)?.[1] ?? "?";
}

async function committed(field, value, salt) {
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const made = await crypto.subtle.sign("HMAC", key, bytesOf(canonical([field, value])));
  return `hs256:${hexOf(new Uint8Array(made))}`;
}

async function checkHeld(old, now, manifest, rootThen) {
  if (old.origin !== now.origin) throw new NotVerified("origin");
  if (old.size > now.size) throw new NotVerified("held_newer", { held: old.size, size: now.size });
  const fork = new NotVerified("held_fork", { held: old.size });
  if (rootThen && !same(rootThen, old.root)) throw fork;
  const ends = old.size === 0 || old.size === now.size;
  const proof = manifest.consistency.get(old.size) ?? (ends ? [] : null);
  if (proof === null && !rootThen) throw new NotVerified("held_unproved", { held: old.size });
  if (proof !== null && !(await isConsistent(old.size, now.size, old.root, now.root, proof))) throw fork;
}

/** Return the digest of what `sha256sum` writes of the three files; empty if they are too large. */
async function digest(note, manifest, entries) {
  if (entries.size > DIGESTED) return "";
  const parts = [["checkpoint", note], ["entries.jsonl", new Uint8Array(await entries.arrayBuffer())], ["manifest.json", manifest]];
  let said = "";
  for (const [name, data] of parts) said += `${hexOf(await sha256(data))}  ${name}\n`;
  return hexOf(await sha256(bytesOf(said)));
}
