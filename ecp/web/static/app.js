// What pages do beside htmx; all of them work without.
(() => {
  "use strict";
  const closest = (event, selector) => event.target.closest && event.target.closest(selector);

  // Tables: sort by a column, filter rows, take them out as CSV.
  const value = (cell) => {
    const text = cell.dataset.value ?? cell.textContent.trim();
    const number = Number(text);
    return text !== "" && !Number.isNaN(number) ? number : text;
  };
  const sort = (button) => {
    const head = button.closest("th");
    const table = button.closest("table");
    const column = [...head.parentNode.children].indexOf(head);
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row.cells[column]), row]);
    rows.sort(([a], [b]) => {
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), document.documentElement.lang);
      return up ? order : -order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  const quote = (text) => {
    const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const download = (table) => {
    const rows = [...table.rows].filter((row) => !row.hidden);
    const text = rows.map((row) => [...row.cells].map((cell) => quote((cell.dataset.value ?? cell.textContent).trim().replaceAll(/\s+/g, " "))).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
    link.download = `${table.id || "table"}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const prepare = (root) => {
    for (const table of root.querySelectorAll("table[data-sortable]")) {
      for (const head of table.tHead ? table.tHead.rows[0].cells : []) {
        if (!head.textContent.trim() || head.querySelector("button")) continue;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...head.childNodes);
        head.append(button);
      }
    }
    for (const tools of root.querySelectorAll(".table-tools")) tools.hidden = false;
  };

  // Rows of a form: a new one is the last one, emptied, with the next number.
  const addRow = (button) => {
    const body = document.getElementById(button.dataset.adds);
    const last = body.lastElementChild;
    const row = last.cloneNode(true);
    const next = Number(last.dataset.index) + 1;
    row.dataset.index = next;
    const rename = (text) => text.replace(/^((?:h-)?lines-)\d+/, `$1${next}`);
    for (const each of row.querySelectorAll("[id],[name],[for],[aria-describedby]")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) if (each.hasAttribute(name)) each.setAttribute(name, rename(each.getAttribute(name)));
    }
    for (const field of row.querySelectorAll("input:not([type=hidden])")) field.value = field.dataset.initial ?? "";
    for (const error of row.querySelectorAll(".error")) error.remove();
    for (const field of row.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    body.append(row);
    if (window.htmx) window.htmx.process(row);
    row.querySelector("input:not([type=hidden]),select").focus();
  };

  document.addEventListener("click", (event) => {
    const sorter = closest(event, "button.sort");
    if (sorter) return sort(sorter);
    const exporter = closest(event, "[data-export]");
    if (exporter) return download(document.getElementById(exporter.dataset.export));
    const opener = closest(event, "[data-opens]");
    if (opener) return document.getElementById(opener.dataset.opens).showModal();
    const adder = closest(event, "[data-adds]");
    if (adder) {
      event.preventDefault();
      return addRow(adder);
    }
    const remover = closest(event, "[data-removes]");
    if (remover) {
      const row = remover.closest("tr");
      if (row.parentNode.children.length > 1) row.remove();
      document.dispatchEvent(new Event("ecp:lines"));
    }
    return undefined;
  });
  document.addEventListener("input", (event) => {
    const filter = closest(event, "[data-filter]");
    if (!filter) return;
    const wanted = filter.value.trim().toLocaleLowerCase();
    for (const row of document.getElementById(filter.dataset.filter).tBodies[0].rows) {
      row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    }
  });
  document.addEventListener("change", (event) => {
    const chosen = closest(event, "select[data-goes]");
    if (chosen) chosen.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    setTimeout(() => { for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true; }, 0);
  });
  window.addEventListener("pageshow", () => { for (const button of document.querySelectorAll("button[type=submit]:disabled")) button.disabled = false; });
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  prepare(document);
})();
