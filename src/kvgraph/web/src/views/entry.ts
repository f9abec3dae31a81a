import type { Component } from "svelte";
import type { Props } from "../lib/props.ts";

/** A view by the name that stands in the address. */
export interface Entry {
  name: string;
  /** Whether it needs a server: then it has the page to itself, without legend and proof. */
  asks: boolean;
  load: () => Promise<Component<Props>>;
}
