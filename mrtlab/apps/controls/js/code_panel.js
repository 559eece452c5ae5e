function render({ model, el }) {
  el.classList.add("mrt-block", "mrt-code");
  const code = make("code");
  const pre = make("pre", { tabindex: "0", role: "region" }, code);
  const button = make("button", { type: "button", class: "mrt-button mrt-small" }, "Copy");
  const said = make("span", { class: "mrt-message", "aria-live": "polite" });
  el.append(make("div", { class: "mrt-code-bar" }, button, said), pre);
  follow(model, ["label"], () => pre.setAttribute("aria-label", model.get("label")));
  follow(model, ["code"], () => {
    code.textContent = model.get("code");
    said.textContent = "";
  });
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(model.get("code"));
      said.textContent = "copied";
    } catch {
      select();
      said.textContent = "selected; press Ctrl+C";
    }
  });
}
export default { render };
