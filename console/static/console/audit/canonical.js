// Canonical JSON: one value, one sequence of bytes. And what an entry of the trail must say.
import { textOf } from "./bytes.js";
import { Malformed } from "./told.js";

const DEEPEST = 32;
const KEY = /^[a-z][a-z0-9_]{0,63}$/;

/** Return the value of canonical JSON: what is written again must be the same text. */
export function strict(data) {
  let text, value;
  try {
    text = textOf(data);
    value = JSON.parse(text);
  } catch {
    throw new Malformed("not JSON in UTF-8");
  }
  check(value, DEEPEST);
  if (canonical(value) !== text) throw new Malformed("not canonical JSON");
  return value;
}

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function check(value, levels) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Malformed("a number is no integer within 2^53-1");
  }
  if (typeof value === "string" && /\p{Surrogate}/u.test(value)) {
    throw new Malformed("not JSON in UTF-8"); // half of a character has no UTF-8
  }
  if (value === null || typeof value !== "object") return;
  if (!levels) throw new Malformed("nested too deep");
  if (!Array.isArray(value) && !Object.keys(value).every((key) => KEY.test(key))) {
    throw new Malformed("a key is not a lower-case name");
  }
  for (const item of Object.values(value)) check(item, levels - 1);
}

export const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Return `value` if it is an object with these keys and no others. */
export function object(value, needed, allowed = []) {
  const keys = isObject(value) ? Object.keys(value) : [];
  const fits = needed.every((key) => keys.includes(key))
    && keys.every((key) => needed.includes(key) || allowed.includes(key));
  if (!isObject(value) || !fits) throw new Malformed("its keys are not those that belong there");
  return value;
}

export function natural(value) {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Malformed("a number is not a natural number");
  }
  return value;
}

const BODY = ["action", "actor", "data", "eid", "object", "outcome", "pii", "tenant", "ts", "v"];
const REFERENCE = /^[a-z][a-z0-9_]{0,31}:[0-9A-Za-z._:/-]{1,120}$/;
const FORMS = {
  action: /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/,
  actor: REFERENCE,
  eid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  object: REFERENCE,
  ts: /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z$/,
};
const OUTCOMES = ["ok", "denied", "error"];
const COMMITMENT = /^hs256:[0-9a-f]{64}$/;

/** Return what the entry says, if it is canonical and says what an entry says. */
export function readBody(body) {
  const said = strict(body);
  if (!isObject(said) || Object.keys(said).join() !== BODY.join()) {
    throw new Malformed("its keys are not those of an entry");
  }
  for (const [name, form] of Object.entries(FORMS)) {
    if (typeof said[name] !== "string" || !form.test(said[name])) {
      throw new Malformed(`\`${name}\` has not the form that it must have`);
    }
  }
  checkRest(said);
  return said;
}

function checkRest(said) {
  if (said.v !== 1 || !OUTCOMES.includes(said.outcome)) {
    throw new Malformed("its version or outcome is unknown");
  }
  if (typeof said.tenant !== "string" || !isObject(said.data)) {
    throw new Malformed("`tenant` is not a string, or `data` not an object");
  }
  if (!isDay(said.ts.slice(0, 10))) throw new Malformed("there is no such day");
  if (!isObject(said.pii)) throw new Malformed("`pii` is not an object");
  for (const value of Object.values(said.pii)) {
    if (typeof value !== "string" || !COMMITMENT.test(value)) {
      throw new Malformed("`pii` holds something else than commitments");
    }
  }
}

function isDay(text) {
  const [year, month, day] = text.split("-").map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  return year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}
