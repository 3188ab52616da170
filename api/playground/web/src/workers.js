// The editor's workers: files beside this one.

const FILES = { json: "json.worker.js", graphql: "graphql.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(FILES[label] ?? "editor.worker.js", import.meta.url)),
};
