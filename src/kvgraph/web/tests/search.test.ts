import { describe, expect, it } from "vitest";
import { besides, lookup, type Row } from "../src/lib/search/lookup.ts";
import { small } from "./scenes.ts";

const row = (id: string, label: string, name = label, kind = "actor"): Row => ({ id, kind, label, name });

describe("what a server finds besides", () => {
  it("gives what the scene holds as its own, also where the scene did not find it", () => {
    const scene = small();
    scene.things[0] = { ...scene.things[0]!, id: "warsaw", label: "Warsaw" };
    expect(lookup(scene, "Varsova", "en").hits).toEqual([]);
    const found = besides(scene, "Varsova", "en", [row("varna", "Varna"), row("warsaw", "Warsaw", "Varsovia")]);
    expect(found.map((one) => [one.at, one.thing, one.option, one.close])).toEqual([
      ["thing:actor/varna", -1, "actor", true],
      ["thing:actor/warsaw", 0, null, true],
    ]);
  });

  it("puts what contains the text before what resembles it, and repeats nothing", () => {
    const scene = small();
    const found = besides(scene, "åbo", "en", [row("abbo", "Abbo"), row("turku", "Turku", "Åbo"), row("e", "Abo fair", "Abo fair", "event")]);
    expect(found.map((one) => [one.row.id, one.by, one.close])).toEqual([["turku", "Åbo", false], ["abbo", "", true]]);
    expect(besides(scene, "a", "en", [row("a", "A")])).toEqual([]);
  });
});
