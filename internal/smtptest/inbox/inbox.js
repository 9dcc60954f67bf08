// New mail appears by itself: ask for the newest number, and on a change take the list
// out of a fresh page. What is being read stays where it is.
const seconds = 2;
setInterval(async () => {
  try {
    const newest = (await (await fetch("newest")).text()).trim();
    if (newest === document.body.dataset.newest) return;
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const part of ["#list", "h1"]) {
      document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
    }
    document.body.dataset.newest = newest;
  } catch {
    // the server is being restarted; the next look tells
  }
}, seconds * 1000);
