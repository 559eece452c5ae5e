// Moves the focus to something that has just appeared, so that a keyboard or a screen reader goes on there.
function render({ model, el }) {
  el.hidden = true;
  follow(model, ["wanted"], () => {
    const [number, target] = model.get("wanted");
    if (!number) return;
    const wanted = `.mrt-page .${CSS.escape(target)}`;
    let tries = 100;
    const look = () => {
      const place = [...document.querySelectorAll(wanted)].find((one) => one.checkVisibility());
      if (!place) return (tries -= 1) > 0 && setTimeout(look, 30);
      const inside = place.querySelector("h1, h2, h3, button, input, select, textarea");
      const node = inside || place;
      if (node.tabIndex < 0) node.setAttribute("tabindex", "-1");
      node.focus();
    };
    setTimeout(look, 30); // after what was there has gone
  });
}
export default { render };
