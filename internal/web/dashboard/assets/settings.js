/* The brand's preview follows what is typed. The colours are made as ui.NewTheme makes them. */
(() => {
  const box = document.querySelector("[data-brand-preview]");
  if (!box) return;
  const field = document.getElementById("set-brand-colour"), swatch = document.querySelector("[data-swatch]");
  const parse = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
  const hex = (c) => "#" + c.map((v) => Math.round(v * 255).toString(16).padStart(2, "0")).join("");
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => sum + w * (c[i] <= 0.04045 ? c[i] / 12.92 : ((c[i] + 0.055) / 1.055) ** 2.4), 0);
  const contrast = (a, b) => { const x = light(a) + 0.05, y = light(b) + 0.05; return Math.max(x, y) / Math.min(x, y); };
  const white = [1, 1, 1], black = [0.06, 0.06, 0.06];
  const moved = (c, ground, end, enough) => { for (let i = 0; i < 40 && contrast(c, ground) < enough; i++) c = c.map((v, at) => v + (end[at] - v) / 16); return c; };
  const button = (c) => contrast(c, white) >= 4.5 ? [c, white] : contrast(c, black) >= 6 ? [c, black] : [moved(c, white, [0, 0, 0], 4.5), white];
  const words = (n) => {
    const ratio = (Math.floor(n * 10) / 10).toFixed(1) + " : 1";
    if (n >= 7) return "White words on it: " + ratio + ". Very easy to read (WCAG AAA).";
    if (n >= 4.5) return "White words on it: " + ratio + ". Easy to read (WCAG AA).";
    return "White words on it: " + ratio + ", less than the 4.5 : 1 of WCAG AA. Buttons get dark words or a darker ground, so that everybody can read them.";
  };
  const show = (text) => {
    const verdict = box.querySelector("[data-verdict]");
    if (!/^#[0-9a-f]{6}$/i.test(text)) { verdict.textContent = "This is no colour of the form #1f6f54."; return; }
    const c = parse(text), [ground, on] = button(c), dress = box.querySelector(".preview").style;
    dress.setProperty("--brand", hex(ground));
    dress.setProperty("--on-brand", hex(on));
    dress.setProperty("--brand-ink", hex(moved(c, white, [0, 0, 0], 5.1)));
    verdict.textContent = words(contrast(c, white));
  };
  field?.addEventListener("input", () => { const text = field.value.trim() || field.placeholder; show(text); if (/^#[0-9a-f]{6}$/i.test(text)) swatch.value = text; });
  swatch?.addEventListener("input", () => { field.value = swatch.value; show(swatch.value); });
  const logo = document.getElementById("set-brand-logo_url"), image = box.querySelector("[data-logo]"), name = box.querySelector("[data-name]");
  logo?.addEventListener("change", () => {
    const url = logo.value.trim();
    image.hidden = !url; name.hidden = !!url;
    if (url) image.src = url; else image.removeAttribute("src");
  });
  image?.addEventListener("error", () => { image.hidden = true; name.hidden = false; });
})();
