import { describe, expect, it } from "vitest";
import { START, query, read, write, type State } from "../src/lib/state.ts";

const full: State = {
  view: "matrix",
  lang: "fi",
  selection: { practice: ["pr-antirumour", "a b & c"], country: ["FI"], stage: ["piloted"] },
  hidden: { level: ["eu", "-"], country: ["A,B", "SE"], class: ["Organisation"] },
  years: [1995, 2015],
  at: "states:FI>SE",
  from: "es-barcelona",
  to: "de-hamburg-altona",
  hop: 1,
  own: { "matrix.sort": "given", "sparql.query": "SELECT * { ?s ?p ?o } # 50 % & more" },
};

describe("the fragment", () => {
  it("holds the whole state: what is read of it writes it again", () => {
    const { state, lost } = read(write(full));
    expect(lost).toEqual([]);
    expect(state).toEqual({ ...full, hidden: { level: ["-", "eu"], country: ["A,B", "SE"], class: ["Organisation"] } });
    expect(write(state)).toBe(write(read(write(state)).state));
  });
  it("of the start is short, and reads as the start", () => {
    expect(write(START)).toBe("#/diffusion?lang=en");
    expect(read("").state).toEqual(START);
    expect(read("#/map").state).toEqual({ ...START, view: "map" });
  });
  it.each([
    ["lang=de"], ["years=2015..2009"], ["years=soon"], ["hide.colour=red"], ["hop=-1"], ["path=nobody"], ["nonsense=1"], ["__proto__=1"], ["practice="],
  ])("says what it cannot read: %s", (part) => {
    expect(read(`#/diffusion?${part}`).lost).toEqual([part]);
  });
  it("does not let a name from an address reach what all objects share", () => {
    read("#/x?hide.__proto__=a&__proto__.x=1&constructor=2");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
  it("gives a server the options of the command line", () => {
    expect(query(full).toString()).toBe("practice=pr-antirumour&practice=a+b+%26+c&country=FI&stage=piloted");
  });
});
