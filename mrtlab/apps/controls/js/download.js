function render({ model, el }) {
  el.classList.add("mrt-action", "mrt-download");
  const button = make("button", { type: "button" });
  const message = make("span", { class: "mrt-message", id: uid(), "aria-live": "polite" });
  button.setAttribute("aria-describedby", message.id);
  el.append(button, message);
  const say = (text, refused = false) => {
    message.textContent = text;
    message.hidden = !text;
    message.classList.toggle("mrt-refused", refused);
  };
  say("");
  follow(model, ["text", "plain", "disabled"], () => {
    button.textContent = model.get("text");
    button.className = model.get("plain") ? "mrt-linklike" : "mrt-button";
    button.disabled = model.get("disabled");
  });
  let asked = false; // only the view that was clicked saves
  let slow = null;
  button.addEventListener("click", () => {
    if (asked) return;
    asked = true;
    say("");
    slow = setTimeout(() => say("making the file…"), 1000);
    model.send({ event: "download" });
  });
  model.on("msg:custom", (content, buffers) => {
    if (!asked) return;
    asked = false;
    clearTimeout(slow);
    if (content.event !== "file") return say("not saved; the reason is told above", true);
    const address = URL.createObjectURL(new Blob([buffers[0]], { type: content.mime }));
    const link = make("a", { href: address, download: content.name, hidden: true });
    el.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000); // the browser may still be writing
    say(`saved as ${content.name}`);
  });
}
export default { render };
