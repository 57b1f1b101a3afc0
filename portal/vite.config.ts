/**
 * How the portal is built and served while developing.
 *
 * The hub's Content-Security-Policy allows scripts from `'self'` only, so nothing is inlined: no data
 * addresses, no module preload polyfill. The build knows no host; the hub serves `dist/` at `/`.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const hub = process.env["ROLLCALL_HUB"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: ["index.html", "graphiql.html"] },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/graphql": { target: hub, ws: true },
      "/session": { target: hub },
    },
  },
  test: { include: ["src/**/*.test.ts"] },
});
