// Use the SDK as a website does, with the URL of a sandbox instead of Customer.io's.
async function visit(sandbox, writeKey) {
  const host = { apiHost: `${new URL(sandbox).host}/v1`, protocol: "http" };
  const analytics = AnalyticsNext.AnalyticsBrowser.load(
    { writeKey, cdnURL: sandbox },
    { integrations: { "Customer.io Data Pipelines": host } },
  );
  await analytics.page("Pricing", { plan: "pro" });
  await analytics.track("Looked around", { seconds: 12 });
  await analytics.identify("web-1", { email: "ann+web@acme.example", plan: "pro", seats: 3 });
  await analytics.track("Order placed", { total: 12 });
  await analytics.screen("Basket");
  await analytics.group("acme", { name: "Acme" });
}
