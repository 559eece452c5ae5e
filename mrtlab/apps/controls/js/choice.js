function render({ model, el }) {
  el.classList.add("mrt-field", "mrt-choice");
  const choose = (index) => {
    model.set("index", index);
    model.save_changes();
  };
  (model.get("radio") ? asRadio : asSelect)(model, el, choose);
}

function asSelect(model, el, choose) {
  const id = uid();
  const described = fieldHead(el, model, id);
  const select = make("select", { id, class: "mrt-input", "aria-describedby": described });
  el.append(select);
  follow(model, ["labels", "index"], () => {
    const labels = model.get("labels");
    const shown = [...select.options].map((option) => option.text);
    if (shown.length !== labels.length || shown.some((text, i) => text !== labels[i])) {
      select.replaceChildren(...labels.map((text) => make("option", {}, text)));
    }
    const index = model.get("index");
    select.selectedIndex = index === null ? -1 : index;
  });
  select.addEventListener("change", () => choose(select.selectedIndex));
  follow(model, ["disabled"], () => (select.disabled = model.get("disabled")));
}

function asRadio(model, el, choose) {
  const name = uid();
  const legend = make("legend", { class: "mrt-label" });
  const help = make("span", { class: "mrt-help" });
  const list = make("div", { class: "mrt-radios" });
  el.append(make("fieldset", { class: "mrt-bare" }, legend, help, list));
  follow(model, ["label", "help"], () => {
    legend.textContent = model.get("label");
    help.textContent = model.get("help");
    help.hidden = !model.get("help");
  });
  follow(model, ["labels"], () => {
    list.replaceChildren(
      ...model.get("labels").map((text, index) => {
        const radio = make("input", { type: "radio", name, value: index });
        radio.addEventListener("change", () => radio.checked && choose(index));
        return make("label", { class: "mrt-radio" }, radio, make("span", {}, text));
      }),
    );
  });
  follow(model, ["labels", "index", "disabled"], () => {
    for (const radio of list.querySelectorAll("input")) {
      radio.checked = Number(radio.value) === model.get("index") && model.get("index") !== null;
      radio.disabled = model.get("disabled");
    }
  });
}
export default { render };
