function render({ model, el }) {
  el.classList.add("mrt-block", "mrt-progress");
  const fill = make("div", { class: "mrt-progress-fill" });
  const bar = make("div", { class: "mrt-progress-bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, fill);
  const words = make("p", { class: "mrt-progress-words", "aria-hidden": "true" }); // the bar says the same
  const spoken = make("span", { class: "mrt-hidden", role: "status" });
  el.append(words, bar, spoken);
  let last = 0;
  follow(model, ["label", "shown"], () => {
    const [value, said] = model.get("shown");
    const known = value !== null && value !== undefined;
    const percent = known ? Math.round(100 * value) : null;
    const idle = !known && !said;
    const rest = [said, known ? `${percent} %` : ""].filter(Boolean).join(", ");
    el.classList.toggle("mrt-empty", idle);
    bar.setAttribute("aria-label", model.get("label"));
    bar.classList.toggle("mrt-unknown", !known);
    fill.style.width = known ? `${100 * value}%` : "";
    words.textContent = `${model.get("label")}: ${rest}`;
    if (known) bar.setAttribute("aria-valuenow", percent);
    else bar.removeAttribute("aria-valuenow");
    bar.setAttribute("aria-valuetext", rest || "not running");
    // read out at the start, at the end and every five seconds: more would drown everything else
    const now = Date.now();
    if (idle) [last, spoken.textContent] = [0, ""];
    else if (value === 1 || now - last > 5000) [last, spoken.textContent] = [now, words.textContent];
  });
}
export default { render };
