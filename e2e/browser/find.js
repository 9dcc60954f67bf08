/* find is the first thing of a selector that can be seen. Not shown boxes and buttons of
   choice are named by their labels, which is where people click. */
(what) => {
  const [css, ...words] = what.split(" >> ");
  const text = words.join(" >> ").toLowerCase();
  const says = (el) => ((el.innerText || "") + " " + (el.getAttribute("aria-label") || "") + " " + (el.value && el.matches("input,button") ? el.value : "")).replace(/\s+/g, " ").toLowerCase();
  const face = (el) => el.matches("input[type=radio],input[type=checkbox]") ? el.closest("label") || el : el;
  const seen = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && el.checkVisibility({ visibilityProperty: true });
  };
  const all = [...document.querySelectorAll(css)];
  const found = all.filter((el) => !text || says(el).includes(text)).map((el) => [el, face(el)]).filter(([, f]) => seen(f));
  if (!found.length) return null;
  return found[0];
}
