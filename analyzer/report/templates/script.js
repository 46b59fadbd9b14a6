(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A link to a theme opens it.
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.querySelector("summary").focus({ preventScroll: true });
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) openTarget();
  });

  // Breakdown tables: one at a time.
  const tabs = document.querySelector(".tabs");
  if (tabs) {
    const show = (name) => {
      for (const button of all("button", tabs)) {
        const chosen = button.dataset.tab === name;
        button.setAttribute("aria-pressed", String(chosen));
        document.getElementById(button.dataset.tab).hidden = !chosen;
      }
    };
    tabs.hidden = false;
    tabs.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) show(button.dataset.tab);
    });
    show(tabs.querySelector("button").dataset.tab);
  }

  // Long rankings: the tail is folded.
  for (const button of all("[data-more]")) {
    const part = document.getElementById(button.dataset.more);
    part.hidden = true;
    button.hidden = false;
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      part.hidden = !part.hidden;
      button.setAttribute("aria-expanded", String(!part.hidden));
    });
  }

  // Filters over the comments of all themes.
  const form = document.querySelector(".toolbar");
  const themes = all("details.theme");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  if (form) {
    form.hidden = false;
    const counter = form.querySelector(".shown");
    const haystacks = themes.map((theme) => ({
      theme,
      title: plain(theme.querySelector(".tname").textContent + " " +
        (theme.querySelector(".keywords")?.textContent ?? "") + " " +
        theme.querySelector(".othernames").textContent),
      items: all(".verbatims > li", theme).map((item) => ({
        item, text: plain(item.querySelector("blockquote").textContent),
      })),
    }));
    const apply = () => {
      const data = new FormData(form);
      const text = plain(String(data.get("text")).trim());
      const wanted = ["segment", "language", "sentiment"].map((key) => [key, data.get(key)]).filter(([, value]) => value);
      const active = Boolean(text) || wanted.length > 0;
      let shown = 0;
      for (const { theme, title, items } of haystacks) {
        const named = text !== "" && title.includes(text);
        let here = 0;
        for (const { item, text: said } of items) {
          const fits = wanted.every(([key, value]) => item.dataset[key] === value) && (!text || named || said.includes(text));
          item.hidden = !fits;
          if (fits) here += 1;
        }
        shown += here;
        const none = theme.querySelector(".nomatch");
        if (none) none.hidden = here > 0;
        theme.classList.toggle("off", active && here === 0 && !(named && wanted.length === 0));
      }
      counter.textContent = active ? `${counter.dataset.label}: ${shown}` : "";
    };
    form.addEventListener("input", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      const open = event.target.dataset?.open;
      if (open) for (const theme of themes) theme.open = open === "1";
    });
  }

  // Paper has no clicks: everything is printed open.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open]), [hidden].heatpanel, tbody[hidden]");
    for (const part of folded) part instanceof HTMLDetailsElement ? (part.open = true) : (part.hidden = false);
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part instanceof HTMLDetailsElement ? (part.open = false) : (part.hidden = true);
  });
  openTarget();
})();
