function render({ model, el }) {
  el.classList.add("mrt-summary");
  const summary = make("summary");
  const details = make("details", {}, summary);
  el.append(details);
  follow(model, ["text"], () => (summary.textContent = model.get("text")));
  // what it opens are widgets of their own, so they stand beside it
  const show = () => el.parentElement?.classList.toggle("mrt-open", details.open);
  follow(model, ["opened"], () => (details.open = model.get("opened")));
  details.addEventListener("toggle", () => {
    show();
    if (details.open === model.get("opened")) return;
    model.set("opened", details.open);
    model.save_changes();
  });
  whenAttached(el, show);
}
export default { render };
