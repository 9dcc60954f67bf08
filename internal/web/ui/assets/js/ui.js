/* What pages do better with scripts; all of them work without. */
(() => {
  const root = document.documentElement;
  const $ = (sel, from = document) => from.querySelector(sel);
  const open = (id) => { const d = document.getElementById(id); if (d && !d.open) d.showModal(); };

  document.addEventListener("click", (e) => {
    const at = e.target.closest("[data-open],[data-close],[data-step],[data-copy]");
    if (e.target.matches("dialog")) {
      const b = e.target.getBoundingClientRect();
      const inside = e.clientX >= b.left && e.clientX <= b.right && e.clientY >= b.top && e.clientY <= b.bottom;
      if (!inside) e.target.close();
    }
    if (!at) return;
    if (at.dataset.open) { e.preventDefault(); open(at.dataset.open); }
    if ("close" in at.dataset) at.closest("dialog")?.close();
    if (at.dataset.copy) navigator.clipboard?.writeText(at.dataset.copy);
    if (at.dataset.step && at.type === "button") {
      const input = $("input[type=number]", at.parentElement);
      const before = input.value;
      at.dataset.step > 0 ? input.stepUp() : input.stepDown();
      if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  /* The theme changes at once; the form behind the button only remembers it. */
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.matches("[data-theme-form]")) {
      e.preventDefault();
      const next = { auto: "light", light: "dark", dark: "auto" }[root.dataset.theme || "auto"];
      root.dataset.theme = next;
      const data = new FormData(form);
      data.set("theme", next);
      fetch(form.action, { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" } });
      return;
    }
    /* What is answered in a frame leaves this page as it is. */
    if (e.submitter?.formTarget) return;
    /* A second click while the first is on its way is the same command. */
    if (form.dataset.sent) { e.preventDefault(); return; }
    if (form.method === "post" && !form.matches("[hx-post]") && !e.defaultPrevented) form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  document.addEventListener("change", (e) => {
    if (e.target.closest("[data-submit-on-change]")) e.target.form.requestSubmit();
  });

  /* The server says what is to open, by HX-Trigger: {"open":{"id":"cart"}}. */
  document.addEventListener("open", (e) => open(e.detail?.id || e.detail?.value || "cart"));
  document.addEventListener("htmx:after:swap", () => {
    const bad = $("[data-focus]");
    if (bad) { bad.removeAttribute("data-focus"); bad.focus(); }
  });
  /* A form that was answered gets a new key: the next click is a new command. */
  document.addEventListener("htmx:after:request", (e) => {
    const form = e.target.closest?.("form");
    const key = form && form.elements.namedItem("key");
    if (key) key.value = crypto.randomUUID?.() || String(Math.random()).slice(2);
  });
})();
