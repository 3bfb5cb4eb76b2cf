// Tables: sorted by a click on a head, filtered by words, and given in parts where they are long.

const rows_at_once = 100;

/** An element with attributes and children; strings become text, never HTML. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** A number with five significant digits, for people. */
function short(number) {
  if (number === 0 || Number.isInteger(number) && Math.abs(number) < 1e15) return String(number);
  const size = Math.abs(number);
  if (size < 1e-4 || size >= 1e6) return number.toExponential(4).replace(/\.?0+e/, "e");
  return String(Number(number.toPrecision(5)));
}

function cell_text(value) {
  if (value === null) return "";
  return typeof value === "number" ? short(value) : String(value);
}

/** Numbers first and by size, then words; what is empty is last in both directions. */
function compare_cells(a, b, direction) {
  const rank = (value) => (value === null || value === "" ? 2 : typeof value === "number" ? 0 : 1);
  if (rank(a) === 2 || rank(b) === 2) return rank(a) - rank(b);
  if (rank(a) !== rank(b)) return direction * (rank(a) - rank(b));
  if (rank(a) === 0) return direction * (a - b);
  return direction * String(a).localeCompare(String(b), "en", { numeric: true });
}

const comparisons = {
  "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "!=": (a, b) => a !== b,
  "<": (a, b) => a < b, ">": (a, b) => a > b, "=": (a, b) => a === b,
};

/** What a row must satisfy for one word of the filter: COLUMN<NUMBER and the like, or a part of any cell. */
function condition(word, columns) {
  const by_length = columns.map((name, index) => ({ name, index })).sort((a, b) => b.name.length - a.name.length);
  for (const { name, index } of by_length) {
    const rest = word.startsWith(name) ? word.slice(name.length) : "";
    const sign = Object.keys(comparisons).find((one) => rest.startsWith(one));
    if (!sign || name === "" || rest.length === sign.length) continue;
    const wanted = rest.slice(sign.length);
    return (row) => {
      const value = row[index];
      if (typeof value === "number") return comparisons[sign](value, Number(wanted));
      return value !== null && value !== "" && comparisons[sign](String(value), wanted);
    };
  }
  const part = word.toLowerCase();
  return (row) => row.some((value) => cell_text(value).toLowerCase().includes(part));
}

function filtered(card, text) {
  const conditions = text.split(/\s+/).filter((word) => word !== "").map((word) => condition(word, card.columns));
  return card.rows.filter((row) => conditions.every((holds) => holds(row)));
}

function to_csv(columns, rows) {
  const quoted = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };
  return [columns, ...rows].map((row) => row.map(quoted).join(",") + "\r\n").join("");
}

function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Few rows with many columns are easier to read from top to bottom. */
function is_tall(card) { return card.rows.length <= 4 && card.columns.length > 6; }

function tall_table(card) {
  const rows = card.columns.map((name, i) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...card.rows.map((row) => table_cell(row[i]))));
  return make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows)));
}

function table_cell(value, kind) {
  const text = cell_text(value);
  return make("td", { class: kind || undefined, title: typeof value === "number" && text !== String(value) && String(value) }, text);
}

class CardTable {
  constructor(card, file_name) {
    this.card = card;
    this.file_name = file_name;
    this.is_number = card.columns.map((_, i) => card.rows.some((row) => typeof row[i] === "number"));
    this.is_long = card.columns.map((_, i) => card.rows.some((row) => typeof row[i] === "string" && row[i].length > 48));
    this.sorted_by = -1;
    this.direction = 1;
    this.most = rows_at_once;
    this.body = make("tbody");
    this.heads = card.columns.map((name, i) =>
      make("th", { class: this.is_number[i] && "number", scope: "col" },
        make("button", { type: "button", onclick: () => this.sort(i) }, name)));
    this.count = make("span", { class: "count" });
    this.search = make("input", {
      type: "search", "aria-label": "Filter of " + card.title, placeholder: this.example(), oninput: () => this.update(),
    });
    this.on_paper = make("p", { class: "on-paper" });
    this.more = make("button", { type: "button", class: "more", onclick: () => this.show_more() });
    this.element = make("div", { class: "table" },
      make("div", { class: "tools" }, ...(card.rows.length > 10 ? [this.search] : []), this.count,
        make("button", { type: "button", onclick: () => this.save() }, "Save as CSV")),
      make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...this.heads)), this.body)),
      this.more, this.on_paper);
    this.update();
  }

  /** Of a filter, in words of this table. */
  example() {
    const i = this.is_number.lastIndexOf(true);
    return i < 0 || /\s/.test(this.card.columns[i]) ? "filter by words" : "filter: words, or " + this.card.columns[i] + "<1";
  }

  sort(column) {
    this.direction = this.sorted_by === column ? -this.direction : 1;
    this.sorted_by = column;
    this.heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", this.direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    this.update();
  }

  show_more() {
    this.most = Math.max(this.most + 1000, 1000);
    this.update();
  }

  save() { save(this.file_name, to_csv(this.card.columns, this.rows)); }

  update() {
    this.rows = filtered(this.card, this.search.value);
    const column = this.sorted_by;
    if (column >= 0) this.rows.sort((a, b) => compare_cells(a[column], b[column], this.direction));
    const shown = this.rows.slice(0, this.most);
    this.body.replaceChildren(...shown.map((row) => make("tr", {}, ...row.map((value, i) => this.cell(value, i)))));
    const all = this.card.rows.length;
    const rows = all === 1 ? "1 row" : all.toLocaleString("en") + " rows";
    this.count.textContent = this.rows.length === all ? rows : this.rows.length.toLocaleString("en") + " of " + rows;
    this.more.hidden = shown.length === this.rows.length;
    const why = this.rows.length < all ? ", with the filter: " + this.search.value : "; all are in the CSV";
    this.on_paper.textContent = shown.length === all ? "" : shown.length.toLocaleString("en") + " of " + rows + why;
    this.more.textContent = "Show more (" + shown.length.toLocaleString("en") + " of " + this.rows.length.toLocaleString("en") + ")";
  }

  cell(value, i) {
    return table_cell(value, [this.is_number[i] && "number", this.is_long[i] && "long"].filter(Boolean).join(" "));
  }
}
