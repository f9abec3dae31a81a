/** What a view can be taken along as, with everything that explains it: pictures, query, citation. */
import { countsOf } from "./counting.ts";
import { between } from "./days.ts";
import { entries } from "./facets.ts";
import { INK, LINES, SOFT, outline } from "./looks.ts";
import type { Scene } from "./scene.ts";
import type { Shown } from "./shown.ts";
import { FACETS, type State } from "./state.ts";
import { told, type Say } from "./words.ts";

const SVG = "http://www.w3.org/2000/svg";
const FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif";

/** The words that go with a view, wherever it is taken. */
export interface Caption {
  title: string;
  /** What was selected and what was hidden, a line each. */
  asked: string[];
  /** How much is known, what was left out, by what it was made and when. */
  foot: string[];
}

/** Give the words that go with what is shown; `today` is a day as 2026-11-24. */
export function caption(scene: Scene, shown: Shown, place: State, say: Say, today: string): Caption {
  const lang = place.lang;
  const asked = [
    say("taking.selection", {
      selection: scene.selection.map((one) => `${say(`chosen.option.${one.name}`)}: ${told(one.told, lang)}`).join("; ") || say("chosen.everything"),
    }),
  ];
  const filters = FACETS.flatMap((facet) => {
    const hidden = place.hidden[facet];
    if (!hidden?.length) return [];
    const known = new Map(entries(scene, shown, facet, lang, say).map((value) => [value.id, value.label]));
    return [`${say(`legend.facet.${facet}`)}: ${say("taking.without", { names: hidden.map((id) => `“${known.get(id) ?? id}”`).join(", ") })}`];
  });
  if (place.years) filters.push(say("taking.years", { from: String(place.years[0]), until: String(place.years[1]) }));
  if (filters.length) asked.push(say("taking.filter", { filter: filters.join("; ") }));
  const foot: string[] = [];
  if (shown.narrowed) {
    const { transfers, proven, possible, left_out } = countsOf(scene, shown);
    foot.push(`${say("chosen.shown", { n: transfers, proven, possible, left: left_out })} ${say("taking.of_selection", { coverage: told(scene.coverage, lang) })}`);
  } else foot.push(told(scene.coverage, lang));
  if (shown.undated) foot.push(say("app.undated", { n: shown.undated }));
  foot.push(say("legend.stage", { stage: told(scene.frame.codes.stage.find((code) => code.id === scene.stage)?.label ?? scene.stage, lang) }));
  foot.push(`${say("taking.made", { version: scene.frame.version, dataset: digest(scene), date: today })} ${packages(scene, lang)}`);
  if (scene.frame.horizon !== null) foot.push(say("taking.horizon", { day: between(scene.frame.horizon, scene.frame.horizon, lang, "") }));
  if (scene.frame.synthetic) foot.push(say("app.synthetic"));
  return { title: told(scene.title, lang), asked, foot };
}

const digest = (scene: Scene): string => scene.frame.dataset.replace("sha256:", "").slice(0, 12);
const packages = (scene: Scene, lang: State["lang"]): string =>
  scene.frame.packages.map((one) => `${told(one.title, lang) || one.name} ${one.version} (${one.licence})`).join("; ");

/** Give a picture with its caption and legend as an SVG document of its own. */
export function asSvg(picture: SVGSVGElement, words: Caption, scene: Scene, say: Say, lang: State["lang"]): string {
  const box = picture.viewBox.baseVal;
  const drawn = picture.getBoundingClientRect();
  const wide = Math.ceil(Number(picture.getAttribute("width")) || (box && box.width) || drawn.width);
  const high = Math.ceil(Number(picture.getAttribute("height")) || (box && box.height) || drawn.height);
  const width = Math.max(wide, 720) + 32;
  const document = picture.ownerDocument;
  const root = document.createElementNS(SVG, "svg");
  const add = (tag: string, attributes: Record<string, string | number>, text?: string, to: Element = root) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    if (text !== undefined) element.textContent = text;
    to.append(element);
    return element;
  };
  add("title", {}, words.title);
  add("desc", {}, [...words.asked, ...words.foot].join("\n"));
  const paper = add("rect", { x: 0, y: 0, width, fill: "#ffffff" });
  let y = 32;
  for (const line of wrapped(words.title, 20, width - 32)) {
    add("text", { x: 16, y, "font-size": 20, "font-weight": 700, fill: INK }, line);
    y += 26;
  }
  for (const line of words.asked.flatMap((text) => wrapped(text, 12.5, width - 32))) {
    add("text", { x: 16, y, "font-size": 12.5, fill: SOFT }, line);
    y += 17;
  }
  const copy = picture.cloneNode(true) as SVGSVGElement;
  for (const name of ["class", "tabindex", "data-picture"]) copy.removeAttribute(name);
  for (const [name, value] of Object.entries({ x: 16, y, width: wide, height: high })) copy.setAttribute(name, String(value));
  for (const element of copy.querySelectorAll("[data-screen]")) element.remove();
  root.append(copy);
  y += high + 14;
  let x = 16;
  const step = (size: number) => {
    if (x > 16 && x + size > width - 16) {
      x = 16;
      y += 20;
    }
  };
  const marks = new Set([...copy.querySelectorAll("[data-look]")].map((element) => element.getAttribute("data-look")));
  for (const look of scene.frame.classes.filter((one) => marks.has(one.id))) {
    const label = told(look.label, lang);
    const size = 30 + measured(label, 12);
    step(size);
    add("path", { d: outline(look.shape, 6.5), fill: look.colour, transform: `translate(${x + 8},${y})` });
    add("text", { x: x + 8, y: y + 3, "font-size": 8, "font-weight": 700, fill: "#ffffff", "text-anchor": "middle" }, look.letter);
    add("text", { x: x + 20, y: y + 4, "font-size": 12, fill: INK }, label);
    x += size;
  }
  const lines = [...LINES.map((line) => ({ ...line, id: line.id as string })), { id: "path", width: scene.frame.path.width, colour: scene.frame.path.colour, dash: "" }];
  for (const line of picture.dataset["lines"] === "no" ? [] : lines) {
    const label = say(`legend.line.${line.id}`);
    const size = 56 + measured(label, 12);
    step(size);
    add("line", { x1: x, x2: x + 32, y1: y, y2: y, stroke: line.colour, "stroke-width": line.width, ...(line.dash ? { "stroke-dasharray": line.dash } : {}) });
    add("text", { x: x + 38, y: y + 4, "font-size": 12, fill: INK }, label);
    x += size;
  }
  y += 26;
  for (const line of words.foot.flatMap((text) => wrapped(text, 11.5, width - 32))) {
    add("text", { x: 16, y, "font-size": 11.5, fill: SOFT }, line);
    y += 16;
  }
  const height = y + 4;
  paper.setAttribute("height", String(height));
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT, lang })) root.setAttribute(name, String(value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/** Give a picture as PNG, twice as large, so that it stays sharp in print. */
export async function asPng(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  // Browsers refuse canvases above some 268 million pixels, and 32,767 a side.
  const scale = Math.min(2, 32_000 / Math.max(image.width, image.height), Math.sqrt(200_000_000 / (image.width * image.height)));
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
}

/** About how wide a text is: enough to break lines, whatever fonts there are. */
export function measured(text: string, size: number): number {
  let wide = 0;
  for (const letter of text) wide += /[\u1100-\uffdc]/.test(letter) ? 1 : /[A-ZÅÄÖMWmw@%]/.test(letter) ? 0.8 : /[ijl.,:;'|!ftr ()]/.test(letter) ? 0.4 : 0.63;
  return wide * size;
}

/** Break a text into lines that fit. */
export function wrapped(text: string, size: number, wide: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measured(longer, size) > wide) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

/** Give SPARQL whose rows are what is shown; all that the data hold, where nothing is narrowed. */
export function sparqlOf(scene: Scene, shown: Shown, what: "transfers" | "memberships"): string {
  const iris = what === "transfers" ? shown.transfers.map((i) => scene.transfers[i]!.iri) : shown.memberships.map((i) => scene.memberships[i]!.iri);
  const whole = scene.selection.length === 0 && !shown.narrowed;
  const variable = what === "transfers" ? "?transfer" : "?membership";
  const values = whole ? "" : `VALUES ${variable} {\n${iris.map((iri) => `    <${iri}>`).join("\n")}\n  }`;
  return scene.sparql[what].replace(/^([ \t]*)#VALUES#[^\n]*\n?/m, (_, indent: string) => (values ? `${indent}${values}\n` : ""));
}

/** Give how a view is cited, as text and as BibTeX. */
export function citation(scene: Scene, words: Caption, address: string, today: string, say: Say, lang: State["lang"]): { text: string; bibtex: string } {
  const text = say("taking.citation", {
    title: words.title, asked: words.asked.join(" "), version: scene.frame.version, packages: packages(scene, lang), dataset: scene.frame.dataset, date: today,
    address: address || say("taking.file"),
  });
  const year = today.slice(0, 4);
  const plain = (value: string) => value.replace(/[{}\\]/g, "").replace(/[&%$#_]/g, "\\$&");
  const bibtex = [
    `@misc{kvgraph-${digest(scene)}-${year},`,
    `  title = {{${plain(words.title)}}},`,
    `  howpublished = {kvgraph ${plain(scene.frame.version)}; ${plain(packages(scene, lang))}},`,
    `  note = {${plain(words.asked.join(" "))} Dataset ${plain(scene.frame.dataset)}.},`,
    ...(address ? [`  url = {${address.replace(/[{}\\]/g, encodeURIComponent)}},`] : []),
    `  urldate = {${today}},`,
    `  year = {${year}}`,
    "}",
  ].join("\n");
  return { text, bibtex };
}

/** Let the browser keep a file. */
export function keep(name: string, data: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  // The browser reads it after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Give a name for a file: what it shows, in letters that every system takes. */
export function fileName(title: string, view: string, suffix: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
  return `kvgraph-${plain || "view"}-${view}.${suffix}`;
}
