"use strict";
// Charts: the specification stands in the page; nothing is loaded from outside.
for (const holder of document.querySelectorAll("script[data-chart]")) {
  const actions = { export: true, source: false, compiled: false, editor: false };
  const place = document.getElementById("chart-" + holder.dataset.chart);
  const bind = document.getElementById("choices-" + holder.dataset.chart);
  bind.addEventListener("submit", (event) => event.preventDefault());
  vegaEmbed(place, JSON.parse(holder.textContent), { mode: "vega-lite", actions, bind, renderer: "canvas" })
    .catch((error) => { place.textContent = "The chart cannot be drawn: " + error; });
}
// Tables: a heading sorts, first the larger values; empty cells stay last.
function sortBy(heading) {
  const row = heading.parentNode, body = heading.closest("table").tBodies[0];
  const column = Array.prototype.indexOf.call(row.cells, heading);
  const descending = heading.getAttribute("aria-sort") !== "descending";
  const value = (line) => {
    const cell = line.cells[column], text = cell.dataset.value;
    return text !== "" && cell.classList.contains("number") ? Number(text) : text;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const lines = Array.from(body.rows).sort((one, other) => {
    const a = value(one), b = value(other);
    if (a === "" || b === "") return (a === "") - (b === "");
    return descending ? compare(b, a) : compare(a, b);
  });
  for (const cell of row.cells) cell.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  body.append(...lines);
}
for (const button of document.querySelectorAll("table.sortable th button")) {
  button.addEventListener("click", () => sortBy(button.parentNode));
}
// A table as it is shown, saved as CSV.
function saveTable(button) {
  const quote = (text) => '"' + text.replaceAll('"', '""') + '"';
  const lines = Array.from(button.closest("section").querySelectorAll("tr"), (line) =>
    Array.from(line.cells, (cell) => quote(cell.dataset.value ?? cell.textContent)).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
  link.download = button.dataset.name + ".csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
for (const button of document.querySelectorAll("button.download")) {
  button.addEventListener("click", () => saveTable(button));
}
