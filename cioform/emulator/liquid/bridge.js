// Runs LiquidJS for Python: a fixed clock in UTC, and the tags and filters of Customer.io, which
// Python renders. `host(name, json)` answers with JSON: {"value": ...} or {"error": "..."}.
// What is loaded before LiquidJS is in `prepareClock`; `makeRenderer` is called after it.

function prepareClock(host, now) {
  const Real = Date;
  const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;
  globalThis.performance = { now: () => Real.now() };
  globalThis.global = globalThis;  // where LiquidJS looks for it
  class Fixed extends Real {
    constructor(...values) {
      if (values.length === 0) values = [now];
      if (values.length === 1 && WITHOUT_ZONE.test(values[0])) {
        values = [String(values[0]).replace(" ", "T") + "Z"];
      }
      super(...values);
    }
    static now() { return now; }
    getTimezoneOffset() { return 0; }
    toLocaleString(_locale, options) {
      const zone = options && options.timeZone;
      if (isNaN(this.getTime())) return "Invalid Date";
      const minutes = zone && zone !== "UTC" ? ask(host, "zone", [zone, this.getTime() / 1000]) : 0;
      return new Real(this.getTime() - minutes * 60000).toISOString().replace("Z", "");
    }
  }
  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds"]) {
    Fixed.prototype["get" + part] = Real.prototype["getUTC" + part];
  }
  Fixed.prototype.getMilliseconds = Real.prototype.getUTCMilliseconds;
  globalThis.Date = Fixed;
}

function ask(host, name, values) {
  const answer = JSON.parse(host(name, JSON.stringify(values)));
  if ("error" in answer) throw new Error(answer.error);
  return answer.value;
}

function makeRenderer(host, filters, tags, limits) {
  const L = globalThis.liquidjs;
  class Nothing extends L.Drop {
    liquidMethodMissing() { return new Nothing(); }
    valueOf() { return ""; }
    toString() { return ""; }
  }
  const revive = (_key, value) =>
    value && typeof value === "object" && value.$nothing === true ? new Nothing() : value;
  const liquid = new L.Liquid({
    strictVariables: true, strictFilters: true, lenientIf: true, timezoneOffset: 0,
    locale: "en-US", ownPropertyOnly: true, templates: {}, ...limits,
  });

  for (const name of filters) {
    liquid.registerFilter(name, (...values) =>
      ask(host, "filter", [name, values.map((each) => (each === undefined ? null : each))]));
  }
  const sort = L.filters.sort;
  liquid.registerFilter("sort", function* (items, property) {
    // The service leaves a list with a null in its order (content facts, 1.1).
    const list = Array.isArray(items) ? items : items == null ? [] : [items];
    for (const item of list) {
      const value = property ? (item == null ? item : item[property]) : item;
      if (value === null || value === undefined) return list;
    }
    return yield* sort.call(this, items, property);
  });
  const slice = L.filters.slice;
  liquid.registerFilter("slice", function (value, begin, ...length) {
    // The documentation begins with a text: `slice: '-4', 3`.
    return slice.call(this, value, Number(begin), ...length);
  });
  for (const name of ["include", "render", "layout", "block"]) delete liquid.tags[name];
  for (const name of tags) {
    liquid.registerTag(name, class extends L.Tag {
      constructor(token, rest, engine) {
        super(token, rest, engine);
        this.text = token.args;
        this.inner = token.args.includes("{{") ? engine.parse(token.args) : null;
      }
      *render(context) {
        let text = this.text;
        try {
          if (this.inner) {
            text = yield this.liquid.renderer.renderTemplates(this.inner, context);
          }
        } catch (error) {
          error.token = this.token;
          throw error;
        }
        return ask(host, "tag", [name, text]);
      }
    });
  }
  class ExpressionTag extends L.Tag {
    constructor(token, rest, engine) {
      super(token, rest, engine);
      this.value = new L.Value(this.tokenizer.readFilteredValue(), engine);
    }
  }
  liquid.registerTag("random", class extends ExpressionTag {
    *render(context) {
      return String(ask(host, "filter", ["random", [yield this.value.value(context)]]));
    }
  });
  let depth = 0;
  liquid.registerTag("render_liquid", class extends ExpressionTag {
    *render(context) {
      if (++depth > 20) throw new Error("render_liquid renders itself");
      const inner = this.liquid.parse(String(yield this.value.value(context)));
      return yield this.liquid.renderer.renderTemplates(inner, context);
    }
  });

  return (text, scope) => {
    depth = 0;
    try {
      const value = liquid.parseAndRenderSync(text, JSON.parse(scope, revive));
      return JSON.stringify({ text: value });
    } catch (error) {
      const inner = error.originalError || error;
      let where = null;
      try { where = error.token.getPosition(); } catch (_) { where = null; }
      return JSON.stringify({
        error: String(inner.message || inner).split("\n")[0], where,
        input: error.token ? error.token.input : null,
      });
    }
  };
}
