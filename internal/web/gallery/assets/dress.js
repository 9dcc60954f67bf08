/* Frames take the light and the direction that the gallery was asked for. */
(() => {
  const { mode, turn } = document.querySelector("[data-gallery]").dataset;
  const dress = (frame) => {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    if (mode !== "auto") root.dataset.theme = mode;
    if (turn) root.dir = turn;
  };
  document.querySelectorAll("iframe").forEach((frame) => {
    frame.addEventListener("load", () => dress(frame));
    dress(frame);
  });
})();
