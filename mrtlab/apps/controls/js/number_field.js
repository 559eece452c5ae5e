function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-number");
  const id = uid();
  const input = make("input", { id, type: "text", class: "mrt-input", autocomplete: "off", spellcheck: "false" });
  const described = fieldHead(el, model, id);
  el.append(input);
  fieldMessage(el, model, input, described);
  sendTyped(input, (text) => {
    model.set("text", text);
    model.save_changes();
  });
  follow(model, ["text"], () => {
    if (input.value !== model.get("text")) input.value = model.get("text");
  });
  follow(model, ["disabled"], () => (input.disabled = model.get("disabled")));
}
export default { render };
