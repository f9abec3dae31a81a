/** The workbench as a server gives it: it asks for what is selected. */
import { mount } from "svelte";
import App from "./App.svelte";
import { asking } from "./lib/asking.ts";
import "./style.css";
import { ASKING } from "./views/asking.ts";
import { DRAWN } from "./views/drawn.ts";

mount(App, {
  target: document.getElementById("app")!,
  props: { asking: asking(new URL("./", location.href).href), held: null, first: "diffusion", views: [...DRAWN, ...ASKING] },
});
