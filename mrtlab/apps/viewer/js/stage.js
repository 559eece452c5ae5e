// Tells whether this browser can draw in three dimensions, and gives canvases drawn by others a name.
function hasWebgl() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return false;
    context.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow only a few at a time
    return true;
  } catch {
    return false;
  }
}

function nameCanvases(root, words) {
  for (const canvas of root.querySelectorAll("canvas")) {
    if (canvas.getAttribute("aria-label") === words) continue;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words);
  }
}

function render({ model, el }) {
  el.classList.add("mrt-stage");
  model.set("webgl", hasWebgl() ? "yes" : "no");
  model.save_changes();
  let watch = null;
  whenAttached(el, () => {
    const root = el.closest(".mrt-viewer");
    if (!root) return;
    const name = () => nameCanvases(root, model.get("words"));
    watch = new MutationObserver(name);
    watch.observe(root, { childList: true, subtree: true });
    follow(model, ["words"], name);
  });
  return () => watch?.disconnect();
}
export default { render };
