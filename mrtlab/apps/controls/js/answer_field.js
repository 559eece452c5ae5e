const SHORT = { value: "value", u: "uncertainty", low: "lower end", high: "upper end" };

function render({ model, el }) {
  el.classList.add("mrt-answer");
  const parts = model.get("parts");
  const echo = make("span", { class: "mrt-message", id: uid() });
  const inputs = {};
  const refusals = {};
  for (const part of parts) {
    refusals[part] = make("span", { class: "mrt-message mrt-refused", id: uid() });
    inputs[part] = make("input", {
      type: "text",
      class: "mrt-input",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "done",
      "aria-describedby": `${echo.id} ${refusals[part].id}`,
    });
  }
  const button = make("button", { type: "submit", class: "mrt-button" });
  const row = make("form", { class: "mrt-answer-row", novalidate: true }, ...answerPieces(model, parts, inputs), button);
  // what is said stands in one place, so that a change is read out once
  const says = make("div", { class: "mrt-answer-says", "aria-live": "polite" }, echo, ...Object.values(refusals));
  row.append(says);
  el.append(row);

  const typed = () => Object.fromEntries(parts.map((part) => [part, inputs[part].value]));
  const same = (one, other) => parts.every((part) => one[part] === other[part]);
  let timer = null;
  const send = () => {
    clearTimeout(timer);
    timer = null;
    if (same(typed(), model.get("raw"))) return;
    model.set("raw", typed());
    model.save_changes();
  };

  let asked = null; // the text being checked: a second Enter must not hand the same in again
  let again = false;
  let slow = null;
  const submit = () => {
    send();
    if (model.get("disabled")) return;
    if (asked) {
      again = !same(typed(), asked);
      return;
    }
    asked = typed();
    button.setAttribute("aria-busy", "true");
    slow = setTimeout(() => say(echo, "checking…"), 1000);
    model.send({ event: "submit", raw: asked });
  };
  model.on("msg:custom", (message) => {
    if (message.event !== "submitted") return;
    clearTimeout(slow);
    asked = null;
    button.removeAttribute("aria-busy");
    show();
    if (again) {
      again = false;
      submit();
    }
  });
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  for (const input of Object.values(inputs)) {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, 300);
    });
    input.addEventListener("change", send);
    input.addEventListener("blur", send);
    // without a button a form of several inputs would not hear Enter
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      submit();
    });
  }

  const show = () => {
    const [states, messages] = [model.get("states"), model.get("messages")];
    say(echo, model.get("echo"));
    for (const part of parts) {
      const bad = states[part] === "bad";
      const words = states[part] === "good" ? "" : messages[part] || "";
      say(refusals[part], words && parts.length > 1 ? `${SHORT[part]}: ${words}` : words);
      if (bad) inputs[part].setAttribute("aria-invalid", "true");
      else inputs[part].removeAttribute("aria-invalid");
    }
  };
  follow(model, ["states", "messages", "echo"], show);
  follow(model, ["raw"], () => {
    if (timer !== null) return; // what is being typed wins; it is on its way
    for (const part of parts) {
      const text = model.get("raw")[part] || "";
      if (inputs[part].value !== text) inputs[part].value = text;
    }
  });
  follow(model, ["names"], () => {
    for (const part of parts) inputs[part].setAttribute("aria-label", model.get("names")[part]);
  });
  follow(model, ["button", "label"], () => {
    button.textContent = model.get("button");
    button.hidden = !model.get("button");
    button.setAttribute("aria-label", `${model.get("button")}: ${model.get("label")}`);
  });
  // not the attribute "disabled": the one who has just pressed the button would lose her place on the page
  follow(model, ["disabled"], () => {
    const disabled = model.get("disabled");
    for (const input of Object.values(inputs)) {
      input.readOnly = disabled;
      input.setAttribute("aria-disabled", String(disabled));
    }
    button.setAttribute("aria-disabled", String(disabled));
  });
}

// "value ± u unit", "value unit, 95 %: low to high unit": what belongs together is not broken apart.
function answerPieces(model, parts, inputs) {
  const unit = (mark = "") => {
    const node = make("span", { class: "mrt-answer-unit" });
    follow(model, ["unit"], () => {
      node.textContent = model.get("unit") + mark;
      node.hidden = !node.textContent;
    });
    return node;
  };
  const piece = (...nodes) => make("span", { class: "mrt-answer-piece" }, ...nodes);
  const word = (text) => make("span", {}, text);
  const pieces = [];
  if (parts.includes("u")) pieces.push(piece(inputs.value), piece(word("±"), inputs.u, unit()));
  else if (parts.includes("value")) pieces.push(piece(inputs.value, unit(parts.includes("low") ? "," : "")));
  if (parts.includes("low")) {
    pieces.push(piece(word("95 %:"), inputs.low), piece(word("to"), inputs.high, unit()));
    inputs.low.classList.add("mrt-short");
    inputs.high.classList.add("mrt-short");
  }
  inputs.u?.classList.add("mrt-short");
  return pieces;
}

function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
  node.hidden = !words;
}
export default { render };
