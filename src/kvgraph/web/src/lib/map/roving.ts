/** How the keyboard goes through a map: kind by kind, each in an order that can be foretold. */
export interface Stop {
  key: string;
  kind: "state" | "actor" | "heap" | "arc";
}

/** Give the place of the stop that a key leads to, or the same where it leads nowhere. */
export function stepped(stops: readonly Stop[], at: number, key: string): number {
  const kind = stops[at]?.kind;
  switch (key) {
    case "ArrowRight": return Math.min(at + 1, stops.length - 1);
    case "ArrowLeft": return Math.max(at - 1, 0);
    case "ArrowDown": {
      const next = stops.findIndex((stop, i) => i > at && stop.kind !== kind);
      return next < 0 ? at : next;
    }
    case "ArrowUp": {
      const before = stops.findLastIndex((stop, i) => i < at && stop.kind !== kind);
      return before < 0 ? 0 : stops.findIndex((stop) => stop.kind === stops[before]!.kind);
    }
    case "Home": return 0;
    case "End": return stops.length - 1;
    default: return at;
  }
}
