// Search and filter. Without script, the page shows everything.
"use strict";
const form = document.getElementById("tools");
if (form) {
  const articles = [...document.querySelectorAll("#list > article")];
  const texts = new Map();
  const textOf = (article) => {
    if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
    return texts.get(article);
  };
  const filter = () => {
    const words = form.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const actions = new Set([...form.querySelectorAll("[name=action]:checked")].map((box) => box.value));
    const onlyLive = form.live.checked;
    let shown = 0;
    for (const article of articles) {
      const fits =
        actions.has(article.dataset.action) &&
        (!onlyLive || "live" in article.dataset) &&
        words.every((word) => textOf(article).includes(word));
      article.hidden = !fits;
      shown += fits;
    }
    form.shown.value = `${shown.toLocaleString("en")} of ${articles.length.toLocaleString("en")} shown`;
  };
  const unfold = (isOpen) => {
    for (const article of articles) {
      const details = article.querySelector("details");
      if (details && !article.hidden) details.open = isOpen;
    }
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open").addEventListener("click", () => unfold(true));
  document.getElementById("close").addEventListener("click", () => unfold(false));
  form.hidden = false;
  filter();
}
