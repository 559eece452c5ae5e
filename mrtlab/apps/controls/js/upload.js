function render({ model, el }) {
  el.classList.add("mrt-action", "mrt-upload");
  const id = uid();
  const input = make("input", { id, type: "file", class: "mrt-hidden", "aria-describedby": id + "-message" });
  const label = make("label", { class: "mrt-button", for: id });
  const message = make("span", { class: "mrt-message", id: id + "-message", "aria-live": "polite" });
  el.append(input, label, message);
  const say = (text, refused) => {
    message.textContent = text;
    message.hidden = !text;
    message.classList.toggle("mrt-refused", refused);
  };
  follow(model, ["text", "accept", "disabled"], () => {
    label.textContent = model.get("text");
    input.accept = model.get("accept");
    input.disabled = model.get("disabled");
  });
  const told = () => say(model.get("message"), model.get("refused"));
  follow(model, ["message", "refused"], told);
  const done = (content) => content.event === "done" && told();
  model.on("msg:custom", done);
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    const limit = model.get("limit_mb");
    if (file.size > limit * 1e6) {
      say(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; files of up to ${limit} MB can be read`, true);
    } else {
      try {
        model.send({ event: "file", name: file.name }, undefined, [await file.arrayBuffer()]);
        say(`reading ${file.name}`, false);
      } catch (error) {
        say(`${file.name} cannot be read: ${error.message}`, true);
      }
    }
    input.value = ""; // so that the same file can be chosen again after a change
  });
  return () => model.off("msg:custom", done);
}
export default { render };
