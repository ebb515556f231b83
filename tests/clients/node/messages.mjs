// Sends, and campaigns, broadcasts and transactional messages with their numbers.

import { SendEmailRequest, SendInAppRequest, SendInboxMessageRequest } from "customerio-node";
import { SendPushRequest, SendSMSRequest, SendWhatsAppRequest } from "customerio-node";

const WEEK = { period: "days", steps: 7 };
const SPAN = { start: 1759000000, end: 1760600000, res: "daily" };
const LANGUAGE = "fr";
const first = (list, known, name) => (known[name] = list[0]?.id);

function to(message, extra = {}) {
  const identifiers = { id: "node-1" };
  return { transactional_message_id: message, identifiers, message_data: { total: "12" }, ...extra };
}

const sends = [
  [
    "sendEmail",
    () => [new SendEmailRequest(to("PAYMENT_RECEIVED", { to: "ann+node@acme.example" }))],
    (result, known) => (known.delivery = result.delivery_id),
  ],
  ["sendPush", () => [new SendPushRequest(to("PUSH"))], (result, known) => (known.push = result.delivery_id)],
  ["sendSMS", () => [new SendSMSRequest(to("SMS", { to: "+15550100" }))]],
  ["sendWhatsApp", () => [new SendWhatsAppRequest(to("WHATSAPP", { to: "+15550100" }))]],
  ["sendInboxMessage", () => [new SendInboxMessageRequest(to("INBOX"))]],
  ["sendInApp", () => [new SendInAppRequest(to("IN_APP"))]],
  ["getMessages", () => [{ limit: 10 }]],
  ["getMessage", (known) => [known.delivery]],
  ["getArchivedMessage", (known) => [known.delivery]],
];

const transactional = [
  ["listTransactionalMessages", () => [], (result, known) => first(result.messages, known, "transactional")],
  ["getTransactionalMessage", (known) => [known.transactional]],
  [
    "getTransactionalMessageContents",
    (known) => [known.transactional],
    (result, known) => first(result.contents, known, "content"),
  ],
  ["updateTransactionalMessageContent", (known) => [known.transactional, known.content, { subject: "Your receipt" }]],
  ["getTransactionalMessageLanguage", (known) => [known.transactional, LANGUAGE]],
  ["updateTransactionalMessageLanguage", (known) => [known.transactional, LANGUAGE, { subject: "Votre reçu" }]],
  ["getTransactionalMessageDeliveries", (known) => [known.transactional, { limit: 5 }]],
  ["getTransactionalMessageMetrics", (known) => [known.transactional, WEEK]],
  ["getTransactionalMessageLinkMetrics", (known) => [known.transactional, WEEK]],
];

// Campaigns and broadcasts have the same calls under other names.
function journeys(Name, name) {
  const one = (known) => [known[name], known[`${name}Action`]];
  return [
    [`list${Name}s`, () => [], (result, known) => first(result[`${name}s`], known, name)],
    [`get${Name}`, (known) => [known[name]]],
    [
      `get${Name}Actions`,
      (known) => [known[name]],
      (result, known) => first(result.actions.filter(mail), known, `${name}Action`),
    ],
    [`get${Name}Action`, (known) => one(known)],
    [`update${Name}Action`, (known) => [...one(known), { subject: "Welcome" }]],
    [`get${Name}ActionLanguage`, (known) => [...one(known), LANGUAGE]],
    [`update${Name}ActionLanguage`, (known) => [...one(known), LANGUAGE, { subject: "Bienvenue" }]],
    [`get${Name}ActionMetrics`, (known) => [...one(known), WEEK]],
    [`get${Name}ActionMetricsLinks`, (known) => [...one(known), WEEK]],
    [`get${Name}Metrics`, (known) => [known[name], WEEK]],
    [`get${Name}MetricsLinks`, (known) => [known[name], WEEK]],
    [`get${Name}Messages`, (known) => [known[name], { limit: 5 }]],
  ];
}

const mail = (action) => action.type === "email";

const triggers = [
  ["triggerBroadcast", (known) => [known.broadcast, { text: "News" }, { ids: ["node-1"] }], trigger],
  ["getBroadcastTriggers", (known) => [known.broadcast]],
  ["getBroadcastTriggerStatus", (known) => [known.broadcast, known.trigger]],
  ["getBroadcastTriggerErrors", (known) => [known.broadcast, known.trigger]],
];

function trigger(result, known) {
  known.trigger = result.id;
}

export const messages = [
  ...transactional,
  ...sends,
  ...journeys("Campaign", "campaign"),
  ["getCampaignJourneyMetrics", (known) => [known.campaign, SPAN]],
  ...journeys("Broadcast", "broadcast"),
  ...triggers,
];
