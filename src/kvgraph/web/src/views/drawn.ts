/** The views that draw a scene, with a server or without one. */
import Diffusion from "./Diffusion.svelte";
import type { Entry } from "./entry.ts";
import Map from "./Map.svelte";
import Matrix from "./Matrix.svelte";
import Table from "./Table.svelte";
import Thing from "./Thing.svelte";

export const DRAWN: Entry[] = [
  { name: "diffusion", asks: false, load: async () => Diffusion },
  { name: "map", asks: false, load: async () => Map },
  { name: "matrix", asks: false, load: async () => Matrix },
  { name: "table", asks: false, load: async () => Table },
  { name: "thing", asks: false, load: async () => Thing },
];
