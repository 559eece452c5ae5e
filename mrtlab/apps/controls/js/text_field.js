function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-text");
  const id = uid();
  const several = model.get("lines") > 1;
  const input = several
    ? make("textarea", { id, rows: model.get("lines"), class: "mrt-input" })
    : make("input", { id, type: "text", class: "mrt-input", autocomplete: "off" });
  input.setAttribute("aria-describedby", fieldHead(el, model, id));
  el.append(input);
  sendTyped(input, (text) => {
    model.set("value", text);
    model.save_changes();
  });
  follow(model, ["value"], () => {
    if (input.value !== model.get("value")) input.value = model.get("value");
  });
  follow(model, ["placeholder"], () => (input.placeholder = model.get("placeholder")));
  follow(model, ["disabled"], () => (input.disabled = model.get("disabled")));
}
export default { render };
