import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { europe } from "./europe.plugin.ts";
import { notices } from "./notices.plugin.ts";
import { words } from "./words.plugin.ts";

/** The workbench that `kvgraph serve` gives: a page, and what it loads when a tab is opened. */
export default defineConfig({
  base: "./",
  plugins: [europe(), svelte(), words(), notices()],
  build: {
    outDir: "../static/workbench",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
