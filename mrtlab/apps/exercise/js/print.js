function render({ model, el }) {
  el.classList.add("mrt-action");
  const button = make("button", { type: "button", class: "mrt-linklike" }, "Print");
  button.addEventListener("click", () => window.print());
  el.append(button);
}
export default { render };
