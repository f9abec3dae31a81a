import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { europe } from "./europe.plugin.ts";
import { ascii, notices } from "./notices.plugin.ts";
import { words } from "./words.plugin.ts";

/** One script and one style sheet that `kvgraph view` puts into a page of one file. */
export default defineConfig({
  base: "./",
  plugins: [europe(), svelte(), words(["ask", "analyse", "sparql", "result", "chart", "explorer"]), notices({ inside: true }), ascii()],
  build: {
    outDir: "../static/file",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    rolldownOptions: {
      input: "src/file.ts",
      output: {
        format: "iife",
        codeSplitting: false,
        entryFileNames: "file.js",
        assetFileNames: "file[extname]",
      },
    },
  },
});
