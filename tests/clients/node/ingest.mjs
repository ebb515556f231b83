// Calls of TrackClient and PipelinesClient that send data, in a valid order.
// A call has a method, a function for its arguments, and one that stores its result for later calls.

const ANN = { email: "ann+node@acme.example", first_name: "Ann" };
const person = (id) => ({ type: "person", identifiers: { id } });

export const track = [
  ["getAccountRegion", () => []],
  ["identify", () => ["node-1", { ...ANN, plan: "pro", seats: 3, anonymous_id: "anon-1" }]],
  ["track", () => ["node-1", { name: "signed_up", data: { source: "node" } }]],
  ["trackAnonymous", () => ["anon-1", { name: "visited", data: { path: "/" } }]],
  ["trackPageView", () => ["node-1", "https://acme.example/pricing"]],
  ["addDevice", () => ["node-1", "token-1", "ios", { last_used: 1760000000, app: "2.1" }]],
  ["addDevice", () => ["node-1", "token-2", "android"]],
  ["deleteDevice", () => ["node-1", "token-2"]],
  ["entity", () => [{ ...person("node-2"), action: "identify", attributes: { plan: "trial" } }]],
  [
    "batch",
    () => [
      [
        { ...person("node-3"), action: "identify", attributes: { email: "third@acme.example" } },
        { ...person("node-3"), action: "event", name: "signed_up", attributes: {} },
      ],
    ],
  ],
  ["mergeCustomers", () => ["id", "node-1", "id", "node-3"]],
  ["suppress", () => ["node-2"]],
  ["unsuppress", () => ["node-2"]],
  ["identify", () => ["node-4", {}]],
  ["destroy", () => ["node-4"]],
  ["submitForm", () => ["form-1", { email: "form@acme.example", name: "Fay" }]],
];

const who = { userId: "node-pipes", anonymousId: "anon-pipes" };

export const pipelines = [
  ["identify", () => [{ ...who, traits: { email: "pipes@acme.example", plan: "pro" } }]],
  ["track", () => [{ ...who, event: "Order placed", properties: { total: 12 } }]],
  ["page", () => [{ ...who, name: "Pricing", properties: { url: "https://acme.example/pricing" } }]],
  ["screen", () => [{ ...who, name: "Basket" }]],
  ["group", () => [{ ...who, groupId: "acme", traits: { name: "Acme" } }]],
  ["alias", () => [{ userId: "node-pipes", previousId: "anon-pipes" }]],
  [
    "batch",
    () => [
      [
        { type: "identify", ...who, traits: { seats: 4 } },
        { type: "track", ...who, event: "Order paid" },
      ],
    ],
  ],
];

// What comes back of messages that were sent, and who is in a segment that was made.
export const feedback = [
  ["addCustomersToSegment", (known) => [known.segment, ["node-1", "node-2"]]],
  ["removeCustomersFromSegment", (known) => [known.segment, ["node-2"], "id"]],
  ["reportMetric", (known) => [{ delivery_id: known.delivery, metric: "opened", timestamp: 1760000100 }]],
  ["trackPush", (known) => [{ delivery_id: known.push, device_id: "token-1", event: "opened", timestamp: 1760000100 }]],
  ["unsubscribe", (known) => [known.delivery]],
];
