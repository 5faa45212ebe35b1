// Bytes, their texts, and the browser's own SHA-256.
import { Malformed } from "./told.js";

const writer = new TextEncoder();
const reader = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HASH = /^[0-9a-f]{64}$/;

export const bytesOf = (text) => writer.encode(text);

export function textOf(data) {
  try {
    return reader.decode(data);
  } catch {
    throw new Malformed("not UTF-8");
  }
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

export const hexOf = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");

export function hash(text) {
  if (typeof text !== "string" || !HASH.test(text)) {
    throw new Malformed("a hash is not 64 digits of hexadecimal");
  }
  return Uint8Array.from({ length: 32 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** Decode what encodes to the same text again. */
export function base64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new Malformed("not base64");
  }
  if (btoa(binary) !== text) throw new Malformed("not base64 in its one form");
  const data = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) data[at] = binary.charCodeAt(at);
  return data;
}

const CHUNK = 1 << 20;
const LONGEST = 1 << 24;

/** Yield the lines of a file without ever holding it whole; undefined stands for one cut short. */
export async function* lines(file) {
  let rest = new Uint8Array(0);
  for (let begin = 0; begin < file.size; begin += CHUNK) {
    const read = new Uint8Array(await file.slice(begin, begin + CHUNK).arrayBuffer());
    const whole = rest.length ? joined(rest, read) : read;
    let from = 0;
    for (let end = whole.indexOf(10); end >= 0; end = whole.indexOf(10, from)) {
      yield whole.subarray(from, end);
      from = end + 1;
    }
    rest = whole.slice(from);
    if (rest.length > LONGEST) break;
  }
  if (rest.length) yield undefined;
}
