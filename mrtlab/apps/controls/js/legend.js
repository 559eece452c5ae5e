function render({ model, el }) {
  el.classList.add("mrt-legend");
  el.id = uid();
  follow(model, ["text"], () => (el.textContent = model.get("text")));
  whenAttached(el, () => {
    el.parentElement.setAttribute("role", "group");
    el.parentElement.setAttribute("aria-labelledby", el.id);
  });
}
export default { render };
