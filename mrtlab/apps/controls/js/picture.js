function render({ model, el }) {
  return showPicture(model, el).stop;
}
export default { render };
