import { describe, expect, it } from "vitest";
import { whole } from "../src/lib/lean.ts";
import type { Scene } from "../src/lib/scene.ts";
import { small } from "./scenes.ts";

/** What `kvgraph.scene.lean` leaves out. */
function lean(scene: Scene): Scene {
  const nothing = (value: unknown) => value === null || value === false || value === "" || (Array.isArray(value) && !value.length);
  const less = <T extends object>(list: T[], kind: string) =>
    list.map((one) => Object.fromEntries(Object.entries(one).filter(([key, value]) => !nothing(value) && !(key === "iri" && String(value).includes(`/${kind}/`)))) as T);
  return { ...scene, things: less(scene.things, "actor"), transfers: less(scene.transfers, "transfer") };
}

describe("a lean scene", () => {
  it("is whole again, with every field that views read", () => {
    const scene = small();
    expect(whole(lean(scene))).toEqual(scene);
  });
});
