/** The views that ask a server; each is loaded when it is opened. */
import type { Entry } from "./entry.ts";

export const ASKING: Entry[] = [
  { name: "explorer", asks: true, load: async () => (await import("./Explorer.svelte")).default },
  { name: "ask", asks: true, load: async () => (await import("./Ask.svelte")).default },
  { name: "analyse", asks: true, load: async () => (await import("./Analyse.svelte")).default },
  { name: "sparql", asks: true, load: async () => (await import("./Sparql.svelte")).default },
];
