// Helpers shared by the scripts of all controls. Text always goes in as text, never as HTML.
function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function uid() {
  return "mrt-" + Math.random().toString(36).slice(2, 10);
}

// Calls back at once and whenever one of the traits changes.
function follow(model, names, callback) {
  for (const name of names) model.on("change:" + name, callback);
  callback();
}

// Widgets are drawn before they are put into the page; some things need the page.
function whenAttached(el, callback) {
  if (el.isConnected) return callback();
  const wait = setInterval(() => {
    if (!el.isConnected) return;
    clearInterval(wait);
    callback();
  }, 20);
  setTimeout(() => clearInterval(wait), 60000);
}

// Whether a pointer is down, anywhere on the page.
let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (pressed = false), true);

// A text input that sends what is typed after a pause, and at once on Enter or when it is left.
function sendTyped(input, send, pause = 300) {
  let timer = null;
  const now = () => {
    clearTimeout(timer);
    timer = null;
    for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, now, true);
    send(input.value);
  };
  // The echo moves what stands below; a button pressed there must still be under the pointer when it is let go.
  const soon = () => {
    if (!pressed) now();
    else for (const end of ["pointerup", "pointercancel"]) addEventListener(end, now, true);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(soon, pause);
  });
  input.addEventListener("blur", () => timer !== null && soon());
  input.addEventListener("change", soon);
  input.addEventListener("keydown", (event) => event.key === "Enter" && input.tagName === "INPUT" && now());
}

// Label, unit and help of a field; returns the ids that describe it.
function fieldHead(el, model, id) {
  const unit = make("span", { class: "mrt-unit" });
  const name = make("span");
  const label = make("label", { class: "mrt-label", for: id }, name, unit);
  const help = make("span", { class: "mrt-help", id: id + "-help" });
  follow(model, ["label", "unit", "help"], () => {
    name.textContent = model.get("label");
    unit.textContent = model.get("unit") ? ", " + model.get("unit") : "";
    help.textContent = model.get("help") || "";
    help.hidden = !model.get("help");
  });
  el.append(label, help);
  return id + "-help";
}

// The echo or the refusal under a number.
function fieldMessage(el, model, input, described) {
  const message = make("span", { class: "mrt-message", id: input.id + "-message", "aria-live": "polite" });
  input.setAttribute("aria-describedby", described + " " + message.id);
  follow(model, ["message", "state"], () => {
    const state = model.get("state");
    message.textContent = model.get("message");
    message.hidden = !model.get("message");
    message.classList.toggle("mrt-refused", state !== "good");
    if (state === "bad") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  });
  el.append(message);
}
