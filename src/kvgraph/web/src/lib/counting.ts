/** How many transfers are drawn, and how sure: a transfer to several receivers counts once. */
import type { Outcome, Scene } from "./scene.ts";
import type { Shown } from "./shown.ts";

export interface Counts {
  transfers: number;
  proven: number;
  possible: number;
  left_out: number;
}

/** Count what is shown. */
export function countsOf(scene: Scene, shown: Shown): Counts {
  const seen = new Map<string, Outcome>();
  for (const i of shown.transfers) seen.set(scene.transfers[i]!.iri, scene.transfers[i]!.outcome);
  const of = (outcome: Outcome) => [...seen.values()].filter((found) => found === outcome).length;
  return { transfers: seen.size, proven: of("proven"), possible: of("possible"), left_out: of("left_out") };
}
