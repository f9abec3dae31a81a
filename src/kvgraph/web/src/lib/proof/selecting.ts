import type { Option } from "../state.ts";

const OPTIONS: Record<string, Option> = { practice: "practice", actor: "actor", network: "network", programme: "programme" };

/** Give the option that selects things of a kind alone; null where the command line has none. */
export const optionOf = (kind: string): Option | null => OPTIONS[kind] ?? null;
