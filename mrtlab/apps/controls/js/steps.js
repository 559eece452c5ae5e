function render({ model, el }) {
  el.classList.add("mrt-block", "mrt-steps");
  const list = make("ol");
  el.append(make("nav", { "aria-label": "Steps of this page" }, list));
  const items = () =>
    model.get("labels").map((text, index) => {
      const done = model.get("done").includes(index);
      const current = model.get("current") === index;
      const open = model.get("reachable").includes(index);
      const button = make(
        "button",
        { type: "button", disabled: !open, "aria-current": current ? "step" : null },
        make("span", { "aria-hidden": "true" }, done ? "✓ " : `${index + 1} `),
        make("span", { class: "mrt-hidden" }, `Step ${index + 1}: `),
        text,
        done ? make("span", { class: "mrt-hidden" }, ", done") : null,
      );
      button.className = current ? "mrt-current" : done ? "mrt-done" : "";
      button.addEventListener("click", () => {
        model.set("current", index);
        model.save_changes();
      });
      return make("li", {}, button);
    });
  follow(model, ["labels", "current", "done", "reachable"], () => {
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    list.replaceChildren(...items());
    if (focused >= 0) list.querySelectorAll("button")[focused]?.focus();
  });
}
export default { render };
