// Calls every method of customerio-node against a served sandbox and tells what came of each.
// In: the sandbox's address and credentials, as JSON on standard input. Out: JSON.

import { readFileSync } from "node:fs";
import { APIClient, PipelinesClient, TrackClient } from "customerio-node";
import { content } from "./content.mjs";
import { feedback, pipelines, track } from "./ingest.mjs";
import { messages } from "./messages.mjs";
import { leftovers, people, segments } from "./people.mjs";

// What the clients' own methods use, and nobody calls.
const INNER = ["constructor", "resourceBase", "envelope"];
const ONCE = { retry: { maxRetries: 0 } };

const at = JSON.parse(readFileSync(0, "utf8"));
const clients = {
  TrackClient: new TrackClient(at.site_id, at.track_api_key, { url: `${at.url}/api/v1`, ...ONCE }),
  PipelinesClient: new PipelinesClient(at.write_key, { url: `${at.url}/v1`, ...ONCE }),
  APIClient: new APIClient(at.app_api_key, { url: `${at.url}/v1`, ...ONCE }),
};

// In this order: later calls use what earlier ones made.
const calls = [
  ...on("TrackClient", track),
  ...on("PipelinesClient", pipelines),
  ...on("APIClient", [...segments, ...messages]),
  ...on("TrackClient", feedback),
  ...on("APIClient", [...people, ...content, ...leftovers]),
];

const requests = watched();
const known = {};
const results = [];
for (const call of calls) {
  results.push(await outcome(call));
}
process.stdout.write(JSON.stringify({ results, uncalled: uncalled() }));

function on(client, calls) {
  return calls.map(([method, args, learn = () => {}]) => ({ client, method, args, learn }));
}

async function outcome({ client, method, args, learn }) {
  requests.length = 0;
  try {
    const result = await clients[client][method](...args(known));
    learn(result, known);
    return { client, method, requests: [...requests], result };
  } catch (error) {
    return { client, method, requests: [...requests], error: String(error), body: error.body ?? "" };
  }
}

// What nobody has written a call for: all of it would go untried.
function uncalled() {
  return Object.entries(clients).flatMap(([name, client]) => {
    const tried = new Set(calls.filter((each) => each.client === name).map((each) => each.method));
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(client));
    return methods.filter((each) => !tried.has(each) && !INNER.includes(each)).map((each) => `${name}.${each}`);
  });
}

// The requests that a client makes, written down as they are answered.
function watched() {
  const seen = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    const answer = await real(url, init);
    seen.push({ method: init.method, path: new URL(url).pathname, status: answer.status });
    return answer;
  };
  return seen;
}
