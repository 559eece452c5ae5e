function render({ model, el }) {
  el.classList.add("mrt-head");
  const inVoila = "voila" in document.body.dataset;
  const crumbs = make("nav", { class: "mrt-crumbs", "aria-label": "Where you are" });
  const units = make("span", { class: "mrt-units" });
  const status = make("span", { class: "mrt-status", "aria-live": "polite", role: "status" });
  const title = make("h1");
  const subtitle = make("p", { class: "mrt-subtitle" });
  el.append(
    make("div", { class: "mrt-bar" }, crumbs, make("div", { class: "mrt-state" }, units, status)),
    make("div", { class: "mrt-title" }, title, subtitle),
  );
  follow(model, ["crumbs"], () => {
    const parts = model.get("crumbs").map(([text, address]) =>
      // addresses are those of the dashboards; in a notebook they would lead nowhere
      address && inVoila ? make("a", { href: address }, text) : make("span", {}, text),
    );
    const gap = () => make("span", { class: "mrt-gap", "aria-hidden": "true" }, "›");
    crumbs.replaceChildren(...parts.flatMap((part, i) => (i ? [gap(), part] : [part])));
    parts.at(-1)?.setAttribute("aria-current", "page");
  });
  follow(model, ["title"], () => {
    title.textContent = model.get("title");
    if (inVoila) document.title = `${model.get("title")} · mrtlab`;
  });
  follow(model, ["subtitle", "units", "status"], () => {
    subtitle.textContent = model.get("subtitle");
    units.textContent = model.get("units");
    if (status.textContent !== model.get("status")) status.textContent = model.get("status");
  });
  whenAttached(el, () => el.closest(".mrt-page")?.setAttribute("lang", "en"));
}
export default { render };
