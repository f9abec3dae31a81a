import { describe, expect, it } from "vitest";
import { beginnings, begun, kept, moved, rangeOf } from "../src/lib/years.ts";
import { small } from "./scenes.ts";

describe("the years", () => {
  it("reach from the first to the last day that is known", () => {
    expect(rangeOf(small())).toEqual([2010, 2015]);
    expect(rangeOf({ ...small(), transfers: [] })).toBeNull();
  });

  it("count what began in a year apart from what can have, and never the undated", () => {
    const scene = small();
    const found = beginnings(scene, [0, 1, 2], [2010, 2015]);
    expect(found.map((year) => year.certain)).toEqual([1, 0, 0, 0, 0, 0]);
    expect(found.at(-1)!.possible).toBe(1);
    expect(found.reduce((sum, year) => sum + year.certain + year.possible, 0)).toBe(2);
  });

  it("tell what may have begun by the end of a year, how much of it did, and apart from that what is proven", () => {
    const scene = small();
    expect([2009, 2010, 2015].map((year) => begun(scene, [0, 1, 2], year))).toEqual([
      { n: 0, sure: 0, proven: 0, open: 0 }, { n: 1, sure: 1, proven: 1, open: 0 }, { n: 2, sure: 1, proven: 1, open: 1 },
    ]);
  });

  it("count one to several receivers once, and nothing that is left out", () => {
    const scene = small();
    const [one] = scene.transfers as [(typeof scene.transfers)[0]];
    scene.transfers = [one, { ...one, receiver: 2 }, { ...one, id: "t9", iri: "t9", outcome: "left_out", reason: "abandoned" }];
    expect(begun(scene, [0, 1, 2], 2015)).toEqual({ n: 1, sure: 1, proven: 1, open: 0 });
    expect(beginnings(scene, [0, 1, 2], [2010, 2010])).toEqual([{ year: 2010, certain: 1, possible: 0 }]);
  });

  it("know by its end that a transfer had begun, and of a proven one by the last day that reach reads", () => {
    const scene = small();
    const one = { ...scene.transfers[0]!, earliest: null };
    const sure = (more: Partial<typeof one>) => begun({ ...scene, transfers: [{ ...one, ...more }] }, [0], 2011).sure;
    expect(sure({ days: [null, null, null, one.latest] })).toBe(1);
    expect(sure({ days: [null, null, one.days[2], null] })).toBe(1);
    expect(sure({ days: [null, null, one.days[2], null], outcome: "possible" })).toBe(0);
  });

  it("push the other thumb along, and are let go where all are shown", () => {
    expect(moved([2010, 2012], 0, 2014)).toEqual([2014, 2014]);
    expect(moved([2010, 2012], 1, 2008)).toEqual([2008, 2008]);
    expect(moved([2010, 2012], 1, 2015)).toEqual([2010, 2015]);
    expect(kept([2010, 2015], [2010, 2015])).toBeNull();
    expect(kept([2011, 2015], [2010, 2015])).toEqual([2011, 2015]);
  });
});
