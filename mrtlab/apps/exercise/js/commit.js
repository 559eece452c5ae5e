// A button that hands in what stands in other controls. Their last change may still be held back while the program is
// busy; one exchange of messages with it flushes them first.
function render({ model, el }) {
  el.classList.add("mrt-action");
  const button = make("button", { type: "button", class: "mrt-button" });
  let busy = false;
  let slow = null;
  const text = () => (button.textContent = model.get("text"));
  button.addEventListener("click", () => {
    if (busy || model.get("disabled")) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    slow = setTimeout(() => (button.textContent = model.get("waiting")), 1000);
    model.send({ event: "ask" });
  });
  model.on("msg:custom", (message) => {
    if (!busy) return;
    if (message.event === "settle") model.send({ event: "go" });
    if (message.event !== "done") return;
    busy = false;
    clearTimeout(slow);
    button.removeAttribute("aria-busy");
    text();
  });
  el.append(button);
  follow(model, ["text", "primary", "disabled", "label"], () => {
    text();
    button.classList.toggle("mrt-primary", model.get("primary"));
    // not the attribute "disabled": the one who has just pressed it would lose her place on the page
    button.setAttribute("aria-disabled", String(model.get("disabled")));
    if (model.get("label")) button.setAttribute("aria-label", `${model.get("text")}: ${model.get("label")}`);
  });
}
export default { render };
