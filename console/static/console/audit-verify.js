// The page that checks a bundle: nothing that is picked here leaves the machine.
import { checkBundle } from "./audit/bundle.js";
import { NotChecked, NotVerified, Told } from "./audit/told.js";
import { threeFiles } from "./audit/zip.js";

export { checkBundle, threeFiles };

const page = document.querySelector("[data-verify]");

function sentence(words, told) {
  const pattern = words[told.code] ?? "{what}";
  return pattern.replace(/\{(\w+)\}/g, (_, name) => {
    const fact = told.facts[name];
    return fact instanceof Told ? sentence(words, fact) : String(fact ?? "?");
  });
}

function show(kind, title, sentences) {
  const shown = page.querySelector("[data-verdict]");
  shown.className = `verdict is-${kind}`;
  shown.querySelector("[data-title]").textContent = title;
  const list = shown.querySelector("[data-sentences-shown]");
  list.replaceChildren(...sentences.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  shown.hidden = false;
}

function proved(words, ours, found) {
  const { checkpoint, manifest } = found;
  const said = [];
  if (found.signed.keys) said.push(sentence(words, new Told("signed", { origin: checkpoint.origin, keys: found.signed.keys.join(" ") })));
  else said.push(ours[found.signed.unchecked]);
  const ranged = manifest.kind === "range";
  said.push(sentence(words, new Told(ranged ? "range_holds" : "filtered_holds", {
    lo: manifest.lo, last: manifest.hi - 1, count: found.count, size: checkpoint.size,
  })));
  if (found.held) said.push(sentence(words, new Told("held", { size: found.held.size })));
  said.push(sentence(words, new Told("personal", { disclosed: found.disclosed, withheld: found.withheld })));
  if (found.sha256) said.push(sentence(words, new Told("digest", { sha256: found.sha256 })));
  return said;
}

async function verify(form) {
  const words = JSON.parse(page.dataset.words);
  const ours = JSON.parse(page.dataset.ours);
  const says = JSON.parse(page.dataset.says);
  const held = form.elements.held.files[0];
  const progress = page.querySelector("[data-progress]");
  try {
    const found = await checkBundle({
      files: await threeFiles([...form.elements.bundle.files]),
      vkey: form.elements.vkey.value,
      held: held ? new Uint8Array(await held.arrayBuffer()) : null,
      says,
      told: async (count) => {
        progress.textContent = ours.checked.replace("{count}", count);
        await new Promise((go) => setTimeout(go)); // let the page show it
      },
    });
    if (found.signed.keys) show("allow", ours.verified, proved(words, ours, found));
    else show("defer", ours.partly, proved(words, ours, found));
  } catch (problem) {
    if (problem instanceof NotVerified) show("refuse", ours.not_verified, [sentence(words, problem)]);
    else if (problem instanceof NotChecked) show("defer", ours.not_checked, [sentence(words, problem)]);
    else show("defer", ours.not_checked, [String(problem)]);
  } finally {
    progress.textContent = "";
  }
}

if (page) {
  const form = page.querySelector("form");
  const ours = JSON.parse(page.dataset.ours);
  page.querySelector("[data-fill-key]").addEventListener("click", (event) => {
    form.elements.vkey.value = event.currentTarget.dataset.fillKey;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!crypto.subtle) return show("defer", ours.not_checked, [ours.insecure]);
    const button = form.querySelector("button.main");
    button.disabled = true;
    page.setAttribute("aria-busy", "true");
    await verify(form);
    page.removeAttribute("aria-busy");
    button.disabled = false;
  });
  page.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
}
