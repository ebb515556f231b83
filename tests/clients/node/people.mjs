// Calls of APIClient about people, their activities and segments.

const FILTER = { and: [{ attribute: { field: "plan", operator: "eq", value: "pro" } }] };
const OBJECTS = { object_attribute: { field: "name", operator: "eq", value: "Acme", type_id: 1 } };

export const segments = [
  ["createSegment", () => [{ name: "Made by Node", description: "By hand" }], segment],
  ["listSegments", () => []],
  ["getSegment", (known) => [known.segment]],
  ["getSegmentUsedBy", (known) => [known.segment]],
];

function segment(result, known) {
  known.segment = result.segment.id;
}

export const people = [
  ["getSegmentCustomerCount", (known) => [known.segment]],
  ["getSegmentMembership", (known) => [known.segment, { limit: 10 }]],
  ["getCustomersByEmail", () => ["ann+node@acme.example"]],
  ["getAttributes", () => ["ann+node@acme.example", "email"]],
  ["getAttributes", () => ["node-1"]],
  ["getCustomersAttributes", () => [["node-1", "node-2"]]],
  ["getCustomerActivities", () => ["node-1", { idType: "id", limit: 5 }]],
  ["getCustomerMessages", () => ["node-1", { limit: 5 }]],
  ["getCustomerRelationships", () => ["node-1"]],
  ["getCustomerSegments", () => ["node-1"]],
  ["getCustomerSubscriptionPreferences", () => ["node-1", { idType: "id" }]],
  ["searchCustomers", () => [FILTER, { limit: 10 }]],
  ["listActivities", () => [{ type: "event", limit: 5 }]],
  ["getObjectAttributes", () => [1, "acme"]],
  ["getObjectRelationships", () => [1, "acme"]],
  ["findObjects", () => [1, OBJECTS]],
  ["listObjectTypes", () => []],
  ["listSubscriptionTopics", () => []],
  ["listSubscriptionChannels", () => []],
  ["getSubscriptionCenterToken", () => ["node-1"]],
  ["searchSuppression", () => ["ann+node@acme.example"]],
  ["getSuppressions", () => ["bounces", { limit: 10 }]],
  ["getDomainSuppressions", () => ["acme.example", "bounces"]],
  ["createSuppression", () => ["bounces", "gone@acme.example"]],
  ["deleteSuppression", () => ["bounces", "gone@acme.example"]],
  ["createCustomersExport", () => [FILTER], (result, known) => (known.export = result.export.id)],
  ["createDeliveriesExport", () => [1]],
  ["listExports", () => []],
  ["getExport", (known) => [known.export ?? 1]],
  ["downloadExport", (known) => [known.export ?? 1]],
  ["createImport", () => [{ data_file_url: "https://acme.example/people.csv", type: "people", identifier: "id" }]],
  ["getImport", () => [1]],
  ["batchUpdateAttributes", () => [[{ name: "plan", description: "What they pay for" }]]],
  ["batchUpdateEvents", () => [[{ name: "signed_up", description: "The first day" }]]],
];

export const leftovers = [["deleteSegment", (known) => [known.segment]]];
