/** When a seat was held, as it is worded. */
import { whenWorded } from "../rows/rows.ts";
import type { Membership } from "../scene.ts";
import type { Say } from "../words.ts";

/** Give the date of a seat as its source words it; who took part in an event without a date of their own has that of the event. */
export const seatWorded = ({ kind, start, end, dated }: Membership, say: Say): string =>
  kind === "participation" && !start && !end && dated ? say("proof.event_time") : whenWorded(start, end, say);
