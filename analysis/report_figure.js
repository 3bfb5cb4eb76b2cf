// From a declarative figure to what Plotly draws.

// Okabe and Ito's colours: told apart by everybody, on white and (mostly) in grey.
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c00"];
const ink = "#1c2530";
const grey = "#7a8794";
/** What became of an attempt: what went wrong is red or orange. */
const fates = { queued: "#c5cdd6", running: "#56b4e9", completed: "#0072b2", failed: "#d55e00", "lost, tried again": "#e69f00", stopped: "#cc79a7" };
const symbols = ["circle", "diamond", "square", "triangle-up", "cross", "x", "star", "pentagon"];
const font = { family: 'system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", Arial, sans-serif', size: 12, color: "#38434f" };
const config = { displayModeBar: false, displaylogo: false, responsive: true, doubleClick: "reset", showTips: false, topojsonURL: "" };

/** Text that Plotly shows as it is: it would read <b> and the like. */
function plain(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\s+/g, " ");
}

function cut(text, most) {
  const characters = Array.from(String(text));
  return plain(characters.length > most ? characters.slice(0, most - 1).join("") + "…" : text);
}

const value_on = (axis, value) => (axis.categories.length ? plain(axis.categories[Math.round(value)] ?? "") : short(value ?? NaN));

/** What to say of point i: its own label, then where it is. */
function hover(figure, trace, i) {
  const lines = trace.labels ? [cut(trace.labels[i], 120)] : trace.name ? [plain(trace.name)] : [];
  for (const [axis, values] of [[figure.x, trace.x], [figure.y, trace.y]]) {
    if (values && values[i] !== null) lines.push((axis.title ? plain(axis.title) + " " : "") + value_on(axis, values[i]));
  }
  if (trace.low && trace.low[i] !== null) lines.push("from " + short(trace.low[i]) + " to " + short(trace.high[i]));
  if (trace.z && trace.z[i] !== null) lines.push(plain(figure.colour) + " " + short(trace.z[i]));
  return lines.join("<br>");
}

const hovers = (figure, trace, values) => values.map((_, i) => hover(figure, trace, i));

/** The figure's colour scale: of the objective, the better the darker. */
function colours(figure, objective) {
  const darker_is_higher = figure.colour === objective.metric && !objective.minimize;
  return { colorscale: figure.colour === "standard error" ? "Cividis" : "Viridis", reversescale: darker_is_higher };
}

function colour_bar(figure) {
  return { title: { text: cut(figure.colour, 40), side: "right" }, thickness: 12, outlinewidth: 0, exponentformat: "power" };
}

/** Distances of an error bar from the points; without ends where there are so many that only ends would be seen. */
function error_bar(points, trace) {
  const many = points.length > 150;
  return {
    type: "data", symmetric: false, thickness: many ? 0.6 : 1.2, width: many ? 0 : 3,
    array: trace.high.map((high, i) => high - points[i]), arrayminus: trace.low.map((low, i) => points[i] - low),
  };
}

/** The marks of those points where they fit beside each other, first the ends; '' for all others. They stand on the side
 *  of the line that has no points: a front falls from its upper left, or climbs to its upper right. That of the first is
 *  on its right, clear of the axis. */
function marks_beside(figure, trace) {
  const shares = (which) => {
    const on = figure[which].log ? Math.log10 : Number;
    const values = figure.traces.flatMap((one) => one[which] || []).filter((value) => value !== null).map(on);
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    return trace[which].map((value) => (high > low ? (on(value) - low) / (high - low) : 0.5));
  };
  const x = shares("x"), y = shares("y"), last = trace.x.length - 1;
  const order = [...new Set([last, ...trace.x.map((_, i) => i)])];
  const texts = trace.marks.map(() => ""), placed = [];
  for (const i of order) {  // as pixels of a figure that is not wide
    const width = 7 * trace.marks[i].length + 4, left = 370 * x[i] - (i === 0 ? 0 : width);
    const at = { left, right: left + width, y: 280 * y[i] };
    if (placed.some((one) => Math.abs(one.y - at.y) < 14 && at.right > one.left && one.right > at.left)) continue;
    placed.push(at);
    texts[i] = plain(trace.marks[i]);
  }
  const side = y[0] > y[last] ? "bottom" : "top";
  return { texts, position: texts.map((_, i) => side + (i === 0 ? " right" : " left")) };
}

function points(figure, trace, look, objective) {
  const on_map = figure.traces.some((one) => one.kind === "map");
  const size = trace.x.length > 1500 ? 4 : trace.x.length > 300 ? 5 : trace.x.length > 1 ? 7 : 12;
  const marker = { size, symbol: look.symbol, color: look.colour, opacity: 0.85 };
  if (on_map) Object.assign(marker, { color: "#fff", line: { color: "#000", width: 1 }, size: 6 });
  if (trace.z) Object.assign(marker, { color: trace.z, showscale: new Set(trace.z).size > 1, colorbar: colour_bar(figure), ...colours(figure, objective) });
  const drawn = { type: "scatter", mode: "markers", x: trace.x, y: trace.y, marker, hoverinfo: "text", hovertext: hovers(figure, trace, trace.x) };
  if (trace.marks) {
    const { texts, position } = marks_beside(figure, trace);
    Object.assign(drawn, { mode: "markers+text", text: texts, textposition: position, textfont: { size: 11, color: ink }, cliponaxis: false });
  }
  if (trace.low) drawn.error_y = { ...error_bar(trace.y, trace), color: trace.z ? "#888" : look.colour };
  return drawn;
}

function line(figure, trace, look) {
  return {
    type: "scatter", mode: "lines", x: trace.x, y: trace.y, connectgaps: false, hoverinfo: "text", hovertext: hovers(figure, trace, trace.x),
    line: { color: look.colour, width: look.many ? 1 : 2, shape: trace.kind === "step" ? "hv" : "linear", dash: look.dash },
    opacity: look.many ? 0.7 : 1,
  };
}

function band(figure, trace, look) {
  const there = trace.x.map((_, i) => i).filter((i) => trace.low[i] !== null && trace.high[i] !== null);
  const back = there.slice().reverse();
  return {
    type: "scatter", mode: "lines", fill: "toself", hoverinfo: "skip", line: { width: 0 }, fillcolor: look.colour + "33",
    x: [...there, ...back].map((i) => trace.x[i]), y: [...there.map((i) => trace.high[i]), ...back.map((i) => trace.low[i])],
  };
}

function bars(figure, trace, look) {
  const drawn = {
    type: "bar", orientation: "h", x: trace.x, y: trace.y, marker: { color: look.colour }, hoverinfo: "text",
    hovertext: hovers(figure, trace, trace.x),
  };
  if (trace.low) drawn.error_x = { ...error_bar(trace.x, trace), color: "#333" };
  return drawn;
}

/** All spans of a trace are one broken line: thousands of rectangles would be slow. */
function spans(figure, trace, look, height) {
  const rows = figure.y.categories.length || new Set(trace.y).size || 1;
  const x = [], y = [], text = [];
  trace.low.forEach((low, i) => {
    x.push(low, trace.high[i], null);
    y.push(trace.y[i], trace.y[i], null);
    const words = hover(figure, { ...trace, x: undefined }, i);
    text.push(words, words, "");
  });
  const width = Math.max(2, Math.min(22, 0.62 * (height - 110) / rows));
  return { type: "scatter", mode: "lines", x, y, connectgaps: false, line: { color: look.colour, width }, hoverinfo: "text", hovertext: text };
}

function map(figure, trace, look, objective) {
  const width = trace.x.length;
  const z = trace.y.map((_, row) => trace.z.slice(row * width, (row + 1) * width));
  const hovertext = z.map((row, j) => row.map((value, i) =>
    [[figure.x, trace.x[i]], [figure.y, trace.y[j]]].map(([axis, at]) => plain(axis.title) + " " + value_on(axis, at))
      .concat(value === null ? [] : plain(figure.colour) + " " + short(value)).join("<br>")));
  const smooth = !figure.x.categories.length && !figure.y.categories.length;
  return {
    type: smooth ? "contour" : "heatmap", x: trace.x, y: trace.y, z, hovertext, hoverinfo: "text", colorbar: colour_bar(figure),
    ...colours(figure, objective), ...(smooth ? { ncontours: 16, line: { width: 0.5, color: "rgba(255,255,255,0.5)" } } : {}),
  };
}

/** How each trace looks; traces of one name look alike and are one line of the legend. Trials among other things are
 *  the background; a band has the colour of what it belongs to. */
function looks(figure) {
  const among_others = new Set(figure.traces.map((trace) => trace.name)).size > 1;
  const is_background = (trace) => among_others && trace.name === "trials";
  const owners = figure.traces.filter((trace) => !is_background(trace) && trace.kind !== "band" && trace.kind !== "map");
  const bands = figure.traces.filter((trace) => trace.kind === "band").length;
  const owner_of = (trace) => (trace.kind === "band" && bands === 1 && owners.length ? owners[0].name : trace.name);
  const names = [...new Set(figure.traces.filter((trace) => trace.kind !== "map" && !is_background(trace)).map(owner_of))];
  const steps = figure.traces.filter((trace) => trace.kind === "step").length;
  const lines = figure.traces.filter((trace) => trace.kind === "line" || trace.kind === "step").length;
  const seen = new Set();
  const colour_of = (trace, i) => {
    if (trace.kind === "spans" && fates[trace.name]) return fates[trace.name];
    if (is_background(trace)) return grey;
    return trace.kind === "step" && steps === 1 ? ink : palette[i % palette.length];
  };
  return figure.traces.map((trace) => {
    const i = Math.max(0, names.indexOf(owner_of(trace)));
    const key = trace.kind + " " + trace.name;
    const look = {
      colour: colour_of(trace, i),
      symbol: symbols[is_background(trace) ? 0 : (i + (among_others ? 1 : 0)) % symbols.length],
      many: lines > 12 || is_background(trace), dash: i >= palette.length ? "dash" : "solid", first: !seen.has(key),
    };
    seen.add(key);
    return look;
  });
}

const makers = { points, line, step: line, band, bars, spans, map, parallel };

function decades_of(figure, which) {
  let low = Infinity, high = 0;
  for (const trace of figure.traces) {
    for (const values of [trace[which], ...(which === "y" && trace.kind !== "spans" ? [trace.low, trace.high] : [])]) {
      for (const value of values || []) {
        if (value > 0) [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
    }
  }
  return high > low ? Math.log10(high / low) : 0;
}

function axis_layout(figure, which, from_top) {
  const axis = figure[which];
  const layout = {
    title: { text: cut(axis.title, 60), standoff: 8 }, automargin: true, gridcolor: "#e6eaef", zerolinecolor: "#c5cdd6", linecolor: "#8d99a6",
    showline: true, ticks: "outside", tickcolor: "#8d99a6", ticklen: 4, exponentformat: "power",
  };
  if (axis.categories.length) {
    const all = axis.categories.map((_, i) => i);
    const range = [-0.5, all.length - 0.5];
    const every = Math.ceil(all.length / 60);
    Object.assign(layout, {
      tickmode: "array", tickvals: all.filter((i) => i % every === 0),
      ticktext: axis.categories.filter((_, i) => i % every === 0).map((one) => cut(one, 26)),
      range: from_top ? range.reverse() : range, zeroline: false, showgrid: which === "x",
    });
  } else if (axis.log) {
    const by_decade = decades_of(figure, which) >= 2;
    // Plotly makes powers a quarter larger than other ticks.
    Object.assign(layout, { type: "log", dtick: by_decade ? 1 : "D2", tickfont: { size: by_decade ? 10 : 12 } });
  } else if (from_top) {
    const last = figure.traces.reduce((most, trace) => (trace.y || []).reduce((a, y) => Math.max(a, y), most), 0);
    Object.assign(layout, { range: [last + 0.6, -0.6], zeroline: false, tickformat: "d", dtick: last < 15 ? 1 : undefined });
  }
  return layout;
}

const has_kind = (figure, ...kinds) => figure.traces.some((trace) => kinds.includes(trace.kind));
/** Rows from top to bottom. */
const is_list = (figure) => has_kind(figure, "bars", "spans");

function height_of(figure) {
  if (has_kind(figure, "parallel")) return figure.axes.length > 7 ? 480 : 440;
  if (!is_list(figure)) return 400;
  const names = new Set(figure.traces.filter((trace) => trace.kind === "bars").map((trace) => trace.name)).size;
  const rows = figure.y.categories.length || new Set(figure.traces.flatMap((trace) => trace.y || [])).size;
  return Math.max(200, Math.min(760, 130 + rows * Math.max(26, 18 * names)));
}

/** What Plotly.newPlot takes. */
function plot_of(figure, objective) {
  const height = height_of(figure);
  const look = looks(figure);
  const data = figure.traces.map((trace, i) => {
    const drawn = makers[trace.kind](figure, trace, look[i], trace.kind === "spans" ? height : objective);
    if (trace.kind === "parallel") return drawn;
    const named = trace.name !== "" && trace.kind !== "map" && (!look[i].many || look[i].colour === grey);
    return { ...drawn, name: cut(trace.name, 40), legendgroup: trace.name, showlegend: named && look[i].first };
  });
  const is_parallel = has_kind(figure, "parallel");
  if (is_parallel && !has_webgl()) return parallel_without_webgl(figure, objective);
  const layout = {
    height, font, margin: is_parallel ? { l: 70, r: 30, t: figure.axes.length > 7 ? 90 : 56, b: 24 } : { l: 64, r: 20, t: 34, b: 48 },
    paper_bgcolor: "#fff", plot_bgcolor: "#fff", hovermode: "closest", barmode: "group", bargap: 0.3, showlegend: data.some((one) => one.showlegend),
    hoverlabel: { bgcolor: "#fff", bordercolor: "#8d99a6", font: { ...font, color: "#1c2530" }, align: "left" },
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: 12 } },
  };
  if (!is_parallel) Object.assign(layout, { xaxis: axis_layout(figure, "x", false), yaxis: axis_layout(figure, "y", is_list(figure)) });
  return { data, layout, config };
}
