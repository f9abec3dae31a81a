import { describe, expect, it } from "vitest";
import { shown } from "../src/lib/shown.ts";
import { START } from "../src/lib/state.ts";
import { asSvg, caption, citation, fileName, sparqlOf, wrapped } from "../src/lib/taking.ts";
import { saying } from "../src/lib/words.ts";
import { small } from "./scenes.ts";

const scene = small();
const place = { ...START, hidden: { country: ["SE"] }, years: [2000, 2020] as [number, number] };
const say = saying("en");
const words = caption(scene, shown(scene, place), place, say, "2026-11-24");

describe("a picture that is taken along", () => {
  it("carries title, selection, filter, coverage, version, digest, date and legend, and parses", () => {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("width", "300");
    picture.setAttribute("height", "100");
    Object.defineProperty(picture, "viewBox", { value: { baseVal: { width: 300, height: 100 } } });
    const svg = asSvg(picture, words, scene, say, "en");
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    expect(parsed.querySelector("parsererror")).toBeNull();
    const text = parsed.documentElement.textContent!;
    for (const part of ["Practice & sons", "everything in the data", "without “Sweden”", "years 2000–2020", "3 transfers are known.", "kvgraph 1", "0123456789ab", "2026-11-24", "transfer, proven", "Synthetic"]) {
      expect(text).toContain(part);
    }
  });
  it("breaks lines between words and loses none", () => {
    const text = "one two three four five six seven eight nine ten";
    expect(wrapped(text, 12, 60).length).toBeGreaterThan(3);
    expect(wrapped(text, 12, 60).join(" ")).toBe(text);
  });
});

describe("the query of a view", () => {
  it("names what is shown where anything is narrowed, and asks for all where nothing is", () => {
    expect(sparqlOf(scene, shown(scene, START), "transfers")).toBe("SELECT ?transfer {\n  ?transfer a kv:Transfer }");
    const narrowed = sparqlOf(scene, shown(scene, { ...START, hidden: { country: ["SE"] } }), "transfers");
    expect(narrowed).toContain("VALUES ?transfer {\n    <https://example.org/id/transfer/t2>\n  }");
  });
});

describe("a citation", () => {
  it("tells what, of which data, from where and when", () => {
    const { text, bibtex } = citation(scene, words, "http://127.0.0.1:8000/#/map", "2026-11-24", say, "en");
    for (const part of [text, bibtex]) for (const told of ["Package", "sha256:0123456789abcdef", "http://127.0.0.1:8000/", "2026-11-24"]) expect(part).toContain(told);
    expect(bibtex).toContain("Practice \\& sons");
  });
  it("is kept under a name that every system takes", () => {
    expect(fileName("Työ & käytäntö / ../x", "map", "svg")).toBe("kvgraph-tyo-kaytanto-x-map.svg");
  });
});
