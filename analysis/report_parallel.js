// Parallel coordinates: one line through all axes for each trial.

/** Ticks at powers of ten (or of two, where there are few) for values that are already logarithms. */
function decades(low, high) {
  const values = [], text = [];
  for (const step of [1, 0.30103]) {
    values.length = text.length = 0;
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; ++i) {
      values.push(i * step);
      text.push(short(Number((10 ** (i * step)).toPrecision(step === 1 ? 12 : 3))));
    }
    if (values.length > 1) break;
  }
  return { tickvals: values, ticktext: text };
}

/** At about five round numbers: Plotly would write 390µ for 0.00039. */
function round_ticks(low, high) {
  if (!(high > low)) return { tickvals: [low], ticktext: [short(Number(low.toPrecision(3)))] };
  const size = 10 ** Math.floor(Math.log10((high - low) / 5));
  const step = [1, 2, 5, 10].map((one) => one * size).find((one) => (high - low) / one <= 6);
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) values.push(Number((i * step).toPrecision(12)));
  return { tickvals: values, ticktext: values.map(short) };
}

function range_of(values) {
  const known = values.filter((value) => value !== null);
  return [known.reduce((a, b) => Math.min(a, b), Infinity), known.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/** At most so many characters of each, and all of them different: of equal ticks Plotly shows one. It takes them as they
 *  are, so that nothing is escaped here. */
function distinct(texts, most) {
  const lines = texts.map((text) => text.replace(/\s+/g, " "));
  const shortened = (way) => lines.map((line, i) => {
    const characters = Array.from(line);
    return characters.length > most ? way(characters, i) : line;
  });
  const without_end = (characters) => characters.slice(0, most - 1).join("") + "…";
  const without_middle = (characters) => characters.slice(0, 5).join("") + "…" + characters.slice(6 - most).join("");
  const numbered = (characters, i) => characters.slice(0, most - 4).join("") + "… " + (i + 1);
  const candidates = [without_end, without_middle, numbered].map(shortened);
  return candidates.find((all) => new Set(all).size === all.length) || lines.map((line, i) => i + 1 + " " + line);
}

function dimension(axis, values) {
  const label = cut(axis.title, 22);
  if (axis.categories.length) {
    const all = axis.categories.map((_, i) => i);
    return { label, values, tickvals: all, ticktext: distinct(axis.categories, 14), range: [-0.2, all.length - 0.8] };
  }
  const logs = values.map((value) => (value > 0 ? Math.log10(value) : null));
  const range = range_of(logs);
  if (axis.log && range[1] > range[0]) return { label, values: logs, range, ...decades(...range) };
  return { label, values, ...round_ticks(...range_of(values)) };
}

function parallel(figure, trace, look, objective) {
  const line = { color: trace.z || look.colour };
  if (trace.z) Object.assign(line, { showscale: new Set(trace.z).size > 1, colorbar: colour_bar(figure), ...colours(figure, objective) });
  return {
    type: "parcoords", line, dimensions: figure.axes.map((axis, i) => dimension(axis, trace.columns[i])),
    labelfont: { size: 12 }, tickfont: { size: 11 }, rangefont: { size: 1, color: "rgba(0,0,0,0)" },
    labelangle: figure.axes.length > 7 ? -20 : 0,
  };
}

/** Plotly draws parallel coordinates with WebGL, which a browser without a graphics card may not have. */
let webgl;
function has_webgl() {
  if (webgl === undefined) webgl = Boolean(document.createElement("canvas").getContext("webgl"));
  return webgl;
}

const without_webgl = "Trials cannot be chosen on the axes here: for that the browser needs WebGL. The table of all trials can be filtered instead.";

/** The same lines without brushes, in ten colours. */
function parallel_without_webgl(figure, objective) {
  const trace = figure.traces.find((one) => one.kind === "parallel");
  const dimensions = figure.axes.map((axis, i) => dimension(axis, trace.columns[i]));
  const scaled = dimensions.map(({ values, range }) => {
    const [low, high] = range || range_of(values);
    return values.map((value) => (value === null ? null : high > low ? (value - low) / (high - low) : 0.5));
  });
  const order = trace.columns[0].map((_, i) => i).sort((a, b) => (trace.z ? trace.z[a] - trace.z[b] : 0));
  const dark_first = objective.minimize || figure.colour !== objective.metric;
  const viridis = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
  const data = viridis.map((color) => ({
    type: "scatter", mode: "lines", hoverinfo: "skip", connectgaps: false, line: { color, width: 1 }, x: [], y: [],
  }));
  order.forEach((line, rank) => {
    const group = Math.floor(rank * viridis.length / order.length);
    const { x, y } = data[dark_first ? group : viridis.length - 1 - group];
    x.push(...scaled.map((_, axis) => axis), null);
    y.push(...scaled.map((values) => values[line]), null);
  });
  const layout = {
    height: height_of(figure), font, showlegend: false, margin: { l: 40, r: 40, t: 20, b: 60 },
    xaxis: { tickvals: dimensions.map((_, i) => i), ticktext: dimensions.map((one) => one.label), gridcolor: "#8d99a6", zeroline: false },
    yaxis: { visible: false },
  };
  return { data: data.reverse(), layout, config };  // the dark ones on top
}
