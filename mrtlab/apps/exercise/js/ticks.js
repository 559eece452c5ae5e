function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-ticks");
  const legend = make("legend", { class: "mrt-label" });
  const list = make("div", { class: "mrt-tick-list" });
  el.append(make("fieldset", { class: "mrt-bare" }, legend, list));
  const boxes = () => [...list.querySelectorAll("input")];
  follow(model, ["label"], () => {
    legend.textContent = model.get("label");
    legend.hidden = !model.get("label");
  });
  follow(model, ["names"], () => {
    list.replaceChildren(
      ...model.get("names").map((name) => {
        const box = make("input", { type: "checkbox" });
        box.addEventListener("change", () => {
          model.set("value", boxes().map((one) => one.checked));
          model.save_changes();
        });
        return make("label", { class: "mrt-radio" }, box, make("span", {}, name));
      }),
    );
  });
  follow(model, ["names", "value"], () => {
    const value = model.get("value");
    boxes().forEach((box, i) => (box.checked = Boolean(value[i])));
  });
}
export default { render };
