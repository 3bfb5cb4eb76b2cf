// The page: its parts are made at once, its figures when they come into sight.

const report = JSON.parse(document.getElementById("stune-data").textContent);
const plots = [];  // {figure, element, drawn}

/** A label that is the same as the one before is written as 0. */
for (const trace of report.cards.flatMap((card) => card.figures).flatMap((figure) => figure.traces)) {
  (trace.labels || []).forEach((label, i, labels) => { if (label === 0) labels[i] = labels[i - 1]; });
}

function counted(count, what) { return count.toLocaleString("en") + " " + what; }

function facts() {
  const trials = report.trials;
  const words = [];
  for (const [name, what] of [["completed", "completed"], ["early_stopped", "stopped early"], ["failed", "failed"],
    ["abandoned", "abandoned"], ["running", "running"], ["created", "waiting"]]) {
    if (trials[name] > 0) words.push(counted(trials[name], what));
  }
  const wanted = trials.wanted > 0 ? " of " + counted(trials.wanted, "wanted") : "";
  return (report.objective.minimize ? "minimize " : "maximize ") + report.objective.metric + " · trials: " +
    (words.join(", ") || "none yet") + wanted + " · as of " + report.at.replace("T", " ").replace("Z", " UTC");
}

/** Which lines of a parallel figure are within all ranges that were brushed. */
function brushed_lines(trace, dimensions) {
  const limits = dimensions.map((dimension) => {
    const range = dimension.constraintrange;  // [low, high], or several of them
    return !range ? null : Array.isArray(range[0]) ? range : [range];
  });
  return trace.columns[0].map((_, i) => i).filter((i) => limits.every((ranges, k) => {
    const value = dimensions[k].values[i];
    return !ranges || ranges.some(([low, high]) => value >= low && value <= high);
  }));
}

function follow_brush(plot, note) {
  const trace = plot.figure.traces.find((one) => one.kind === "parallel");
  plot.element.on("plotly_restyle", () => {
    const chosen = brushed_lines(trace, plot.element.data[0].dimensions);
    if (chosen.length === trace.columns[0].length) return note.replaceChildren();
    const names = chosen.slice(0, 12).map((i) => (trace.labels ? trace.labels[i] : String(i)));
    note.textContent = chosen.length + " of " + trace.columns[0].length + " chosen" +
      (names.length ? ": " + names.join(", ") + (chosen.length > names.length ? ", …" : "") : "");
  });
}

function draw_plot(plot) {
  if (plot.drawn || !window.Plotly) return;
  plot.drawn = true;
  try {
    const { data, layout, config } = plot_of(plot.figure, report.objective);
    Plotly.newPlot(plot.element, data, layout, config);
    plot.element.dataset.drawn = "true";
    if (plot.note && has_webgl()) follow_brush(plot, plot.note);
    else if (plot.note) plot.note.textContent = without_webgl;
  } catch (error) {
    plot.element.textContent = "This figure could not be drawn: " + error.message;
    console.error(error);
  }
}

function figure_element(figure, alone) {
  const is_parallel = has_kind(figure, "parallel");
  const wide = has_kind(figure, "parallel", "spans");
  const element = make("div", { class: "plot", style: "min-height: " + height_of(figure) + "px" });
  const note = is_parallel ? make("div", { class: "brushed", "aria-live": "polite" }) : null;
  plots.push({ figure, element, note, drawn: false });
  const thinned = figure.points ? " Shown are " + counted(figure.shown, "of ") + counted(figure.points, "points.") : "";
  return make("figure", { class: wide ? "wide" : undefined }, ...(alone || !figure.title ? [] : [make("h3", {}, figure.title)]),
    element, ...(note ? [note] : []), make("figcaption", {}, figure.look_for + thinned));
}

/** A table of so few rows is not hidden behind its figures. */
const rows_open = 20;

function card_element(card, i) {
  const section = make("section", { id: "card-" + i, "data-card": card.name }, make("h2", {}, card.title), make("p", { class: "text" }, card.text));
  const figures = window.stune_without_figures ? [] : card.figures;
  if (figures.length) {
    section.append(make("div", { class: figures.length > 1 ? "figures pairs" : "figures" },
      ...figures.map((figure) => figure_element(figure, figures.length === 1 && figure.title === card.title))));
  }
  if (card.rows.length) {
    const file = report.name.replace(/[^\w.-]+/g, "_") + "-" + card.name.replace(/\W+/g, "_").toLowerCase() + ".csv";
    const table = is_tall(card) ? tall_table(card) : new CardTable(card, file).element;
    const open = card.rows.length <= rows_open;
    section.append(figures.length ? make("details", { open }, make("summary", {}, "As a table"), table) : table);
  }
  return section;
}

function show() {
  document.title = report.name + " – stune";
  const cards = report.cards;
  document.body.append(make("div", { class: "page" },
    make("nav", { "aria-label": "Contents" }, ...cards.map((card, i) => make("a", { href: "#card-" + i }, card.name))),
    make("main", {},
      make("header", {}, make("h1", {}, report.name), ...(report.description ? [make("p", {}, report.description)] : []),
        make("p", { class: "facts" }, facts()),
        ...(window.stune_without_figures ? [make("p", { class: "notice" },
          "Figures are left out: Plotly.js was not there when this stune was built. In Debian it is in the package python3-plotly; " +
          "or configure with -DSTUNE_PLOTLY_JS=FILE.")] : []),
        ...(cards.length ? [] : [make("p", { class: "notice" }, "There is nothing to show yet: no trial has a result.")])),
      ...cards.map(card_element),
      make("footer", {}, "Drag in a figure to look closer, double-click to see all of it again. Made by stune."))));
}

const paper_width = 680;

/** On paper there is no scrolling: everything is drawn, as wide as the paper. */
function before_print() {
  plots.forEach(draw_plot);
  for (const plot of plots.filter((one) => one.element.data)) {
    const height = Math.min(plot.element.layout.height, is_list(plot.figure) ? 900 : 340);
    if (plot.note) plot.element.style.zoom = paper_width / plot.element.offsetWidth;  // what WebGL draws comes too late
    else Plotly.relayout(plot.element, { width: paper_width, height, autosize: false });
  }
  document.body.classList.add("paper");
  for (const scroll of document.querySelectorAll(".scroll")) {
    scroll.style.width = paper_width + "px";
    const width = scroll.firstChild.offsetWidth;
    if (width > paper_width) scroll.firstChild.style.zoom = paper_width / width;
  }
}

function after_print() {
  for (const plot of plots.filter((one) => one.element.data)) {
    if (plot.note) plot.element.style.zoom = "";
    else Plotly.relayout(plot.element, { width: null, height: height_of(plot.figure), autosize: true });
  }
  document.body.classList.remove("paper");
  for (const scroll of document.querySelectorAll(".scroll")) scroll.style.width = scroll.firstChild.style.zoom = "";
}

function draw() {
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watch.unobserve(entry.target);
      draw_plot(plots.find((plot) => plot.element === entry.target));
    }
  }, { rootMargin: "500px" });
  plots.forEach((plot) => watch.observe(plot.element));
  window.addEventListener("beforeprint", before_print);
  window.addEventListener("afterprint", after_print);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}
