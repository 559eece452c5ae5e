function render({ model, el }) {
  el.classList.add("mrt-task-head");
  const number = make("span", { class: "mrt-task-number" });
  const title = make("span");
  const heading = make("h3", { id: uid() }, number, " ", title);
  el.append(heading);
  follow(model, ["number", "title"], () => {
    number.textContent = model.get("number");
    number.hidden = !model.get("number");
    title.textContent = model.get("title");
  });
  whenAttached(el, () => {
    el.parentElement.setAttribute("role", "group");
    el.parentElement.setAttribute("aria-labelledby", heading.id);
  });
}
export default { render };
