// The image of a figure with its text alternative, or the words that stand in its place; stop() ends the watching.
function showPicture(model, el) {
  el.classList.add("mrt-picture");
  const image = make("img", { decoding: "sync" });
  const words = make("p", { class: "mrt-words", role: "status" });
  el.append(image, words);
  let address = null;
  const forget = () => address && URL.revokeObjectURL(address);
  follow(model, ["png"], () => {
    const bytes = model.get("png");
    const old = address;
    address = bytes && bytes.byteLength ? URL.createObjectURL(new Blob([bytes], { type: "image/png" })) : null;
    if (address) image.src = address;
    else image.removeAttribute("src");
    if (old) setTimeout(() => URL.revokeObjectURL(old), 1000);
  });
  follow(model, ["alt"], () => (image.alt = model.get("alt")));
  follow(model, ["width", "height"], () => {
    image.width = model.get("width");
    image.height = model.get("height");
    el.style.setProperty("--mrt-width", model.get("width") + "px");
    el.style.setProperty("--mrt-shape", `${model.get("width")} / ${model.get("height")}`);
  });
  follow(model, ["state", "words", "png"], () => {
    const state = model.get("state");
    el.dataset.state = state;
    image.hidden = !(model.get("png") && model.get("png").byteLength);
    words.hidden = state === "ready";
    words.textContent = model.get("words");
  });
  // as many pixels as the screen has where the picture stands, so that text is sharp at any zoom and no work is wasted
  const measure = () => {
    const shown = image.getBoundingClientRect().width;
    if (!shown) return;
    const wanted = Math.round(shown * window.devicePixelRatio) / model.get("width");
    const ratio = Math.min(Math.max(wanted, 1), 4);
    if (Math.abs(ratio - model.get("ratio")) < 0.001) return;
    model.set("ratio", ratio);
    model.save_changes();
  };
  const watching = new ResizeObserver(measure);
  watching.observe(image);
  window.addEventListener("resize", measure); // zooming changes the pixel ratio too
  const stop = () => {
    forget();
    watching.disconnect();
    window.removeEventListener("resize", measure);
  };
  return { image, stop };
}
