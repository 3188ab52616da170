// Bundles the playground into one folder: `node build.mjs OUT EXAMPLES SOURCE`. No file of it names another host.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = process.argv[2] ?? "built";
const examples = process.argv[3] ?? join(import.meta.dirname, "..", "examples");
const source = process.argv[4] ?? "";
const COMPRESSED = /\.(js|css)$/;

/** An example: its titles, variables and text. The first lines are `# key: value`, or `# key:` for what follows. */
function example(file) {
  const lines = readFileSync(join(examples, file), "utf8").trimEnd().split("\n");
  const until = lines.findIndex((line) => !line.startsWith("#"));
  const said = Object.fromEntries(
    lines.slice(0, until).map((line) => line.match(/^# (\w+): (.*)$/).slice(1)),
  );
  const { ru, en, variables = "" } = said;
  return { name: file.replace(/\.graphql$/, ""), ru, en, variables, query: lines.slice(until).join("\n").trim() };
}

/** Fonts stand in GraphiQL's style sheets as text: they become files, which a browser fetches as it needs them. */
const fonts = {
  name: "fonts",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/font-/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /graphiql.*\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/data:font\/(\w+);base64,([\w+/=]+)/g, (_, kind, text) => {
        const bytes = Buffer.from(text, "base64");
        const name = `font-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.${kind}`;
        writeFileSync(join(out, name), bytes);
        return `./${name}`;
      }),
      loader: "css",
    }));
  },
};

/** The examples, as the module `examples`. */
const shown = {
  name: "examples",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^examples$/ }, ({ path }) => ({ path, namespace: "examples" }));
    onLoad({ filter: /.*/, namespace: "examples" }, () => ({
      contents: JSON.stringify(readdirSync(examples).sort().filter((name) => name.endsWith(".graphql")).map(example)),
      loader: "json",
    }));
  },
};

const shared = {
  bundle: true,
  minify: true,
  legalComments: "none",
  target: ["chrome109", "firefox115", "safari16"],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
  outdir: out,
};

mkdirSync(out, { recursive: true });
await build({
  ...shared,
  entryPoints: { main: join(import.meta.dirname, "src/main.jsx") },
  format: "esm",
  splitting: true,
  jsx: "automatic",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".ttf": "file" },
  plugins: [fonts, shown],
});
await build({
  ...shared,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});

const digest = createHash("sha256");
const sizes = {};
for (const name of readdirSync(out).sort()) {
  const bytes = readFileSync(join(out, name));
  digest.update(name).update(bytes);
  sizes[name] = bytes.length;
  if (!COMPRESSED.test(name)) continue;
  writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes, { params: quality }));
}
const id = digest.digest("hex").slice(0, 16);
writeFileSync(join(out, "built.json"), JSON.stringify({ id, source, files: sizes }, null, 1) + "\n");
