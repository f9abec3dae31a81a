import { describe, expect, it } from "vitest";
import { entries } from "../src/lib/facets.ts";
import { shown } from "../src/lib/shown.ts";
import { START } from "../src/lib/state.ts";
import { saying } from "../src/lib/words.ts";
import { small } from "./scenes.ts";

describe("what is shown", () => {
  it("is everything, with counts of each value, where nothing is hidden", () => {
    const found = shown(small(), START);
    expect(found.transfers).toEqual([0, 1, 2]);
    expect([...found.things].sort()).toEqual([0, 1, 2]);
    expect(found.narrowed).toBe(false);
    expect(Object.fromEntries(found.counts.outcome)).toEqual({ proven: 1, possible: 2 });
    expect(Object.fromEntries(found.counts.level)).toEqual({ local: 3, "-": 2 });
    expect(Object.fromEntries(found.counts.theme)).toEqual({ x: 3 });
  });
  it("hides what has a hidden value, and keeps counting it", () => {
    const found = shown(small(), { ...START, hidden: { country: ["SE"] } });
    expect(found.transfers).toEqual([1]);
    expect(found.paths).toEqual([]);
    expect(found.counts.country.get("SE")).toBe(2);
    expect(found.narrowed).toBe(true);
  });
  it("leaves undated out of narrowed years, counts them, and keeps what may have gone on", () => {
    const found = shown(small(), { ...START, years: [2011, 2012] });
    expect(found.transfers).toEqual([0]);
    expect(found.undated).toBe(1);
    expect(shown(small(), { ...START, years: [2020, 2021] }).transfers).toEqual([2]);
    expect(shown(small(), { ...START, years: [2012, 2014] }).transfers).toEqual([]);
  });
});

describe("the legend", () => {
  /** A had P by an adoption, and B was near it: theme x, actors of Finland and Sweden. */
  const told = () => {
    const scene = small();
    scene.adoptions = [{ id: "a1", iri: "a1", actor: 0, practice: 3, first: null, last: null, worded: "", status: "adopted", certainty: "low", sources: [] }];
    scene.inferred = [{ id: "i1", iri: "i1", practice: 3, giver: 0, receiver: 1, first: null, last: null, by: "exposure", sources: [] }];
    return scene;
  };
  const left = (hidden: Partial<Record<string, string[]>>) => {
    const found = shown(told(), { ...START, hidden });
    return [found.adoptions.length, found.inferred.length];
  };
  it("hides adoptions and inferred ties by what they have", () => {
    expect(left({})).toEqual([1, 1]);
    expect(left({ theme: ["x"] })).toEqual([0, 0]);
    expect(left({ status: ["adopted"] })).toEqual([0, 1]);
    expect(left({ certainty: ["low"] })).toEqual([0, 1]);
    expect(left({ certainty: ["high"], theme: ["y"] })).toEqual([1, 1]);
    expect(left({ country: ["FI"] })).toEqual([0, 0]);
    expect(left({ country: ["SE"] })).toEqual([1, 0]);
  });
  it("hides adoptions with all outcomes, not with one", () => {
    expect(left({ outcome: ["proven"] })[0]).toBe(1);
    expect(left({ outcome: ["proven", "possible"] })[0]).toBe(0);
  });
});

describe("a facet", () => {
  it("lists its values in their own order, the unknown last, in words", () => {
    const scene = small();
    const found = entries(scene, shown(scene, START), "level", "fi", saying("fi"));
    expect(found.map((value) => value.id)).toEqual(["local", "-"]);
    expect(found[1]!.label).toBe("taso tuntematon");
  });
});

describe("counts", () => {
  it("count a transfer to several receivers once", () => {
    const scene = small();
    scene.transfers.push({ ...scene.transfers[0]!, receiver: 2 });
    const found = shown(scene, START);
    expect(found.transfers.length).toBe(4);
    expect(found.counts.outcome.get("proven")).toBe(1);
  });
});
