/** The same views in a file of their own: all that is drawn stands in the page itself. */
import { mount } from "svelte";
import App from "./App.svelte";
import { whole } from "./lib/lean.ts";
import type { Scene } from "./lib/scene.ts";
import "./style.css";
import { DRAWN } from "./views/drawn.ts";

const held = whole(JSON.parse(document.getElementById("kv-scene")!.textContent!) as Scene);
mount(App, {
  target: document.getElementById("app")!,
  props: { asking: null, held, first: document.documentElement.dataset["view"] ?? "diffusion", views: DRAWN },
});
