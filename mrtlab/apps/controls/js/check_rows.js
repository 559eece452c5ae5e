function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-checkrows");
  const caption = make("caption", { class: "mrt-hidden" });
  const head = make("tr");
  const body = make("tbody");
  el.append(make("table", {}, caption, make("thead", {}, head), body));
  follow(model, ["label"], () => (caption.textContent = model.get("label")));
  follow(model, ["columns"], () => {
    const corner = make("th", { scope: "col" }, make("span", { class: "mrt-hidden" }, "use"));
    head.replaceChildren(corner, ...model.get("columns").map((text) => make("th", { scope: "col" }, text)));
  });
  const boxes = () => [...body.querySelectorAll("input")];
  follow(model, ["rows", "names"], () => {
    const names = model.get("names");
    body.replaceChildren(
      ...model.get("rows").map((cells, row) => {
        const id = uid();
        const box = make("input", { type: "checkbox", id, "aria-label": names[row] || cells.join(", ") });
        box.addEventListener("change", () => {
          model.set("value", boxes().map((one) => one.checked));
          model.save_changes();
        });
        // the first cell heads its row; clicking any cell works the box
        const inside = cells.map((text, i) =>
          make(i ? "td" : "th", i ? {} : { scope: "row" }, make("label", { for: id }, text)),
        );
        return make("tr", {}, make("td", {}, box), ...inside);
      }),
    );
  });
  // "names" too: each of them builds the boxes anew, in whatever order they arrive
  follow(model, ["rows", "names", "value", "disabled"], () => {
    const value = model.get("value");
    boxes().forEach((box, i) => {
      box.checked = Boolean(value[i]);
      box.disabled = model.get("disabled");
      box.closest("tr").classList.toggle("mrt-off", !value[i] && !model.get("choosing"));
    });
  });
}
export default { render };
