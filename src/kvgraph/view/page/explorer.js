// The explorer's page: legend, search, details, paths and exports around vis-network.
// All text enters the page as text, never as markup: names come from anybody's spreadsheet.
(() => {
"use strict";
const page = JSON.parse(document.getElementById("kv-data").textContent);
const LANGUAGES = ["fi", "sv", "en"];
const WRAP = 18, LABEL = 12, FOUND = 30, KEPT_CLEAR = 300, TABLE_STEP = 500;
const state = {
  lang: LANGUAGES.indexOf(document.documentElement.lang),
  chosen: null, // {node: i} or {edge: i}
  hidden: { classes: new Set(), kinds: new Set(), lines: new Set() },
  near: false, from: null, to: null, arrange: page.start, lost: "",
};
page.things.forEach((thing, i) => { thing.class = page.nodes[i].group; });
const byId = new Map(page.things.map((thing, i) => [thing.id, i]));
const edgeById = new Map(page.relations.map((relation, i) => [relation.id, i]));
const touching = page.things.map(() => []);
const ofPractice = new Map();
page.edges.forEach((edge, i) => {
  touching[edge.from].push(i);
  if (edge.to !== edge.from) touching[edge.to].push(i);
  const { practice, kind } = page.relations[i];
  if (practice !== undefined && page.kinds[kind].id === "transfer") ofPractice.set(practice, [...(ofPractice.get(practice) || []), i]);
});

// --- words ------------------------------------------------------------------------------------

function t(key, values) {
  return page.words[key][state.lang].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
function text(number) {
  const found = page.texts[number];
  return typeof found === "string" ? found : found[state.lang];
}
const nameOf = (i) => text(page.things[i].label);
const classOf = (i) => page.classes[page.things[i].class];
const kindOf = (i) => page.kinds[page.relations[i].kind].label[state.lang];
const lookOf = (i) => page.lines[page.relations[i].line];
const lineOf = (i) => lookOf(i).label[state.lang];
/** Give the IRI of a thing: made of its kind and id, but where two kinds share the id. */
function iriOf(i) {
  const thing = page.things[i];
  if (thing.count !== undefined) return ""; // several things together have none
  return thing.iri || `${page.base}${classOf(i).kind}/${encodeURIComponent(thing.id)}`;
}
function linkName(i) {
  const relation = page.relations[i];
  const parts = [kindOf(i)];
  if (relation.label !== undefined) parts.push(text(relation.label));
  if (relation.count !== undefined) parts.push(`× ${relation.count}`);
  if (relation.when) parts.push(`(${relation.when})`);
  return parts.join(" ");
}
// Letters that do not fall apart into one that is typed and a mark.
const FOLDED = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };
const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łøđðþßæœı]/g, (c) => FOLDED[c]);

// --- small makers of elements -----------------------------------------------------------------

function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "click") element.addEventListener("click", value);
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
// A name may be written from right to left: it must not turn round what stands beside it.
const named = (words) => make("bdi", {}, words);
const byName = (id) => document.getElementById(id);
function fill(id, ...children) {
  byName(id).replaceChildren(...children.filter((child) => child !== null));
}
const SVG = "http://www.w3.org/2000/svg";
function drawn(width, height, parts) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [k, v] of Object.entries({ width, height, "aria-hidden": "true", focusable: "false" })) svg.setAttribute(k, v);
  for (const [tag, attributes, words] of parts) {
    const part = document.createElementNS(SVG, tag);
    for (const [k, v] of Object.entries(attributes)) part.setAttribute(k, v);
    if (words) part.textContent = words;
    svg.append(part);
  }
  return svg;
}
const OUTLINES = {
  square: "M5 3h16v16h-16z", box: "M6 1h14v20h-14z", diamond: "M13 1l10 10-10 10-10-10z",
  triangle: "M13 1l11 19h-22z", triangleDown: "M2 3h22l-11 18z", hexagon: "M7 1h12l6 10-6 10h-12l-6-10z",
  star: "M13 0l3 8h9l-7 5 3 9-8-5-8 5 3-9-7-5h9z", dot: "M13 1a10 10 0 1 1-.01 0z",
};
const emblem = (kind) => drawn(26, 22, [
  ["path", { d: OUTLINES[kind.shape], fill: kind.colour }],
  ["text", { x: 13, y: 15, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#fff" }, kind.letter],
]);
const sample = ({ width, colour, dashes }) => drawn(26, 22, [["line", {
  x1: 0, y1: 11, x2: 26, y2: 11, stroke: colour, "stroke-width": Math.max(1, width), "stroke-dasharray": dashes ? dashes.join(" ") : "",
}]]);

// --- what is shown ----------------------------------------------------------------------------

function shown() {
  const nodes = page.things.map((thing) => !state.hidden.classes.has(thing.class));
  const passes = (i) => {
    const relation = page.relations[i], edge = page.edges[i];
    return nodes[edge.from] && nodes[edge.to] &&
      !state.hidden.kinds.has(relation.kind) && !state.hidden.lines.has(relation.line);
  };
  const edges = page.edges.map((_, i) => passes(i));
  const centre = state.chosen && state.chosen.node;
  if (state.near && centre !== null && centre !== undefined) {
    const near = new Set([centre]);
    for (const i of [...touching[centre], ...(ofPractice.get(centre) || [])]) {
      if (!edges[i]) continue;
      near.add(page.edges[i].from).add(page.edges[i].to);
    }
    nodes.forEach((visible, i) => { nodes[i] = visible && near.has(i); });
    edges.forEach((visible, i) => { edges[i] = visible && near.has(page.edges[i].from) && near.has(page.edges[i].to); });
  }
  return { nodes, edges };
}

/** Find the shortest chain of documented links that are shown, whatever their direction; what
 * a rule made, and transfers that were given up or only planned, are none. */
function shortest(from, to, visible) {
  const before = new Map([[from, null]]);
  let reached = [from];
  while (reached.length && !before.has(to)) {
    const next = [];
    for (const node of reached) {
      for (const i of touching[node]) {
        const edge = page.edges[i];
        const other = edge.from === node ? edge.to : edge.from;
        if (before.has(other) || !visible.edges[i] || ["derived", "uncounted"].includes(lookOf(i).id)) continue;
        before.set(other, { node, edge: i });
        next.push(other);
      }
    }
    reached = next;
  }
  if (!before.has(to)) return null;
  const steps = [];
  for (let at = to; before.get(at) !== null; at = before.get(at).node) steps.unshift(before.get(at));
  return steps;
}

// --- the picture ------------------------------------------------------------------------------

const container = byName("canvas");
const nodes = new vis.DataSet([]), edges = new vis.DataSet([]);
let visible = shown(), path = null, network = null;

function wrapped(words) {
  const lines = [""];
  for (const word of words.split(/\s+/u)) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= WRAP) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const cut = lines.slice(0, 3).map((line) => (line.length > WRAP + 6 ? `${line.slice(0, WRAP + 5)}…` : line));
  if (lines.length > 3) cut[2] += " …";
  return cut.join("\n");
}
// Where two ways are as short, that of proven transfers is told, then that of other transfers.
const rank = (i) => [page.relations[i].kind, page.relations[i].line, i];
for (const links of touching) links.sort((a, b) => rank(a).map((x, nth) => x - rank(b)[nth]).find((d) => d) || 0);
const degree = page.things.map((_, i) => touching[i].length);
const byDegree = page.things.map((_, i) => i).sort((a, b) => degree[b] - degree[a] || a - b);
const grown = (() => { // seen as a whole, a large picture still shows its shapes
  const spread = (axis) => {
    const all = page[page.start].map((at) => at[axis]);
    return all.length ? Math.max(...all) - Math.min(...all) : 0;
  };
  const scale = Math.min(container.clientWidth / (spread(0) + 120), container.clientHeight / (spread(1) + 120), 1);
  return Math.min(2.6, Math.max(1, 0.62 / scale));
})();
const widths = new Map();
/** Give how wide a text is in a font of one pixel; measuring is what costs most in writing. */
function widthOf(context, words) {
  if (!widths.has(words)) {
    const font = context.font;
    context.font = "100px system-ui, sans-serif";
    widths.set(words, context.measureText(words).width / 100);
    context.font = font;
  }
  return widths.get(words);
}
/** Draw an output as a sheet of paper, a shape that vis-network does not have. */
function sheet({ ctx, x, y, style }) {
  const wide = style.size * 1.5, high = style.size * 2;
  return {
    drawNode() {
      ctx.fillStyle = style.color;
      ctx.strokeStyle = style.borderColor;
      ctx.lineWidth = style.borderWidth;
      ctx.fillRect(x - wide / 2, y - high / 2, wide, high);
      ctx.strokeRect(x - wide / 2, y - high / 2, wide, high);
    },
    nodeDimensions: { width: wide, height: high },
  };
}
function nodeLook(i) {
  const built = page.nodes[i];
  const onPath = path !== null && path.nodes.has(i);
  const chosen = state.chosen !== null && state.chosen.node === i;
  const { colour, shape } = classOf(i);
  const outline = shape === "box" ? { shape: "custom", ctxRenderer: sheet } : { shape };
  return {
    id: i, ...outline, x: page[state.arrange][i][0], y: page[state.arrange][i][1],
    size: built.size * grown,
    hidden: !visible.nodes[i],
    borderWidth: (onPath ? page.path.width : chosen ? 3 : 1) * grown,
    borderWidthSelected: (onPath ? page.path.width : 3) * grown,
    color: {
      background: colour, border: onPath ? page.path.colour : chosen ? "#1c242c" : "#ffffff",
      highlight: { background: colour, border: "#1c242c" },
    },
  };
}
function edgeLook(i) {
  const built = page.edges[i];
  const onPath = path !== null && path.edges.has(i);
  const chosen = state.chosen !== null && state.chosen.edge === i;
  const look = lookOf(i), color = onPath ? page.path.colour : look.colour;
  // What is as everywhere is not said of each: vis-network merges every option of every edge.
  const looks = { id: i, from: built.from, to: built.to, color, hidden: !visible.edges[i] };
  looks.width = (onPath ? page.path.width : look.width + (chosen ? 2 : 0)) * grown;
  if (built.arrows) looks.arrows = built.arrows;
  if (built.bend) looks.smooth = { enabled: true, type: built.bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(built.bend) };
  if (look.dashes) looks.dashes = look.dashes;
  return looks;
}
function paint() {
  visible = shown();
  path = null;
  if (state.from !== null && state.to !== null) {
    const steps = shortest(state.from, state.to, visible);
    path = { steps, nodes: new Set([state.from, state.to]), edges: new Set() };
    for (const step of steps || []) { path.nodes.add(step.node); path.edges.add(step.edge); }
  }
  nodes.update(page.nodes.map((_, i) => nodeLook(i)));
  edges.update(page.edges.map((_, i) => edgeLook(i)));
}
/** Write letters on things, their names beside them, and the names of lanes. */
function write(context) {
  const scale = network.getScale(), at = network.getPositions();
  context.textAlign = "center";
  context.textBaseline = "middle";
  const corner = network.DOMtoCanvas({ x: 0, y: 0 });
  const far = network.DOMtoCanvas({ x: container.clientWidth, y: container.clientHeight });
  const inside = byDegree.filter((i) => visible.nodes[i] && at[i].x > corner.x && at[i].x < far.x && at[i].y > corner.y && at[i].y < far.y);
  context.fillStyle = "#ffffff";
  for (const i of inside) {
    const size = page.nodes[i].size * grown, shape = classOf(i).shape;
    if (size * scale < 5) continue;
    const lower = { triangle: 0.15, triangleDown: -0.15 }[shape] || 0;
    context.font = `700 ${size * (shape === "star" ? 0.75 : 0.95)}px sans-serif`;
    context.fillText(classOf(i).letter, at[i].x, at[i].y + lower * size);
  }
  // Names keep their size on the screen. What matters most is written first; a name that
  // would cover another one moves to another side, or waits until there is room.
  const font = LABEL / scale, line = font * 1.15, boxes = [];
  const first = (i) => (path !== null && path.nodes.has(i)) || (state.chosen !== null && state.chosen.node === i) || state.near;
  const order = [...inside.filter(first), ...inside.filter((i) => !first(i))];
  context.font = `${font}px system-ui, sans-serif`;
  context.lineWidth = font * 0.28;
  context.lineJoin = "round";
  context.strokeStyle = "#ffffff";
  context.fillStyle = "#1c242c";
  const middle = { x: (corner.x + far.x) / 2, y: (corner.y + far.y) / 2 };
  // Among few things a name keeps clear of the things themselves, too.
  if (page.nodes.length <= KEPT_CLEAR) for (const i of inside) boxes.push([at[i].x, at[i].y, page.nodes[i].size * grown * 1.4, page.nodes[i].size * grown * 1.4]);
  let written = 0;
  for (const i of order) {
    if (written >= page.labels && !first(i)) break;
    const lines = wrapped(nameOf(i)).split("\n");
    const wide = font * Math.max(...lines.map((words) => widthOf(context, words))), high = lines.length * line;
    const gap = page.nodes[i].size * grown + font * 0.3;
    const sides = [[0, gap + high / 2], [0, -gap - high / 2], [gap + wide / 2, 0], [-gap - wide / 2, 0]];
    const outside = ([dx, dy]) => Math.abs(at[i].x + dx - middle.x) * 2 + wide > far.x - corner.x || Math.abs(at[i].y + dy - middle.y) * 2 + high > far.y - corner.y;
    const meets = ([dx, dy]) => outside([dx, dy]) || boxes.some(([x, y, w, h]) => Math.abs(at[i].x + dx - x) * 2 < w + wide && Math.abs(at[i].y + dy - y) * 2 < h + high);
    const side = sides.find((one) => !meets(one)) || (first(i) ? sides[0] : null);
    if (side === null) continue;
    const x = at[i].x + side[0], y = at[i].y + side[1];
    boxes.push([x, y, wide, high]);
    lines.forEach((words, nth) => {
      const below = y - high / 2 + (nth + 0.5) * line;
      context.strokeText(words, x, below);
      context.fillText(words, x, below);
    });
    written += 1;
  }
  if (state.arrange === "lanes") {
    context.textAlign = "left";
    context.fillStyle = "#4d5762";
    context.font = `600 ${font}px system-ui, sans-serif`;
    for (const [y, names] of page.lanesNamed) {
      const above = y - Math.max(30, 22 / scale);
      context.strokeText(names[state.lang], corner.x + 10 / scale, above);
      context.fillText(names[state.lang], corner.x + 10 / scale, above);
    }
  }
}
function start() {
  network = new vis.Network(container, { nodes, edges }, {
    physics: false, layout: { improvedLayout: false },
    edges: { smooth: false, arrows: { to: { scaleFactor: 0.55 } }, selectionWidth: 0, hoverWidth: 0 },
    interaction: { keyboard: false, hideEdgesOnDrag: page.hideEdges, hover: false, multiselect: false, selectConnectedEdges: false },
  });
  network.on("afterDrawing", write);
  network.on("click", (event) => {
    if (event.nodes.length) {
      const [node] = event.nodes;
      if (event.event.srcEvent.shiftKey && state.chosen && state.chosen.node !== undefined && state.chosen.node !== node) {
        state.from = state.chosen.node;
        state.to = node;
      }
      pick(node);
    } else if (event.edges.length) choose({ edge: event.edges[0] });
    else choose(null);
  });
  network.once("afterDrawing", () => { window.kvReady = true; });
  // Where on the page a thing stands, for whoever drives the page from outside.
  window.kvPosition = (id) => {
    const at = network.canvasToDOM(network.getPosition(byId.get(id))), box = container.getBoundingClientRect();
    return [box.left + at.x, box.top + at.y];
  };
  showAll();
}
/** Show everything, with room for names at the sides and above. */
function showAll() {
  network.fit({ animation: false });
  network.moveTo({ scale: network.getScale() * 0.94, animation: false });
}
function bring(chosen) {
  if (chosen.node !== undefined) {
    const scale = Math.max(network.getScale(), 0.8 / grown);
    network.focus(chosen.node, { scale, animation: false });
  } else network.fit({ nodes: [page.edges[chosen.edge].from, page.edges[chosen.edge].to], maxZoomLevel: 1.2, animation: false });
}

// --- choosing, and telling what was chosen ----------------------------------------------------

function choose(chosen, { move = false } = {}) {
  state.chosen = chosen;
  if (chosen === null || chosen.node === undefined) state.near = false;
  if (network !== null) {
    if (chosen === null) network.unselectAll();
    else if (chosen.node !== undefined) network.selectNodes([chosen.node], false);
    else network.setSelection({ nodes: [], edges: [chosen.edge] }, { highlightEdges: false });
  }
  refresh();
  if (move && chosen !== null) bring(chosen);
}
/** Choose a thing; where a path wants its other end, it is that end. */
function pick(node, options) {
  if (state.from !== null && state.to === null && state.from !== node) state.to = node;
  else if (state.to !== null && state.from === null && state.to !== node) state.from = node;
  choose({ node }, options);
}
const pickNode = (i) => make("button", { type: "button", class: "linked", "data-node": i, click: () => pick(i, { move: true }) }, named(nameOf(i)));
const pickEdge = (i) => make("button", { type: "button", class: "linked", "data-edge": i, click: () => choose({ edge: i }, { move: true }) }, named(linkName(i)));

function cited(numbers, { titles = true } = {}) {
  if (!numbers.length) return make("span", { class: "from" }, t("no_source"));
  const line = make("span", { class: "from" });
  numbers.forEach((number, nth) => {
    const [id, title, url] = page.sources[number];
    if (nth) line.append("; ");
    // Only a plain web address may be followed; anything else is shown as text.
    line.append(/^https?:\/\//i.test(url)
      ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank", title }, named(id))
      : make("span", { title }, named(id)));
    if (titles) line.append(" ", named(title));
  });
  return line;
}
function factTable(facts, sources) {
  if (!facts.length) return make("p", { class: "soft" }, t("no_facts"));
  const body = make("tbody");
  // Where nothing is backed by a source of its own, that is said once.
  const bare = !sources.length;
  for (const [property, value, rule] of facts) {
    const backed = rule !== undefined ? make("span", { class: "from" }, t("rule", { rule: text(rule) })) : bare ? "" : cited(sources, { titles: false });
    body.append(make("tr", {}, make("th", { scope: "row" }, text(property)), make("td", {}, named(text(value)), backed)));
  }
  const caption = make("caption", {}, bare ? `${t("facts")} (${t("no_source")})` : t("facts"));
  return make("div", {}, make("table", {}, caption, body), bare ? "" : make("p", {}, `${t("sources")}: `, cited(sources)));
}
function connection(i, centre) {
  const edge = page.edges[i];
  const parts = edge.from === centre ? ["→ ", pickNode(edge.to)] : edge.to === centre ? ["← ", pickNode(edge.from)] : [pickNode(edge.from), " → ", pickNode(edge.to)];
  return make("li", {}, ...parts, " ", pickEdge(i), make("span", { class: "from" }, lineOf(i)));
}
function act(key, pressed, click) {
  return make("button", { type: "button", "aria-pressed": pressed === null ? undefined : String(pressed), "data-act": key, click }, t(key));
}
function tellNode(i) {
  const thing = page.things[i];
  const links = touching[i].filter((e) => visible.edges[e]);
  const carried = (ofPractice.get(i) || []).filter((e) => visible.edges[e]);
  const others = (thing.names || []).map(text).filter((name) => name !== nameOf(i));
  return [
    make("h3", {}, named(nameOf(i))),
    make("p", { class: "soft" }, classOf(i)[`label`][state.lang], " · ", named(thing.id)),
    others.length ? make("p", { class: "soft" }, `${t("names")}: `, named(others.join(", "))) : null,
    make("div", { class: "acts" },
      act("neighbours", state.near, () => { state.near = !state.near; refresh(); showAll(); }),
      // A chain between several things put together need not be a chain of any of them.
      ...(thing.count !== undefined ? [] : [
        act("path_from", state.from === i, () => { state.from = state.from === i ? null : i; if (state.to === i) state.to = null; refresh(); }),
        act("path_to", state.to === i, () => { state.to = state.to === i ? null : i; if (state.from === i) state.from = null; refresh(); })])),
    thing.count !== undefined ? make("p", { class: "soft" }, t("left_out_here")) : factTable(thing.facts, thing.sources || []),
    carried.length ? make("h4", {}, t("about_practice", { n: carried.length })) : null,
    carried.length ? make("ul", {}, ...carried.map((e) => connection(e, -1))) : null,
    make("h4", {}, t("connections", { n: links.length })),
    make("ul", { id: "connections" }, ...links.map((e) => connection(e, i))),
  ];
}
function tellEdge(i) {
  const edge = page.edges[i], relation = page.relations[i];
  return [
    make("h3", {}, named(linkName(i))),
    make("p", {}, pickNode(edge.from), " → ", pickNode(edge.to)),
    make("p", { class: "soft" }, lineOf(i), " · ", named(relation.id)),
    relation.facts ? factTable(relation.facts, relation.sources || []) : null,
    relation.count !== undefined ? make("p", { class: "soft" }, t("left_out_here"))
      : relation.facts ? null : make("p", {}, `${t("sources")}: `, cited(relation.sources || [])),
  ];
}
function tellPath() {
  if (state.from === null && state.to === null) return fill("path");
  const begun = state.from === null || state.to === null;
  const steps = begun || path === null ? null : path.steps;
  let told;
  if (begun) told = [make("p", {}, state.from === null ? t("path_begun_to", { name: nameOf(state.to) }) : t("path_begun", { name: nameOf(state.from) }))];
  else if (steps === null) told = [make("p", {}, t("path_none", { a: nameOf(state.from), b: nameOf(state.to) }))];
  else told = [
    make("p", { class: "soft" }, t("path_steps", { n: steps.length }), ". ", t("path_meaning")),
    make("ol", { class: "steps" }, ...steps.map((step) => {
      const edge = page.edges[step.edge], forward = edge.from === step.node;
      return make("li", {}, pickNode(step.node), forward ? " → " : " ← ", pickNode(forward ? edge.to : edge.from), " ", pickEdge(step.edge), make("span", { class: "from" }, lineOf(step.edge)), cited(page.relations[step.edge].sources || []));
    })),
  ];
  return fill("path", make("h3", {}, t("path_title")), ...told,
    make("div", { class: "acts" }, act("clear", null, () => { state.from = state.to = null; refresh(); })));
}

// --- legend, search, table --------------------------------------------------------------------

function legend(id, hidden, entries) {
  const focused = document.activeElement && document.activeElement.dataset.legend;
  fill(id, ...entries.map(({ number, name, picture, count }) => make("li", {},
    make("button", {
      type: "button", "aria-pressed": String(!hidden.has(number)), "data-legend": `${id}-${number}`,
      click: () => { if (!hidden.delete(number)) hidden.add(number); refresh(); },
    }, picture, make("span", { class: "name" }, name), make("span", { class: "count" }, String(count))))));
  if (focused) { const again = document.querySelector(`[data-legend="${focused}"]`); if (again) again.focus(); }
}
function counts(items, of, total) {
  const found = new Array(total).fill(0);
  for (const item of items) found[item[of]] += item.count === undefined ? 1 : item.count;
  return found;
}
function tellLegend() {
  const things = counts(page.things, "class", page.classes.length);
  const kinds = counts(page.relations, "kind", page.kinds.length);
  const lines = counts(page.relations, "line", page.lines.length);
  const entry = (count, number, name, picture) => ({ count, number, name, picture });
  legend("classes", state.hidden.classes, things.map((n, i) => entry(n, i, page.classes[i].label[state.lang], emblem(page.classes[i]))).filter((e) => e.count));
  legend("kinds", state.hidden.kinds, kinds.map((n, i) => entry(n, i, page.kinds[i].label[state.lang], "")).filter((e) => e.count));
  legend("lines", state.hidden.lines, lines.map((n, i) => entry(n, i, page.lines[i].label[state.lang], sample(page.lines[i]))).filter((e) => e.count));
}
let searched = null; // made when first asked for
function searchable() {
  return page.things.map((thing) => {
    const names = [thing.id, ...[thing.label, ...(thing.names || [])].flatMap((n) => page.texts[n])];
    return [...new Set(names)].map((name) => [plain(name), name]);
  });
}
function search() {
  const wanted = plain(byName("search").value.trim());
  if (!wanted) { fill("found"); byName("found-count").textContent = ""; return; }
  const hits = [];
  searched = searched || searchable();
  searched.forEach((names, i) => {
    const hit = names.find(([name]) => name.startsWith(wanted)) || names.find(([name]) => name.includes(wanted));
    if (hit) hits.push([hit[0].startsWith(wanted) ? 0 : 1, nameOf(i), i, hit[1]]);
  });
  hits.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2]));
  byName("found-count").textContent = hits.length > FOUND ? t("first_shown", { n: hits.length, shown: FOUND }) : t("found", { n: hits.length });
  fill("found", ...hits.slice(0, FOUND).map(([, name, i, by]) => {
    const about = [classOf(i).label[state.lang], page.things[i].country, by === name ? null : by, visible.nodes[i] ? null : t("hidden")];
    return make("li", {}, make("button", { type: "button", "data-node": i, click: () => pick(i, { move: true }) },
      named(name), make("span", { class: "from" }, named(about.filter(Boolean).join(" · ")))));
  }));
}
function tellTable() {
  if (!byName("table").open) { fill("table-body"); return; }
  const row = (cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
  const head = (...keys) => make("thead", {}, make("tr", {}, ...keys.map((key) => make("th", { scope: "col" }, t(key)))));
  const things = page.things.map((_, i) => i).filter((i) => visible.nodes[i]);
  const links = page.edges.map((_, i) => i).filter((i) => visible.edges[i]);
  // A long table is made in pieces, so that the page stays awake.
  const grow = (body, items, cells) => {
    const more = () => { body.append(...items.splice(0, TABLE_STEP).map((i) => row(cells(i)))); if (items.length) setTimeout(more); };
    more();
    return body;
  };
  fill("table-body",
    make("table", {}, make("caption", {}, `${t("legend_things")}: ${things.length}`), head("thing", "class", "country", "links_count"),
      grow(make("tbody", { id: "thing-rows" }), things, (i) => [pickNode(i), classOf(i).label[state.lang], page.things[i].country || "", String(touching[i].filter((e) => visible.edges[e]).length)])),
    make("table", {}, make("caption", {}, `${t("legend_links")}: ${links.length}`), head("from", "link", "to", "when", "line"),
      grow(make("tbody", { id: "link-rows" }), links, (i) => [pickNode(page.edges[i].from), pickEdge(i), pickNode(page.edges[i].to), page.relations[i].when || "", lineOf(i)])));
}

// --- export -----------------------------------------------------------------------------------

function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
const captions = () => [byName("title").textContent, byName("subtitle").textContent, byName("status").textContent, byName("coverage").textContent, byName("made").textContent];
function savePicture() {
  const from = container.querySelector("canvas");
  const ratio = from.width / from.clientWidth, size = Math.round(13 * ratio);
  const to = document.createElement("canvas");
  const context = to.getContext("2d");
  context.font = `${size}px sans-serif`;
  const lines = captions().flatMap((caption) => {
    const found = [""];
    for (const word of caption.split(" ")) {
      const longer = `${found[found.length - 1]} ${word}`.trim();
      if (context.measureText(longer).width > from.width - 2 * size && found[found.length - 1]) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found;
  }).filter(Boolean);
  const present = (of, all) => all.filter((_, i) => page[of === "class" ? "things" : "relations"].some((one) => one[of] === i));
  const entries = [...present("class", page.classes), ...present("line", page.lines)];
  to.width = from.width;
  to.height = from.height + (lines.length + 1 + Math.ceil(entries.length / 4) + 1) * size * 1.5;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, to.width, to.height);
  context.drawImage(from, 0, 0);
  context.fillStyle = "#1c242c";
  context.font = `${size}px sans-serif`;
  lines.forEach((line, i) => context.fillText(line, size, from.height + (i + 1) * size * 1.5));
  entries.forEach((entry, i) => {
    const x = size + (i % 4) * (to.width / 4), y = from.height + (lines.length + 1.5 + Math.floor(i / 4)) * size * 1.5;
    if (entry.shape) {
      const outline = new Path2D();
      outline.addPath(new Path2D(OUTLINES[entry.shape]), new DOMMatrix([size / 20, 0, 0, size / 20, x, y - size * 0.8]));
      context.fillStyle = entry.colour;
      context.fill(outline);
    } else {
      context.strokeStyle = entry.colour;
      context.lineWidth = Math.max(1, entry.width) * ratio;
      context.setLineDash((entry.dashes || []).map((dash) => dash * ratio));
      context.beginPath();
      context.moveTo(x, y - size * 0.3);
      context.lineTo(x + size * 1.5, y - size * 0.3);
      context.stroke();
      context.setLineDash([]);
    }
    context.fillStyle = "#1c242c";
    context.fillText(entry.shape ? `${entry.letter}  ${entry.label[state.lang]}` : entry.label[state.lang], x + size * 2, y);
  });
  to.toBlob((blob) => save("kvgraph-explorer.png", blob), "image/png");
}
function escaped(value) {
  return String(value)
    // What XML cannot hold, lone surrogates among it, is marked as lost.
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}
function gexf() {
  const pairs = (values) => Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== "").map(([k, v]) => `<attvalue for="${k}" value="${escaped(v)}"/>`).join("");
  const colour = (hex) => `<viz:color r="${parseInt(hex.slice(1, 3), 16)}" g="${parseInt(hex.slice(3, 5), 16)}" b="${parseInt(hex.slice(5, 7), 16)}"/>`;
  const declared = (of, names) => `<attributes class="${of}">${names.map((name) => `<attribute id="${name}" title="${name}" type="string"/>`).join("")}</attributes>`;
  const things = page.things.map((_, i) => i).filter((i) => visible.nodes[i]).map((i) => {
    const at = network.getPosition(i), built = page.nodes[i];
    return `<node id="${escaped(page.things[i].id)}" label="${escaped(nameOf(i))}"><attvalues>${pairs({ class: classOf(i).label[2], country: page.things[i].country, level: page.things[i].level, iri: iriOf(i) })}</attvalues>${colour(classOf(i).colour)}<viz:size value="${built.size}"/><viz:position x="${Math.round(at.x)}" y="${Math.round(-at.y)}" z="0"/></node>`;
  });
  const links = page.edges.map((_, i) => i).filter((i) => visible.edges[i]).map((i) => {
    const relation = page.relations[i], edge = page.edges[i];
    const cites = (relation.sources || []).map((n) => page.sources[n][0]).join("; ");
    return `<edge id="${escaped(relation.id)}" source="${escaped(page.things[edge.from].id)}" target="${escaped(page.things[edge.to].id)}" label="${escaped(linkName(i))}"><attvalues>${pairs({ kind: page.kinds[relation.kind].label[2], line: page.lines[relation.line].id, practice: relation.label === undefined ? "" : text(relation.label), when: relation.when, sources: cites })}</attvalues></edge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3"><meta><creator>kvgraph ${escaped(page.version)}</creator><description>${escaped(captions().join(" "))}</description></meta><graph defaultedgetype="directed" mode="static">${declared("node", ["class", "country", "level", "iri"])}${declared("edge", ["kind", "line", "practice", "when", "sources"])}<nodes>${things.join("\n")}</nodes><edges>${links.join("\n")}</edges></graph></gexf>\n`;
}

// --- the state in the address -----------------------------------------------------------------

function remember() {
  const kept = new URLSearchParams();
  kept.set("lang", LANGUAGES[state.lang]);
  if (state.chosen !== null) {
    if (state.chosen.node !== undefined) kept.set("thing", page.things[state.chosen.node].id);
    else kept.set("link", page.relations[state.chosen.edge].id);
  }
  for (const [name, hidden] of Object.entries(state.hidden)) if (hidden.size) kept.set(`hide-${name}`, [...hidden].sort((a, b) => a - b).map((i) => page[name][i].id).join("."));
  if (state.near) kept.set("near", "1");
  if (state.from !== null) kept.set("from", page.things[state.from].id);
  if (state.to !== null) kept.set("to", page.things[state.to].id);
  if (state.arrange !== page.start) kept.set("arrange", state.arrange);
  const hash = `#${kept}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}
function recall() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const lang = LANGUAGES.indexOf(kept.get("lang"));
  if (lang >= 0) state.lang = lang;
  const thing = byId.get(kept.get("thing")), link = edgeById.get(kept.get("link"));
  state.chosen = thing !== undefined ? { node: thing } : link !== undefined ? { edge: link } : null;
  for (const name of Object.keys(state.hidden)) {
    const ids = page[name].map((one) => one.id);
    state.hidden[name] = new Set((kept.get(`hide-${name}`) || "").split(".").map((id) => ids.indexOf(id)).filter((i) => i >= 0));
  }
  const lost = ["thing", "from", "to"].map((key) => kept.get(key)).filter((id) => id && !byId.has(id));
  state.lost = [...lost, ...[kept.get("link")].filter((id) => id && !edgeById.has(id))].join(", ");
  state.near = kept.get("near") === "1" && thing !== undefined;
  state.from = byId.has(kept.get("from")) ? byId.get(kept.get("from")) : null;
  state.to = byId.has(kept.get("to")) ? byId.get(kept.get("to")) : null;
  if (state.from === state.to) state.to = null;
  state.arrange = ["lanes", "links"].includes(kept.get("arrange")) ? kept.get("arrange") : page.start;
}

// --- everything together ----------------------------------------------------------------------

function tellPage() {
  document.documentElement.lang = LANGUAGES[state.lang];
  document.title = t("title");
  byName("title").textContent = t("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = t(element.dataset.say);
  container.setAttribute("aria-label", t("canvas"));
  byName("detail").setAttribute("aria-label", t("detail"));
  byName("languages").setAttribute("aria-label", t("language"));
  fill("languages", ...LANGUAGES.map((code, i) => make("button", { type: "button", lang: code, "aria-pressed": String(state.lang === i), "data-lang": code, click: () => { state.lang = i; refresh(); } }, code.toUpperCase())));
  const asked = page.selection.map(([option, told]) => `${option[state.lang]}: ${told[state.lang]}`).join(" · ");
  byName("subtitle").textContent = asked || t("everything");
  byName("coverage").textContent = page.coverage[state.lang];
  byName("made").textContent = t("made", { version: page.version, dataset: page.dataset });
  fill("tools",
    act("fit", null, () => showAll()),
    act(state.arrange === "lanes" ? "by_links" : "by_level", null, () => { state.arrange = state.arrange === "lanes" ? "links" : "lanes"; refresh(); showAll(); }),
    act("png", null, savePicture),
    act("gexf", null, () => save("kvgraph-explorer.gexf", new Blob([gexf()], { type: "application/xml" }))));
}
function notices() {
  const told = [];
  if (state.lost) told.push(make("p", { class: "notice" }, t("not_here", { name: state.lost })));
  if (page.synthetic) told.push(make("p", { class: "notice" }, t("synthetic")));
  if (page.empty) told.push(make("p", { class: "notice" }, page.empty));
  if (page.leftOut) {
    const country = page.narrow.length ? page.narrow[0][0] : "FI";
    told.push(make("p", { class: "notice" }, t("together", { n: page.leftOut, country })));
    told.push(make("h4", {}, t("narrow")));
    told.push(make("ul", {}, ...page.narrow.map(([code, n]) => make("li", {}, `${code}: ${n}`))));
  } else if (page.labels < page.nodes.length) told.push(make("p", { class: "soft" }, t("few_labels")));
  return told;
}
function refresh() {
  const focused = document.activeElement && document.activeElement.dataset;
  const again = focused && (focused.act ? `[data-act="${focused.act}"]` : focused.lang ? `[data-lang="${focused.lang}"]` : null);
  paint();
  tellPage();
  tellLegend();
  tellPath();
  const chosen = state.chosen;
  fill("told", ...(chosen === null ? [...notices(), make("p", { class: "soft" }, t("nothing_chosen"))] : chosen.node !== undefined ? tellNode(chosen.node) : tellEdge(chosen.edge)));
  const count = (flags) => flags.filter(Boolean).length;
  byName("status").textContent = t("showing", { nodes: count(visible.nodes), of_nodes: page.nodes.length, edges: count(visible.edges), of_edges: page.edges.length });
  const chosenName = chosen === null ? "" : chosen.node !== undefined ? `${nameOf(chosen.node)}, ${classOf(chosen.node).label[state.lang]}, ${t("connections", { n: touching[chosen.node].filter((e) => visible.edges[e]).length })}` : linkName(chosen.edge);
  if (byName("spoken").textContent !== chosenName) byName("spoken").textContent = chosenName;
  search();
  tellTable();
  remember();
  if (again) { const element = document.querySelector(again); if (element) element.focus(); }
}

/** Go to the nearest thing that is shown in the direction of an arrow key. */
function step(dx, dy) {
  const now = state.chosen && state.chosen.node;
  if (now === null || now === undefined || !visible.nodes[now]) {
    const first = visible.nodes.indexOf(true);
    if (first >= 0) choose({ node: first }, { move: true });
    return;
  }
  const here = network.getPosition(now);
  let best = null, least = Infinity;
  page.nodes.forEach((node) => {
    if (node.id === now || !visible.nodes[node.id]) return;
    const at = network.getPosition(node.id);
    const ahead = (at.x - here.x) * dx + (at.y - here.y) * dy;
    const aside = Math.abs((at.x - here.x) * dy) + Math.abs((at.y - here.y) * dx);
    if (ahead > 0 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = node.id; }
  });
  if (best !== null) choose({ node: best }, { move: true });
}
const KEYS = {
  ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
  Enter: () => byName("detail").focus(),
  "+": () => network.moveTo({ scale: network.getScale() * 1.25, animation: false }),
  "-": () => network.moveTo({ scale: network.getScale() / 1.25, animation: false }),
  0: () => showAll(),
  n: () => { if (state.chosen && state.chosen.node !== undefined) { state.near = !state.near; refresh(); showAll(); } },
  p: () => {
    if (!state.chosen || state.chosen.node === undefined) return;
    if (state.from === null) state.from = state.chosen.node;
    else if (state.from !== state.chosen.node) state.to = state.chosen.node;
    refresh();
  },
  Escape: () => { state.from = state.to = null; choose(null); },
};
container.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, key)) return;
  event.preventDefault();
  KEYS[key]();
});
byName("skip").addEventListener("click", () => container.focus());
byName("search").addEventListener("input", search);
byName("search").addEventListener("keydown", (event) => {
  const first = byName("found").querySelector("button");
  if ((event.key === "Enter" || event.key === "ArrowDown") && first) {
    event.preventDefault();
    if (event.key === "Enter") first.click(); else first.focus();
  }
});
byName("table").addEventListener("toggle", tellTable);
window.addEventListener("hashchange", () => { recall(); refresh(); if (state.chosen) bring(state.chosen); });

recall();
refresh();
start();
if (state.chosen !== null) choose(state.chosen, { move: true });
})();
