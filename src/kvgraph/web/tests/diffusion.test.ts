import { describe, expect, it } from "vitest";
import { daysOf, held, moved, showing, spanOf, spanText, ticksOf, wholeOf, widened, type Span } from "../src/lib/diffusion/axis.ts";
import { adaptedOf, barsOf, begunBy, chooses, kindOf, type Bar } from "../src/lib/diffusion/bars.ts";
import { keyOf } from "../src/lib/diffusion/key.ts";
import { curve, fitted, shapeOf, xOf } from "../src/lib/diffusion/draw.ts";
import { itemsOf } from "../src/lib/diffusion/items.ts";
import { layOut, tracked } from "../src/lib/diffusion/layout.ts";
import { lanesOf, length } from "../src/lib/diffusion/order.ts";
import { marksOf, step } from "../src/lib/diffusion/walk.ts";
import { firstOf } from "../src/lib/days.ts";
import type { Scene, Transfer } from "../src/lib/scene.ts";
import { shown } from "../src/lib/shown.ts";
import { LANGUAGES, START } from "../src/lib/state.ts";
import { measured } from "../src/lib/taking.ts";
import { sentenceOf } from "../src/lib/telling.ts";
import { saying } from "../src/lib/words.ts";
import { small } from "./scenes.ts";

/** Numbers that look random and are the same every time. */
function drawing(seed: number): (most: number) => number {
  let now = seed;
  return (most) => ((now = (now * 1103515245 + 12345) % 2147483648), Math.floor((now / 2147483648) * most));
}

/** A scene of so many actors, with transfers between any two of them at any time. */
function many(actors: number, transfers: number): Scene {
  const scene = small();
  const next = drawing(7);
  const [one, two] = [scene.things[0]!, scene.transfers[0]!];
  const levels = ["eu", "national", "local", null];
  scene.things = [
    ...Array.from({ length: actors }, (_, i) => ({ ...one, id: `a${i}`, label: `Actor ${i}`, level: levels[next(4)]! })),
    { ...scene.things[3]!, id: "p" },
  ];
  scene.transfers = Array.from({ length: transfers }, (_, i): Transfer => {
    const begin = firstOf(2000) + next(7000);
    const end = begin + next(900);
    return { ...two, id: `t${i}`, practice: actors, giver: next(actors), receiver: next(actors), days: [begin, begin, end, next(4) ? end : null], earliest: begin, latest: firstOf(2026), outcome: next(2) ? "proven" : "possible" };
  });
  return scene;
}

const drawn = (scene: Scene, years: [number, number] | null = null) => barsOf(scene, shown(scene, { ...START, years }), false);
function laid(scene: Scene, wide = 800) {
  const bars = drawn(scene);
  const kept = new Set(bars.flatMap((bar) => [bar.row, ...(bar.giver === null ? [] : [bar.giver])]));
  return { bars, placed: layOut(lanesOf(scene), kept, bars, { whole: wholeOf(scene), wide, narrow: false, top: 40 }) };
}

describe("the order of rows", () => {
  it("puts every actor in the lane of its level, and those without one apart", () => {
    const lanes = lanesOf(small());
    expect(lanes.map((lane) => [lane.level, lane.rows])).toEqual([["eu", []], ["national", []], ["local", [0, 1]], ["", [2]]]);
  });

  it("is the same whatever the order of the transfers, where their ids do not matter", () => {
    const scene = many(60, 90);
    const turned = { ...scene, transfers: [...scene.transfers].reverse() };
    expect(lanesOf(turned)).toEqual(lanesOf(scene));
    expect(lanesOf(scene)).toEqual(lanesOf(structuredClone(scene)));
  });

  it("sets a giver amidst its receivers rather than at their end", () => {
    const scene = small();
    const [one, two] = [scene.things[1]!, scene.transfers[0]!];
    scene.things = Array.from({ length: 12 }, (_, i) => (i === 3 ? scene.things[3]! : { ...one, id: `a${i}`, label: `A${String(i).padStart(2, "0")}` }));
    const receivers = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11];
    scene.transfers = receivers.map((receiver) => ({ ...two, id: `t${receiver}`, giver: 0, receiver }));
    const rows = lanesOf(scene).find((lane) => lane.level === "local")!.rows;
    expect(rows.indexOf(0)).toBeGreaterThanOrEqual(4);
    expect(rows.indexOf(0)).toBeLessThanOrEqual(6);
    const ties = receivers.map((b) => ({ a: 0, b }));
    expect(length([rows], ties)).toBeLessThan(length([[0, ...receivers]], ties));
  });
});

describe("bars", () => {
  it("never let what is only possible, planned or given up look proven", () => {
    const [proven] = small().transfers as [Transfer];
    expect(kindOf(proven)).toBe("proven");
    expect(kindOf({ ...proven, outcome: "possible", status: "outcome unknown" })).toBe("possible");
    expect(kindOf({ ...proven, outcome: "left_out", reason: "refused" })).toBe("given_up");
    expect(kindOf({ ...proven, outcome: "left_out", reason: "planned" })).toBe("planned");
    expect(kindOf({ ...proven, outcome: "left_out", reason: "contradicted" })).toBe("uncounted");
  });

  it("are dense only where it certainly was under way, open where a side is, apart without a day", () => {
    const bars = new Map(drawn(small()).map((bar) => [bar.key, bar]));
    expect(bars.get("transfer:t1")!.core).toEqual([firstOf(2011) - 1, firstOf(2011)]);
    expect(bars.get("transfer:t2")!.known).toBeNull();
    const open = bars.get("transfer:t3")!;
    expect(open.core).toBeNull();
    expect(open.open).toEqual([undefined, open.open[1]]);
    expect(open.open[1]).not.toBeUndefined();
  });

  it("of one transfer to several receivers are chosen together and named apart", () => {
    const scene = small();
    scene.transfers.push({ ...scene.transfers[0]!, receiver: 2 });
    const bars = drawn(scene).filter((bar) => bar.at === "transfer:t1");
    expect(new Set(bars.map((bar) => bar.key)).size).toBe(2);
    expect(bars.every((bar) => chooses(scene, "transfer:t1", bar))).toBe(true);
  });

  it("of one transfer to several receivers count once in the key and in a lane", () => {
    const scene = small();
    scene.things[2]!.level = "local";
    scene.transfers = [scene.transfers[0]!, { ...scene.transfers[0]!, receiver: 2 }];
    const { bars, placed } = laid(scene);
    expect(placed.lanes.find((lane) => lane.level === "local")!.received).toBe(1);
    const key = keyOf({ scene, bars, adapted: new Map(), say: saying("en"), lang: "en", wide: 900, top: 0, year: null });
    expect(key.entries.find((entry) => entry.kind === "proven")!.text).toMatch(/: 1$/);
  });

  it("show no origin at a hidden actor or of a practice that nothing shown has", () => {
    const scene = small();
    scene.things[3]!.origin = { actors: [1], first: null, last: null, worded: "" };
    const origins = (hidden: Record<string, string[]>) => barsOf(scene, shown(scene, { ...START, hidden }), false).filter((bar) => bar.kind === "origin").length;
    expect([origins({}), origins({ country: ["SE"] }), origins({ theme: ["x"] })]).toEqual([1, 0, 0]);
  });

  it("have certainly begun by the last day on which they can have", () => {
    const scene = small();
    const bar = drawn(scene)[0]!;
    expect([2009, 2010].map((year) => begunBy(scene, bar, firstOf(year + 1) - 1))).toEqual(["not", "certainly"]);
    expect(begunBy(scene, bar, firstOf(2010) + 10)).toBe("perhaps");
    expect(begunBy(scene, drawn(scene)[1]!, firstOf(2026))).toBe("not");
  });

  it("know which practice was adapted from another that is drawn", () => {
    const scene = small();
    scene.things.push({ ...scene.things[3]!, id: "q", label: "Q", parents: [{ thing: 3, relation: "adaptedFrom" }] });
    scene.transfers.push({ ...scene.transfers[0]!, id: "t4", practice: 4 });
    expect([...adaptedOf(scene, drawn(scene))]).toEqual([[4, 3]]);
  });
});

describe("the layout", () => {
  it("lets no two bars of a row cover each other, and no two rows", () => {
    const scene = many(40, 300);
    const { bars, placed } = laid(scene);
    const scale = 800 / (wholeOf(scene)[1] - wholeOf(scene)[0]);
    const tracks = tracked(bars, scale);
    const field = { left: 0, right: 800, undated: 900, span: wholeOf(scene) };
    const on = new Map<string, Bar[]>();
    for (const bar of bars) on.set(`${bar.row} ${tracks.get(bar.key)}`, [...(on.get(`${bar.row} ${tracks.get(bar.key)}`) ?? []), bar]);
    for (const list of on.values()) {
      const shapes = list.map((bar) => shapeOf(field, bar)).sort((a, b) => a.fadeIn - b.fadeIn);
      shapes.slice(1).forEach((shape, i) => expect(shape.fadeIn).toBeGreaterThan(shapes[i]!.fadeOut));
    }
    placed.rows.slice(1).forEach((row, i) => expect(row.y).toBeGreaterThanOrEqual(placed.rows[i]!.y + placed.rows[i]!.height));
    for (const row of placed.rows) expect(row.height).toBeGreaterThanOrEqual(18);
  });

  it("runs lines of different givers on one day beside each other, those of one together", () => {
    const scene = small();
    scene.things.push({ ...scene.things[1]!, id: "d", label: "D" });
    const one = scene.transfers[0]!;
    scene.transfers = [one, { ...one, id: "t8", receiver: 2 }, { ...one, id: "t9", giver: 4, receiver: 2 }];
    const { placed } = laid(scene);
    const at = (id: string) => placed.trunk.get(`transfer:${id}`)!;
    expect(at("t8")).toBe(at("t1"));
    expect(Math.abs(at("t9") - at("t1"))).toBeGreaterThanOrEqual(3);
  });

  it("keeps lanes of governance that are empty: a blank is told", () => {
    expect(laid(small()).placed.lanes.map((lane) => [lane.level, lane.rows.length, lane.received])).toEqual([["eu", 0, 0], ["national", 0, 0], ["local", 2, 1], ["", 1, 2]]);
  });

  it("writes beside bars only what fits, and never over the next bar of the row", () => {
    const scene = many(20, 120);
    const { bars, placed } = laid(scene);
    const field = { left: 200, right: 1000, undated: 1060, span: wholeOf(scene) };
    const items = itemsOf(bars, placed, field, () => ["a long name of a practice · adopted", "a long name of a practice"]);
    const rows = new Map<number, typeof items>();
    for (const item of items) rows.set(item.y, [...(rows.get(item.y) ?? []), item]);
    for (const item of items.filter((one) => one.words?.anchor === "start")) {
      const end = item.words!.x + measured(item.words!.text, 11);
      expect(end).toBeLessThanOrEqual(1000.5);
      for (const other of rows.get(item.y)!) if (other.shape.x1 > item.shape.x1) expect(end).toBeLessThanOrEqual(other.shape.fadeIn);
    }
  });
});

describe("the axis", () => {
  const whole: Span = [firstOf(1981), firstOf(2029)];
  it("keeps a span in the address and gives it back", () => {
    const span: Span = [firstOf(2009), firstOf(2016)];
    expect(spanText(span, whole)).toBe("2009-01-01..2015-12-31");
    expect(spanOf(spanText(span, whole), whole)).toEqual(span);
    expect(spanText(whole, whole)).toBe("");
    for (const odd of ["", "2016-01-01..2009-01-01", "x", "2009..2015"]) expect(spanOf(odd, whole)).toEqual(whole);
  });

  it("never leaves the whole", () => {
    let span: Span = whole;
    for (const turn of [0.5, 0.5, 2, 8, 0.01, 0.5]) {
      span = moved(widened(span, turn, whole), turn, whole);
      expect(span[0]).toBeGreaterThanOrEqual(whole[0] - 1e-6);
      expect(span[1]).toBeLessThanOrEqual(whole[1] + 1e-6);
    }
    expect(held([firstOf(1900), firstOf(2100)], whole)).toEqual(whole);
    const [first, after] = showing([firstOf(1990), firstOf(1992)], firstOf(2010), firstOf(2011), whole);
    expect(first <= firstOf(2011) && after > firstOf(2010)).toBe(true);
  });

  it("writes years, or months where there is room, and none upon another", () => {
    for (const wide of [250, 800, 1400]) {
      for (const span of [whole, [firstOf(2009), firstOf(2012)] as Span]) {
        const field = { left: 0, right: wide, undated: 0, span };
        const xs = ticksOf(span, wide).map((tick) => xOf(field, tick.day));
        expect(xs.length).toBeGreaterThan(1);
        xs.slice(1).forEach((x, i) => expect(x - xs[i]!).toBeGreaterThan(38));
      }
    }
    expect(ticksOf([firstOf(2009), firstOf(2010)], 900).map((tick) => tick.label)).toContain("2009-06");
  });
});

describe("the keyboard", () => {
  it("comes by every mark once, in reading order, and stays at the ends", () => {
    const { bars, placed } = laid(small());
    const marks = marksOf(placed, bars);
    expect(marks.map((mark) => mark.key)).toEqual(["row:0", "row:1", "transfer:t1", "row:2", "transfer:t3", "transfer:t2"]);
    let at = 0;
    for (let i = 1; i < marks.length; i++) expect((at = step(marks, at, "ArrowRight", false))).toBe(i);
    expect(step(marks, at, "ArrowRight", false)).toBe(at);
    expect(step(marks, 2, "ArrowDown", false)).toBe(4);
    expect(step(marks, 4, "ArrowUp", false)).toBe(2);
    expect(step(marks, 0, "ArrowDown", false)).toBe(1);
    expect(step(marks, 5, "Home", false)).toBe(3);
    expect(step(marks, 1, "End", true)).toBe(5);
    expect(step(marks, -1, "ArrowDown", false)).toBe(0);
  });
});

describe("what is told of a transfer", () => {
  it("says who, what, when as worded and how sure in every language", () => {
    const scene = small();
    for (const lang of LANGUAGES) {
      const sentence = sentenceOf(scene, scene.transfers[0]!, lang, saying(lang));
      for (const part of ["A (FI)", "B (SE)", "Practice", "2010", "2011", "high"]) expect(sentence).toContain(part === "Practice" ? "P" : part);
      expect(sentence).not.toMatch(/[{}]|undefined|null/);
    }
  });

  it("does not tell success where the outcome is unknown, nor a date where there is none", () => {
    const scene = small();
    const sentence = sentenceOf(scene, { ...scene.transfers[1]!, start: "", end: "", giver: null }, "en", saying("en"));
    expect(sentence).toContain("no source says");
    expect(sentence).not.toContain("Proven");
    expect(sentence).toContain("No date is stated.");
    expect(sentence).toContain("an actor that is not recorded");
  });
});

describe("lines", () => {
  it("run from the giver's row to the arrow at the bar", () => {
    expect(curve(100, 20, 80, 20)).toMatch(/^M71,20Q80,20 80,29V71Q80,80 89,80H95$/);
    expect(curve(100, 50, 50, 20)).toMatch(/^M70,50C.*95,50$/);
  });
  it("cut names to their room", () => {
    expect(fitted("Amadora", 12, 200)).toBe("Amadora");
    expect(measured(fitted("A very long name indeed", 12, 60), 12)).toBeLessThanOrEqual(60);
    expect(fitted("Amadora", 12, 2)).toBe("");
  });
});

describe("the axis of time", () => {
  it("knows of no day where no source gives one", () => {
    const scene = small();
    scene.frame.horizon = null;
    scene.transfers = [{ ...scene.transfers[1]!, attainments: [] }];
    expect(daysOf(scene)).toEqual([]);
    expect(wholeOf(scene)[0]).toBeLessThan(wholeOf(scene)[1]);
    expect(daysOf(small()).length).toBeGreaterThan(0);
  });
});
