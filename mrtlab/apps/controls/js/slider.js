function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-slider");
  const id = uid();
  const range = make("input", { id, type: "range", class: "mrt-range" });
  const box = make("input", { id: id + "-box", type: "text", class: "mrt-input", autocomplete: "off" });
  const described = fieldHead(el, model, id);
  el.append(make("div", { class: "mrt-slider-row" }, range, box));
  fieldMessage(el, model, box, described);
  range.setAttribute("aria-describedby", described);

  // 0.1 + 0.2 must read 0.3: as many decimals as the step and the start have
  const decimals = (number) => {
    const [digits, power] = String(number).split("e");
    return Math.max(0, (digits.split(".")[1] || "").length - Number(power || 0));
  };
  const tidy = (number) => {
    const places = Math.max(decimals(model.get("step")), decimals(model.get("minimum")));
    return String(Number(Number(number).toFixed(Math.min(places, 20))));
  };
  const speak = () => range.setAttribute("aria-valuetext", (tidy(range.value) + " " + model.get("unit")).trim());

  follow(model, ["minimum", "maximum", "step", "position"], () => {
    range.min = model.get("minimum");
    range.max = model.get("maximum");
    range.step = "any"; // a number typed between two steps must not move the handle
    range.value = model.get("position");
    speak();
  });
  const move = (number) => {
    const value = Number(tidy(Math.min(Math.max(number, model.get("minimum")), model.get("maximum"))));
    range.value = value;
    box.value = tidy(value);
    speak();
    model.set("position", value);
    model.save_changes();
  };
  const onStep = (number) => {
    const [low, step] = [model.get("minimum"), model.get("step")];
    return low + Math.round((number - low) / step) * step;
  };
  range.addEventListener("input", () => move(onStep(Number(range.value))));
  range.addEventListener("keydown", (event) => {
    const step = model.get("step");
    const page = Math.max(step, Math.round((model.get("maximum") - model.get("minimum")) / 10 / step) * step);
    const from = Number(range.value);
    const to = {
      ArrowRight: from + step, ArrowUp: from + step, ArrowLeft: from - step, ArrowDown: from - step,
      PageUp: from + page, PageDown: from - page, Home: model.get("minimum"), End: model.get("maximum"),
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(to);
  });
  sendTyped(box, (text) => {
    model.set("text", text);
    model.save_changes();
  });
  follow(model, ["text"], () => {
    if (document.activeElement !== range && box.value !== model.get("text")) box.value = model.get("text");
  });
  follow(model, ["label", "unit"], () => {
    const unit = model.get("unit") ? ", " + model.get("unit") : "";
    box.setAttribute("aria-label", model.get("label") + unit + ", as a number");
  });
  follow(model, ["disabled"], () => (range.disabled = box.disabled = model.get("disabled")));
}
export default { render };
