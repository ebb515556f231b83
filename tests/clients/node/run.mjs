// Call every method of customerio-node with a served sandbox and print the outcomes as JSON.
// Standard input is JSON with the URL and the credentials of the sandbox.

import { readFileSync } from "node:fs";
import { APIClient, PipelinesClient, TrackClient } from "customerio-node";
import { content } from "./content.mjs";
import { feedback, pipelines, track } from "./ingest.mjs";
import { messages } from "./messages.mjs";
import { leftovers, people, segments } from "./people.mjs";

// Methods that only the other methods of the clients use.
const INNER = ["constructor", "resourceBase", "envelope"];
const NO_RETRY = { retry: { maxRetries: 0 } };

const connection = JSON.parse(readFileSync(0, "utf8"));
const clients = {
  TrackClient: new TrackClient(connection.site_id, connection.track_api_key, { url: `${connection.url}/api/v1`, ...NO_RETRY }),
  PipelinesClient: new PipelinesClient(connection.write_key, { url: `${connection.url}/v1`, ...NO_RETRY }),
  APIClient: new APIClient(connection.app_api_key, { url: `${connection.url}/v1`, ...NO_RETRY }),
};

// The order matters: later calls use the results of earlier ones.
const calls = [
  ...on("TrackClient", track),
  ...on("PipelinesClient", pipelines),
  ...on("APIClient", [...segments, ...messages]),
  ...on("TrackClient", feedback),
  ...on("APIClient", [...people, ...content, ...leftovers]),
];

const requests = recordRequests();
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

// Return the methods that no call is written for.
function uncalled() {
  return Object.entries(clients).flatMap(([name, client]) => {
    const called = new Set(calls.filter((each) => each.client === name).map((each) => each.method));
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(client));
    return methods.filter((each) => !called.has(each) && !INNER.includes(each)).map((each) => `${name}.${each}`);
  });
}

// Return a list that records every request with the status of its response.
function recordRequests() {
  const seen = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    const response = await real(url, init);
    seen.push({ method: init.method, path: new URL(url).pathname, status: response.status });
    return response;
  };
  return seen;
}
