function render({ model, el }) {
  const mode = model.get("mode");
  el.classList.add("mrt-picker");
  const stage = make("div", { class: "mrt-stage", "data-lm-suppress-shortcuts": "true" });
  const help = make("p", { class: "mrt-help", id: uid() });
  const spoken = make("span", { class: "mrt-hidden", "aria-live": "polite" });
  el.append(stage, help, spoken);
  const { image, stop } = showPicture(model, stage);
  image.draggable = false;
  const ready = () => model.get("state") === "ready" && !model.get("disabled");
  const say = (text) => {
    if (spoken.textContent !== text) spoken.textContent = text;
  };
  // fractions of the picture under a pointer
  const at = (event) => {
    const box = image.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  // in or just beside the axes
  const inside = ([x, y]) => {
    const [left, top, right, bottom] = model.get("frame");
    const box = image.getBoundingClientRect();
    const [dx, dy] = [16 / box.width, 16 / box.height];
    return x > left - dx && x < right + dx && y > top - dy && y < bottom + dy;
  };
  const clamp = ([x, y]) => {
    const [left, top, right, bottom] = model.get("frame");
    return [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)];
  };
  stage.setAttribute("aria-describedby", help.id);
  follow(model, ["label", "help"], () => {
    stage.setAttribute("aria-label", model.get("label") + ", in the figure");
    help.textContent = model.get("help");
  });
  const advise = (text) => (help.textContent = text || model.get("help"));
  const tools = { model, stage, image, ready, say, advise, at, inside, clamp };
  if (mode === "region") pickRegion(tools);
  else pickSpot(tools, mode === "point" ? amongPoints(tools) : anywhere(tools));
  follow(model, ["state", "disabled"], () => {
    stage.classList.toggle("mrt-pickable", ready());
    help.hidden = !ready();
  });
  return stop;
}

function put(node, [x, y]) {
  node.style.left = `${100 * x}%`;
  node.style.top = `${100 * y}%`;
  node.classList.toggle("mrt-leftwards", x > 0.6);
}

// Points and places: a mark goes to where the pointer or the arrow keys are, a click or Enter takes it.
function pickSpot({ model, stage, ready, say, at, inside }, kind) {
  const tip = make("span", { class: "mrt-tip" });
  const mark = make("span", { class: "mrt-mark", hidden: true, "aria-hidden": "true" }, tip);
  stage.append(mark);
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "figure to pick in");
  follow(model, ["state", "disabled"], () => {
    if (ready()) stage.tabIndex = 0;
    else stage.removeAttribute("tabindex");
  });
  const show = () => {
    const spot = kind.spot();
    mark.hidden = !spot;
    if (!spot) return;
    put(mark, spot);
    [mark.style.width, mark.style.height] = kind.size();
    tip.textContent = kind.name();
    tip.hidden = !kind.name();
  };
  const hide = () => (mark.hidden = true);
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || !ready()) return;
    if (!inside(at(event))) return hide();
    kind.hover(at(event));
    show();
  });
  stage.addEventListener("pointerleave", hide);
  stage.addEventListener("click", (event) => {
    if (!ready() || !inside(at(event))) return;
    const [x, y] = at(event);
    kind.hover([x, y]);
    model.send({ event: "pick", x, y });
  });
  stage.addEventListener("blur", hide);
  stage.addEventListener("keydown", (event) => {
    if (!ready() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return hide();
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!mark.hidden) model.send(kind.choice());
      return;
    }
    if (!kind.move(event.key, event.shiftKey, mark.hidden)) return;
    event.preventDefault();
    show();
    say(kind.name() && `${kind.name()}; Enter chooses it`);
  });
}

function amongPoints({ model, image }) {
  let index = null;
  const spots = () => model.get("spots");
  const order = () =>
    [...spots().keys()].filter((i) => spots()[i]).sort((a, b) => spots()[a][0] - spots()[b][0] || a - b);
  return {
    spot: () => (index === null ? null : spots()[index]),
    size: () => ["", ""],
    name: () => (index === null ? "" : model.get("names")[index]),
    choice: () => ({ event: "point", index }),
    hover([x, y]) {
      const box = image.getBoundingClientRect();
      const far = (i) => Math.hypot((spots()[i][0] - x) * box.width, (spots()[i][1] - y) * box.height);
      index = order().reduce((best, i) => (best === null || far(i) < far(best) ? i : best), null);
    },
    move(key, _, first) {
      const all = order();
      const now = all.indexOf(index);
      const last = all.length - 1;
      const to = {
        ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: last,
      }[key];
      if (to === undefined || last < 0) return false;
      // the first press shows where the keys are
      index = all[now < 0 ? (key === "End" ? last : 0) : first && key.startsWith("Arrow") ? now : Math.min(Math.max(to, 0), last)];
      return true;
    },
  };
}

function anywhere({ model, clamp }) {
  let place = null;
  follow(model, ["cursor"], () => (place = null));
  const now = () => place || model.get("cursor");
  return {
    spot: now,
    size: () => model.get("marker").map((part) => `${100 * part}%`),
    name: () => "",
    choice: () => ({ event: "pick", x: now()[0], y: now()[1] }),
    hover: (spot) => (place = clamp(spot)),
    move(key, far, first) {
      const [dx, dy] = model.get("step").map((part) => (first ? 0 : far ? 10 * part : part));
      const way = { ArrowRight: [dx, 0], ArrowLeft: [-dx, 0], ArrowDown: [0, dy], ArrowUp: [0, -dy] }[key];
      if (!way) return false;
      const [x, y] = now();
      place = clamp([x + way[0], y + way[1]]);
      return true;
    },
  };
}

// A region: dragged out, or clicked end by end, or its two handles moved.
function pickRegion({ model, stage, ready, say, advise, at, inside, clamp }) {
  stage.setAttribute("role", "group");
  const band = make("span", { class: "mrt-band", hidden: true, "aria-hidden": "true" });
  const names = ["lower end", "upper end"];
  const handles = names.map((name) =>
    make("span", { class: "mrt-handle", role: "slider", "aria-label": `${model.get("label")}, ${name}`, "aria-orientation": "horizontal" }),
  );
  stage.append(band, ...handles);

  const sides = () => [model.get("frame")[0], model.get("frame")[2]];
  const chosen = () => (model.get("ends").length ? model.get("ends") : sides());
  let ends = null; // while they are being moved
  const show = () => {
    const [left, top, right, bottom] = model.get("frame").map((part) => 100 * part);
    const shown = ends || chosen();
    const known = model.get("end_words");
    handles.forEach((handle, i) => {
      handle.hidden = model.get("state") !== "ready";
      handle.style.left = `${100 * shown[i]}%`;
      handle.style.top = `${top}%`;
      handle.style.height = `${bottom - top}%`;
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", "100");
      handle.setAttribute("aria-valuenow", String(Math.round((100 * (100 * shown[i] - left)) / (right - left || 1))));
      handle.setAttribute("aria-valuetext", known[i] || "not chosen");
    });
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    band.hidden = !ends;
    band.style.left = `${100 * low}%`;
    band.style.width = `${100 * (high - low)}%`;
    band.style.top = `${top}%`;
    band.style.height = `${bottom - top}%`;
  };
  follow(model, ["frame", "ends", "end_words", "state"], show);
  follow(model, ["state", "disabled"], () => {
    for (const handle of handles) {
      if (ready()) handle.tabIndex = 0;
      else handle.removeAttribute("tabindex");
      handle.setAttribute("aria-disabled", String(model.get("disabled")));
    }
  });

  let waiting = 0; // what was sent and is not drawn yet
  const send = () => {
    waiting += 1;
    model.send({ event: "region", from: ends[0], to: ends[1] });
  };
  model.on("msg:custom", (message) => {
    if (message.event !== "settled") return;
    waiting = Math.max(0, waiting - 1);
    if (waiting || drag || anchor !== null) return;
    ends = null;
    show();
  });

  let drag = null; // the end that stays, where the pointer went down, whether a handle was taken
  let anchor = null; // the first of two clicks
  const forget = () => {
    drag = anchor = ends = null;
    advise("");
    show();
  };
  stage.addEventListener("pointerdown", (event) => {
    if (!ready() || event.button !== 0 || !event.isPrimary || !inside(at(event))) return;
    const [x] = clamp(at(event));
    const taken = handles.indexOf(event.target);
    const moves = taken >= 0 && anchor === null && model.get("ends").length > 0;
    drag = { stays: moves ? chosen()[1 - taken] : x, from: event.clientX, moves };
    stage.setPointerCapture(event.pointerId);
    if (taken < 0) event.preventDefault(); // no text is marked
  });
  stage.addEventListener("pointermove", (event) => {
    const [x] = clamp(at(event));
    if (drag && (drag.far ||= Math.abs(event.clientX - drag.from) > 4)) ends = [drag.stays, x];
    else if (anchor !== null && !drag) ends = [anchor, x];
    else return;
    show();
  });
  stage.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [x] = clamp(at(event));
    const { far, stays, moves } = drag;
    drag = null;
    if (far) ends = [stays, x];
    else if (moves) return; // a handle was clicked, not moved
    else if (anchor === null) {
      anchor = x;
      ends = [x, x];
      say("One end is set; now click the other.");
      advise("One end is set; now click the other. Escape begins anew.");
      return show();
    } else ends = [anchor, x];
    anchor = null;
    advise("");
    say("");
    ends.sort((a, b) => a - b);
    if (ends[0] === ends[1]) return forget();
    show();
    send();
  });
  stage.addEventListener("pointercancel", forget); // the page is being scrolled
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return forget();
    const i = handles.indexOf(event.target);
    if (i < 0 || !ready() || event.ctrlKey || event.metaKey || event.altKey) return;
    const [left, right] = sides();
    const step = (right - left) / 100;
    const now = ends || [...chosen()];
    const to = {
      ArrowRight: now[i] + step, ArrowUp: now[i] + step, ArrowLeft: now[i] - step, ArrowDown: now[i] - step,
      PageUp: now[i] + 10 * step, PageDown: now[i] - 10 * step, Home: left, End: right,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    anchor = null;
    advise("");
    // an end does not go past the other
    const [least, most] = i ? [now[0] + step, right] : [left, now[1] - step];
    ends = [...now];
    ends[i] = Math.min(Math.max(to, least), Math.max(most, least));
    show();
    send();
  });
}
export default { render };
