// The HTML comes from mrtlab itself; foreign text in it was escaped in Python.
function render({ model, el }) {
  const kind = model.get("kind");
  el.classList.add("mrt-block", "mrt-" + kind);
  if (model.get("live")) el.setAttribute("aria-live", kind === "error" ? "assertive" : "polite");
  follow(model, ["html"], () => {
    el.innerHTML = model.get("html");
    el.classList.toggle("mrt-empty", !model.get("html"));
  });
  if (kind === "error") {
    follow(model, ["unexpected"], () => el.classList.toggle("mrt-unexpected", Boolean(model.get("unexpected"))));
  }
}
export default { render };
