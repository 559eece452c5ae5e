function render({ model, el }) {
  el.classList.add("mrt-picker");
  const stage = make("div", { class: "mrt-stage mrt-drag-stage", role: "group", "data-lm-suppress-shortcuts": "true" });
  const help = make("p", { class: "mrt-help", id: uid() });
  el.append(stage, help);
  const { image, stop } = showPicture(model, stage);
  image.draggable = false;
  stage.setAttribute("aria-describedby", help.id);
  follow(model, ["label", "help"], () => {
    stage.setAttribute("aria-label", model.get("label"));
    help.textContent = model.get("help");
  });
  const ready = () => model.get("state") === "ready" && !model.get("disabled");
  const at = (event) => {
    const box = image.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const clamp = ([x, y]) => {
    const [left, top, right, bottom] = model.get("frame");
    return [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)];
  };

  let waiting = 0; // what was sent and is not drawn yet
  let next = null; // the position to be sent after it
  let resting = null;
  const send = (index, [x, y], phase) => {
    clearTimeout(resting);
    if (phase === "move") resting = setTimeout(() => send(index, [x, y], "rest"), 300);
    if (phase === "move" && waiting) return (next = [index, [x, y], phase]);
    next = null;
    waiting += 1;
    model.send({ event: "drag", index, x, y, phase });
  };
  model.on("msg:custom", (message) => {
    if (message.event !== "settled") return;
    waiting = Math.max(0, waiting - 1);
    if (waiting) return;
    if (next) {
      const [index, where] = next;
      next = null;
      waiting += 1;
      model.send({ event: "drag", index, x: where[0], y: where[1], phase: "move" });
    } else if (!drag) aim = null;
  });

  let drag = null; // the pointer's: which point, how far beside its middle it was taken
  let aim = null; // the keyboard's: where the point is going
  const handles = [];
  const grab = (index) => {
    const handle = make("span", { class: "mrt-drag-handle", role: "slider", "aria-orientation": "vertical" }, make("span", { class: "mrt-tip", "aria-hidden": "true" }));
    handle.addEventListener("pointerdown", (event) => {
      if (!ready() || event.button !== 0 || !event.isPrimary) return;
      const [x, y] = at(event);
      const [x0, y0] = model.get("spots")[index];
      drag = { dx: x0 - x, dy: y0 - y, moved: false, fromX: event.clientX, fromY: event.clientY };
      handle.setPointerCapture(event.pointerId);
      handle.classList.add("mrt-held");
      handle.focus({ preventScroll: true });
      event.preventDefault(); // no text is marked
    });
    const wanted = (event) => {
      const [x, y] = at(event);
      return clamp([x + drag.dx, y + drag.dy]);
    };
    handle.addEventListener("pointermove", (event) => {
      if (!drag) return;
      drag.moved ||= Math.hypot(event.clientX - drag.fromX, event.clientY - drag.fromY) > 2;
      if (drag.moved) send(index, wanted(event), "move");
    });
    const drop = (event) => {
      if (!drag) return;
      const { moved } = drag;
      const where = wanted(event);
      drag = null;
      handle.classList.remove("mrt-held");
      if (moved) send(index, where, "end");
    };
    handle.addEventListener("pointerup", drop);
    handle.addEventListener("pointercancel", drop);
    handle.addEventListener("keydown", (event) => {
      if (!ready() || event.ctrlKey || event.metaKey || event.altKey) return;
      const [left, top, right, bottom] = model.get("frame");
      const far = event.shiftKey ? 10 : 1;
      const [dx, dy] = [(far * (right - left)) / 200, (far * (bottom - top)) / 200];
      const way = {
        ArrowRight: [dx, 0], ArrowLeft: [-dx, 0], ArrowUp: [0, -dy], ArrowDown: [0, dy],
        PageUp: [0, -10 * dy], PageDown: [0, 10 * dy],
      }[event.key];
      if (!way) return;
      event.preventDefault();
      const [x, y] = aim && aim[0] === index ? aim[1] : model.get("spots")[index];
      aim = [index, clamp([x + way[0], y + way[1]])];
      send(index, aim[1], "move");
    });
    return handle;
  };
  stage.addEventListener("dblclick", (event) => {
    if (!ready() || !model.get("adds") || handles.includes(event.target)) return;
    const [x, y] = at(event);
    const [left, top, right, bottom] = model.get("frame");
    if (x <= left || x >= right || y <= top || y >= bottom) return;
    model.send({ event: "add", x, y });
  });
  const show = () => {
    const spots = model.get("spots");
    const names = model.get("names");
    const [, top, , bottom] = model.get("frame").length ? model.get("frame") : [0, 0, 1, 1];
    while (handles.length < spots.length) {
      handles.push(grab(handles.length));
      stage.append(handles.at(-1));
    }
    while (handles.length > spots.length) handles.pop().remove();
    handles.forEach((handle, i) => {
      handle.hidden = !spots[i] || !ready();
      if (!spots[i]) return;
      put(handle, spots[i]);
      handle.tabIndex = ready() ? 0 : -1;
      handle.setAttribute("aria-label", `Point ${i + 1} of ${spots.length}`);
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", "100");
      handle.setAttribute("aria-valuenow", String(Math.round((100 * (bottom - spots[i][1])) / (bottom - top || 1))));
      handle.setAttribute("aria-valuetext", names[i] || "");
      handle.firstChild.textContent = names[i] || "";
    });
  };
  follow(model, ["spots", "names", "frame", "state", "disabled"], show);
  follow(model, ["state", "disabled"], () => (help.hidden = !ready()));
  return () => {
    clearTimeout(resting);
    stop();
  };
}

function put(node, [x, y]) {
  node.style.left = `${100 * x}%`;
  node.style.top = `${100 * y}%`;
  node.classList.toggle("mrt-leftwards", x > 0.6);
}
export default { render };
