// Merkle trees, RFC 9162 2.1. Sizes go beyond 32 bits, so nothing here shifts or masks.
import { same, sha256 } from "./bytes.js";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;

export const leafHash = (body) => sha256(LEAF, body);
const nodeHash = (left, right) => sha256(NODE, left, right);
export const emptyRoot = () => sha256();

/** Return the root that the path leads to, 2.1.3.2; null if its length is wrong. */
export async function inclusionRoot(index, size, leaf, path) {
  let [at, last, found] = [index, size - 1, leaf];
  for (const other of path) {
    if (last === 0) return null;
    if (odd(at) || at === last) {
      found = await nodeHash(other, found);
      while (at && !odd(at)) [at, last] = [half(at), half(last)];
    } else {
      found = await nodeHash(found, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? found : null;
}

/** Tell whether the tree of `size` leaves begins with the tree of `old`, 2.1.4.2. */
export async function isConsistent(old, size, oldRoot, root, path) {
  if (old > size) return false;
  if (old === 0 || old === size) {
    return !path.length && same(oldRoot, old ? root : await emptyRoot());
  }
  const nodes = old === 2 ** zeros(old) ? [oldRoot, ...path] : path;
  if (!nodes.length) return false;
  const found = await bothRoots(old - 1, size - 1, nodes);
  return found !== null && same(found[0], oldRoot) && same(found[1], root);
}

async function bothRoots(at, last, nodes) {
  while (odd(at)) [at, last] = [half(at), half(last)];
  let [old, found] = [nodes[0], nodes[0]];
  for (const other of nodes.slice(1)) {
    if (last === 0) return null;
    if (odd(at) || at === last) {
      [old, found] = [await nodeHash(other, old), await nodeHash(other, found)];
      while (at && !odd(at)) [at, last] = [half(at), half(last)];
    } else {
      found = await nodeHash(found, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? [old, found] : null;
}

function levelOf(count) {
  let level = 0;
  for (; count > 1; count = half(count)) level += 1;
  return level;
}

/** Return how many complete subtrees make up the leaves before `lo`. */
export function countBefore(lo) {
  let count = 0;
  for (let left = lo; left; left = half(left)) count += left % 2;
  return count;
}

/** Return the levels of the complete subtrees that make up the leaves from `hi` to `size`. */
export function levelsAfter(hi, size) {
  const levels = [];
  while (hi < size) {
    let level = levelOf(size - hi);
    if (hi) level = Math.min(level, zeros(hi));
    levels.push(level);
    hi += 2 ** level;
  }
  return levels;
}

function zeros(n) {
  let count = 0;
  for (; !odd(n); n = half(n)) count += 1;
  return count;
}

/** A tree to which leaves and complete subtrees are added from left to right. */
export class Growing {
  constructor(lo, left) {
    this.size = lo;
    this.nodes = [...left]; // the complete subtrees of `size` leaves, largest first
  }

  async add(found, level = 0) {
    for (let place = Math.floor(this.size / 2 ** level); odd(place); place = half(place)) {
      found = await nodeHash(this.nodes.pop(), found);
    }
    this.nodes.push(found);
    this.size += 2 ** level;
  }

  async root() {
    if (!this.nodes.length) return emptyRoot();
    let found = this.nodes.at(-1);
    for (const left of this.nodes.slice(0, -1).reverse()) found = await nodeHash(left, found);
    return found;
  }
}
