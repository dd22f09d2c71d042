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
  // As a French Excel reads it: semicolons, a mark at the beginning, amounts 1234,56; what is filtered away stays here.
  const quote = (text) => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const disarmed = (text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text);
  const amount = (text) => {
    const thousands = document.documentElement.lang === "en" ? /,(?=\d{3})/g : /\.(?=\d{3})/g;
    const plain = text.replaceAll(/[\s\u2066-\u2069\u200e\u200f\u061c]/g, "").replace("\u2212", "-").replaceAll(thousands, "");
    return /^[+-]?\d+([.,]\d+)?$/.test(plain) ? plain.replace(".", ",") : null;
  };
  const written = (cell) => {
    const kept = cell.dataset.value ?? "";
    if (/^-?\d+(\.\d+)?$/.test(kept)) return kept.replace(".", ",");
    const text = (kept || cell.textContent).trim().replaceAll(/\s+/g, " ");
    const found = cell.classList.contains("amount") || cell.querySelector(".money") ? amount(text) : null;
    return found ?? quote(disarmed(text));
  };
  const asCsv = (table) => {
    const isFiltered = [...table.tBodies].some((body) => [...body.rows].some((row) => row.hidden));
    const rows = [...table.rows].filter((row) => !row.hidden && !(isFiltered && row.parentNode === table.tFoot));
    const cells = (row) => [...row.cells].flatMap((cell) => [written(cell), ...Array(cell.colSpan - 1).fill("")]);
    return rows.map((row) => `${cells(row).join(";")}\r\n`).join("");
  };
  const download = (table) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", asCsv(table)], { type: "text/csv" }));
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

  // A menu that is wider than the screen shows where one is.
  const showPlace = () => {
    for (const here of document.querySelectorAll(".menu [aria-current], .tabs [aria-current]")) {
      const row = here.closest(".menu, .tabs");
      const [mine, whole] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
      if (mine.left < whole.left || mine.right > whole.right) row.scrollLeft += (mine.left + mine.right - whole.left - whole.right) / 2;
    }
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
    for (const field of row.querySelectorAll("input")) field.value = /-quantity$/.test(field.name) ? "1" : "";
    for (const field of row.querySelectorAll("input,select")) { delete field.dataset.filled; delete field.dataset.chosen; }
    const before = last.querySelectorAll("select[data-repeats]");
    for (const [place, select] of row.querySelectorAll("select[data-repeats]").entries()) select.value = before[place].value;
    for (const error of row.querySelectorAll(".error")) error.remove();
    for (const field of row.querySelectorAll("[aria-invalid]")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
    body.append(row);
    if (window.htmx) window.htmx.process(row);
    first(row).focus();
  };
  const first = (row) => row.querySelector("input:not([type=hidden]),select");
  const removeRow = (row) => {
    const near = row.previousElementSibling ?? row.nextElementSibling;
    if (!near) return;
    row.remove();
    first(near).focus();
    document.dispatchEvent(new Event("ecp:lines"));
  };

  // An article chosen for a line brings what is known of it, where nobody said otherwise.
  const fill = (field, text) => {
    if (!field || text === undefined || (field.value && field.value !== field.dataset.filled)) return;
    field.value = text;
    field.dataset.filled = text;
  };
  const takeArticle = (input) => {
    const row = input.closest("tr[data-index]");
    const option = row && input.list && [...input.list.options].find((each) => each.dataset.product && each.value === input.value);
    if (!option) return;
    const of = (name) => row.querySelector(`[name$="-${name}"]`);
    const { product, unit, price, vat } = option.dataset;
    const category = of("vat_category");
    const isNew = !of("unit_price").value || of("unit_price").dataset.filled === of("unit_price").value;
    if (isNew && category && !category.dataset.chosen && [...category.options].some((each) => each.value === vat)) category.value = vat;
    fill(of("unit"), unit);
    if (input.form.elements.prices?.value !== "gross") fill(of("unit_price"), price); // articles are priced without tax
    fill(of("product_id"), product);
  };

  // Prices are said to be with tax, or without: what an article brought is what it was only without.
  const retake = (form) => {
    for (const price of form.querySelectorAll('[name$="-unit_price"]')) {
      if (price.dataset.filled && price.dataset.filled === price.value) { price.value = ""; delete price.dataset.filled; }
      const input = price.closest("tr").querySelector('[name$="-description"]');
      if (input.value && !price.value) takeArticle(input);
    }
  };

  // After a refusal: what is to be mended first. Pages that were not refused may tell errors further down.
  const showRefusal = () => {
    const main = document.querySelector("main");
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus;
    const isFine = status >= 200 && status < 400;
    const place = main && (main.querySelector("[aria-invalid=true]") ?? (isFine ? null : main.querySelector(".alert.error")));
    if (!place) return;
    if (!place.matches("input,select,textarea,button,a")) place.tabIndex = -1;
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  };

  // Enter in a line goes on to the next field: the first button of such a form would add a line.
  const goOn = (event) => {
    const form = event.target.form;
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT" || !form?.querySelector("[data-adds]")) return;
    if (/^(submit|button|checkbox|radio|file)$/.test(event.target.type)) return;
    event.preventDefault();
    const fields = [...form.elements].filter((each) => each.matches("input:not([type=hidden]),select,textarea,button.primary") && each.tabIndex >= 0);
    fields[fields.indexOf(event.target) + 1]?.focus();
  };

  // What cannot be undone is asked first, and answered in the words of the button. The question is sent where none asked it.
  let isAnswered = false;
  const ask = (form, submitter, field) => {
    const dialog = document.getElementById("question");
    const [, asked, more] = /^([^?؟]*[?؟]?)\s*(.*)$/s.exec(submitter.dataset.asks ?? field.value);
    dialog.querySelector("h2").textContent = asked;
    dialog.querySelector("p").textContent = more;
    const yes = submitter.cloneNode(true);
    for (const name of ["name", "data-asks"]) yes.removeAttribute(name);
    yes.value = "yes";
    const answers = dialog.querySelector("form");
    answers.replaceChildren(yes, answers.lastElementChild);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      isAnswered = true;
      if (field) field.disabled = true;
      form.requestSubmit(submitter);
      if (field) field.disabled = false;
      isAnswered = false;
    }, { once: true });
    dialog.showModal();
    answers.lastElementChild.focus();
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
    if (remover) removeRow(remover.closest("tr"));
    return undefined;
  });
  document.addEventListener("input", (event) => {
    if (event.target.list) takeArticle(event.target);
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
    if (event.target.name === "prices") retake(event.target.form);
    const category = closest(event, '[name$="-vat_category"]');
    if (category) category.dataset.chosen = "true";
  });
  // What the browser itself refuses in a folded field: it cannot lead there while it is folded.
  document.addEventListener("invalid", (event) => { event.target.closest("details")?.setAttribute("open", ""); }, true);
  document.addEventListener("keydown", goOn);
  document.addEventListener("submit", (event) => {
    const submitter = event.submitter ?? event.target.querySelector("[type=submit]");
    const field = event.target.elements.namedItem("question");
    if (isAnswered || !(field || submitter?.dataset.asks) || !document.getElementById("question")?.showModal) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(event.target, submitter, field);
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    setTimeout(() => { for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true; }, 0);
  });
  window.addEventListener("pageshow", () => { for (const button of document.querySelectorAll("button[type=submit]:disabled")) button.disabled = false; });
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  prepare(document);
  showPlace();
  showRefusal();
})();
