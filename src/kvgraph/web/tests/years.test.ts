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

  it("tell what had begun by the end of a year", () => {
    const scene = small();
    expect([2009, 2010, 2015].map((year) => begun(scene, [0, 1, 2], year))).toEqual([
      { certain: 0, possible: 0 }, { certain: 1, possible: 0 }, { certain: 1, possible: 1 },
    ]);
  });

  it("push the other thumb along, and are let go where all are shown", () => {
    expect(moved([2010, 2012], 0, 2014)).toEqual([2014, 2014]);
    expect(moved([2010, 2012], 1, 2008)).toEqual([2008, 2008]);
    expect(moved([2010, 2012], 1, 2015)).toEqual([2010, 2015]);
    expect(kept([2010, 2015], [2010, 2015])).toBeNull();
    expect(kept([2011, 2015], [2010, 2015])).toEqual([2011, 2015]);
  });
});
