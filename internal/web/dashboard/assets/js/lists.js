/* Lists by keyboard: j and k (or the arrows, once a row has the focus) go up and down, x ticks,
   o opens, ? tells all keys; a page's own keys stand in data-key: a field there gets the focus, a
   button is pressed. Without scripts the tab key does the same. */
(() => {
  const main = document.getElementById("main");
  if (!main) return;
  const rows = () => [...main.querySelectorAll("tr[data-href],.rows>li,[data-row-key]")].filter((r) => r.offsetParent !== null && r.querySelector("a,button,input"));
  const link = (row) => row.querySelector("a.strong,a.rows__row,a") || row.querySelector("button,input");
  const at = () => rows().findIndex((r) => r.contains(document.activeElement));
  const go = (step) => {
    const list = rows();
    if (!list.length) return;
    const now = at();
    const next = list[now < 0 ? (step > 0 ? 0 : list.length - 1) : Math.max(0, Math.min(list.length - 1, now + step))];
    link(next)?.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const typing = (e) => !e.target.matches || e.target.matches("input:not([type=checkbox]),select,textarea,[contenteditable]") || e.target.closest("dialog");

  document.addEventListener("keydown", (e) => {
    if (e.metaKey || e.ctrlKey || e.altKey || typing(e)) return;
    const inRow = at() >= 0;
    const step = { j: 1, k: -1 }[e.key] || (inRow && { ArrowDown: 1, ArrowUp: -1 }[e.key]);
    if (step) { e.preventDefault(); go(step); return; }
    if (e.key === "x" && inRow) {
      const box = rows()[at()].querySelector("input[type=checkbox]");
      if (box) { e.preventDefault(); box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    }
    const own = main.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
    if (own) {
      e.preventDefault();
      const field = own.querySelector("textarea");
      if (field) { field.focus(); field.scrollIntoView({ block: "center" }); } else own.querySelector("button,a")?.click();
    }
    if (e.key === "?") {
      const help = document.getElementById("keys");
      if (help) { e.preventDefault(); e.stopImmediatePropagation(); help.showModal(); }
    }
  }, true);

  /* "All of this list" is said where the ticked ones are counted. */
  document.addEventListener("change", (e) => {
    const form = e.target.closest("[data-list]");
    const every = form?.querySelector("[data-every]");
    if (!every) return;
    const words = form.querySelector("[data-count]"), bar = form.querySelector("[data-bulk]");
    if (every.checked) { words.textContent = "All of this list"; bar.toggleAttribute("data-on", true); }
  });
})();
