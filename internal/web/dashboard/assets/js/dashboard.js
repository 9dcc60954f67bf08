/* The dashboard: live parts, the palette, ticks of lists. All of it works without. */
(() => {
  const dash = document.querySelector(".dash");
  if (!dash) return;
  const $$ = (sel, from = document) => [...from.querySelectorAll(sel)];

  /* --- the current step or section stands in the middle of its row, where that scrolls. */
  for (const el of $$(".sections__item[aria-current],.wizard__step[aria-current],.tabs [aria-current]").filter((el) => el.ariaCurrent !== "false")) {
    let box = el.parentElement;
    while (box !== dash && box.scrollWidth <= box.clientWidth + 1) box = box.parentElement;
    if (box === dash) continue;
    const at = el.getBoundingClientRect(), room = box.getBoundingClientRect();
    box.scrollLeft += at.left - room.left - (room.width - at.width) / 2;
  }

  /* --- live parts: the page asks for itself anew and takes over what is marked. */
  const regions = () => $$("[data-live]");
  let waiting, running = false, again = false;
  const busy = (el) => el.contains(document.activeElement) && document.activeElement.matches("input,select,textarea,summary,[data-keep]") ||
    el.querySelector("dialog[open],details[open] form,input[type=checkbox][data-row]:checked");
  const refresh = async () => {
    if (running) { again = true; return; }
    if (document.hidden) { again = true; return; }
    running = true; again = false;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
      if (answer.redirected && !answer.url.includes(location.pathname)) { location.reload(); return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of regions()) {
        const now = fresh.getElementById(old.id);
        if (!now || busy(old) || now.innerHTML === old.innerHTML) continue;
        const open = new Set($$("details[open][id]", old).map((d) => d.id));
        old.replaceWith(document.adoptNode(now));
        for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      }
    } catch { /* offline: the next event or tick asks again */ } finally {
      running = false;
      if (again && !document.hidden) soon();
    }
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 350); };
  if (regions().length) {
    const only = dash.dataset.order;
    let polling;
    const poll = () => { polling ??= setInterval(soon, 15000); };
    if ("EventSource" in window) {
      const source = new EventSource("/admin/events");
      source.onmessage = (e) => {
        const said = JSON.parse(e.data);
        if (!only || (said.orders || []).includes(only)) soon();
      };
      let before = false; // what happened while nobody told us is looked for when we are told again
      source.onopen = () => { clearInterval(polling); polling = undefined; dash.dataset.connected = "yes"; if (before) soon(); before = true; };
      source.onerror = () => { delete dash.dataset.connected; poll(); };
      addEventListener("pagehide", () => source.close());
    } else poll();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && again) soon(); });
  }

  /* --- lists: tick all, count what is ticked, show the bar */
  const count = (form) => {
    const rows = $$("[data-row]", form), on = rows.filter((r) => r.checked);
    const bar = form.querySelector("[data-bulk]");
    if (!bar) return;
    bar.toggleAttribute("data-on", on.length > 0);
    const words = form.querySelector("[data-count]");
    if (words) words.textContent = on.length === 1 ? "1 selected" : on.length + " selected";
    const all = form.querySelector("[data-all]");
    if (all) { all.checked = on.length > 0 && on.length === rows.length; all.indeterminate = on.length > 0 && on.length < rows.length; }
  };
  document.addEventListener("change", (e) => {
    const form = e.target.closest("[data-list]");
    if (!form) return;
    if (e.target.matches("[data-all]")) $$("[data-row]", form).forEach((r) => { r.checked = e.target.checked; });
    count(form);
  });
  $$("[data-list]").forEach(count);

  /* --- rows lead where their link leads */
  document.addEventListener("click", (e) => {
    const row = e.target.closest("tr[data-href]");
    if (!row || e.target.closest("a,button,input,label,summary,details") || getSelection().toString()) return;
    if (e.metaKey || e.ctrlKey) open(row.dataset.href); else location.href = row.dataset.href;
  });

  /* --- what was done is told in a toast, aloud too, and goes by itself unless somebody is at it */
  const told = document.querySelector("[data-toast]");
  if (told) {
    const toast = told.querySelector(".toast"), news = document.getElementById("news");
    toast.removeAttribute("role");
    let left = toast.querySelector("form") ? 12 : 6;
    setTimeout(() => { news.append(toast); told.remove(); }, 50);
    const tick = setInterval(() => {
      if (toast.matches(":hover,:focus-within") || document.hidden || --left > 0) return;
      clearInterval(tick);
      toast.remove();
    }, 1000);
  }

  /* --- asking before what cannot be undone */
  document.addEventListener("submit", (e) => {
    const words = e.submitter?.dataset.sure || e.target.dataset.sure;
    if (words && !confirm(words)) { e.preventDefault(); delete e.target.dataset.sent; }
  }, true);

  /* --- the palette: go anywhere by name */
  const palette = document.getElementById("palette");
  const field = palette?.querySelector("input");
  const entries = () => $$("[data-entry]", palette);
  const shown = () => entries().filter((a) => !a.hidden);
  const mark = (at) => entries().forEach((a) => a.toggleAttribute("data-marked", a === at));
  const filter = () => {
    const text = field.value.trim().toLowerCase();
    for (const a of entries()) {
      if (a.dataset.entry === "search") {
        a.hidden = !text;
        a.href = "/admin/orders?q=" + encodeURIComponent(field.value.trim());
        a.querySelector("[data-words]").textContent = "Search orders for “" + field.value.trim() + "”";
      } else if (a.dataset.entry !== "found") a.hidden = text && !a.textContent.toLowerCase().includes(text);
    }
    mark(shown()[0]);
    look(field.value.trim());
  };
  /* what the shop has of it: orders, products, customers, suppliers, settings */
  let looking, looked = "";
  const look = (text) => {
    if (text === looked) return;
    looked = text;
    clearTimeout(looking);
    const box = palette.querySelector("[data-found]"), told = palette.querySelector("[data-found-count]");
    if (text.length < 2) { box.replaceChildren(); told.textContent = ""; return; }
    looking = setTimeout(async () => {
      try {
        const answer = await fetch("/admin/find?q=" + encodeURIComponent(text), { headers: { "X-Live": "1" }, credentials: "same-origin" });
        if (!answer.ok || looked !== text) return;
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
        const rows = found ? [...found.children].filter((a) => !a.textContent.trim().endsWith("Page")).map((a) => document.adoptNode(a)) : [];
        if (looked !== text) return;
        box.replaceChildren(...rows);
        told.textContent = rows.length + " found";
        if (!shown().some((a) => "marked" in a.dataset && a.dataset.entry !== "search")) mark(rows[0] || shown()[0]);
      } catch { /* offline: pages and the search of orders remain */ }
    }, 180);
  };
  const openPalette = () => { if (!palette.open) { field.value = ""; looked = ""; filter(); palette.showModal(); field.focus(); } };
  if (palette) {
    field.addEventListener("input", filter);
    palette.addEventListener("keydown", (e) => {
      const list = shown(), at = list.findIndex((a) => "marked" in a.dataset);
      if (e.key === "ArrowDown") { e.preventDefault(); mark(list[(at + 1) % list.length]); }
      if (e.key === "ArrowUp") { e.preventDefault(); mark(list[(at - 1 + list.length) % list.length]); }
      if (e.key === "Enter") { e.preventDefault(); (list[at] || list[0])?.click(); }
    });
    document.addEventListener("click", (e) => { if (e.target.closest("[data-palette]")) { e.preventDefault(); openPalette(); } });
  }
  const showKeys = () => { const keys = document.getElementById("keys"); if (keys && !keys.open) keys.showModal(); };
  document.addEventListener("click", (e) => { if (e.target.closest("[data-keys]")) showKeys(); });
  let before = "";
  document.addEventListener("keydown", (e) => {
    if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k") { e.preventDefault(); openPalette(); return; }
    if (e.target.matches("input,select,textarea,[contenteditable]") || e.metaKey || e.ctrlKey || e.altKey) return;
    if (e.key === "/") { e.preventDefault(); (document.querySelector("[data-search]") || field)?.focus(); if (!document.querySelector("[data-search]")) openPalette(); }
    if (e.key === "?") showKeys();
    const to = { h: "/admin", o: "/admin/orders", a: "/admin/attention", m: "/admin/messages", p: "/admin/products", s: "/admin/suppliers", c: "/admin/customers" }[e.key];
    if (before === "g" && to) location.href = to;
    before = e.key;
  });

  /* --- a time zone for the first page of all */
  const zone = document.querySelector("input[data-zone]");
  if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
})();
