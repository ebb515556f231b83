// Calls of APIClient that read and write the content of a workspace.

const PNG = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
const WEEK = { period: "days", steps: 7 };
const LANGUAGE = "fr";

// The five calls of most resources: create, list, get, update and delete.
function resource(Name, made, change, { list = `list${Name}s`, after = [] } = {}) {
  const id = (known) => known[Name] ?? 1;
  return [
    [`create${Name}`, () => [made], (result, known) => (known[Name] = idOf(result))],
    [list, () => []],
    [`get${Name}`, (known) => [id(known)]],
    [`update${Name}`, (known) => [id(known), change]],
    ...after.map(([method, ...more]) => [method, (known) => [id(known), ...more]]),
    [`delete${Name}`, (known) => [id(known)]],
  ];
}

function idOf(result) {
  return result.id ?? Object.values(result)[0]?.id;
}

const newsletters = [
  ["createNewsletter", () => [{ name: "News", type: "email" }], (result, known) => (known.news = idOf(result))],
  ["listNewsletters", () => [{ limit: 5 }]],
  ...[
    ["getNewsletter"],
    ["getNewsletterContents"],
    ["getNewsletterContent", 1],
    ["updateNewsletterContent", 1, { subject: "News" }],
    ["getNewsletterContentMetrics", 1, WEEK],
    ["getNewsletterContentMetricsLinks", 1, WEEK],
    ["getNewsletterMetrics", WEEK],
    ["getNewsletterMetricsLinks", WEEK],
    ["getNewsletterMessages", { limit: 5 }],
    ["createNewsletterLanguage", { language: LANGUAGE }],
    ["getNewsletterLanguage", LANGUAGE],
    ["updateNewsletterLanguage", LANGUAGE, { subject: "Nouvelles" }],
    ["deleteNewsletterLanguage", LANGUAGE],
    ["getNewsletterTestGroups"],
    ["createNewsletterTestGroup"],
    ["createNewsletterTestGroupLanguage", 1, { language: LANGUAGE }],
    ["getNewsletterTestGroupLanguage", 1, LANGUAGE],
    ["updateNewsletterTestGroupLanguage", 1, LANGUAGE, { subject: "Nouvelles" }],
    ["deleteNewsletterTestGroupLanguage", 1, LANGUAGE],
    ["scheduleNewsletter", { scheduled_for: 1760600000 }],
    ["sendNewsletter", {}],
    ["deleteNewsletter"],
  ].map(([method, ...more]) => [method, (known) => [known.news ?? 1, ...more]]),
];

const senders = [
  ["getSenderIdentities", () => [{ limit: 5 }], (result, known) => (known.sender = result.sender_identities[0].id)],
  ["getSenderIdentity", (known) => [known.sender]],
  ["getSenderIdentityUsedBy", (known) => [known.sender]],
];

const snippets = [
  ["createSnippet", () => [{ name: "from node", value: "<p>Hi</p>" }]],
  ["getSnippets", () => []],
  ["updateSnippet", () => [{ name: "from node", value: "<p>Hello</p>" }]],
  ["deleteSnippet", () => ["from node"]],
];

export const content = [
  ...newsletters,
  ...resource("DesignStudioFolder", { name: "Mails" }, { name: "E-mails" }),
  ...resource("DesignStudioEmail", { name: "Hello" }, { name: "Hello again" }, {
    after: [
      ["createDesignStudioEmailLanguage", { language: LANGUAGE }],
      ["listDesignStudioEmailLanguages"],
      ["getDesignStudioEmailLanguage", LANGUAGE],
      ["updateDesignStudioEmailLanguage", LANGUAGE, { content: { subject: "Bonjour" } }],
      ["deleteDesignStudioEmailLanguage", LANGUAGE],
    ],
  }),
  ...resource("DesignStudioComponent", { name: "Button", tag: "x-button" }, { name: "Knob" }),
  ...resource("Asset", { data: PNG, filename: "dot.png" }, { name: "dot" }),
  ...resource("AssetFolder", { name: "Pictures" }, { name: "Photos" }),
  ...resource("Collection", { name: "shops", data: [{ city: "Paris" }] }, { name: "stores" }, {
    after: [["getCollectionContent"], ["updateCollectionContent", [{ city: "Lyon" }]]],
  }),
  ...resource("ReportingWebhook", { endpoint: "https://acme.example/hook", events: ["email_sent"] }, { name: "Hook" }),
  ...snippets,
  ...senders,
  ["listWorkspaces", () => []],
  ["getIpAddresses", () => []],
];
