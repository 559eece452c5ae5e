// The waiting state, and the banner of a page whose program has gone.
(() => {
  const id = (name) => document.getElementById(name);
  const pause = 20000; // ms between looks

  // ---- waiting: until the page has drawn its title, or there is something else to see
  window.voila_process = () => {}; // "Executing 3 of 7" tells a learner nothing
  let widgets = false;
  window.voila_finish = () => {
    const outputs = document.querySelectorAll("script[type='application/vnd.voila.cell-output+json']");
    widgets = [...outputs].some((output) => output.textContent.includes("widget-view+json"));
    window.display_cells();
  };
  const started = performance.now();
  let shown = null;
  const looking = setInterval(() => {
    const now = performance.now();
    const cells = id("rendered_cells");
    if (!cells || cells.style.display === "none") {
      if (now - started > 12000) say("The first start after installing takes longest.");
      return;
    }
    shown ??= now;
    const title = cells.querySelector("h1");
    const drawn = now - shown > 1000 && cells.querySelector(".jupyter-widgets, .widget-box");
    if (title || drawn || !widgets || now - shown > 15000) {
      clearInterval(looking);
      id("mrt-waiting").remove();
    }
  }, 50);
  const say = (text) => {
    const more = document.querySelector("#mrt-waiting .mrt-waiting-more");
    if (more && more.textContent !== text) more.textContent = text;
  };

  // ---- asleep: the server ends programs nobody uses; a page cannot tell by itself
  const banner = (text) => {
    const place = id("mrt-asleep");
    if (place.dataset.text === (text || "")) return;
    place.dataset.text = text || "";
    place.hidden = !text;
    document.body.classList.toggle("mrt-asleep", Boolean(text));
    if (!text) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Reload";
    button.addEventListener("click", () => location.reload());
    const words = document.createElement("span");
    words.textContent = text;
    place.replaceChildren(words, button);
  };
  const lost = "The program behind this page has stopped. Reload the page; what was saved is there again.";
  new MutationObserver((changes) => {
    if (changes.some((change) => change.target.classList.contains("jupyter-widgets-disconnected"))) banner(lost);
  }).observe(document, { attributes: true, attributeFilter: ["class"], subtree: true });
  let timer = null;
  let failures = 0;
  async function look() {
    clearTimeout(timer);
    const settings = id("jupyter-config-data");
    if (!settings) return again(1000); // the program is still being started
    const { baseUrl, kernelId } = JSON.parse(settings.textContent);
    try {
      const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`, { cache: "no-store" });
      failures = 0;
      if (answer.status === 404) {
        banner("This page has gone to sleep. Reload it to go on; what was not saved has to be entered again.");
        return again(pause);
      }
      // a program that was killed is started again under its old name, and knows nothing of this page
      banner(document.querySelector(".jupyter-widgets-disconnected") ? lost : "");
    } catch {
      failures += 1;
      if (failures > 1) banner("mrtlab has been stopped. Start it again, then reload this page.");
      else return again(2000); // once is nothing
    }
    again(pause);
  }
  const again = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  };
  again(pause);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("online", look);
  window.addEventListener("focus", look);
})();
