/* A part of a page that asks for itself again until it is done. */
(() => {
  let box = document.querySelector("[data-poll]");
  const again = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) { location.reload(); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(box.id);
      if (!fresh) { location.reload(); return; }
      if (!fresh.dataset.poll) { location.reload(); return; }
      box.replaceWith(document.adoptNode(fresh));
      box = fresh;
    } catch { /* offline: ask again */ }
    later();
  };
  const later = () => { if (box && box.dataset.poll) setTimeout(again, Number(box.dataset.poll)); };
  later();
})();
