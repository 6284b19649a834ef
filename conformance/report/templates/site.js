"use strict";
// Filters and copying. Every page reads without it.
document.documentElement.classList.add("js");

const form = document.querySelector(".filters");
const findings = form ? [...document.querySelectorAll(".group .findings > li")] : [];
const texts = findings.map((finding) => finding.textContent.toLowerCase());

function applyFilters() {
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...form.querySelectorAll("select")].filter((select) => select.value);
  let shown = 0;
  findings.forEach((finding, index) => {
    const fits = wanted.every((select) => finding.dataset[select.name] === select.value)
      && words.every((word) => texts[index].includes(word));
    finding.hidden = !fits;
    shown += fits;
  });
  for (const group of document.querySelectorAll(".group")) {
    const left = group.querySelectorAll(".findings > li:not([hidden])").length;
    group.hidden = !left;
    group.querySelector(".tally").textContent = left;
  }
  document.querySelector(".nothing").hidden = shown > 0;
  form.querySelector("output").textContent =
    shown === findings.length ? String(shown) : `${shown} of ${findings.length}`;
}

// index.html links to a target's findings of one feature: #feature=put-item.
function applyAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const selects = [...form.querySelectorAll("select")].filter((select) => asked.has(select.name));
  if (!selects.length) return;
  form.reset();
  for (const select of selects) select.value = asked.get(select.name);
  setTimeout(() => {
    applyFilters();
    document.getElementById("findings").scrollIntoView();
  });
}

async function copy(button) {
  const pre = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = "copied";
  } catch {
    // Pages from a file have no clipboard in some browsers: select it, so that one key is left to press.
    getSelection().selectAllChildren(pre);
    button.textContent = "selected";
  }
  setTimeout(() => { button.textContent = "copy"; }, 1500);
}

if (form) {
  form.addEventListener("input", applyFilters);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(applyFilters));
  addEventListener("hashchange", applyAddress);
  applyAddress();
}
// A long reply is shown from where it differs.
for (const pre of document.querySelectorAll(".side pre")) {
  const marked = pre.querySelector(".marked");
  if (marked) pre.scrollTop = marked.offsetTop - pre.offsetTop - 80;
}
document.addEventListener("click", (event) => {
  if (event.target.matches(".copy")) copy(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "/" && form) {
    event.preventDefault();
    form.elements.text.focus();
  } else if (event.key === "n" || event.key === "p") {
    document.querySelector(event.key === "n" ? "a[rel=next]" : "a[rel=prev]")?.click();
  }
});
