function render({ model, el }) {
  el.classList.add("mrt-action");
  const button = make("button", { type: "button", class: "mrt-button" });
  button.addEventListener("click", () => model.send({ event: "click" }));
  el.append(button);
  follow(model, ["text", "primary", "disabled"], () => {
    button.textContent = model.get("text");
    button.classList.toggle("mrt-primary", model.get("primary"));
    button.disabled = model.get("disabled");
  });
}
export default { render };
