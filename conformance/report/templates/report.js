"use strict";
// Filters, copying and links to one divergence. The page reads without it.
document.documentElement.classList.add("js");

const divergences = [...document.querySelectorAll(".divergence")];
const form = document.querySelector(".filters");
const texts = new Map();

function textOf(divergence) {
  if (!texts.has(divergence)) texts.set(divergence, divergence.textContent.toLowerCase());
  return texts.get(divergence);
}

function applyFilters() {
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = ["target", "layer", "feature", "evidence"].map((name) => [name, form.elements[name].value]);
  let shown = 0;
  for (const divergence of divergences) {
    const fits = wanted.every(([name, value]) => !value || divergence.dataset[name] === value)
      && words.every((word) => textOf(divergence).includes(word));
    divergence.hidden = !fits;
    shown += fits;
  }
  for (const layer of document.querySelectorAll(".layer")) {
    const left = layer.querySelectorAll(".divergence:not([hidden])").length;
    layer.hidden = !left;
    layer.querySelector(".tally").textContent = left;
  }
  document.querySelector(".none").hidden = shown > 0;
  form.querySelector("output").textContent =
    shown === divergences.length ? String(shown) : `${shown} of ${divergences.length}`;
}

function openLinked() {
  const linked = /^#[0-9a-f]{12}$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!linked) return;
  if (linked.hidden) form.reset();
  linked.open = true;
  linked.scrollIntoView();
}

async function copy(button) {
  const pre = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(pre.textContent);
  } catch {
    // Pages from a file have no clipboard in some browsers: select it, so that one key is left to press.
    getSelection().selectAllChildren(pre);
    button.textContent = "selected";
    return;
  }
  button.textContent = "copied";
  setTimeout(() => { button.textContent = "copy"; }, 1500);
}

if (form) {
  form.addEventListener("input", applyFilters);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(applyFilters));
  for (const link of document.querySelectorAll(".matrix a[data-target]")) {
    link.addEventListener("click", () => {
      form.reset();
      form.elements.target.value = link.dataset.target;
      form.elements.feature.value = link.dataset.feature;
      setTimeout(applyFilters);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    form.elements.text.focus();
  });
}
document.addEventListener("click", (event) => {
  if (event.target.matches(".copy")) copy(event.target);
});
addEventListener("hashchange", openLinked);
openLinked();
